// SPDX-License-Identifier: Apache-2.0
import {fromHex} from '../core/bytes.ts';
import {PortError} from '../core/errors.ts';
import {decodeUtf8} from '../core/text.ts';
import {type Configuration, parseBroker} from '../model/configuration.ts';
import type {Files, TlsOptions} from '../port/port.ts';
import type {TelemetryOptions} from '../telemetry/telemetry.ts';

/**
 * The connection that a configuration describes, its files read.
 *
 * Absent: undefined when no broker is set. Errors: PortError naming the option whose file cannot be read.
 */
export function connectionOf(configuration: Configuration, files: Files): TelemetryOptions['connection'] | undefined {
	const broker = parseBroker(configuration.broker);
	if (broker === undefined) return undefined;
	const {host, port} = broker;
	const {username, password, keepAliveS} = configuration;
	return {
		address: broker.tls ? {kind: 'tls', host, port, tls: tlsOptions(configuration, files)} : {kind: 'tcp', host, port},
		keepAliveS,
		...(username === '' ? {} : {username, password}),
	};
}

function tlsOptions(configuration: Configuration, files: Files): TlsOptions {
	const file = (option: 'ca' | 'certificate' | 'key'): Record<string, string> => {
		const path = configuration[option];
		if (path === '') return {};
		const bytes = files.read(path);
		if (bytes === undefined) throw new PortError('not-found', `${option}: ${path}`);
		return {[option]: decodeUtf8(bytes)};
	};
	const {pskIdentity, psk} = configuration;
	const shared = pskIdentity === '' ? {} : {psk: {identity: pskIdentity, key: fromHex(psk)}};
	return {...file('ca'), ...file('certificate'), ...file('key'), ...shared};
}
