// SPDX-License-Identifier: Apache-2.0
import {LONGEST_FRAME} from '../../../engine/schedule/slots-plan.ts';
import {roundsBetween, SlotMesh} from '../../astral/slot-mesh.ts';
import {largestClique, type SlotInstance} from './instance.ts';
import type {SlotAnswer} from './methods.ts';

const SLOT_US = 5000;
/** A mesh that has not come to rest by then is judged as it is. */
const LONGEST_MS = 120_000;
const RESTING_MS = 6000;
const MOST_NODES = 400;

/**
 * What routers agree on among themselves, on the instance's conflicts: each knows its own and hears messages only.
 *
 * Absent: undefined for more slots than a superframe of theirs can have, and for meshes that take too long.
 */
export function agreedSlots({conflicts, neighbours, slots}: SlotInstance, seed: number): SlotAnswer | undefined {
	if (slots > LONGEST_FRAME || conflicts.length > MOST_NODES) return undefined;
	const mesh = new SlotMesh({neighbours, slots, slotUs: SLOT_US, seed});
	conflicts.forEach((list, place) => {
		for (const other of list) mesh.tell(place, other, true);
	});
	while (mesh.nowMs < LONGEST_MS && mesh.nowMs - mesh.changedMs < RESTING_MS) mesh.advance(1000);
	return {owned: mesh.members.map(member => member.slots.own), rounds: roundsBetween(0, mesh.changedMs)};
}

/** How long a frame must be, so that their agreement gives everyone a slot. */
export function agreedSlotsNeeded(instance: SlotInstance, seed: number): number | undefined {
	for (let slots = largestClique(instance); slots <= LONGEST_FRAME; slots++) {
		const answer = agreedSlots({...instance, slots}, seed);
		if (answer?.owned.every(own => own.length > 0)) return slots;
	}
	return undefined;
}
