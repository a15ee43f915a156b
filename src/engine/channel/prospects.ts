// SPDX-License-Identifier: Apache-2.0
import {bandOf} from '../../model/channel.ts';
import type {NodeId, NodeRecord, Refusal} from '../../model/peer.ts';
import {lotOf} from '../context.ts';
import {BALL_HOPS} from '../settings.ts';
import type {LocalMesh} from '../view/neighbourhood.ts';
import {type Ball, wholeOf} from './ball.ts';
import {costOf, isFeasible} from './problem.ts';

// What a node reads from the records in view: what there is to hope for, and what a plan may not do.

/** Whether the ends of a link so few hops away mean no channel in common. */
export function hasHomeless(mesh: LocalMesh, hops: number): boolean {
	const {channels, planned} = wholeOf(mesh);
	return mesh.linksAt.some((links, place) => {
		const distance = mesh.hops[place] as number;
		return distance >= 0 && distance <= hops && links.some(e => channels[planned[e] as number]?.mhz === 0);
	});
}

/** Whether the ends of a link so few hops away share no channel, by the plan or now. */
export function isTorn(mesh: LocalMesh, hops: number): boolean {
	const {live} = wholeOf(mesh);
	const isApart = mesh.linksAt.some((links, place) => {
		const distance = mesh.hops[place] as number;
		return distance >= 0 && distance <= hops && links.some(e => live[e] === -1);
	});
	return isApart || hasHomeless(mesh, hops);
}

/** Whether what the ends of a link so few hops away say is not what radios can do, so that something else is to be said. */
export function hasGivenUp(mesh: LocalMesh, hops: number): boolean {
	const {said, planned} = wholeOf(mesh);
	return mesh.linksAt.some((links, place) => {
		const distance = mesh.hops[place] as number;
		return distance >= 0 && distance <= hops && links.some(e => said[e] !== planned[e]);
	});
}

/** What the plan costs less than what is, of what is, all in view; 0 where it costs more or links have no channel. */
export function gainShareOf(mesh: LocalMesh): number {
	const {problem, planned, live} = wholeOf(mesh);
	if (live.includes(-1)) return 0;
	const now = costOf(problem, live);
	return now === 0 ? 0 : Math.max(0, 1 - costOf(problem, planned) / now);
}

/** Whether a neighbour's ball holds all of ours: then it leads, not we. */
export function isCovered({neighbours, ids}: LocalMesh): boolean {
	const own = neighbours[0] ?? [];
	return own.some(place => {
		const its = neighbours[place] ?? [];
		if (its.length < own.length || !own.every(each => each === place || its.includes(each))) return false;
		return its.length > own.length || (ids[place] as number) < (ids[0] as number);
	});
}

/** Hope counts by its order only: who claims more than there is gets no more than a few times the turns of others. */
export function chanceOf(pressure: number): number {
	return pressure === 0 ? 0 : 32 - Math.clz32(pressure);
}

/** What our links cost, over what they would at best; 1 to 65535, 0 for a node with nothing to gain. */
export function hopeOf(mesh: LocalMesh): number {
	const {problem, planned} = wholeOf(mesh);
	let hope = 0;
	for (const e of mesh.linksAt[0] ?? []) {
		const own = planned[e] as number;
		hope += problem.foreign[e * problem.channels + own] as number;
		for (const f of problem.conflicts[e] as Int32Array)
			if (planned[f] === own) hope += 16 * (problem.weights[e] as number) * (problem.weights[f] as number);
	}
	return hope === 0 ? 0 : Math.min(65535, Math.max(1, Math.round(hope / 256)));
}

/** Of those who carry out the plan within some hops, one begins in each round: whether it is the one that looks. */
export function isFirst({ids, known, hops}: LocalMesh, round: number, reach: number): boolean {
	const id = ids[0] as NodeId;
	const mine = lotOf(id, round);
	return known.every((node, place) => {
		const distance = hops[place] as number;
		if (node === undefined || place === 0 || distance < 0 || distance > reach || !node.record.deploying) return true;
		const its = lotOf(node.id, round);
		return its < mine || (its === mine && node.id > id);
	});
}

/** Planned channels of a node with some links changed: are they allowed, and are there radios for them? */
export function mayPlan(
	{radios, links, channels}: NodeRecord,
	wanted: ReadonlyMap<NodeId, number>,
): Refusal | undefined {
	const used = new Set<number>();
	for (const {peer, planMhz} of links) {
		const mhz = wanted.get(peer) ?? planMhz;
		if (mhz > 0) used.add(mhz);
	}
	for (const peer of wanted.keys()) if (!links.some(link => link.peer === peer)) return 'unknown';
	const left = new Map<number, number>();
	for (const {live, pinned} of radios)
		if (pinned) used.delete(live.mhz);
		else left.set(bandOf(live.mhz), (left.get(bandOf(live.mhz)) ?? 0) + 1);
	const changed = new Set(wanted.values());
	for (const mhz of used) {
		const count = (left.get(bandOf(mhz)) ?? 0) - 1;
		if (count < 0) return 'radios';
		left.set(bandOf(mhz), count);
		if (changed.has(mhz) && !channels.some(channel => channel.mhz === mhz && !channel.blocked)) return 'blocked';
	}
	return undefined;
}

/** The search starts where things may stand badly already; what it changes must be right. */
export function isFeasibleWhereChanged({problem, planned}: Ball, assignment: Int32Array): boolean {
	return isFeasible(problem, assignment) || !isFeasible(problem, planned);
}

export function latestStamp({known}: LocalMesh): number {
	let latest = 0;
	for (const node of known) for (const {stamp} of node?.record.links ?? []) if (stamp > latest) latest = stamp;
	return latest;
}

/** Two views are the same where their numbers are. */
export interface ViewHash {
	/** Who within a hop of our ball is linked with whom there, how much that needs, and which links have no channel. */
	readonly links: number;
	/** On what channels all links of those are. */
	readonly plan: number;
}

/** What a plan of our ball depends on: when that changes, there may be more to gain. */
export function hashOf({known, hops, places}: LocalMesh): ViewHash {
	const isNear = (place: number | undefined): boolean =>
		place !== undefined && (hops[place] as number) >= 0 && (hops[place] as number) <= BALL_HOPS + 1;
	let links = 0;
	let plan = 0;
	known.forEach((node, place) => {
		if (node === undefined || !isNear(place)) return;
		// The order in which records came must not matter.
		for (const {peer, planMhz, weight} of node.record.links) {
			const pair = Math.imul(node.id ^ 0x9e37, 31) + peer;
			plan = (plan + Math.imul(pair, 0x85ebca6b ^ (planMhz * 64 + weight))) | 0;
			if (isNear(places.get(peer)))
				links = (links + Math.imul(pair, 0x85ebca6b ^ ((planMhz > 0 ? 64 : 0) + weight))) | 0;
		}
	});
	return {links, plan};
}
