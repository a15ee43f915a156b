// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Configuration} from '../../model/configuration.ts';
import type {Files, Runtime} from '../../port/port.ts';

// Which radios have a spectral scan. Asked at each start, and apart from everything that uses one.

const DEBUGFS = '/sys/kernel/debug/ieee80211';
const DRIVERS = ['ath9k', 'ath9k_htc', 'ath10k'];
export const CONTROL = 'spectral_scan_ctl';

export interface SpectralRadio {
	readonly radio: string;
	/** Where its files are. */
	readonly folder: string;
	/** Whether it can take samples while its channels are scanned: ath10k cannot. */
	readonly hasChannelScan: boolean;
}

/** Absent: a sentence saying why there are none. */
export function findSpectralRadios(files: Files): readonly SpectralRadio[] | string {
	try {
		const names = files.list(DEBUGFS);
		if (names === undefined) return 'there is no debugfs with radios: not mounted, or not in this kernel';
		const found: SpectralRadio[] = [];
		for (const radio of names)
			for (const driver of DRIVERS) {
				const folder = `${DEBUGFS}/${radio}/${driver}`;
				if (files.list(folder)?.includes(CONTROL) !== true) continue;
				found.push({radio, folder, hasChannelScan: driver !== 'ath10k'});
			}
		return found.length > 0
			? found
			: 'no radio here has a spectral scan in its driver (ath9k or ath10k, built with it)';
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return `debugfs cannot be read: ${error.message}`;
	}
}

/** Why there is no spectral scan. Absent: undefined where there is. */
export function spectralAbsence({spectralMode}: Configuration, {files}: Runtime): string | undefined {
	if (spectralMode === 'off') return 'spectralMode is off';
	const radios = findSpectralRadios(files);
	return typeof radios === 'string' ? radios : undefined;
}
