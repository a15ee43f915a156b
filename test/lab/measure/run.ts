// SPDX-License-Identifier: Apache-2.0
import type {RunRecord} from '../../../src/lab/measure/record.ts';

interface Of {
	readonly seed?: number;
	readonly variant?: string;
	readonly kbps?: readonly number[];
	readonly askedKbps?: number;
	/** Of the first node, for pages that must not trust it. */
	readonly name?: string;
}

/** A finished run of four nodes around a gateway. */
export function runOf({seed = 1, variant = 'single', kbps = [1000, 500], askedKbps = 2000, name = 'g'}: Of): RunRecord {
	const names = kbps.map((_, i) => `n${i}`);
	return {
		scenario: 'village',
		variant,
		engine: 'packet',
		seed,
		seconds: 20,
		nodes: [{name, xM: 0, yM: 0, gateway: true}, ...names.map((each, i) => ({name: each, xM: 100 * i, yM: 50}))],
		flows: kbps.map((throughputKbps, i) => ({
			from: name,
			to: `n${i}`,
			throughputKbps,
			offeredKbps: askedKbps,
			lossShare: 0.1,
			medianDelayMs: 10,
			p99DelayMs: 100,
		})),
		links: [100, 300].map((attempts, i) => ({
			from: name,
			to: `n${i % kbps.length}`,
			channelMhz: 5180 + 20 * i,
			attempts,
			collisionShare: 0.2,
			hiddenShare: i === 0 ? 0.5 : 0.1,
			noiseShare: 0,
			airtimeShare: 0.3,
		})),
		radios: [{node: name, channelMhz: 5180, transmitShare: 0.4, receiveShare: 0.2, busyShare: 0.1}],
	};
}
