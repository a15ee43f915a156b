// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {FakeKernel, FakeState} from '../../runtime/sim/kernel.ts';

// A small village without a medium: routers on roofs, each with a mesh radio at 5 GHz and an access point at 2.4 GHz, evening
// traffic, a neighbour's network and a video sender. It moves the counters of simulated kernels by rules of thumb, for tests
// of what shows them; the village that can be believed is the scenario of that name on the lab's medium.

export interface House {
	readonly name: string;
	readonly xM: number;
	readonly yM: number;
	readonly clients: number;
	/** Whether the village's uplink is here. */
	readonly gateway?: true;
}

export const village: readonly House[] = [
	{name: 'town-hall', xM: 0, yM: 0, clients: 9, gateway: true},
	{name: 'school', xM: 160, yM: 60, clients: 14},
	{name: 'library', xM: 90, yM: -130, clients: 6},
	{name: 'bakery', xM: -140, yM: -70, clients: 4},
	{name: 'mill', xM: 330, yM: 10, clients: 2},
	{name: 'clinic', xM: -60, yM: 170, clients: 5},
];

const MESH_MHZ = 5180;
const ACCESS_MHZ = [2412, 2437, 2462];
const NOISE_DBM = {mesh: -96, access: -93};
/** Link budget of a roof antenna pair and the sensitivity of the lowest rate: 20 dBm, 2 × 8 dBi, -82 dBm. */
const REACH_DBM = -82;
/** HT20 one stream, long guard interval: SNR needed in dB, rate in kbit/s. Source: IEEE 802.11-2020 table 19-27, rates. */
const RATES: readonly [number, number][] = [
	[5, 6500],
	[8, 13_000],
	[11, 19_500],
	[14, 26_000],
	[18, 39_000],
	[22, 52_000],
	[24, 58_500],
	[25, 65_000],
];

/**
 * Received power over a distance.
 *
 * Units:  metres to dBm, with 20 dBm and two antennas of 8 dBi at 5.2 GHz.
 * Source: log-distance path loss, L = 46.8 dB + 10·n·log10(d/1 m), 46.8 dB being free space at 1 m, n = 2.8 over roofs.
 */
function receivedDbm(distanceM: number): number {
	return 20 + 16 - (46.8 + 28 * Math.log10(Math.max(distanceM, 1)));
}

interface Link {
	readonly from: number;
	readonly to: number;
	readonly meanDbm: number;
	fadeDb: number;
	bytes: number;
	frames: number;
	retries: number;
	airtimeUs: number;
}

interface Air {
	activeMs: number;
	busyMs: number;
	receiveMs: number;
	transmitMs: number;
	noiseDbm: number;
}

const newAir = (noiseDbm: number): Air => ({activeMs: 0, busyMs: 0, receiveMs: 0, transmitMs: 0, noiseDbm});

/** The village's state, and the kernels that show it. */
export class Village {
	readonly #random: () => number;
	readonly #kernels: readonly FakeKernel[];
	readonly #links: Link[] = [];
	readonly #mesh: Air[] = village.map(() => newAir(NOISE_DBM.mesh));
	readonly #access: Air[] = village.map(() => newAir(NOISE_DBM.access));
	readonly #demand: number[] = village.map(() => 0.3);
	readonly #foreignShare: number[] = [];
	readonly #wired = {receive: 0, transmit: 0};
	#elapsedS = 0;

	/** One kernel a house, in the order of `village`. */
	constructor(kernels: readonly FakeKernel[], seed: number) {
		this.#random = seededRandom(seed);
		this.#kernels = kernels;
		village.forEach((from, i) => {
			village.forEach((to, j) => {
				const meanDbm = receivedDbm(Math.hypot(from.xM - to.xM, from.yM - to.yM));
				if (i !== j && meanDbm > REACH_DBM)
					this.#links.push({from: i, to: j, meanDbm, fadeDb: 0, bytes: 0, frames: 0, retries: 0, airtimeUs: 0});
			});
		});
		this.step(1);
	}

	/** Moves everything by `elapsedS` seconds. */
	step(elapsedS: number): void {
		this.#elapsedS += elapsedS;
		const mesh = village.map(() => ({transmitMs: 0, receiveMs: 0}));
		for (const link of this.#links) this.#carry(link, elapsedS, mesh);
		village.forEach((house, i) => {
			const own = mesh[i] ?? {transmitMs: 0, receiveMs: 0};
			count(this.#mesh[i], elapsedS, own.transmitMs, own.receiveMs, this.#video(i));
			const demand = this.#demand[i] ?? 0;
			const clients = house.clients * 9 * demand * elapsedS;
			count(this.#access[i], elapsedS, clients, clients / 3, this.#foreign(i, elapsedS));
		});
		for (const [i, kernel] of this.#kernels.entries()) this.#show(kernel.state, i);
	}

	/** Traffic flows to and from the gateway's neighbours; each link's share of the air follows from its rate. */
	#carry(link: Link, elapsedS: number, mesh: {transmitMs: number; receiveMs: number}[]): void {
		link.fadeDb = 0.95 * link.fadeDb + (this.#random() - 0.5) * 1.2;
		const demand = this.#demand[link.to] ?? 0;
		this.#demand[link.to] = Math.min(1, Math.max(0.05, demand + (this.#random() - 0.5) * 0.04));
		const snrDb = link.meanDbm + link.fadeDb - NOISE_DBM.mesh;
		const rateKbps = rateAt(snrDb);
		const wantKbps = (village[link.from]?.gateway ? 5000 : 1100) * demand;
		const airShare = Math.min(0.3, wantKbps / (rateKbps * 0.6));
		const bytes = Math.round((airShare * rateKbps * 0.6 * elapsedS * 1000) / 8);
		const frames = Math.ceil(bytes / 1200) + 1;
		link.bytes += bytes;
		link.frames += frames;
		link.retries += Math.round(frames * Math.min(0.6, 0.02 + Math.max(0, 22 - snrDb) * 0.02));
		link.airtimeUs += Math.round(airShare * elapsedS * 1e6);
		const airMs = airShare * elapsedS * 1000;
		const sender = mesh[link.from];
		const receiver = mesh[link.to];
		if (sender !== undefined) sender.transmitMs += airMs;
		if (receiver !== undefined) receiver.receiveMs += airMs;
	}

	/** Networks of the neighbourhood at 2.4 GHz: their load wanders, and is forgotten within some ten minutes. */
	#foreign(i: number, elapsedS: number): number {
		const usual = 0.1 + 0.03 * (i % 4);
		const before = this.#foreignShare[i] ?? usual;
		const wander = (this.#random() - 0.5) * 0.03 * Math.sqrt(elapsedS);
		const share = before + (usual - before) * Math.min(1, elapsedS / 600) + wander;
		this.#foreignShare[i] = Math.min(0.6, Math.max(0.01, share));
		return share;
	}

	/** An analogue video sender near the mill: two minutes in five. */
	#video(i: number): number {
		const on = this.#elapsedS % 300 < 120;
		return on && village[i]?.name === 'mill' ? 0.45 : 0.04 + 0.02 * Math.sin(this.#elapsedS / 31 + i);
	}

	#show(state: FakeState, i: number): void {
		const house = village[i];
		const [mesh, access] = [this.#mesh[i], this.#access[i]];
		if (house === undefined || mesh === undefined || access === undefined) return;
		const accessMhz = ACCESS_MHZ[i % ACCESS_MHZ.length] ?? 2412;
		mesh.noiseDbm = NOISE_DBM.mesh + Math.round(this.#video(i) * 8);
		state.radios = [
			{index: 0, name: 'phy0', surveys: [survey(MESH_MHZ, mesh)]},
			{index: 1, name: 'phy1', surveys: [survey(accessMhz, access)]},
		];
		const peers = this.#links.filter(link => link.to === i);
		const back = (link: Link): Link | undefined =>
			this.#links.find(other => other.from === i && other.to === link.from);
		state.interfaces = [
			{
				wireless: {
					wiphy: 0,
					interfaceIndex: 5,
					name: 'mesh0',
					type: 7,
					frequencyMhz: MESH_MHZ,
					width: 1,
					transmitPowerMbm: 2000,
				},
				stations: peers.map(link => this.#station(link, back(link))),
				paths: peers.map(link => addressOf(link.from)),
			},
			{
				wireless: {
					wiphy: 1,
					interfaceIndex: 6,
					name: 'ap0',
					type: 3,
					frequencyMhz: accessMhz,
					width: 1,
					transmitPowerMbm: 1700,
				},
				stations: Array.from({length: house.clients}, (_, client) => ({
					address: `06:00:00:00:${byte(i)}:${byte(client)}`,
					info: {signalDbm: -48 - ((client * 7 + i * 3) % 34)},
				})),
				paths: [],
			},
		];
		const received = sum(peers, link => link.bytes);
		const sent = sum(
			this.#links.filter(link => link.from === i),
			link => link.bytes,
		);
		if (house.gateway) Object.assign(this.#wired, {receive: sent, transmit: received});
		state.links = [
			link(2, 'eth0', house.gateway ? this.#wired.receive : 0, house.gateway ? this.#wired.transmit : 0),
			link(5, 'mesh0', received, sent),
			link(6, 'ap0', Math.round(received / 5), received),
		];
	}

	#station(link: Link, back: Link | undefined): FakeState['interfaces'][number]['stations'][number] {
		const signalDbm = Math.round(link.meanDbm + link.fadeDb);
		const rateKbps = rateAt(signalDbm - NOISE_DBM.mesh);
		return {
			address: addressOf(link.from),
			info: {
				signalDbm,
				signalAverageDbm: Math.round(link.meanDbm),
				chainSignalDbm: new Map([
					[0, signalDbm - 2],
					[1, signalDbm - 4],
				]),
				inactiveMs: Math.round(this.#random() * 90),
				receiveRate: plainRate(rateKbps),
				transmitRate: plainRate(rateKbps),
				expectedThroughputKbps: Math.round(rateKbps * 0.6),
				receiveBytes: link.bytes,
				receivePackets: link.frames,
				transmitBytes: back?.bytes ?? 0,
				transmitPackets: back?.frames ?? 0,
				transmitRetries: back?.retries ?? 0,
				transmitFailed: Math.round((back?.retries ?? 0) / 60),
				receiveAirtimeUs: link.airtimeUs,
				transmitAirtimeUs: back?.airtimeUs ?? 0,
				peerLinkState: 4,
			},
		};
	}
}

function rateAt(snrDb: number): number {
	let rateKbps = 6500;
	for (const [needDb, kbps] of RATES) if (snrDb >= needDb) rateKbps = kbps;
	return rateKbps;
}

function plainRate(rateKbps: number) {
	const widths = {width5: false, width10: false, width40: false, width80: false, width160: false, width320: false};
	return {bitrate32: rateKbps / 100, shortGuard: false, ...widths};
}

function count(
	air: Air | undefined,
	elapsedS: number,
	transmitMs: number,
	receiveMs: number,
	foreignShare: number,
): void {
	if (air === undefined) return;
	const activeMs = elapsedS * 1000;
	const free = Math.max(0, activeMs - transmitMs - receiveMs);
	air.activeMs += activeMs;
	air.transmitMs += Math.min(transmitMs, activeMs);
	air.receiveMs += Math.min(receiveMs, activeMs - Math.min(transmitMs, activeMs));
	air.busyMs += activeMs - free + free * foreignShare;
}

function survey(frequencyMhz: number, air: Air) {
	const whole = Object.fromEntries(
		Object.entries(air).map(([name, value]) => [name, Math.floor(value)]),
	) as unknown as Air;
	return {frequencyMhz, inUse: true, ...whole};
}

function link(index: number, name: string, receiveBytes: number, transmitBytes: number) {
	const none = {
		receiveErrors: 0,
		transmitErrors: 0,
		receiveDropped: 0,
		transmitDropped: 0,
		multicast: 0,
		collisions: 0,
	};
	const packets = (bytes: number): number => Math.ceil(bytes / 900);
	const statistics = {
		receiveBytes,
		transmitBytes,
		receivePackets: packets(receiveBytes),
		transmitPackets: packets(transmitBytes),
	};
	return {index, flags: 0x1043, name, statistics: {...none, ...statistics}};
}

function addressOf(house: number): string {
	return `02:00:00:00:01:${byte(house)}`;
}

function byte(value: number): string {
	return value.toString(16).padStart(2, '0');
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
	return items.reduce((total, item) => total + value(item), 0);
}
