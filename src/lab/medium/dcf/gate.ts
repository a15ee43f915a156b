// SPDX-License-Identifier: Apache-2.0
import type {Gate} from '../medium.ts';

const never = Number.POSITIVE_INFINITY;

/** How long a gate stays open from now on; 0 while it is closed. */
export function openForNs(gate: Gate | undefined, nowNs: number): number {
	if (gate === undefined) return never;
	const atUs = (nowNs / 1000) % gate.periodUs;
	for (const {fromUs, toUs} of gate.openings) if (atUs >= fromUs && atUs < toUs) return (toUs - atUs) * 1000;
	return 0;
}

/** When a gate opens next, after now; Infinity for a gate without openings. */
export function opensNs(gate: Gate, nowNs: number): number {
	const periodNs = gate.periodUs * 1000;
	const turnNs = Math.floor(nowNs / periodNs) * periodNs;
	for (const startNs of [turnNs, turnNs + periodNs])
		for (const {fromUs} of gate.openings)
			if (startNs + fromUs * 1000 > nowNs) return Math.ceil(startNs + fromUs * 1000);
	return never;
}
