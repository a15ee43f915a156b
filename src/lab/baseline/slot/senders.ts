// SPDX-License-Identifier: Apache-2.0
import type {Gate} from '../../medium/medium.ts';
import type {SlotAssignment, SlotInstance} from './instance.ts';

export interface SenderFlow {
	readonly from: number;
	readonly to: number;
}

/**
 * Which senders cannot be on the air at once, as one knows who sees who hears whom and who sends to whom.
 *
 * Shape:  nodes of the instance are `senders` in their order. Two conflict where they hear each other (they take turns anyhow),
 *         where one is heard at the other's receiver, and, with `answers`, where their receivers hear each other: what one
 *         acknowledges disturbs what the other receives.
 */
export function senderInstance(
	neighbours: readonly (readonly number[])[],
	flows: readonly SenderFlow[],
	slots: number,
	answers: boolean,
): {readonly instance: SlotInstance; readonly senders: readonly number[]} {
	const hears = (a: number, b: number): boolean => neighbours[a]?.includes(b) === true;
	const isDisturbed = (one: SenderFlow, other: SenderFlow): boolean =>
		hears(one.from, other.from) ||
		hears(one.to, other.from) ||
		hears(other.to, one.from) ||
		(answers && hears(one.to, other.to));
	const senders = [...new Set(flows.map(({from}) => from))].sort((a, b) => a - b);
	const ofSender = senders.map(sender => flows.filter(({from}) => from === sender));
	const conflicts = ofSender.map((own, place) =>
		Int32Array.from(
			senders.flatMap((_, other) =>
				other !== place && own.some(one => (ofSender[other] ?? []).some(two => isDisturbed(one, two))) ? [other] : [],
			),
		),
	);
	return {
		instance: {
			nodes: senders.length,
			slots,
			neighbours: senders.map(sender => senders.flatMap((other, place) => (hears(sender, other) ? [place] : []))),
			conflicts,
		},
		senders,
	};
}

/** Gates, by node, that keep senders to stretches of a period; nothing starts in the guard before a stretch ends. */
export function gatesOfStretches(
	nodes: number,
	senders: readonly number[],
	stretches: readonly (readonly {readonly fromUs: number; readonly toUs: number}[])[],
	periodUs: number,
	guardUs: number,
): readonly (Gate | undefined)[] {
	return Array.from({length: nodes}, (_, node) => {
		const own = stretches[senders.indexOf(node)];
		if (own === undefined) return undefined;
		const joined: {fromUs: number; toUs: number}[] = [];
		for (const {fromUs, toUs} of own) {
			const last = joined.at(-1);
			if (last !== undefined && last.toUs >= fromUs) last.toUs = toUs;
			else joined.push({fromUs, toUs});
		}
		const openings = joined.flatMap(({fromUs, toUs}) =>
			toUs - guardUs > fromUs ? [{fromUs, toUs: toUs - guardUs}] : [],
		);
		return {periodUs, openings};
	});
}

/** The stretches that slots are. */
export function stretchesOfSlots(owned: SlotAssignment, slotUs: number): {fromUs: number; toUs: number}[][] {
	return owned.map(own =>
		[...own].sort((a, b) => a - b).map(slot => ({fromUs: slot * slotUs, toUs: (slot + 1) * slotUs})),
	);
}
