// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../../core/random.ts';
import {ratioOfDb} from '../exact.ts';
import type {CreateMedium, Hop, LinkStatistics, Medium, MediumSetup, MediumStatistics} from '../medium.ts';
import {rateNamed} from '../rates.ts';
import {Air} from './air.ts';
import {Contention} from './contention.ts';
import {EventQueue, Kind} from './event-queue.ts';
import {Exchange} from './exchange.ts';
import {type Flow, Traffic} from './flow.ts';
import {Link} from './link.ts';
import {PacketPool} from './packets.ts';
import {commonRates, RateControl} from './rate-control.ts';
import {Station, timesOf} from './station.ts';

const NS_PER_SECOND = 1e9;

/** One setup at work: everything between two changes. */
class Scene {
	readonly queue = new EventQueue();
	readonly pool = new PacketPool();
	readonly stations: readonly Station[];
	readonly links: readonly Link[];
	readonly traffic: Traffic;
	readonly contention: Contention;
	readonly air: Air;
	readonly exchange: Exchange;
	readonly setup: MediumSetup;
	readonly #random: () => number;
	readonly #interferersOn: Uint8Array;

	constructor(setup: MediumSetup, random: () => number, nowNs: number) {
		this.setup = setup;
		this.#random = random;
		this.stations = setup.radios.map((radio, index) => new Station(index, radio, nowNs));
		this.contention = new Contention(this.queue, random, (station, atNs) => this.exchange.begin(station, atNs));
		this.air = new Air(setup, this.stations, this.queue, random, this.contention);
		this.traffic = new Traffic(this.pool, this.queue, random, this.contention);
		this.exchange = new Exchange(this.queue, this.contention, this.air, this.pool, this.traffic);
		this.air.listen(this.exchange);
		const links = new Map<string, Link>();
		const linksOf = (hops: readonly Hop[]): Link[] => hops.map(hop => this.#link(links, hop));
		for (const flow of setup.flows) this.traffic.add(flow, linksOf(flow.hops));
		for (const [index, {traffic}] of setup.flows.entries()) {
			const flow = this.traffic.flows[index];
			if (traffic.kind === 'window' && traffic.returnHops !== undefined && flow !== undefined)
				this.traffic.addReturn(flow, linksOf(traffic.returnHops));
		}
		this.links = [...links.values()];
		this.#interferersOn = new Uint8Array(setup.interferers?.length ?? 0);
	}

	#link(links: Map<string, Link>, {from, to, rate}: Hop): Link {
		const key = `${from} ${to}`;
		const known = links.get(key);
		if (known !== undefined) return known;
		const [sender, receiver] = [this.stations[from], this.stations[to]];
		if (sender === undefined || receiver === undefined || sender === receiver)
			throw new RangeError(`a hop from radio ${from} to radio ${to}: no such pair`);
		const fixed = rate === 'adaptive' ? undefined : timesOf(rateNamed(rate.fixed));
		const control = rate === 'adaptive' ? new RateControl(commonRates(sender, receiver), this.#random) : undefined;
		const link = new Link(sender, receiver, fixed, control);
		links.set(key, link);
		sender.links.push(link);
		return link;
	}

	/** Everything is idle and begins. */
	start(nowNs: number): void {
		for (const station of this.stations) {
			this.contention.draw(station);
			if (station.active) this.contention.resume(station, nowNs);
		}
		for (const [index] of this.#interferersOn.entries()) this.#silence(index, nowNs);
		for (const flow of this.traffic.flows) this.traffic.start(flow, nowNs);
	}

	#turn(index: number, nowNs: number): {silentUs: number; onUs: number} {
		return this.setup.interferers?.[index]?.next(nowNs / 1000, this.#random) ?? {silentUs: 1e12, onUs: 0};
	}

	readonly #onNs = new Map<number, number>();

	#silence(index: number, nowNs: number): void {
		const {silentUs, onUs} = this.#turn(index, nowNs);
		this.#onNs.set(index, Math.max(1, Math.round(onUs * 1000)));
		this.queue.push(nowNs + Math.max(1, Math.round(Math.min(silentUs, 1e12) * 1000)), Kind.interferer, index);
	}

	/** An interferer's event: it comes on, or goes off and decides when it comes back. */
	interfere(index: number, nowNs: number): void {
		const on = this.#interferersOn[index] === 0;
		this.#interferersOn[index] = on ? 1 : 0;
		const interferer = this.setup.interferers?.[index];
		if (interferer === undefined) return;
		for (const [k, radio] of interferer.to.entries()) {
			const station = this.stations[radio];
			const dbm = Math.round((interferer.receivedDbm[k] ?? -300) * 256) / 256;
			if (station === undefined) continue;
			const preamble = interferer.preamble && dbm >= station.carrierSenseDbm;
			this.air.foreign(station, ratioOfDb(dbm), preamble, on, nowNs);
		}
		if (on) this.queue.push(nowNs + (this.#onNs.get(index) ?? 1), Kind.interferer, index);
		else this.#silence(index, nowNs);
	}
}

/** The medium, packet by packet. See medium.ts for what goes in and comes out, and README.md for what it leaves out. */
class DcfMedium implements Medium {
	#scene: Scene;
	#nowNs = 0;
	#sinceNs = 0;
	readonly #random: () => number;

	constructor(setup: MediumSetup, seed: number) {
		this.#random = seededRandom(seed);
		this.#scene = new Scene(setup, this.#random, 0);
		this.#scene.start(0);
	}

	get nowSeconds(): number {
		return this.#nowNs / NS_PER_SECOND;
	}

	advance(seconds: number): void {
		const untilNs = this.#nowNs + Math.round(seconds * NS_PER_SECOND);
		const {queue, stations, contention, air, exchange, traffic} = this.#scene;
		while (queue.nextNs <= untilNs) {
			queue.pop();
			const {timeNs, subject} = queue;
			switch (queue.kind) {
				case Kind.frameEnd:
					air.end(stations[subject] as Station, timeNs);
					break;
				case Kind.preamble:
					air.recognise(stations[subject] as Station, timeNs);
					break;
				case Kind.access:
					contention.due(stations[subject] as Station, timeNs);
					break;
				case Kind.answer:
					exchange.answer(stations[subject] as Station, timeNs);
					break;
				case Kind.timeout:
					exchange.timeout(stations[subject] as Station, timeNs);
					break;
				case Kind.traffic:
					traffic.tick(traffic.flows[subject] as Flow, timeNs);
					break;
				case Kind.navReset:
					air.checkReservation(stations[subject] as Station, timeNs);
					break;
				case Kind.interferer:
					this.#scene.interfere(subject, timeNs);
					break;
			}
		}
		this.#nowNs = untilNs;
	}

	clear(): void {
		this.#sinceNs = this.#nowNs;
		for (const station of this.#scene.stations) {
			station.account(this.#nowNs);
			station.clear(this.#nowNs);
		}
		for (const link of this.#scene.links) link.clear();
		for (const flow of this.#scene.traffic.flows) flow.clear();
	}

	read(): MediumStatistics {
		const seconds = (this.#nowNs - this.#sinceNs) / NS_PER_SECOND;
		const {stations, links, traffic, setup} = this.#scene;
		return {
			seconds,
			flows: traffic.flows.slice(0, setup.flows.length).map(flow => flow.read(seconds)),
			links: links.map(link => link.read()),
			radios: stations.map(station => station.read(this.#nowNs)),
		};
	}

	change(setup: MediumSetup): void {
		const before = this.#scene;
		if (setup.radios.length !== before.setup.radios.length || setup.flows.length !== before.setup.flows.length)
			throw new RangeError('a medium changes within as many radios and flows as it began with');
		const after = new Scene(setup, this.#random, this.#nowNs);
		for (const [index, station] of after.stations.entries()) {
			const old = before.stations[index] as Station;
			old.account(this.#nowNs);
			station.spentNs.set(old.spentNs);
			station.transmissions = old.transmissions;
		}
		const statistics = new Map<string, {old: LinkStatistics; rateKbps: number}>();
		for (const link of before.links)
			statistics.set(`${link.from.index} ${link.to.index}`, {old: link.statistics, rateKbps: link.rateKbps});
		for (const link of after.links) {
			const known = statistics.get(`${link.from.index} ${link.to.index}`);
			if (known === undefined) continue;
			link.statistics = known.old;
			link.rateKbps = known.rateKbps;
		}
		for (const [index, flow] of after.traffic.flows.entries()) {
			const old = before.traffic.flows[index];
			if (old !== undefined && index < setup.flows.length) flow.adopt(old);
		}
		this.#scene = after;
		this.#requeue(before, after);
		after.start(this.#nowNs);
	}

	/** Packets that wait for a hop that still is one of their flow's go on waiting; the others are gone. */
	#requeue(before: Scene, after: Scene): void {
		for (const link of before.links) {
			const waiting: number[] = [];
			const {from} = link;
			if (from.link === link) for (let i = 0; i < from.burst; i++) waiting.push(from.burstPackets[i] as number);
			for (let packet = link.head; packet >= 0; packet = before.pool.next[packet] as number) waiting.push(packet);
			for (const packet of waiting) after.traffic.readmit(before.pool, packet, link);
		}
	}
}

/** The packet-level engine. */
export const createDcfMedium: CreateMedium = (setup, seed) => new DcfMedium(setup, seed);
