// SPDX-License-Identifier: Apache-2.0
import {delayBin, delayBins} from '../delay.ts';
import {exponentialDraw} from '../exact.ts';
import type {FlowSetup, FlowStatistics} from '../medium.ts';
import type {Contention} from './contention.ts';
import {type EventQueue, Kind} from './event-queue.ts';
import type {Link} from './link.ts';
import {Mark, type PacketPool} from './packets.ts';

const ACKNOWLEDGEMENT_BYTES = 40;
/** Packets for one acknowledgement of a window. */
const PER_ACKNOWLEDGEMENT = 2;
const FIRST_WINDOW = 10;
const LEAST_WINDOW = 2;

/** A flow at work. */
export class Flow {
	readonly index: number;
	readonly setup: FlowSetup;
	readonly links: readonly Link[];
	readonly bytes: number;
	/** The flow whose arrivals these packets acknowledge. */
	readonly acknowledges: Flow | undefined;
	/** Where acknowledgements of this flow travel; without it they need no air. */
	acknowledgements: Flow | undefined = undefined;
	delayCounts = new Uint32Array(delayBins);
	offered = 0;
	delivered = 0;
	overflow = 0;
	abandoned = 0;
	delayUs = 0;

	/** Packets of a saturated flow or a window that are under way. */
	underWay = 0;
	onUntilNs = -1;
	/** The window, and the packet number up to which a loss is one and the same. */
	window = FIRST_WINDOW;
	growing = true;
	sent = 0;
	recoverAt = 0;
	arrived = 0;
	acknowledged = 0;

	constructor(index: number, setup: FlowSetup, links: readonly Link[], bytes: number, acknowledges?: Flow) {
		this.index = index;
		this.setup = setup;
		this.links = links;
		this.bytes = bytes;
		this.acknowledges = acknowledges;
	}

	/** Goes on from what the same flow was before a change. */
	adopt(old: Flow): void {
		this.delayCounts = old.delayCounts;
		this.offered = old.offered;
		this.delivered = old.delivered;
		this.overflow = old.overflow;
		this.abandoned = old.abandoned;
		this.delayUs = old.delayUs;
		this.window = old.window;
		this.growing = old.growing;
		this.sent = old.sent;
		this.recoverAt = old.sent;
		this.arrived = old.sent;
		this.acknowledged = old.sent;
	}

	clear(): void {
		this.delayCounts = new Uint32Array(delayBins);
		this.offered = 0;
		this.delivered = 0;
		this.overflow = 0;
		this.abandoned = 0;
		this.delayUs = 0;
	}

	read(seconds: number): FlowStatistics {
		const deliveredBytes = this.delivered * this.bytes;
		return {
			offeredPackets: this.offered,
			deliveredPackets: this.delivered,
			deliveredBytes,
			overflowPackets: this.overflow,
			abandonedPackets: this.abandoned,
			throughputBps: seconds > 0 ? (deliveredBytes * 8) / seconds : 0,
			delayCounts: this.delayCounts.slice(),
			meanDelayUs: this.delivered > 0 ? this.delayUs / this.delivered : 0,
		};
	}
}

/** Makes packets, and says what becomes of those that arrive or are lost. */
export class Traffic {
	readonly flows: Flow[] = [];
	readonly #pool: PacketPool;
	readonly #queue: EventQueue;
	readonly #random: () => number;
	readonly #contention: Contention;

	constructor(pool: PacketPool, queue: EventQueue, random: () => number, contention: Contention) {
		this.#pool = pool;
		this.#queue = queue;
		this.#random = random;
		this.#contention = contention;
	}

	/** Adds a flow over these links, in the order of the setup. */
	add(setup: FlowSetup, links: readonly Link[]): Flow {
		const flow = new Flow(this.flows.length, setup, links, setup.packetBytes);
		this.flows.push(flow);
		return flow;
	}

	/** Adds the way back of a window's acknowledgements; after all flows. */
	addReturn(of: Flow, links: readonly Link[]): void {
		const flow = new Flow(this.flows.length, of.setup, links, ACKNOWLEDGEMENT_BYTES, of);
		of.acknowledgements = flow;
		this.flows.push(flow);
	}

	start(flow: Flow, nowNs: number): void {
		if (flow.acknowledges !== undefined || !(flow.setup.active ?? true) || flow.links.length === 0) return;
		const {traffic} = flow.setup;
		switch (traffic.kind) {
			case 'saturated':
			case 'window':
				this.#fill(flow, nowNs);
				return;
			case 'bursts':
				flow.onUntilNs = nowNs + this.#draw(traffic.meanOnSeconds * 1e9);
				this.#queue.push(nowNs + this.#gapNs(flow, true), Kind.traffic, flow.index);
				return;
			case 'constant':
			case 'poisson':
				this.#queue.push(nowNs + this.#gapNs(flow, true), Kind.traffic, flow.index);
		}
	}

	#draw(mean: number): number {
		return Math.round(exponentialDraw(mean, this.#random()));
	}

	/** Until the next packet. */
	#gapNs(flow: Flow, first: boolean): number {
		const {traffic, packetBytes} = flow.setup;
		if (traffic.kind === 'saturated' || traffic.kind === 'window') return 0;
		const meanNs = (packetBytes * 8e9) / traffic.bitsPerSecond;
		if (traffic.kind === 'poisson') return this.#draw(meanNs);
		return Math.round(first ? meanNs * this.#random() : meanNs);
	}

	/** A traffic event. */
	tick(flow: Flow, nowNs: number): void {
		const {traffic} = flow.setup;
		let gapNs = this.#gapNs(flow, false);
		if (traffic.kind === 'bursts' && nowNs + gapNs > flow.onUntilNs) {
			gapNs += this.#draw(traffic.meanOffSeconds * 1e9);
			flow.onUntilNs = nowNs + gapNs + this.#draw(traffic.meanOnSeconds * 1e9);
		}
		this.#queue.push(nowNs + gapNs, Kind.traffic, flow.index);
		flow.offered++;
		this.#enqueue(flow, this.#pool.take(flow.index, nowNs), 0, nowNs);
	}

	/** Keeps a saturated flow's queue full, and a window in use. */
	#fill(flow: Flow, nowNs: number): void {
		const [first] = flow.links;
		if (first === undefined || !first.from.active) return;
		const limit =
			flow.setup.traffic.kind === 'window' ? Math.floor(flow.window) : Math.max(2, 2 * first.from.aggregateLimit);
		while (flow.underWay < limit) {
			flow.underWay++;
			flow.offered++;
			const packet = this.#pool.take(flow.index, nowNs);
			this.#pool.value[packet] = ++flow.sent;
			if (!this.#enqueue(flow, packet, 0, nowNs)) return;
		}
	}

	/** Puts a packet into a hop's queue; false if there is no room. */
	#enqueue(flow: Flow, packet: number, hop: number, nowNs: number): boolean {
		const link = flow.links[hop] as Link;
		this.#pool.hop[packet] = hop;
		this.#pool.queuedNs[packet] = nowNs;
		if (link.from.queued >= link.from.queueLimit || !link.from.active) {
			flow.overflow++;
			this.#lost(flow, packet, nowNs);
			this.#pool.give(packet);
			return false;
		}
		link.append(this.#pool, packet);
		this.#contention.want(link.from, nowNs);
		return true;
	}

	/** A packet came over a hop: on to the next, or there. */
	arrive(packet: number, nowNs: number): void {
		const pool = this.#pool;
		const flow = this.flows[pool.flow[packet] as number] as Flow;
		const hop = (pool.hop[packet] as number) + 1;
		if (hop < flow.links.length) {
			const copy = pool.take(flow.index, pool.bornNs[packet] as number);
			pool.value[copy] = pool.value[packet] as number;
			pool.marks[copy] = (pool.marks[packet] as number) & Mark.acknowledgement;
			this.#enqueue(flow, copy, hop, nowNs);
			return;
		}
		if (flow.acknowledges !== undefined) {
			this.#acknowledge(flow.acknowledges, pool.value[packet] as number, true, nowNs);
			return;
		}
		const delayUs = (nowNs - (pool.bornNs[packet] as number)) / 1000;
		const bin = delayBin(delayUs);
		flow.delivered++;
		flow.delayUs += delayUs;
		flow.delayCounts[bin] = (flow.delayCounts[bin] as number) + 1;
		if (flow.setup.traffic.kind === 'window') this.#answer(flow, nowNs);
	}

	#answer(flow: Flow, nowNs: number): void {
		flow.arrived++;
		if (flow.arrived % PER_ACKNOWLEDGEMENT !== 0) return;
		const way = flow.acknowledgements;
		if (way === undefined) {
			this.#acknowledge(flow, flow.arrived, true, nowNs);
			return;
		}
		const packet = this.#pool.take(way.index, nowNs);
		this.#pool.value[packet] = flow.arrived;
		this.#pool.marks[packet] = Mark.acknowledgement;
		this.#enqueue(way, packet, 0, nowNs);
	}

	/** So many packets had arrived. A lost acknowledgement counts without growth: the next one would have said it. */
	#acknowledge(flow: Flow, arrived: number, grows: boolean, nowNs: number): void {
		const fresh = arrived - flow.acknowledged;
		if (fresh <= 0) return;
		flow.acknowledged = arrived;
		flow.underWay -= fresh;
		if (grows) flow.window += flow.growing ? fresh : fresh / flow.window;
		this.#fill(flow, nowNs);
	}

	#lost(flow: Flow, packet: number, nowNs: number): void {
		if (flow.acknowledges !== undefined) {
			this.#acknowledge(flow.acknowledges, this.#pool.value[packet] as number, false, nowNs);
			return;
		}
		if (flow.setup.traffic.kind === 'saturated' && this.#pool.hop[packet] === 0) flow.underWay--;
		if (flow.setup.traffic.kind !== 'window') return;
		flow.underWay--;
		flow.growing = false;
		if ((this.#pool.value[packet] as number) <= flow.recoverAt) return;
		flow.recoverAt = flow.sent;
		flow.window = Math.max(LEAST_WINDOW, flow.window / 2);
	}

	/** Takes over a packet that waited on a link before a change, if its flow still goes that way. */
	readmit(old: PacketPool, packet: number, link: Link): void {
		const flow = this.flows[old.flow[packet] as number];
		const hop = old.hop[packet] as number;
		const next = flow?.links[hop];
		if (flow === undefined || flow.acknowledges !== undefined || next === undefined || !next.from.active) return;
		if (next.from.index !== link.from.index || next.to.index !== link.to.index) {
			flow.abandoned++;
			return;
		}
		const received = ((old.marks[packet] as number) & Mark.received) !== 0;
		if (received || flow.setup.traffic.kind === 'window') return;
		if (flow.setup.traffic.kind === 'saturated' && hop === 0) flow.underWay++;
		const copy = this.#pool.take(flow.index, old.bornNs[packet] as number);
		this.#pool.hop[copy] = hop;
		next.append(this.#pool, copy);
		this.#contention.want(next.from, 0);
	}

	/** The sender of a hop is through with a packet: it was acknowledged, or given up. */
	leave(packet: number, nowNs: number): void {
		const pool = this.#pool;
		const flow = this.flows[pool.flow[packet] as number] as Flow;
		const received = ((pool.marks[packet] as number) & Mark.received) !== 0;
		if (!received) {
			flow.abandoned++;
			this.#lost(flow, packet, nowNs);
		} else if (flow.setup.traffic.kind === 'saturated' && pool.hop[packet] === 0) flow.underWay--;
		pool.give(packet);
		if (flow.acknowledges === undefined && (flow.setup.active ?? true)) {
			const {kind} = flow.setup.traffic;
			if (kind === 'saturated' || kind === 'window') this.#fill(flow, nowNs);
		}
	}
}
