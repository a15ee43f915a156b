// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel, CO_SITE_MHZ, overlapShare, SHARE_ONE} from '../../model/channel.ts';
import type {NodeId, NodeRecord, PlannedLink} from '../../model/peer.ts';
import {hasSpoken, type LocalMesh, linkTo} from '../view/neighbourhood.ts';
import {type ChannelProblem, CLASSES, FORBIDDEN, NO_CLASS, NOWHERE_CLASS, PINNED_CLASS} from './problem.ts';

/** A ball's problem, and what its numbers stand for. A channel of 0 MHz is none: where links are that have no channel. */
export interface Ball {
	readonly mesh: LocalMesh;
	readonly problem: ChannelProblem;
	readonly channels: readonly Channel[];
	/** The channel of each link as planned so far; where nothing was planned, what its ends have in common. */
	readonly planned: Int32Array<ArrayBuffer>;
	/** The same as its ends say it, also where radios cannot do it any more; the channel that is none where they differ. */
	readonly said: Int32Array<ArrayBuffer>;
	/** The channel each link uses now; -1 where its ends share none. */
	readonly live: Int32Array<ArrayBuffer>;
}

/** What two channels of one box cost at no distance: a quarter of one whole conflict. */
const CO_SITE_COST = 1024;
const NOWHERE: Channel = {mhz: 0, widthMhz: 0};
/** What a link without a channel costs: more than any that has one. */
export const HOMELESS_COST = 1 << 22;
const ANY_NUMBER = 255;
const classes: Readonly<Record<number, number>> = {2: 0, 5: 1, 6: 2};

const wholes = new WeakMap<LocalMesh, Ball>();

/** The mesh that a node sees, with no link to change. Made once for each view of it. */
export function wholeOf(mesh: LocalMesh): Ball {
	const known = wholes.get(mesh);
	if (known !== undefined) return known;
	const whole = ballOf(mesh, 0);
	wholes.set(mesh, whole);
	return whole;
}

/** The mesh that a node sees, with the links free to change between nodes at most `radius` hops away that are not fixed. */
export function ballOf(mesh: LocalMesh, radius: number, isFixed = (_id: NodeId): boolean => false): Ball {
	const {ids, known, ends, linksAt, neighbours, hops} = mesh;
	const channels = [...channelsOf(mesh), NOWHERE];
	const nowhere = channels.length - 1;
	const count = channels.length;
	const indexOf = new Map(channels.map(({mhz}, index) => [mhz, index]));
	const links = ends.length / 2;
	const classOf = new Uint8Array(ids.length * count).fill(NO_CLASS);
	const capacity = new Uint8Array(ids.length * CLASSES);
	const busy = new Int32Array(ids.length * count).fill(-1);
	known.forEach((node, place) => {
		if (node !== undefined) describeNode(node.record, place, count, indexOf, {classOf, capacity, busy});
		else {
			classOf.fill(0, place * count, (place + 1) * count);
			capacity[place * CLASSES] = ANY_NUMBER;
		}
	});
	for (let place = 0; place < ids.length; place++) {
		classOf[place * count + nowhere] = NOWHERE_CLASS;
		capacity[place * CLASSES + NOWHERE_CLASS] = ANY_NUMBER;
	}
	const weights = new Int32Array(links);
	const foreign = new Int32Array(links * count);
	const planned = new Int32Array(links);
	const live = new Int32Array(links).fill(-1);
	const free = new Uint8Array(links);
	const common = new Int32Array(links).fill(-1);
	for (let e = 0; e < links; e++) {
		const [a, b] = [ends[2 * e] as number, ends[2 * e + 1] as number];
		const [one, other] = [known[a]?.record, known[b]?.record];
		const [forth, back] = [one && linkTo(one, ids[b] as number), other && linkTo(other, ids[a] as number)];
		weights[e] = Math.min(SHARE_ONE, Math.max(1, forth?.weight ?? 1, back?.weight ?? 1));
		foreign[e * count + nowhere] = FORBIDDEN;
		for (let c = 0; c < nowhere; c++) {
			const [here, there] = [busy[a * count + c] as number, busy[b * count + c] as number];
			// Of a node that only others speak of we know no limits.
			const isForbidden = (here < 0 && one !== undefined) || (there < 0 && other !== undefined);
			foreign[e * count + c] = isForbidden
				? FORBIDDEN
				: ((weights[e] as number) * (Math.max(0, here) + Math.max(0, there))) >> 1;
		}
		common[e] = indexOf.get(commonChannel(one, other) ?? -1) ?? -1;
		const later = (forth?.stamp ?? -1) >= (back?.stamp ?? -1) ? forth : back;
		// Ends that mean different channels have none yet. Who was only seen means nothing.
		const isHeard = [known[a], known[b]].every(node => node !== undefined && hasSpoken(node));
		const isDisputed = isHeard && forth?.planMhz !== back?.planMhz;
		planned[e] = isDisputed ? -1 : (indexOf.get(later?.planMhz || -1) ?? (common[e] as number));
		const isInside = (place: number): boolean => (hops[place] as number) >= 0 && (hops[place] as number) <= radius;
		const isMovable = (place: number): boolean => known[place] !== undefined && !isFixed(ids[place] as NodeId);
		if (isInside(a) && isInside(b) && isMovable(a) && isMovable(b)) free[e] = 1;
	}
	const said = planned.map(channel => (channel < 0 ? nowhere : channel));
	giveUpImpossible(planned, common, {ends, linksAt, classOf, capacity, count});
	for (let e = 0; e < links; e++) {
		if ((planned[e] as number) < 0) {
			planned[e] = nowhere;
			foreign[e * count + nowhere] = HOMELESS_COST;
		}
		const [one, other] = [known[ends[2 * e] as number]?.record, known[ends[2 * e + 1] as number]?.record];
		const isOn = (record: NodeRecord | undefined, mhz: number): boolean =>
			record === undefined || record.radios.some(radio => radio.live.mhz === mhz);
		const plannedMhz = channels[planned[e] as number]?.mhz ?? 0;
		if (plannedMhz > 0 && isOn(one, plannedMhz) && isOn(other, plannedMhz)) live[e] = planned[e] as number;
		else live[e] = common[e] as number;
	}
	const problem: ChannelProblem = {
		nodes: ids.length,
		channels: count,
		links,
		ends: Int32Array.from(ends),
		linksAt,
		conflicts: conflictsOf(ends, linksAt, neighbours),
		weights,
		overlaps: channels.map(one =>
			Int32Array.from(
				channels.flatMap((other, c) => {
					const share = overlapShare(one, other);
					return share > 0 ? [c, share] : [];
				}),
			),
		),
		foreign,
		classOf,
		capacity,
		coSite: coSiteOf(channels),
		free,
	};
	return {mesh, problem, channels, planned, said, live};
}

/** What planned channels ask of radios. */
interface Radios {
	readonly ends: readonly number[];
	readonly linksAt: readonly (readonly number[])[];
	readonly classOf: Uint8Array;
	readonly capacity: Uint8Array;
	/** Of channels. */
	readonly count: number;
}

/** Where a node has fewer radios for what is planned than it takes, by now, its links are where they are, or nowhere: -1. */
function giveUpImpossible(planned: Int32Array, common: Int32Array, radios: Radios): void {
	const {ends, linksAt} = radios;
	const open = linksAt.map((_, node) => node);
	while (open.length > 0) {
		const node = open.pop() as number;
		const links = linksAt[node] as readonly number[];
		if (isPossible(node, planned, radios)) continue;
		for (const e of links) {
			if (planned[e] === common[e]) continue;
			planned[e] = common[e] as number;
			open.push((ends[2 * e] === node ? ends[2 * e + 1] : ends[2 * e]) as number);
		}
	}
}

function isPossible(node: number, planned: Int32Array, {linksAt, classOf, capacity, count}: Radios): boolean {
	const left = capacity.slice(node * CLASSES, (node + 1) * CLASSES);
	const used = new Set<number>();
	for (const e of linksAt[node] as readonly number[]) {
		const channel = planned[e] as number;
		if (channel < 0 || used.has(channel)) continue;
		used.add(channel);
		const kind = classOf[node * count + channel] as number;
		if (kind === NO_CLASS || left[kind] === 0) return false;
		left[kind] = (left[kind] as number) - 1;
	}
	return true;
}

/** The plan with some links changed. Absent: undefined where one of them, an end of it or its channel is not in view. */
export function withLinks(
	{mesh: {places, linksAt, ends, known}, planned, channels}: Ball,
	links: readonly PlannedLink[],
): Int32Array | undefined {
	const next = Int32Array.from(planned);
	const indexOf = new Map(channels.map(({mhz}, index) => [mhz, index]));
	for (const {a, b, mhz} of links) {
		const [one, other] = [places.get(a), places.get(b)];
		const link = linksAt[one ?? -1]?.find(each => ends[2 * each] === other || ends[2 * each + 1] === other);
		const channel = indexOf.get(mhz);
		const isKnown = known[one ?? -1] !== undefined && known[other ?? -1] !== undefined;
		if (!isKnown || link === undefined || channel === undefined) return undefined;
		next[link] = channel;
	}
	return next;
}

/** Every channel that somebody may use, is on or plans, by frequency. */
function channelsOf({known}: LocalMesh): readonly Channel[] {
	const found = new Map<number, Channel>();
	for (const node of known) {
		for (const {mhz, widthMhz} of node?.record.channels ?? []) found.set(mhz, {mhz, widthMhz});
		for (const {live} of node?.record.radios ?? []) if (!found.has(live.mhz)) found.set(live.mhz, live);
		for (const {planMhz} of node?.record.links ?? [])
			if (planMhz > 0 && !found.has(planMhz)) found.set(planMhz, {mhz: planMhz, widthMhz: 20});
	}
	return [...found.values()].sort((a, b) => a.mhz - b.mhz);
}

interface NodeTables {
	readonly classOf: Uint8Array;
	readonly capacity: Uint8Array;
	/** -1: the node may not use that channel. */
	readonly busy: Int32Array;
}

function describeNode(
	{radios, channels, participation}: NodeRecord,
	place: number,
	count: number,
	indexOf: ReadonlyMap<number, number>,
	{classOf, capacity, busy}: NodeTables,
): void {
	const isFixed = (pinned: boolean): boolean => pinned || participation === 'stopped';
	for (const {live, pinned} of radios) {
		const kind = isFixed(pinned) ? PINNED_CLASS : (classes[bandOf(live.mhz)] ?? 0);
		const at = place * CLASSES + kind;
		capacity[at] = (capacity[at] as number) + 1;
	}
	for (const {mhz, busy: share, blocked} of channels) {
		const at = place * count + (indexOf.get(mhz) ?? 0);
		classOf[at] = classes[bandOf(mhz)] ?? 0;
		if (!blocked) busy[at] = share;
	}
	for (const {live, pinned} of radios) {
		const at = place * count + (indexOf.get(live.mhz) ?? 0);
		if (isFixed(pinned)) {
			classOf[at] = PINNED_CLASS;
			busy[at] = Math.max(0, busy[at] as number);
		} else if (classOf[at] === NO_CLASS) classOf[at] = classes[bandOf(live.mhz)] ?? 0;
	}
}

/** Absent: undefined where they share none, or one end is not known. The lowest, so that both ends name the same. */
export function commonChannel(one: NodeRecord | undefined, other: NodeRecord | undefined): number | undefined {
	if (one === undefined || other === undefined) return (one ?? other)?.radios[0]?.live.mhz;
	let lowest: number | undefined;
	for (const {live} of one.radios)
		if ((lowest === undefined || live.mhz < lowest) && other.radios.some(radio => radio.live.mhz === live.mhz))
			lowest = live.mhz;
	return lowest;
}

/** Two links disturb each other when ends of theirs are the same node or neighbours. */
function conflictsOf(
	ends: readonly number[],
	linksAt: readonly (readonly number[])[],
	neighbours: readonly (readonly number[])[],
): readonly Int32Array[] {
	const links = ends.length / 2;
	// By the number of the link that was there last.
	const seenLink = new Int32Array(links).fill(-1);
	const seenNode = new Int32Array(linksAt.length).fill(-1);
	const list = new Int32Array(links);
	const lists: Int32Array[] = [];
	for (let e = 0; e < links; e++) {
		let count = 0;
		seenLink[e] = e;
		for (let end = 0; end < 2; end++) {
			const node = ends[2 * e + end] as number;
			const near = neighbours[node] as readonly number[];
			for (let i = -1; i < near.length; i++) {
				const at = i < 0 ? node : (near[i] as number);
				if (seenNode[at] === e) continue;
				seenNode[at] = e;
				const its = linksAt[at] as readonly number[];
				for (let j = 0; j < its.length; j++) {
					const f = its[j] as number;
					if (seenLink[f] === e) continue;
					seenLink[f] = e;
					list[count++] = f;
				}
			}
		}
		lists.push(list.slice(0, count));
	}
	return lists;
}

function coSiteOf(channels: readonly Channel[]): Int32Array {
	const table = new Int32Array(channels.length ** 2);
	channels.forEach((one, c) => {
		channels.forEach((other, d) => {
			const gapMhz = Math.abs(one.mhz - other.mhz);
			if (c !== d && one.mhz > 0 && other.mhz > 0 && bandOf(one.mhz) === bandOf(other.mhz) && gapMhz < CO_SITE_MHZ)
				table[c * channels.length + d] = Math.round((CO_SITE_COST * (CO_SITE_MHZ - gapMhz)) / CO_SITE_MHZ);
		});
	});
	return table;
}
