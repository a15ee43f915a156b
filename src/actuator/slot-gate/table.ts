// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';
import {ENDLESS, type GateTable, MOST_SLOTS, type Runs} from '../../wire/bpf/gate-map.ts';

const NS_PER_US = 1000;
const SHORTEST_SLOT_US = 500;
/** Twice this, and the wait in a backlog, stay below the ten seconds after which `fq` drops a frame. */
const LONGEST_SUPERFRAME_US = 2_000_000;
/** Whoever asks for more is ill: the lease is what opens the gate when its owner is gone. */
const LONGEST_LEASE_US = 60_000_000;
const MOST_FRAME_US = 20_000;
/** 0.5 Mbit/s. */
const MOST_NS_PER_BYTE = 16_000;
const BACKLOG_SUPERFRAMES = 2;

/**
 * What the kernel's program is told, or a sentence on why the order makes no sense.
 *
 * Where a stretch of slots is shorter than the guard, nothing could start in it, and it is none. Without a slot of their own
 * data takes the open ones: then nobody gave this router slots.
 */
export function tableOf(order: GateOrder, nowUs: number): GateTable | string {
	const {superframe, own, open, guardUs, originUs, leaseUntilUs, airtime} = order;
	const {slots, slotUs} = superframe;
	if (!isWithin(slots, 1, MOST_SLOTS) || slots % 1 !== 0) return `a superframe of ${slots} slots`;
	if (!isWithin(slotUs, SHORTEST_SLOT_US, LONGEST_SUPERFRAME_US / slots)) return `slots of ${slotUs} µs`;
	if (own.length !== slots || open.length !== slots) return `${own.length} and ${open.length} marks for ${slots} slots`;
	if (!isWithin(guardUs, 0, slots * slotUs)) return `a guard of ${guardUs} µs`;
	if (!Number.isFinite(originUs) || !Number.isFinite(leaseUntilUs)) return 'times that are no numbers';
	const {frameUs = 0, nsPerByte = 0} = airtime ?? {};
	if (!isWithin(frameUs, 0, MOST_FRAME_US) || !isWithin(nsPerByte, 0, MOST_NS_PER_BYTE))
		return `frames of ${frameUs} µs and ${nsPerByte} ns a byte`;
	const slotNs = Math.round(slotUs * NS_PER_US);
	const guardNs = Math.round(guardUs * NS_PER_US);
	const shared = runsOf(
		own.map((isOwn, slot) => isOwn || open[slot] === true),
		slotNs,
		guardNs,
	);
	const data = runsOf(own, slotNs, guardNs) ?? runsOf(open, slotNs, guardNs);
	if (data === undefined || shared === undefined) return 'no slot is longer than the guard';
	const superframeNs = slots * slotNs;
	const originNs = Math.round(originUs * NS_PER_US) % superframeNs;
	return {
		// The program counts from there without a sign.
		originNs: originNs < 0 ? originNs + superframeNs : originNs,
		leaseUntilNs: Math.max(0, Math.round(Math.min(leaseUntilUs, nowUs + LONGEST_LEASE_US) * NS_PER_US)),
		superframeNs,
		backlogNs: BACKLOG_SUPERFRAMES * superframeNs,
		slotNs,
		guardNs,
		frameNs: Math.round(frameUs * NS_PER_US),
		nsPerByte: Math.round(nsPerByte),
		data,
		shared,
	};
}

/** Not a number is not within. */
function isWithin(value: number, least: number, most: number): boolean {
	return value >= least && value <= most;
}

/** Absent: undefined where nothing could ever start. */
function runsOf(marks: readonly boolean[], slotNs: number, guardNs: number): Runs | undefined {
	const count = marks.length;
	if (marks.every(Boolean)) return {endsNs: marks.map(() => ENDLESS), nextNs: marks.map(() => 0)};
	const isMarked = (slot: number): boolean => marks[slot % count] === true;
	const usable = marks.map(() => false);
	for (let slot = 0; slot < count; slot++) {
		if (!isMarked(slot) || isMarked(slot + count - 1)) continue;
		let end = slot;
		while (isMarked(end)) end++;
		if ((end - slot) * slotNs <= guardNs) continue;
		for (let each = slot; each < end; each++) usable[each % count] = true;
	}
	if (!usable.includes(true)) return undefined;
	const isUsable = (slot: number): boolean => usable[slot % count] === true;
	const endsNs: number[] = [];
	const nextNs: number[] = [];
	for (let slot = 0; slot < count; slot++) {
		let end = slot;
		while (isUsable(end)) end++;
		let next = end;
		while (!isUsable(next)) next++;
		endsNs.push(end === slot ? 0 : end * slotNs);
		nextNs.push(next * slotNs);
	}
	return {endsNs, nextNs};
}
