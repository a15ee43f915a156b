// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {PeerMessage} from '../../model/peer.ts';
import {generate} from '../topology/generate.ts';
import {graphOf} from '../topology/topology.ts';
import {channelOf} from './channels.ts';
import {EngineMesh} from './engine-mesh.ts';

// What can go wrong, one story a run, on a small random mesh whose messages get lost.

export type Fault = 'none' | 'death' | 'return' | 'driver' | 'partition' | 'radar' | 'liars' | 'interferer';

export const faults: readonly Fault[] = [
	'none',
	'death',
	'return',
	'driver',
	'partition',
	'radar',
	'liars',
	'interferer',
];

export interface FaultOptions {
	readonly fault: Fault;
	readonly seed: number;
	readonly loss: number;
	/** Turns liars into honest nodes, to compare with. */
	readonly isHonest?: boolean;
}

/** One run. Times in seconds of the mesh. */
export interface FaultRow {
	readonly fault: Fault;
	readonly seed: number;
	/** Liars that told the truth, to compare with. */
	readonly isHonest: boolean;
	readonly nodes: number;
	readonly switches: number;
	readonly reverts: number;
	/** Links between living nodes that share no channel at the end. */
	readonly lostLinks: number;
	/** The longest time that such a link was without one, beyond the fault itself. */
	readonly longestOutageS: number;
	/** From the fault until all links there can be are there again, on one plan. Absent: never. */
	readonly recoveredS: number | undefined;
	/** Most moves of one radio for a plan in an hour. */
	readonly mostRetunes: number;
	/** Hops from the fault to the farthest that moved for it; 0 where the fault is everywhere or nowhere. */
	readonly farthestRetuneHops: number;
	/** Of pairs in conflict, the share left at the end, of the plan. */
	readonly conflictFraction: number;
	/** Radios seen on a channel within its non-occupancy time. */
	readonly violations: number;
}

const CHANNELS = 6;
const SAMPLE_MS = 250;
const SETTLE_MS = 240_000;
const AFTER_MS = 300_000;
const PARTITION_MS = 150_000;
const OFF_MS = 100_000;
/** What is cut off has so long to be whole again; that is recovery, not outage. */
const GRACE_MS: Readonly<Partial<Record<Fault, number>>> = {return: 60_000, partition: 60_000, radar: 12_000};
/** Both ends of a link are on their way to the same channel for less than that. */
const SWITCH_MS = 1000;
/** A verdict reaches all it concerns in that time, or they lock each other no more. */
const VERDICT_MS = 5000;
const VACATE_MS = 1000;
const VACATE_ALL_MS = 10_000;

export function runFault({fault, seed, loss, isHonest = false}: FaultOptions): FaultRow {
	const random = seededRandom(seed);
	const draw = (below: number): number => Math.floor(random() * below);
	const count = 6 + draw(4);
	const topology = generate(`random:${count}`, draw(2 ** 30));
	if (topology === undefined) throw new RangeError(`no mesh of ${count} nodes`);
	const {neighbours} = graphOf(topology);
	const radios = 2 + draw(2);
	const liars = new Set<number>();
	const mesh = new EngineMesh({
		neighbours,
		channels: Array.from({length: CHANNELS}, (_, index) => channelOf(index)),
		radios: neighbours.map(() => Array.from({length: radios}, (_, index) => channelOf(index))),
		seed: draw(2 ** 30),
		loss,
		settings: {homeMhz: [channelOf(0).mhz]},
		radarMhz: fault === 'radar' ? [2, 3, 4, 5].map(index => channelOf(index).mhz) : [],
	});
	const watch = new Watch(mesh, neighbours);
	const victim = draw(count);
	// A fault may come at any time: while they plan, while they switch, when all is done.
	const faultMs = fault === 'liars' ? 0 : 30_000 + draw(SETTLE_MS);
	const half = new Set(neighbours.map((_, place) => place).filter(place => place % 2 === 0));
	if (fault === 'liars') for (let i = 0; i < Math.max(1, Math.floor(count / 5)); i++) liars.add((victim + i) % count);
	if (fault === 'liars' && !isHonest)
		mesh.twist = (place, message) => (liars.has(place) ? lie(message, random) : message);
	if (fault === 'driver') mesh.refuses = place => (place === victim && random() < 0.5 ? 'busy' : undefined);
	let endsMs = faultMs;
	mesh.at(faultMs, () => {
		if (fault === 'death' || fault === 'return') mesh.kill(victim);
		if (fault === 'return') {
			endsMs = faultMs + OFF_MS;
			mesh.at(endsMs, () =>
				mesh.revive(
					victim,
					Array.from({length: radios}, (_, index) => channelOf(index)),
				),
			);
		}
		if (fault === 'partition') {
			mesh.isCut = (a, b) => half.has(a) !== half.has(b);
			endsMs = faultMs + PARTITION_MS;
			mesh.at(endsMs, () => {
				mesh.isCut = () => false;
			});
		}
		if (fault === 'radar') {
			// Radar where the victim is, if radar may be there at all.
			const mhz = mesh.members[victim]?.radios.find(channel => channel.mhz > channelOf(1).mhz)?.mhz;
			if (mhz !== undefined) {
				watch.radar = {mhz, victim, atMs: faultMs};
				mesh.input(victim, {kind: 'radar', mhz, widthMhz: 20});
			}
		}
		if (fault === 'interferer') mesh.disturb(victim, draw(CHANNELS), 230);
	});
	const endMs = faultMs + (endsMs - faultMs) + SETTLE_MS + AFTER_MS;
	while (mesh.nowMs < endMs) {
		mesh.advance(SAMPLE_MS);
		watch.sample(endsMs, GRACE_MS[fault] ?? 0, liars);
	}
	return {fault, seed, isHonest, nodes: count, ...watch.row(endsMs, hasPlace(fault) ? victim : undefined)};
}

/** Whether it happens to one node. */
function hasPlace(fault: Fault): boolean {
	return !['none', 'partition', 'liars'].includes(fault);
}

/** Looks at the mesh from outside, many times a second. */
class Watch {
	radar: {readonly mhz: number; readonly victim: number; readonly atMs: number} | undefined;
	readonly #mesh: EngineMesh;
	readonly #neighbours: readonly (readonly number[])[];
	/** Since when a link is without a channel. */
	readonly #without = new Map<string, number>();
	/** Since when the ends of a link plan different channels. */
	readonly #differing = new Map<string, number>();
	#longestMs = 0;
	#recoveredMs: number | undefined;
	#violations = 0;

	constructor(mesh: EngineMesh, neighbours: readonly (readonly number[])[]) {
		this.#mesh = mesh;
		this.#neighbours = neighbours;
	}

	sample(faultEndMs: number, graceMs: number, liars: ReadonlySet<number>): void {
		const {nowMs} = this.#mesh;
		let missing = 0;
		for (const [a, b] of this.#pairs()) {
			const key = `${a} ${b}`;
			const isCut = this.#mesh.isCut(a, b);
			if (this.#mesh.areJoined(a, b) || isCut) {
				this.#without.delete(key);
				continue;
			}
			const sinceMs = this.#without.get(key) ?? nowMs;
			this.#without.set(key, sinceMs);
			if (nowMs - sinceMs > SWITCH_MS) missing++;
			// A link that a dead or cut-off node comes back to is counted as recovery, not as outage.
			if (sinceMs > faultEndMs + graceMs || nowMs < faultEndMs)
				this.#longestMs = Math.max(this.#longestMs, nowMs - sinceMs);
		}
		const isWhole = missing === 0 && this.#disagreements(liars) === 0;
		if (!isWhole) this.#recoveredMs = undefined;
		else if (nowMs >= faultEndMs) this.#recoveredMs ??= nowMs;
		this.#lookForRadar();
	}

	#lookForRadar(): void {
		const {radar} = this;
		if (radar === undefined) return;
		const afterMs = this.#mesh.nowMs - radar.atMs;
		this.#mesh.members.forEach(({radios}, place) => {
			if (!radios.some(({mhz}) => mhz === radar.mhz)) return;
			if (afterMs > (place === radar.victim ? VACATE_MS : VACATE_ALL_MS)) this.#violations++;
		});
	}

	/** Links between living nodes, each once. */
	*#pairs(): Generator<readonly [number, number]> {
		for (const [a, list] of this.#neighbours.entries())
			for (const b of list)
				if (a < b && this.#mesh.members[a]?.isUp === true && this.#mesh.members[b]?.isUp === true) yield [a, b];
	}

	/** Links whose ends have planned different channels for longer than a verdict takes to reach all it concerns. */
	#disagreements(liars: ReadonlySet<number>): number {
		const {nowMs, members} = this.#mesh;
		let count = 0;
		for (const [a, b] of this.#pairs()) {
			if (liars.has(a) || liars.has(b)) continue;
			const [one, other] = [members[a], members[b]];
			const key = `${a} ${b}`;
			if (one?.engine.own.planOf(other?.id ?? 0)?.planMhz === other?.engine.own.planOf(one?.id ?? 0)?.planMhz) {
				this.#differing.delete(key);
				continue;
			}
			const sinceMs = this.#differing.get(key) ?? nowMs;
			this.#differing.set(key, sinceMs);
			if (nowMs - sinceMs > VERDICT_MS) count++;
		}
		return count;
	}

	row(faultEndMs: number, victim: number | undefined) {
		const why = (word: string): number =>
			this.#mesh.explanations.filter(({explanation}) => explanation.why === word).length;
		return {
			switches: why('switched'),
			reverts: why('reverted'),
			lostLinks: [...this.#pairs()].filter(([a, b]) => !this.#mesh.areJoined(a, b)).length,
			longestOutageS: this.#longestMs / 1000,
			recoveredS: this.#recoveredMs === undefined ? undefined : (this.#recoveredMs - faultEndMs) / 1000,
			mostRetunes: this.#mostRetunes(),
			farthestRetuneHops: victim === undefined ? 0 : this.#farthest(faultEndMs, victim),
			conflictFraction: this.#conflictFraction(),
			violations: this.#violations,
		};
	}

	#mostRetunes(): number {
		const counts = new Map<string, number>();
		for (const {place, explanation} of this.#mesh.explanations)
			if (explanation.why === 'switched')
				counts.set(`${place} ${explanation.radio}`, (counts.get(`${place} ${explanation.radio}`) ?? 0) + 1);
		return Math.max(0, ...counts.values());
	}

	#farthest(faultEndMs: number, victim: number): number {
		const hops = new Map([[victim, 0]]);
		const queue = [victim];
		for (const at of queue)
			for (const next of this.#neighbours[at] ?? [])
				if (!hops.has(next)) {
					hops.set(next, (hops.get(at) ?? 0) + 1);
					queue.push(next);
				}
		const moved = this.#mesh.explanations.filter(
			({explanation}) => explanation.why === 'switched' && explanation.atMs > faultEndMs,
		);
		return Math.max(0, ...moved.map(({place}) => hops.get(place) ?? 0));
	}

	/** Pairs of links with ends less than two hops apart that are planned on one channel. */
	#conflictFraction(): number {
		const links = [...this.#pairs()];
		const near = (a: number, b: number): boolean => a === b || (this.#neighbours[a] ?? []).includes(b);
		const planned = links.map(
			([a, b]) => this.#mesh.members[a]?.engine.own.planOf(this.#mesh.members[b]?.id ?? 0)?.planMhz,
		);
		let [pairs, same] = [0, 0];
		for (const [e, [a, b]] of links.entries())
			for (const [f, [c, d]] of links.entries()) {
				if (f <= e || !(near(a, c) || near(a, d) || near(b, c) || near(b, d))) continue;
				pairs++;
				if (planned[e] === planned[f]) same++;
			}
		return pairs === 0 ? 0 : same / pairs;
	}
}

/** What a liar says instead: too much hope, refusals, verdicts nobody agreed to, calls to go back, false records. */
function lie(message: PeerMessage, random: () => number): PeerMessage | undefined {
	const {body} = message;
	const lot = random();
	switch (body.kind) {
		case 'hello':
			return {...message, body: {...body, round: lot < 0.3 ? body.round + 1_000_000 : body.round}};
		case 'record': {
			const {record} = body;
			const links = record.links.map(link => ({...link, stamp: lot < 0.2 ? link.stamp + 3 : link.stamp}));
			return {...message, body: {kind: 'record', record: {...record, links, pressure: 65535, deploying: lot < 0.5}}};
		}
		case 'answer':
			return {...message, body: {...body, refusal: lot < 0.5 ? 'no-gain' : undefined}};
		case 'propose': {
			const links = body.proposal.links.map(link => ({...link, mhz: lot < 0.5 ? channelOf(0).mhz : link.mhz}));
			return {...message, body: {kind: 'propose', proposal: {...body.proposal, links, gain: 1e9}}};
		}
		case 'verdict':
			return {...message, body: {...body, commit: lot < 0.7}};
		default:
			return lot < 0.5 ? undefined : message;
	}
}
