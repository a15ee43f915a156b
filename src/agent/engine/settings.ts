// SPDX-License-Identifier: Apache-2.0
import {fromHex} from '../../core/bytes.ts';
import {PortError} from '../../core/errors.ts';
import type {EngineSettings} from '../../engine/settings.ts';
import {type Configuration, wordsOf} from '../../model/configuration.ts';
import type {Files} from '../../port/port.ts';
import type {CredentialOptions} from '../../source/peer/credentials.ts';

const SEED_BYTES = 32;

/** What the owner decided, at this hour. Absent hour: the clock is not set, so no hour is quiet. */
export function engineSettings(
	configuration: Configuration,
	pinned: readonly number[],
	hour: number | undefined,
): EngineSettings {
	const {participation, homeChannels, quietHours, leastGainPercent, retunesPerHour} = configuration;
	return {
		participation,
		pinned,
		homeMhz: wordsOf(homeChannels).map(Number),
		isQuiet: hour !== undefined && wordsOf(quietHours).map(Number).includes(hour),
		leastGain: leastGainPercent / 100,
		retunesPerHour,
	};
}

/** Errors: PortError where the key's file cannot be read, or holds something else. */
export function credentialsOf(configuration: Configuration, files: Files): CredentialOptions {
	const {meshNetwork, meshKeys, meshKeyFile, meshAllow} = configuration;
	const seed = meshKeyFile === '' ? undefined : files.read(meshKeyFile, SEED_BYTES + 1);
	if (meshKeyFile !== '' && seed?.length !== SEED_BYTES)
		throw new PortError('invalid', `mesh_key_file: ${meshKeyFile} does not hold ${SEED_BYTES} bytes`);
	return {
		network: meshNetwork,
		keys: wordsOf(meshKeys).map(fromHex),
		seed,
		allowed: wordsOf(meshAllow).map(fromHex),
	};
}
