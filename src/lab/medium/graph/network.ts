// SPDX-License-Identifier: Apache-2.0

import {survival} from '../error-rate.ts';
import {dbOfRatio, ratioOfDb} from '../exact.ts';
import type {InterfererSetup, MediumSetup, RadioSetup} from '../medium.ts';
import {type AccessParameters, accessOf, CARRIER_SENSE_DBM, ENERGY_DETECT_DBM, RETRY_LIMIT} from '../parameters.ts';
import {type Rate, rateNamed, rates} from '../rates.ts';
import {largestBurst, mpduBits} from './exchange.ts';
import type {Conflicts} from './independent-sets.ts';

// What the fixed point works on: who senses whom, and who disturbs which link how much. All of it follows from the setup,
// nothing from the load.

/** A frame this much stronger takes a receiver away from another one. The packet engine's preset. */
const CAPTURE_DB = 10;
/** A preamble that stands out less is not recognised. The packet engine's preset. */
const PREAMBLE_DB = 4;
/** Disturbances less likely than this to cost a frame are noise: `Network.noiseMw` adds them up. */
const NEGLIGIBLE = 0.02;
/** Where a packet is never given up: sums over the attempts have to end. */
const MOST_RETRIES = 1000;

export interface Disturber {
	/** Index of the sender; of the interferer where it is foreign. */
	readonly by: number;
	/** Chance that an MPDU is lost if the disturber was there first, and if it came in the middle. */
	readonly firstLoss: number;
	readonly laterLoss: number;
	/** Its level at the receiver. */
	readonly mw: number;
}

/** Disturbers as columns. */
export interface Disturbers {
	readonly by: Uint32Array;
	readonly firstLoss: Float64Array;
	readonly laterLoss: Float64Array;
}

/** What follows from a link's rate. */
export interface RateChoice {
	readonly rate: Rate;
	readonly burst: number;
	/** Those that the sender senses, and those that are none of ours. */
	readonly neighbours: readonly Disturber[];
	/** Those that it does not sense, which may be hundreds: parallel arrays. */
	readonly hidden: Disturbers;
	readonly foreign: readonly Disturber[];
	/** Weak ones, which only add to the noise: sender and power. */
	readonly weak: readonly {readonly by: number; readonly mw: number}[];
}

export interface Link {
	readonly index: number;
	readonly from: number;
	readonly to: number;
	readonly snrDb: number;
	readonly receivedMw: number;
	readonly noiseMw: number;
	readonly packetBytes: number;
	readonly announced: boolean;
	readonly isReachable: boolean;
	/** Replaced when other rates are better against what disturbs the link. */
	at: RateChoice;
	/** Rates to choose from; one where the flow says which. */
	readonly rates: readonly Rate[];
	readonly chooses: (rate: Rate) => RateChoice;
}

/** A radio that some flow sends from: a vertex of the conflict graph. */
export interface Sender {
	readonly radio: number;
	readonly setup: RadioSetup;
	readonly access: AccessParameters;
	readonly retryLimit: number;
	readonly links: readonly Link[];
	/** Senders that this one hears, which do not hear it. */
	readonly blockers: readonly number[];
	/** Interferers that it senses. */
	readonly sensed: readonly number[];
	/** Share of the time in which it may send. */
	readonly openShare: number;
}

export interface Network {
	readonly senders: readonly Sender[];
	/** Radio → sender. */
	readonly senderOf: ReadonlyMap<number, number>;
	readonly links: readonly Link[];
	readonly conflicts: Conflicts;
	/** Pairs that exclude each other only once an RTS was answered: key a·count + b. */
	readonly announcedOnly: ReadonlySet<number>;
	/** Receiver → radio → level in mW. */
	readonly levels: readonly ReadonlyMap<number, number>[];
}

/** Links are looked up by their radios. */
export function linkKey(from: number, to: number): number {
	return from * 65_536 + to;
}

export function buildNetwork(setup: MediumSetup): Network {
	const {radios} = setup;
	const levels = couplingTable(setup);
	const receivedMw = (from: number, to: number): number => levels[to]?.get(from) ?? 0;
	const packets = packetsOfLinks(setup);
	const senderRadios = [...new Set([...packets.values()].map(({from}) => from))].sort((a, b) => a - b);
	const senderOf = new Map(senderRadios.map((radio, index) => [radio, index]));
	const senses = (hearer: number, radio: number): boolean => sensesLevel(radios, hearer, radio, receivedMw);

	const conflicts = senderRadios.map(() => new Set<number>());
	const blockers = senderRadios.map(() => [] as number[]);
	for (const [index, radio] of senderRadios.entries())
		for (const from of levels[radio]?.keys() ?? []) {
			const other = senderOf.get(from);
			if (other === undefined || other === index || !senses(radio, from) || gatesApart(radios, radio, from)) continue;
			if (senses(from, radio)) conflicts[index]?.add(other);
			else blockers[index]?.push(other);
		}
	const announcedOnly = addAnnounced(setup, packets, senderOf, senderRadios, conflicts, senses);
	const links: Link[] = [];
	const list = conflicts.map(set => [...set].sort((a, b) => a - b));
	const senders = senderRadios.map((radio, index): Sender => {
		const own: Link[] = [];
		for (const packet of packets.values()) {
			if (packet.from !== radio) continue;
			const link = linkOf(setup, packet, links.length, {
				levels,
				receivedMw,
				senderOf,
				isNeighbour: other => conflicts[index]?.has(other) ?? false,
			});
			own.push(link);
			links.push(link);
		}
		const radioSetup = radios[radio] as RadioSetup;
		return {
			radio,
			setup: radioSetup,
			access: accessOf(radioSetup),
			retryLimit: Math.min(MOST_RETRIES, radioSetup.retryLimit ?? RETRY_LIMIT),
			links: own,
			blockers: blockers[index] ?? [],
			sensed: (setup.interferers ?? []).flatMap((interferer, at) =>
				sensesForeign(interferer, radio, radioSetup) ? [at] : [],
			),
			openShare: openShare(radioSetup),
		};
	});
	return {senders, senderOf, links, conflicts: list, announcedOnly, levels};
}

/** Receiver → sender → mW. Radios that are switched off neither send nor hear. */
function couplingTable({radios, couplings}: MediumSetup): readonly ReadonlyMap<number, number>[] {
	const table = radios.map(() => new Map<number, number>());
	const {from, to, receivedDbm} = couplings;
	for (let i = 0; i < from.length; i++) {
		const [sender, receiver] = [from[i] ?? 0, to[i] ?? 0];
		if (radios[sender]?.active === false || radios[receiver]?.active === false) continue;
		table[receiver]?.set(sender, ratioOfDb(receivedDbm[i] ?? -200));
	}
	return table;
}

function sensesLevel(
	radios: readonly RadioSetup[],
	hearer: number,
	radio: number,
	receivedMw: (from: number, to: number) => number,
): boolean {
	const [own, other] = [radios[hearer], radios[radio]];
	const mw = receivedMw(radio, hearer);
	if (own === undefined || other === undefined || mw === 0) return false;
	if (own.primaryMhz === other.primaryMhz && mw >= ratioOfDb(own.carrierSenseDbm ?? CARRIER_SENSE_DBM)) return true;
	return mw >= ratioOfDb(own.energyDetectDbm ?? ENERGY_DETECT_DBM);
}

function sensesForeign({preamble, to, receivedDbm}: InterfererSetup, radio: number, setup: RadioSetup): boolean {
	const at = to.indexOf(radio);
	if (at < 0) return false;
	const level = receivedDbm[at] ?? Number.NEGATIVE_INFINITY;
	const limit = preamble ? (setup.carrierSenseDbm ?? CARRIER_SENSE_DBM) : (setup.energyDetectDbm ?? ENERGY_DETECT_DBM);
	return level >= limit;
}

/** Whether two radios are never open at the same time. */
function gatesApart(radios: readonly RadioSetup[], one: number, other: number): boolean {
	const [a, b] = [radios[one]?.gate, radios[other]?.gate];
	if (a === undefined || b === undefined || a.periodUs !== b.periodUs) return false;
	return !a.openings.some(x => b.openings.some(y => x.fromUs < y.toUs && y.fromUs < x.toUs));
}

function openShare({gate}: RadioSetup): number {
	if (gate === undefined) return 1;
	return gate.openings.reduce((sum, {fromUs, toUs}) => sum + toUs - fromUs, 0) / gate.periodUs;
}

interface Packets {
	readonly from: number;
	readonly to: number;
	readonly rate: string | undefined;
	bytes: number;
	count: number;
}

/** Every link that an active flow uses, with the mean size of what it carries. */
function packetsOfLinks({flows, radios}: MediumSetup): ReadonlyMap<number, Packets> {
	const found = new Map<number, Packets>();
	for (const flow of flows) {
		if (flow.active === false) continue;
		const back = flow.traffic.kind === 'window' ? (flow.traffic.returnHops ?? []) : [];
		for (const [hops, bytes] of [
			[flow.hops, flow.packetBytes],
			[back, 40],
		] as const)
			for (const {from, to, rate} of hops) {
				if (radios[from]?.active === false) continue;
				const key = linkKey(from, to);
				const known = found.get(key);
				if (known === undefined)
					found.set(key, {from, to, rate: rate === 'adaptive' ? undefined : rate.fixed, bytes, count: 1});
				else if (bytes > 40) {
					known.bytes += bytes;
					known.count++;
				}
			}
	}
	return found;
}

/** With RTS whoever hears the receiver's CTS is silent as well, for all links of the sender that are announced. */
function addAnnounced(
	setup: MediumSetup,
	packets: ReadonlyMap<number, Packets>,
	senderOf: ReadonlyMap<number, number>,
	senderRadios: readonly number[],
	conflicts: readonly Set<number>[],
	senses: (hearer: number, radio: number) => boolean,
): ReadonlySet<number> {
	const added = new Set<number>();
	for (const {from, to, bytes, count} of packets.values()) {
		if (bytes / count <= (setup.radios[from]?.rtsThresholdBytes ?? Number.POSITIVE_INFINITY)) continue;
		const sender = senderOf.get(from) ?? 0;
		for (const [other, radio] of senderRadios.entries()) {
			if (other === sender || conflicts[sender]?.has(other) || radio === to || !senses(radio, to)) continue;
			conflicts[sender]?.add(other);
			conflicts[other]?.add(sender);
			added.add(sender * senderRadios.length + other);
			added.add(other * senderRadios.length + sender);
		}
	}
	return added;
}

interface Around {
	readonly levels: readonly ReadonlyMap<number, number>[];
	readonly receivedMw: (from: number, to: number) => number;
	readonly senderOf: ReadonlyMap<number, number>;
	readonly isNeighbour: (sender: number) => boolean;
}

function linkOf(setup: MediumSetup, packet: Packets, index: number, around: Around): Link {
	const {from, to} = packet;
	const [sender, receiver] = [setup.radios[from] as RadioSetup, setup.radios[to] as RadioSetup];
	const receivedMw = around.receivedMw(from, to);
	const noiseMw = ratioOfDb(receiver.noiseDbm);
	const packetBytes = Math.round(packet.bytes / packet.count);
	const snrDb = receivedMw > 0 ? dbOfRatio(receivedMw / noiseMw) : -100;
	const rates = packet.rate === undefined ? commonRates(sender, receiver) : [rateNamed(packet.rate)];
	const chooses = (rate: Rate): RateChoice =>
		disturbed(setup, {from, to, rate, packetBytes, receivedMw, noiseMw, snrDb}, around);
	const clean = (rate: Rate): number => survival(rate, mpduBits(packetBytes, rate), snrDb);
	return {
		index,
		from,
		to,
		snrDb,
		receivedMw,
		noiseMw,
		packetBytes,
		announced: packetBytes > (sender.rtsThresholdBytes ?? Number.POSITIVE_INFINITY),
		isReachable: receivedMw > 0 && sender.primaryMhz === receiver.primaryMhz && receiver.active !== false,
		at: chooses(bestRate(rates, clean)),
		rates,
		chooses,
	};
}

/** Who disturbs a link at a rate, and how much. */
function disturbed(
	setup: MediumSetup,
	link: {
		readonly from: number;
		readonly to: number;
		readonly rate: Rate;
		readonly packetBytes: number;
		readonly receivedMw: number;
		readonly noiseMw: number;
		readonly snrDb: number;
	},
	around: Around,
): RateChoice {
	const {from, to, rate, receivedMw, noiseMw} = link;
	const [sender, receiver] = [setup.radios[from] as RadioSetup, setup.radios[to] as RadioSetup];
	const bits = mpduBits(link.packetBytes, rate);
	const clean = survival(rate, bits, link.snrDb);
	const disturb = (by: number, mw: number, isFrame: boolean): Disturber => {
		const laterLoss =
			clean > 0 && receivedMw > 0 ? 1 - survival(rate, bits, dbOfRatio(receivedMw / (noiseMw + mw))) / clean : 1;
		// A receiver that has locked on to another frame leaves it only for one that is much stronger.
		const isDeaf = receivedMw < mw * ratioOfDb(isFrame ? CAPTURE_DB : PREAMBLE_DB);
		return {by, mw, firstLoss: isDeaf ? 1 : Math.max(0, laterLoss), laterLoss: Math.max(0, laterLoss)};
	};
	const neighbours: Disturber[] = [];
	const hidden: Disturber[] = [];
	const weak: {by: number; mw: number}[] = [];
	const ownSender = around.senderOf.get(from);
	for (const [radio, mw] of around.levels[to] ?? []) {
		const by = around.senderOf.get(radio);
		if (by === undefined || by === ownSender || gatesApart(setup.radios, from, radio)) continue;
		const isNeighbour = around.isNeighbour(by);
		const isFrame =
			setup.radios[radio]?.primaryMhz === receiver.primaryMhz &&
			mw >= ratioOfDb(receiver.carrierSenseDbm ?? CARRIER_SENSE_DBM);
		const disturber = disturb(by, mw, isFrame && !isNeighbour);
		if (Math.max(disturber.firstLoss, disturber.laterLoss) < NEGLIGIBLE) weak.push({by, mw});
		else (isNeighbour ? neighbours : hidden).push(disturber);
	}
	// The receiver's own transmissions: it hears nothing meanwhile.
	const self = around.senderOf.get(to);
	if (self !== undefined && self !== ownSender)
		(around.isNeighbour(self) ? neighbours : hidden).push({by: self, mw: 0, firstLoss: 1, laterLoss: 1});
	const foreign = (setup.interferers ?? []).flatMap((interferer, by) => {
		const at = interferer.to.indexOf(to);
		return at < 0 ? [] : [disturb(by, ratioOfDb(interferer.receivedDbm[at] ?? -200), false)];
	});
	return {
		rate,
		burst: largestBurst(rate, link.packetBytes, sender.aggregateLimit ?? 32),
		neighbours,
		hidden: {
			by: Uint32Array.from(hidden, ({by}) => by),
			firstLoss: Float64Array.from(hidden, disturber => disturber.firstLoss),
			laterLoss: Float64Array.from(hidden, disturber => disturber.laterLoss),
		},
		foreign,
		weak,
	};
}

/** The rate that delivers most: what minstrel finds. Shape: where all of them fail the slowest, whose preamble is heard. */
export function bestRate(rates: readonly Rate[], success: (rate: Rate) => number): Rate {
	let best: Rate | undefined;
	let most = -1;
	for (const rate of rates) {
		const delivered = rate.kbps * success(rate);
		if (best === undefined || delivered > most) [best, most] = [rate, delivered];
	}
	return best ?? rateNamed('ofdm-6');
}

function commonRates(from: RadioSetup, to: RadioSetup): readonly Rate[] {
	if (from.standard === 'b' || to.standard === 'b') return rates.filter(rate => rate.phy === 'dsss');
	if (from.standard !== 'n' || to.standard !== 'n') return rates.filter(rate => rate.phy === 'ofdm');
	const width = Math.min(from.widthMhz, to.widthMhz);
	const streams = Math.min(from.streams ?? 1, to.streams ?? 1);
	const short = (from.shortGuard ?? false) && (to.shortGuard ?? false);
	return rates.filter(
		rate =>
			rate.phy === 'ht' && rate.widthMhz === width && rate.streams <= streams && rate.name.endsWith('-short') === short,
	);
}
