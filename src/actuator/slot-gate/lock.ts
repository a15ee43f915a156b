// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Runtime} from '../../port/port.ts';

// One program of a router holds gates, or two would take them away from each other. A port of the loopback is the lock: the
// kernel gives it to one only, within a network namespace as devices are, and takes it back from who dies.

/** Beside the mesh's own port; nothing is sent there. */
const LOCK_PORT = 61_868;
const LOOPBACK = [
	['ipv6', '::1'],
	['ipv4', '127.0.0.1'],
] as const;

/** Holds the lock until `release`. A sentence: why it cannot be had; `isTaken` where another program has it. */
export type LockOutcome =
	| {readonly release: () => void}
	| {readonly release?: undefined; readonly refusal: string; readonly isTaken: boolean};

/** On the first of the loopback's addresses that there is, which all programs of a router find alike. */
export function lockGates(port: Pick<Runtime, 'datagram'>): LockOutcome {
	let detail = '';
	for (const [family, address] of LOOPBACK)
		try {
			const held = port.datagram({family, address, port: LOCK_PORT}, {message: () => {}, error: () => {}});
			return {release: () => held.close()};
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			detail = error.message;
			if (error.code === 'busy')
				return {refusal: 'another program on this router holds the gates of its radios', isTaken: true};
		}
	return {refusal: `the lock of the gates cannot be had: ${detail}`, isTaken: false};
}
