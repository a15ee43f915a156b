// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {LinkRecord, NodeId, NodeRecord} from '../../model/peer.ts';
import {RECORD_FRESH_MS} from '../settings.ts';

/** What a node last said of itself. */
export interface Known {
	readonly id: NodeId;
	readonly epoch: number;
	readonly seq: number;
	readonly record: NodeRecord;
	/** When it said so. */
	readonly heardMs: number;
}

/**
 * The mesh as far as its records reach, by number; node 0 is the one that looks.
 *
 * Shape: a link is there when one end lists it and the other end does too or is not known.
 */
export interface LocalMesh {
	readonly ids: readonly NodeId[];
	readonly places: ReadonlyMap<NodeId, number>;
	/** Absent: a node that only others speak of. */
	readonly known: readonly (Known | undefined)[];
	readonly ends: readonly number[];
	readonly linksAt: readonly (readonly number[])[];
	readonly neighbours: readonly (readonly number[])[];
	/** Hops from the one that looks; -1 where no way is known. */
	readonly hops: readonly number[];
}

/** The epoch of a record that nobody said. */
const GUESSED = -1;

/** Whether a node can be asked: it spoke itself. */
export function hasSpoken({epoch}: Known): boolean {
	return epoch > GUESSED;
}

/** Whether a node said so lately enough to be there still: each says it again from time to time. */
export function isFresh({heardMs}: Known, nowMs: number): boolean {
	return nowMs - heardMs <= RECORD_FRESH_MS;
}

/** The records of others, and the mesh they make together with our own. */
export class Neighbourhood {
	readonly #records = new Map<NodeId, Known>();
	#mesh: LocalMesh | undefined;

	/** Takes a record that is newer than what we have. False: it is not. */
	take(known: Known): boolean {
		const before = this.#records.get(known.id);
		if (before !== undefined && !isNewer(known, before)) return false;
		this.#records.set(known.id, known);
		this.#mesh = undefined;
		return true;
	}

	/** What a node would say that only a scan saw: it stays on that channel. Its own word, whenever it comes, is newer. */
	guess(id: NodeId, witness: NodeId, live: Channel, nowMs: number): void {
		this.#mesh = undefined;
		this.#records.set(id, {
			id,
			epoch: GUESSED,
			seq: 0,
			heardMs: nowMs,
			record: {
				radios: [{live, pinned: true}],
				links: [{peer: witness, weight: 1, planMhz: 0, stamp: 0}],
				channels: [{...live, busy: 0, blocked: false, radar: false}],
				pressure: 0,
				deploying: false,
				participation: 'stopped',
				backupMhz: 0,
			},
		});
	}

	/** Drops what was said too long ago; answers who is gone. */
	forget(beforeMs: number): readonly NodeId[] {
		const gone: NodeId[] = [];
		for (const [id, {heardMs}] of this.#records) if (heardMs < beforeMs) gone.push(id);
		for (const id of gone) this.#records.delete(id);
		if (gone.length > 0) this.#mesh = undefined;
		return gone;
	}

	get(id: NodeId): Known | undefined {
		return this.#records.get(id);
	}

	get all(): readonly Known[] {
		return [...this.#records.values()];
	}

	/** The mesh with our own record in it. Built anew only when something changed. */
	meshWith(own: Known): LocalMesh {
		if (this.#mesh !== undefined && this.#mesh.known[0] === own) return this.#mesh;
		this.#mesh = localMesh([own, ...this.#records.values()]);
		return this.#mesh;
	}
}

export function isNewer(
	a: {readonly epoch: number; readonly seq: number},
	b: {readonly epoch: number; readonly seq: number},
): boolean {
	return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}

/** The first is the one that looks. */
function localMesh(all: readonly Known[]): LocalMesh {
	const ids = all.map(({id}) => id);
	const places = new Map(ids.map((id, place) => [id, place]));
	const known: (Known | undefined)[] = [...all];
	const ends: number[] = [];
	const linksAt: number[][] = ids.map(() => []);
	const neighbours: number[][] = ids.map(() => []);
	for (let place = 0; place < all.length; place++)
		for (const {peer} of all[place]?.record.links ?? []) {
			let other = places.get(peer);
			if (other === undefined) {
				other = ids.length;
				ids.push(peer);
				places.set(peer, other);
				known.push(undefined);
				linksAt.push([]);
				neighbours.push([]);
			}
			const its = known[other];
			// Two that list each other meet here twice; the first of them makes the link.
			if (its !== undefined && (other < place || linkTo(its.record, all[place]?.id ?? 0) === undefined)) continue;
			const link = ends.length / 2;
			ends.push(place, other);
			linksAt[place]?.push(link);
			linksAt[other]?.push(link);
			neighbours[place]?.push(other);
			neighbours[other]?.push(place);
		}
	return {ids, places, known, ends, linksAt, neighbours, hops: hopsFrom(0, neighbours)};
}

export function linkTo({links}: NodeRecord, peer: NodeId): LinkRecord | undefined {
	return links.find(link => link.peer === peer);
}

/** Breadth first. Shape: by node; -1 where there is no way. */
export function hopsFrom(start: number, neighbours: readonly (readonly number[])[]): number[] {
	const hops = neighbours.map(() => -1);
	hops[start] = 0;
	const queue = [start];
	for (let head = 0; head < queue.length; head++)
		for (const next of neighbours[queue[head] as number] ?? []) {
			if (hops[next] !== -1) continue;
			hops[next] = (hops[queue[head] as number] as number) + 1;
			queue.push(next);
		}
	return hops;
}
