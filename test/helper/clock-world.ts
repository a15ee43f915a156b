// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../src/core/random.ts';
import {MeshClock} from '../../src/engine/schedule/clock.ts';
import type {MeshTime} from '../../src/model/slots.ts';

// Routers whose clocks run differently, in true time: what each believes of the mesh's time, and what it is.

export interface ClockSetup {
	/** Who hears whom, by place; numbers of nodes are places plus one. */
	readonly links: readonly (readonly [number, number])[];
	readonly nodes: number;
	/** Of each router's quartz and, independently, of each radio's: drawn from -ppm to +ppm. */
	readonly ppm?: number;
	/** Whether kernels say how far radios are apart. */
	readonly beacons?: boolean;
	readonly seed?: number;
	/** What a message takes at least, and its mean waiting on top of that, which is exponential. */
	readonly leastDelayUs?: number;
	readonly meanDelayUs?: number;
	readonly lossShare?: number;
	/** By node: what its number is. Absent: its place plus one. */
	readonly ids?: readonly number[];
}

const BEACON_US = 102_400;
/** Source: net/mac80211/mesh_sync.c: a radio that runs ahead is set back when it is that far. */
const KERNEL_STEP_US = 10;
const READING_US = 40;

export class ClockNode {
	readonly id: number;
	readonly bootUs: number;
	readonly rate: number;
	readonly tsfRate: number;
	tsfBaseUs: number;
	epoch = 1;
	clock: MeshClock;
	isAlive = true;
	nextTellUs: number;

	constructor(id: number, random: () => number, ppm: number) {
		const draw = () => 1 + (2 * random() - 1) * ppm * 1e-6;
		this.id = id;
		this.bootUs = -random() * 1e12;
		this.rate = draw();
		this.tsfRate = draw();
		this.tsfBaseUs = random() * 1e12;
		this.nextTellUs = random() * 1e6;
		this.clock = new MeshClock(id, 1, this.ownUs(0));
	}

	ownUs(trueUs: number): number {
		return (trueUs - this.bootUs) * this.rate;
	}
}

interface Delivery {
	readonly atUs: number;
	readonly run: () => void;
}

export class ClockWorld {
	readonly nodes: ClockNode[];
	trueUs = 0;
	isCut = (_a: number, _b: number): boolean => false;
	readonly #setup: Required<Omit<ClockSetup, 'ids'>>;
	readonly #random: () => number;
	readonly #slowest: number;
	#pending: Delivery[] = [];

	constructor(setup: ClockSetup) {
		const usual = {ppm: 20, beacons: true, seed: 1, leastDelayUs: 300, meanDelayUs: 700, lossShare: 0.05};
		this.#setup = {...usual, ...setup};
		this.#random = seededRandom(this.#setup.seed);
		this.nodes = Array.from(
			{length: setup.nodes},
			(_, place) => new ClockNode(setup.ids?.[place] ?? place + 1, this.#random, this.#setup.ppm),
		);
		this.#slowest = Math.min(...this.nodes.map(({tsfRate}) => tsfRate));
	}

	/** Lets so many seconds pass. */
	pass(seconds: number): void {
		const endUs = this.trueUs + seconds * 1e6;
		for (;;) {
			const node = this.nodes
				.filter(({isAlive}) => isAlive)
				.reduce<ClockNode | undefined>((a, b) => (a === undefined || b.nextTellUs < a.nextTellUs ? b : a), undefined);
			const tellUs = node?.nextTellUs ?? Number.POSITIVE_INFINITY;
			const first = this.#pending.reduce<Delivery | undefined>(
				(a, b) => (a === undefined || b.atUs < a.atUs ? b : a),
				undefined,
			);
			const dueUs = Math.min(tellUs, first?.atUs ?? Number.POSITIVE_INFINITY);
			if (dueUs > endUs) break;
			this.trueUs = dueUs;
			if (first !== undefined && first.atUs === dueUs) {
				this.#pending.splice(this.#pending.indexOf(first), 1);
				first.run();
			} else if (node !== undefined) this.#tell(node);
		}
		this.trueUs = endUs;
	}

	/** Begins a router anew: its clock too. */
	restart(place: number): void {
		const node = this.nodes[place] as ClockNode;
		node.epoch++;
		node.isAlive = true;
		(node as {bootUs: number}).bootUs = this.trueUs;
		node.clock = new MeshClock(node.id, node.epoch, 0);
		node.nextTellUs = this.trueUs + this.#random() * 1e6;
	}

	timeOf(place: number): MeshTime | undefined {
		const node = this.nodes[place] as ClockNode;
		return node.clock.time(node.ownUs(this.trueUs));
	}

	/** The mesh's time as a node believes it now, less the root's own belief. */
	errorUs(place: number, root: number): number {
		const meshUs = (of: number): number => {
			const node = this.nodes[of] as ClockNode;
			const ownUs = node.ownUs(this.trueUs);
			return ownUs + (node.clock.time(ownUs)?.offsetUs ?? Number.NaN);
		};
		return meshUs(place) - meshUs(root);
	}

	#tsfUs({tsfBaseUs, tsfRate}: ClockNode, trueUs: number): number {
		const aheadUs = (tsfRate - this.#slowest) * trueUs;
		return tsfBaseUs + this.#slowest * trueUs + (aheadUs % KERNEL_STEP_US);
	}

	/** A reading takes some time, and what was read is of some moment of it. */
	#reading(node: ClockNode) {
		const withinUs = (READING_US / 2) * (0.5 + this.#random());
		const lateUs = (2 * this.#random() - 1) * withinUs;
		return {atUs: node.ownUs(this.trueUs), tsfUs: Math.round(this.#tsfUs(node, this.trueUs + lateUs)), withinUs};
	}

	#tell(node: ClockNode): void {
		const {leastDelayUs, meanDelayUs, lossShare, beacons, links} = this.#setup;
		const ownUs = node.ownUs(this.trueUs);
		const said = node.clock.tell(0, ownUs, beacons ? this.#reading(node) : undefined);
		// As it is after it was written and read.
		const telling = {
			...said,
			sentUs: Math.round(said.sentUs),
			tsfAgoUs: Math.round(said.tsfAgoUs),
			offsetUs: Math.round(said.offsetUs),
			driftPpb: Math.round(said.driftPpb),
			echoes: said.echoes.map(each => ({...each, agoUs: Math.round(each.agoUs)})),
		};
		node.nextTellUs = this.trueUs + node.clock.pauseUs(0) * (0.9 + 0.2 * this.#random());
		const place = this.nodes.indexOf(node);
		const epoch = node.epoch;
		for (const [a, b] of links) {
			const to = a === place ? b : b === place ? a : undefined;
			const receiver = to === undefined ? undefined : this.nodes[to];
			if (to === undefined || receiver === undefined || this.isCut(place, to) || this.#random() < lossShare) continue;
			const atUs = this.trueUs + leastDelayUs - meanDelayUs * Math.log(1 - this.#random());
			this.#pending.push({
				atUs,
				run: () => {
					if (!receiver.isAlive) return;
					const nowUs = receiver.ownUs(this.trueUs);
					receiver.clock.hear(node.id, epoch, 0, telling, nowUs);
					if (!beacons) return;
					const beaconUs = this.trueUs - this.#random() * BEACON_US;
					const apartUs = this.#tsfUs(node, beaconUs) - this.#tsfUs(receiver, beaconUs) + (2 * this.#random() - 1) * 2;
					receiver.clock.hearBeacon(node.id, 0, this.#reading(receiver), Math.round(apartUs));
				},
			});
		}
	}
}

/** A line of nodes, the root at its end. */
export const chain = (nodes: number): ClockSetup => ({
	nodes,
	links: Array.from({length: nodes - 1}, (_, i) => [i, i + 1] as const),
});
