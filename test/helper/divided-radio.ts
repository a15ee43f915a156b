// SPDX-License-Identifier: Apache-2.0
import {slotPicture} from '../../src/model/slot-picture.ts';
import type {SlotView} from '../../src/model/slots.ts';

// A radio in the middle of a village whose two ends do not hear each other, for pages that draw it.

export const OWN = 0x26a3840e;
const [WEST, EAST, FAR] = [0x6f77d6dd, 0xc0d59a49, 0xd0d2a24e];

/** 32 slots: ours, those of two others of whom one shares with a third, and two that are open. */
const owners: SlotView['owners'] = Array.from({length: 32}, (_, slot) => {
	if (slot >= 30) return {nodes: [], open: true};
	if (slot < 11) return {nodes: [OWN], open: false};
	return {nodes: slot < 21 ? [WEST, ...(slot < 16 ? [FAR] : [])] : [EAST], open: false};
});

export const divided: SlotView = {
	radio: 'phy0',
	state: 'gated',
	reason: 'Slots are kept: frames are lost here because senders do not hear each other.',
	superframe: {slots: 32, slotUs: 5000},
	owners,
	hidden: [
		{a: WEST, b: EAST, receiver: OWN, lossBoth: 0.384, lossOne: 0.041, confidence: 0.97, ageMs: 4000},
		{a: OWN, b: EAST, receiver: FAR, lossBoth: 0.29, lossOne: 0.06, confidence: 0.8, ageMs: 9000},
	],
	time: {offsetUs: 12, errorUs: 35.4, root: 0x01, hops: 2, source: 'beacons', ageMs: 100},
	lossBefore: 0.3129,
	lossNow: 0.0204,
};

export const undivided: SlotView = {
	...divided,
	radio: 'phy1',
	state: 'nothing-hidden',
	reason: 'Everyone may send at any time: all senders here hear each other.',
	owners: owners.map(() => ({nodes: [], open: true})),
	hidden: [],
	lossBefore: 0.0213,
	lossNow: undefined,
};

/** A kernel that lacks what a gate needs. */
export const unable: SlotView = {
	...undivided,
	radio: 'phy2',
	state: 'unable',
	reason: 'This radio cannot be gated: the kernel has no bpf(2).',
	superframe: {slots: 1, slotUs: 1},
	owners: [],
	time: undefined,
	lossBefore: undefined,
};

export const pictures = [divided, undivided, unable].map(view => slotPicture(view, OWN));
