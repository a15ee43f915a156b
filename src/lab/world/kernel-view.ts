// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {FakeKernel, FakeState} from '../../runtime/sim/kernel.ts';
import {announcing, freeFrequency} from '../../runtime/sim/radio-rules.ts';
import type {LinkStatistics, MediumSetup, MediumStatistics, RadioStatistics} from '../medium/medium.ts';
import {type ChannelAir, countAir, newAir} from './channel-air.ts';
import type {NodePlan, RadioPlan} from './layout.ts';
import type {World} from './world.ts';

// What the kernels of a world's routers count: the medium's statistics in the places where nl80211 and rtnetlink show them.

const MESH_TYPE = 7;
const ACCESS_TYPE = 3;
/** Source: enum nl80211_chan_width: 20 MHz, 40 MHz. */
const widths = {20: 1, 40: 2} as const;
const FRAME_BYTES = 1540;
/** What a guest uses where the scenario says nothing of traffic, and what the air between guests and router carries. */
const GUEST_KBPS = 100;
const ACCESS_KBPS = 18_000;
/** A received signal is read with so much scatter. */
const READING_DB = 1.5;
const WIRED_INDEX = 2;
const NOISE_EVERY_S = 600;
/** Channels that need no look-out for radar, by band. Source: ETSI EN 301 893 and EN 300 328. */
const free = {2: [2412, 2437, 2462], 5: [5180, 5200, 5220, 5240]} as const;
const frequencies = {2: free[2].map(freeFrequency), 5: free[5].map(freeFrequency)};
const bandOf = (mhz: number): 2 | 5 => (mhz < 3000 ? 2 : 5);
const LEAST_ATTEMPTS = 1;
/** So often radios look at other channels, and so long. */
const LOOK_OUT_EVERY_S = 10;
const LOOK_OUT_MS = 100;
/** Frames that say how well a radio hears. */
const LEAST_HEARD = 20;

type Info = FakeState['interfaces'][number]['stations'][number];

/** Shows one node of a world in its kernel; a radio that the kernel is told to move moves in the world. */
export class KernelView {
	readonly #world: World;
	readonly #node: number;
	readonly #kernel: FakeKernel;
	readonly #random: () => number;
	readonly #radios: readonly number[];
	/** Counters of every channel a radio was on; by radio, then frequency. */
	readonly #air = new Map<number, Map<number, ChannelAir>>();
	readonly #before = new Map<number, RadioStatistics>();
	readonly #foreign = new Map<string, ReturnType<World['foreignAir']>>();
	#noiseOf: MediumSetup['interferers'];
	#noiseAtS = 0;
	#lookOutAtS = 0;
	/** Frames that came in by each radio, and how many of them were sent, at the last look. */
	readonly #heard = new Map<number, {readonly attempts: number; readonly delivered: number; readonly share: number}>();
	readonly #rates = new Map<string, {attempts: number; sumKbps: number; lateKbps: number | undefined}>();
	#downBytes = 0;
	#atS = 0;

	constructor(world: World, node: number, kernel: FakeKernel) {
		this.#world = world;
		this.#node = node;
		this.#kernel = kernel;
		this.#random = seededRandom(node + 1);
		this.#radios = world.radios.flatMap((radio, index) => (radio.node === node ? [index] : []));
		kernel.retuned = (number, {frequencyMhz}) =>
			frequencyMhz === undefined ? undefined : world.retune(node, number, frequencyMhz);
	}

	/** The kernel's counters as they are now. Shape: a medium's counters are means; a driver's are whole. */
	update(statistics: MediumStatistics = this.#world.read()): void {
		const plan = this.#world.nodes[this.#node];
		const {state} = this.#kernel;
		if (plan === undefined) return;
		const accessShare = this.#accessShare(plan, statistics);
		const isLookOut = this.#world.nowS >= this.#lookOutAtS;
		if (isLookOut) this.#lookOutAtS = this.#world.nowS + LOOK_OUT_EVERY_S;
		state.radios = this.#radios.map((index, number) => ({
			index: number,
			name: `phy${number}`,
			surveys: this.#surveys(
				index,
				statistics,
				plan.radios[number]?.isAccess ? accessShare : 0,
				isLookOut && plan.radios[number]?.isAccess === false,
			),
			frequencies: frequencies[bandOf(this.#world.radios[index]?.channelMhz ?? 0)],
			commands: announcing,
		}));
		state.interfaces = this.#radios.flatMap((index, number) => {
			const radio = plan.radios[number];
			return radio === undefined ? [] : [this.#interface(index, number, radio, statistics)];
		});
		state.links = this.#links(plan, statistics);
	}

	#surveys(
		index: number,
		statistics: MediumStatistics,
		guestShare: number,
		isLookOut: boolean,
	): FakeState['radios'][number]['surveys'] {
		const radio = this.#world.radios[index];
		const now = statistics.radios[index];
		if (radio === undefined || now === undefined) return [];
		const channels = this.#air.get(index) ?? new Map<number, ChannelAir>();
		this.#air.set(index, channels);
		const air = channels.get(radio.channelMhz) ?? newAir();
		channels.set(radio.channelMhz, air);
		countAir(
			air,
			this.#before.get(index) ?? {...now, transmitUs: 0, receiveUs: 0, busyUs: 0, idleUs: 0},
			now,
			guestShare,
			this.#decodedShare(index, statistics.links),
		);
		// A copy: an engine may count on in the same object.
		this.#before.set(index, {...now});
		if (isLookOut) this.#lookOut(index, radio.channelMhz, channels);
		const rows = [...channels].map(([frequencyMhz, ms]) => ({
			frequencyMhz,
			noiseDbm: Math.round(this.#foreignAir(index, frequencyMhz).noiseDbm),
			inUse: frequencyMhz === radio.channelMhz,
			activeMs: Math.floor(ms.activeMs),
			busyMs: Math.floor(ms.busyMs),
			receiveMs: Math.floor(ms.receiveMs),
			transmitMs: Math.floor(ms.transmitMs),
			ownReceiveMs: Math.floor(ms.ownReceiveMs),
		}));
		return rows.sort((a, b) => a.frequencyMhz - b.frequencyMhz);
	}

	/** Worked out anew when interferers came or went, and now and then: their days have hours. */
	#foreignAir(index: number, frequencyMhz: number): ReturnType<World['foreignAir']> {
		const {setup, nowS} = this.#world;
		if (setup.interferers !== this.#noiseOf || nowS - this.#noiseAtS >= NOISE_EVERY_S) {
			this.#foreign.clear();
			this.#noiseOf = setup.interferers;
			this.#noiseAtS = nowS;
		}
		const key = `${index} ${frequencyMhz}`;
		const known = this.#foreign.get(key) ?? this.#world.foreignAir(index, frequencyMhz);
		this.#foreign.set(key, known);
		return known;
	}

	/** A scan: for a moment the radio listens on each channel that it may use and is not on, and hears interferers there. */
	#lookOut(index: number, ownMhz: number, channels: Map<number, ChannelAir>): void {
		for (const frequencyMhz of free[bandOf(ownMhz)]) {
			if (frequencyMhz === ownMhz) continue;
			const air = channels.get(frequencyMhz) ?? newAir();
			channels.set(frequencyMhz, air);
			air.activeMs += LOOK_OUT_MS;
			air.busyMs += LOOK_OUT_MS * this.#foreignAir(index, frequencyMhz).busyShare;
		}
	}

	/** Of the frames that neighbours sent to a radio lately, those that it could read. What it overhears is not better. */
	#decodedShare(index: number, links: readonly LinkStatistics[]): number {
		let [attempts, delivered] = [0, 0];
		for (const link of links) {
			if (link.to !== index) continue;
			attempts += link.attempts;
			delivered += link.delivered;
		}
		const before = this.#heard.get(index) ?? {attempts: 0, delivered: 0, share: 1};
		const sent = attempts - before.attempts;
		if (sent >= 0 && sent < LEAST_HEARD) return before.share;
		const share = sent < 0 ? before.share : Math.max(0, Math.min(1, (delivered - before.delivered) / sent));
		this.#heard.set(index, {attempts, delivered, share});
		return share;
	}

	/** Share of the time that an access point serves its guests: what the node's flow brought lately, over the guests' air. */
	#accessShare({name, clients}: NodePlan, {flows, seconds}: MediumStatistics): number {
		const index = this.#world.demands.findIndex(demand => demand.name === `down-${name}`);
		const bytes = flows[index]?.deliveredBytes ?? 0;
		const passedS = seconds - this.#atS;
		const kbps = index < 0 || passedS <= 0 ? 0 : ((bytes - this.#downBytes) * 8) / passedS / 1000;
		this.#downBytes = bytes;
		this.#atS = seconds;
		return Math.min(0.5, (index < 0 ? clients * GUEST_KBPS : kbps) / ACCESS_KBPS);
	}

	#interface(
		index: number,
		number: number,
		radio: RadioPlan,
		statistics: MediumStatistics,
	): FakeState['interfaces'][number] {
		const world = this.#world;
		const now = world.radios[index];
		const [mhz, widthMhz] = [now?.channelMhz ?? radio.plan.channelMhz, radio.plan.widthMhz ?? 20];
		const wireless = {
			wiphy: number,
			interfaceIndex: radio.interfaceIndex,
			name: radio.name,
			type: radio.isAccess ? ACCESS_TYPE : MESH_TYPE,
			address: addressOf(index),
			frequencyMhz: mhz,
			width: widths[widthMhz],
			center1Mhz: mhz + (widthMhz - 20) / 2,
			transmitPowerMbm: (radio.plan.powerDbm ?? 20) * 100,
		};
		if (radio.isAccess) {
			const clients = world.nodes[this.#node]?.clients ?? 0;
			const stations = Array.from({length: clients}, (_, client) => ({
				address: `06:00:00:00:${byte(this.#node)}:${byte(client)}`,
				info: {signalDbm: -48 - ((client * 7 + this.#node * 3) % 34)},
			}));
			return {wireless, stations, paths: []};
		}
		const peers = (world.edges[this.#node] ?? []).filter(edge => edge.fromRadio === index);
		return {
			wireless,
			stations: peers.map(edge => this.#station(index, edge.toRadio, edge.snrDb, statistics)),
			paths: peers.map(edge => addressOf(edge.toRadio)),
		};
	}

	#station(own: number, peer: number, snrDb: number, statistics: MediumStatistics): Info {
		const noiseDbm = this.#world.sites[own]?.setup.noiseDbm ?? -95;
		const meanDbm = noiseDbm + snrDb;
		const signalDbm = Math.round(meanDbm + (this.#random() + this.#random() - 1) * READING_DB);
		const there = counted(statistics, own, peer);
		const back = counted(statistics, peer, own);
		const rateKbps = (link: LinkStatistics | undefined): number =>
			(link === undefined ? undefined : this.#lateRateKbps(link)) ?? this.#world.usualRateKbps(own, snrDb);
		const [rateThere, rateBack] = [rateKbps(there), rateKbps(back)];
		const lost = there === undefined || there.attempts === 0 ? 0 : 1 - there.delivered / there.attempts;
		return {
			address: addressOf(peer),
			info: {
				signalDbm,
				signalAverageDbm: Math.round(meanDbm),
				chainSignalDbm: new Map([[0, signalDbm]]),
				inactiveMs: Math.round(this.#random() * 90),
				receiveRate: plainRate(rateBack),
				transmitRate: plainRate(rateThere),
				expectedThroughputKbps: Math.round(rateThere * 0.6 * (1 - lost)),
				receiveBytes: Math.floor((back?.delivered ?? 0) * FRAME_BYTES),
				receivePackets: Math.floor(back?.delivered ?? 0),
				transmitBytes: Math.floor((there?.delivered ?? 0) * FRAME_BYTES),
				transmitPackets: Math.floor(there?.delivered ?? 0),
				transmitRetries: Math.floor(there?.retries ?? 0),
				transmitFailed: Math.floor(
					Math.max(0, (there?.attempts ?? 0) - (there?.delivered ?? 0) - (there?.retries ?? 0)),
				),
				receiveAirtimeUs: Math.floor(back?.airtimeUs ?? 0),
				transmitAirtimeUs: Math.floor(there?.airtimeUs ?? 0),
				peerLinkState: 4,
			},
		};
	}

	/** Mean rate since the last look, or that of the look before where nothing was sent. Absent: nothing was sent ever. */
	#lateRateKbps({from, to, attempts, meanRateKbps}: LinkStatistics): number | undefined {
		const key = `${from} ${to}`;
		const before = this.#rates.get(key) ?? {attempts: 0, sumKbps: 0, lateKbps: undefined};
		const sumKbps = attempts * meanRateKbps;
		const sent = attempts - before.attempts;
		const lateKbps = sent > LEAST_ATTEMPTS ? (sumKbps - before.sumKbps) / sent : before.lateKbps;
		if (sent > LEAST_ATTEMPTS || sent < 0) this.#rates.set(key, {attempts, sumKbps, lateKbps});
		return lateKbps;
	}

	#links(plan: NodePlan, {links}: MediumStatistics): FakeState['links'] {
		const bytes = (pick: (link: LinkStatistics) => number, radio: number): number =>
			links.reduce((sum, link) => (pick(link) === radio ? sum + link.delivered * FRAME_BYTES : sum), 0);
		let [meshIn, meshOut] = [0, 0];
		const mesh = this.#radios.flatMap((index, number) => {
			const radio = plan.radios[number];
			if (radio === undefined || radio.isAccess) return [];
			const [received, sent] = [bytes(link => link.to, index), bytes(link => link.from, index)];
			meshIn += received;
			meshOut += sent;
			return [linkOf(radio.interfaceIndex, radio.name, received, sent)];
		});
		// At a gateway what the mesh brings leaves by the wire, and the other way round.
		const wired = linkOf(WIRED_INDEX, 'eth0', plan.isGateway ? meshOut : 0, plan.isGateway ? meshIn : 0);
		const access = plan.radios.flatMap(radio =>
			radio.isAccess ? [linkOf(radio.interfaceIndex, radio.name, meshIn / 5, meshIn)] : [],
		);
		return [wired, ...mesh, ...access];
	}
}

function counted(statistics: MediumStatistics, from: number, to: number): LinkStatistics | undefined {
	return statistics.links.find(one => one.from === from && one.to === to);
}

function plainRate(rateKbps: number) {
	const flags = {width5: false, width10: false, width40: false, width80: false, width160: false, width320: false};
	return {bitrate32: Math.round(rateKbps / 100), shortGuard: false, ...flags};
}

function linkOf(index: number, name: string, receiveBytes: number, transmitBytes: number) {
	const none = {
		receiveErrors: 0,
		transmitErrors: 0,
		receiveDropped: 0,
		transmitDropped: 0,
		multicast: 0,
		collisions: 0,
	};
	const statistics = {
		receiveBytes: Math.floor(receiveBytes),
		transmitBytes: Math.floor(transmitBytes),
		receivePackets: Math.ceil(receiveBytes / FRAME_BYTES),
		transmitPackets: Math.ceil(transmitBytes / FRAME_BYTES),
	};
	return {index, flags: 0x1043, name, statistics: {...none, ...statistics}};
}

/** A radio's address, by its number in the world; it goes with the link-local one that `WorldLinks` gives. */
export function addressOf(radio: number): string {
	const number = radio + 1;
	return `02:00:00:00:${byte(number >> 8)}:${byte(number & 255)}`;
}

function byte(value: number): string {
	return value.toString(16).padStart(2, '0');
}
