// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import type {Move, NodeId, NodeRecord} from '../../model/peer.ts';
import {LARGEST_CLOSURE} from '../settings.ts';
import type {LocalMesh} from '../view/neighbourhood.ts';

// From where radios are to where the plan wants them, in steps that lose no link.

/** Where a node's radios are, by radio. */
type Stand = readonly Channel[];

/**
 * The moves a node still has to make, fewest first: a radio that is on a planned channel stays.
 *
 * Absent: none for who stopped, and for channels that no radio of the band is left for.
 */
export function pendingMoves(id: NodeId, {radios, links, channels, participation}: NodeRecord): readonly Move[] {
	if (participation === 'stopped') return [];
	const planned = new Set<number>();
	for (const {planMhz} of links) if (planMhz > 0) planned.add(planMhz);
	const staying = new Set<number>();
	radios.forEach(({live, pinned}, radio) => {
		if (pinned) staying.add(radio);
		if (!planned.delete(live.mhz)) return;
		staying.add(radio);
	});
	// A radio that carries links without a plan stays as long as there is another.
	const moves: Move[] = [];
	for (const mhz of [...planned].sort((a, b) => a - b)) {
		const radio = radios.findIndex((each, index) => !staying.has(index) && bandOf(each.live.mhz) === bandOf(mhz));
		const found = radios[radio];
		if (found === undefined) continue;
		staying.add(radio);
		const widthMhz = channels.find(channel => channel.mhz === mhz)?.widthMhz ?? found.live.widthMhz;
		moves.push({node: id, radio, from: found.live, to: {mhz, widthMhz}});
	}
	return moves;
}

export interface Closure {
	readonly moves: readonly Move[];
	/** Nodes that move, and their neighbours, who must not move meanwhile. */
	readonly members: readonly NodeId[];
}

/**
 * The moves that must happen with one so that no link is lost which both ends have now.
 *
 * Absent: undefined where that reaches beyond what is known, or over more than `limit` nodes, or two radios of one node
 *         that has no third to hold on to.
 */
export function closureOf(mesh: LocalMesh, first: Move, limit: number): Closure | undefined {
	const {places, known, ids, neighbours} = mesh;
	const moves = [first];
	const moved = new Set<number>([places.get(first.node) ?? 0]);
	const standOf = (place: number): Stand => (known[place]?.record.radios ?? []).map(({live}) => live);
	const after = (place: number): Stand =>
		standOf(place).map(
			(live, radio) => moves.find(move => move.node === ids[place] && move.radio === radio)?.to ?? live,
		);
	/** False: the node cannot come to that channel. */
	const bring = (place: number, mhz: number): boolean => {
		if (after(place).some(channel => channel.mhz === mhz)) return true;
		const node = known[place];
		if (node === undefined) return false;
		const move = pendingMoves(node.id, node.record).find(({to}) => to.mhz === mhz);
		if (move === undefined || moves.some(each => each.node === move.node && each.radio === move.radio)) return false;
		moves.push(move);
		moved.add(place);
		return true;
	};
	const queue = [...moved];
	for (let head = 0; head < queue.length; head++) {
		const place = queue[head] as number;
		const node = known[place];
		if (node === undefined) return undefined;
		for (const {peer, planMhz} of node.record.links) {
			const other = places.get(peer);
			const its = other === undefined ? undefined : known[other];
			// Who was only seen yet, and nothing is planned for, holds nobody back.
			if (its === undefined && planMhz === 0) continue;
			if (other === undefined || its === undefined) return undefined;
			if (!shares(standOf(place), standOf(other)) || shares(after(place), after(other))) continue;
			if (planMhz === 0 || !bring(other, planMhz) || !bring(place, planMhz)) return undefined;
			for (const each of [place, other]) queue.push(each);
			if (moved.size > limit) return undefined;
		}
	}
	const members = new Set<NodeId>();
	for (const place of moved) {
		members.add(ids[place] as number);
		for (const next of neighbours[place] ?? []) members.add(ids[next] as number);
	}
	return {moves, members: [...members]};
}

export interface Step extends Closure {
	/** Two that share no channel do so after it. */
	readonly isJoining: boolean;
}

/** Of the steps that begin with one of these moves, the one with the fewest. Absent: undefined where none may be. */
export function smallestStep(
	mesh: LocalMesh,
	moves: readonly Move[],
	mayMove: (move: Move, isJoining: boolean) => boolean,
): Step | undefined {
	let smallest: Step | undefined;
	for (const move of moves) {
		const closure = closureOf(mesh, move, LARGEST_CLOSURE);
		if (closure === undefined || (smallest !== undefined && closure.moves.length >= smallest.moves.length)) continue;
		const isJoining = joinsLink(mesh, closure.moves);
		if (closure.moves.every(each => mayMove(each, isJoining))) smallest = {...closure, isJoining};
	}
	return smallest;
}

function shares(one: Stand, other: Stand): boolean {
	return one.some(channel => other.some(({mhz}) => mhz === channel.mhz));
}

/** Whether two neighbours that share no channel do so after these moves. */
export function joinsLink({known, places}: LocalMesh, moves: readonly Move[]): boolean {
	const after = ({id, record}: {readonly id: NodeId; readonly record: NodeRecord}): Stand =>
		record.radios.map(({live}, radio) => moves.find(move => move.node === id && move.radio === radio)?.to ?? live);
	return moves.some(({node}) => {
		const place = places.get(node);
		const one = place === undefined ? undefined : known[place];
		if (one === undefined) return false;
		const stand = one.record.radios.map(({live}) => live);
		return one.record.links.some(({peer}) => {
			const at = places.get(peer);
			const other = at === undefined ? undefined : known[at];
			if (other === undefined) return false;
			const its = other.record.radios.map(({live}) => live);
			return !shares(stand, its) && shares(after(one), after(other));
		});
	});
}

/** Whether every link of a node that has a channel now still has one after these moves. */
export function keepsLinks(mesh: LocalMesh, place: number, moves: readonly Move[]): boolean {
	const {known, ids, places} = mesh;
	const standOf = (at: number): Stand => (known[at]?.record.radios ?? []).map(({live}) => live);
	const after = (at: number): Stand =>
		standOf(at).map((live, radio) => moves.find(move => move.node === ids[at] && move.radio === radio)?.to ?? live);
	return (known[place]?.record.links ?? []).every(({peer}) => {
		const other = places.get(peer);
		if (other === undefined || known[other] === undefined) return true;
		return !shares(standOf(place), standOf(other)) || shares(after(place), after(other));
	});
}
