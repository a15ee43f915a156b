// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {EventQueue} from './dcf/event-queue.ts';
import {exponentialDraw} from './exact.ts';

const end = 0;
const expiry = 7;
const MEAN_HOLD_NS = 1e9;

/**
 * CSMA as theory has it: carrier sense works at once, counters are continuous, and stop while a neighbour sends.
 *
 * Shape:    for each vertex of the contention graph the share of time that it sends.
 * Units:    intensity ρ: mean length of a transmission over the mean counter.
 * Source:   the process behind S. Liew et al., "Back-of-the-envelope computation of throughput distributions in CSMA
 *           wireless networks", IEEE TMC 9 (2010), section 2.1; counters and lengths exponential, event by event.
 * Validity: no collisions, as no two counters end at one moment; time is in ns, a transmission 1 s long in the mean.
 */
export function idealCsma(
	conflicts: readonly (readonly number[])[],
	intensity: number,
	transmissions: number,
	seed: number,
): Float64Array {
	const count = conflicts.length;
	const random = seededRandom(seed);
	const queue = new EventQueue();
	const sending = new Uint8Array(count);
	const blockers = new Uint16Array(count);
	const leftNs = new Float64Array(count);
	const dueNs = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
	const onAirNs = new Float64Array(count);
	const draw = (mean: number): number => Math.max(1, Math.round(exponentialDraw(mean, random())));
	const countDown = (vertex: number, nowNs: number): void => {
		const atNs = nowNs + (leftNs[vertex] ?? 0);
		dueNs[vertex] = atNs;
		queue.push(atNs, expiry, vertex);
	};
	for (let vertex = 0; vertex < count; vertex++) {
		leftNs[vertex] = draw(MEAN_HOLD_NS / intensity);
		countDown(vertex, 0);
	}
	let done = 0;
	let nowNs = 0;
	while (done < transmissions) {
		queue.pop();
		const {subject: vertex} = queue;
		nowNs = queue.timeNs;
		const neighbours = conflicts[vertex] ?? [];
		if (queue.kind === end) {
			sending[vertex] = 0;
			done++;
			for (const other of neighbours) {
				blockers[other] = (blockers[other] ?? 0) - 1;
				if (blockers[other] === 0) countDown(other, nowNs);
			}
			leftNs[vertex] = draw(MEAN_HOLD_NS / intensity);
			countDown(vertex, nowNs);
			continue;
		}
		if (dueNs[vertex] !== nowNs || sending[vertex] === 1 || (blockers[vertex] ?? 0) > 0) continue;
		const lengthNs = draw(MEAN_HOLD_NS);
		sending[vertex] = 1;
		dueNs[vertex] = Number.POSITIVE_INFINITY;
		onAirNs[vertex] = (onAirNs[vertex] ?? 0) + lengthNs;
		queue.push(nowNs + lengthNs, end, vertex);
		for (const other of neighbours) {
			blockers[other] = (blockers[other] ?? 0) + 1;
			if (blockers[other] !== 1) continue;
			leftNs[other] = Math.max(1, (dueNs[other] ?? nowNs) - nowNs);
			dueNs[other] = Number.POSITIVE_INFINITY;
		}
	}
	return onAirNs.map(sum => sum / nowNs);
}
