// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../../core/random.ts';
import {delayBin, delayBins} from '../delay.ts';
import type {
	FlowStatistics,
	InterfererSetup,
	LinkStatistics,
	Medium,
	MediumSetup,
	MediumStatistics,
	RadioStatistics,
} from '../medium.ts';
import {QUEUE_PACKETS} from '../parameters.ts';
import {FixedPoint} from './fixed-point.ts';
import type {FlowLoad, Use} from './load.ts';
import {buildNetwork, type Network} from './network.ts';
import {type HeardShare, heardShares} from './radio-time.ts';
import type {ForeignState} from './state.ts';

/** Interferers change by the hour: so often they are looked at again. */
const LOOK_EVERY_S = 600;
/** A share that moved by less changes nothing that matters. */
const LOOK_TOLERANCE = 0.01;
const TURNS = 64;
const LEAST_SAMPLE_US = 2e6;

interface FlowSum {
	offered: number;
	delivered: number;
	overflow: number;
	abandoned: number;
	delayUs: number;
	readonly counts: Float64Array;
}

/**
 * The fast engine: rates instead of packets.
 *
 * Shape:    between two changes everything is constant, so an hour costs as much as a second. Counts are means and need not
 *           be whole.
 * Source:   `fixed-point.ts`.
 * Validity: means over seconds and more. Delays are those of a queue with exponential times. Errors against the packet
 *           engine: the table in `README.md`, which `npm run bench -- lab-fast` prints.
 */
export class GraphMedium implements Medium {
	nowSeconds = 0;
	#setup: MediumSetup;
	#network: Network;
	#point: FixedPoint;
	readonly #seed: number;
	/** When interferers were looked at last, and whether the solution is of the present setup. */
	#lookedAtS = Number.NEGATIVE_INFINITY;
	#isSolved = false;
	#heard: readonly HeardShare[] = [];
	#foreign: readonly ForeignState[] = [];
	#seconds = 0;
	#flows: FlowSum[];
	readonly #links = new Map<string, LinkStatistics>();
	#radios: RadioStatistics[];

	constructor(setup: MediumSetup, seed: number) {
		this.#setup = setup;
		this.#seed = seed;
		this.#network = buildNetwork(setup);
		this.#point = new FixedPoint(setup, this.#network);
		this.#flows = setup.flows.map(newFlow);
		this.#radios = setup.radios.map(newRadio);
	}

	/** Rounds that the last solution took. */
	get rounds(): number {
		return this.#point.rounds;
	}

	advance(seconds: number): void {
		let left = seconds;
		while (left > 0) {
			const hasForeign = (this.#setup.interferers?.length ?? 0) > 0;
			const isDue = hasForeign && this.nowSeconds - this.#lookedAtS >= LOOK_EVERY_S;
			if (!this.#isSolved || isDue) this.#solve();
			const untilLook = hasForeign ? this.#lookedAtS + LOOK_EVERY_S - this.nowSeconds : left;
			const step = Math.min(left, untilLook > 0 ? untilLook : left);
			this.#count(step);
			this.nowSeconds += step;
			left -= step;
		}
	}

	change(setup: MediumSetup): void {
		const before = this.#setup;
		this.#setup = setup;
		this.#isSolved = false;
		if (differsInRates(before, setup)) return this.#point.reload(setup);
		this.#network = buildNetwork(setup);
		this.#point = new FixedPoint(setup, this.#network);
	}

	clear(): void {
		this.#seconds = 0;
		this.#flows = this.#setup.flows.map(newFlow);
		this.#radios = this.#setup.radios.map(newRadio);
		this.#links.clear();
	}

	read(): MediumStatistics {
		const flows = this.#flows.map((sum, index): FlowStatistics => {
			const deliveredBytes = sum.delivered * (this.#setup.flows[index]?.packetBytes ?? 0);
			return {
				offeredPackets: sum.offered,
				deliveredPackets: sum.delivered,
				deliveredBytes,
				overflowPackets: sum.overflow,
				abandonedPackets: sum.abandoned,
				throughputBps: this.#seconds > 0 ? (deliveredBytes * 8) / this.#seconds : 0,
				delayCounts: sum.counts,
				meanDelayUs: sum.delivered > 0 ? sum.delayUs / sum.delivered : 0,
			};
		});
		return {seconds: this.#seconds, flows, links: [...this.#links.values()], radios: this.#radios};
	}

	#solve(): void {
		const nowUs = this.nowSeconds * 1e6;
		const foreign = (this.#setup.interferers ?? []).map((one, index) => look(one, nowUs, this.#seed + index));
		this.#lookedAtS = this.nowSeconds;
		const isNear = (state: ForeignState, index: number): boolean =>
			Math.abs(state.share - (this.#foreign[index]?.share ?? 2)) < LOOK_TOLERANCE;
		if (this.#isSolved && foreign.every(isNear)) return;
		this.#foreign = foreign;
		this.#point.solve(foreign);
		this.#heard = heardShares(this.#setup, this.#point, foreign);
		this.#isSolved = true;
	}

	#count(seconds: number): void {
		this.#seconds += seconds;
		for (const [index, load] of this.#point.loads.entries()) {
			const sum = this.#flows[index];
			if (sum !== undefined && load.uses.length > 0) this.#countFlow(load, sum, seconds);
		}
		for (const link of this.#network.links) this.#countLink(link.index, seconds);
		for (const [index, share] of this.#heard.entries()) {
			const radio = this.#radios[index];
			if (radio === undefined) continue;
			const us = seconds * 1e6;
			radio.transmitUs += share.transmit * us;
			radio.receiveUs += share.receive * us;
			radio.busyUs += share.busy * us;
			radio.idleUs += Math.max(0, 1 - share.transmit - share.receive - share.busy) * us;
			radio.transmissions += share.transmissionsPerSecond * seconds;
			radio.queuedPackets = share.queuedPackets;
		}
	}

	#countFlow({setup, uses, offeredPps}: FlowLoad, sum: FlowSum, seconds: number): void {
		const isWhole = uses.length === setup.hops.length;
		let [pps, delayUs] = [Math.min(offeredPps, uses[0]?.carriedPps ?? 0), 0];
		const offered = Number.isFinite(offeredPps) ? offeredPps : pps;
		sum.offered += offered * seconds;
		sum.overflow += Math.max(0, offered - pps) * seconds;
		for (const use of uses) {
			const carried = Math.min(pps, use.carriedPps);
			sum.overflow += (pps - carried) * seconds;
			const {deliveredShare = 0} = this.#point.links[use.link.index] ?? {};
			sum.abandoned += carried * (1 - deliveredShare) * seconds;
			pps = carried * deliveredShare;
			delayUs += this.#sojournUs(use);
		}
		const delivered = isWhole ? pps * seconds : 0;
		sum.delivered += delivered;
		sum.delayUs += delivered * delayUs;
		spread(sum.counts, delivered, delayUs);
	}

	/** Time in a sender's queue and until delivered there: M/M/1, at most a full queue. */
	#sojournUs({sender, link}: Use): number {
		const state = this.#point.senders[sender];
		const own = this.#point.links[link.index];
		if (state === undefined || own === undefined) return 0;
		const serviceUs = ((state.waitUs + state.exchangeUs) * own.attempts) / own.burst;
		const load = Math.min(0.999, (state.packetsPps * serviceUs) / 1e6);
		const queue = this.#network.senders[sender]?.setup.queuePackets ?? QUEUE_PACKETS;
		return state.isFull ? queue * serviceUs : Math.min(queue * serviceUs, serviceUs / (1 - load));
	}

	#countLink(index: number, seconds: number): void {
		const link = this.#network.links[index];
		const state = this.#point.links[index];
		if (link === undefined || state === undefined) return;
		const key = `${link.from}-${link.to}`;
		let sum = this.#links.get(key);
		if (sum === undefined) {
			sum = newLink(link.from, link.to);
			this.#links.set(key, sum);
		}
		let pps = 0;
		for (const use of this.#point.usesOf(this.#network.senderOf.get(link.from) ?? -1))
			if (use.link === link) pps += Math.min(use.carriedPps, use.wantedPps);
		const attempts = pps * state.attempts * seconds;
		const before = sum.attempts;
		sum.attempts += attempts;
		sum.delivered += attempts * state.success;
		sum.retries += pps * Math.max(0, state.attempts - 1) * seconds;
		sum.collisionLosses += attempts * state.collisionLoss;
		sum.hiddenLosses += attempts * state.hiddenLoss;
		sum.interfererLosses += attempts * state.foreignLoss;
		sum.noiseLosses += attempts * state.noiseLoss;
		sum.airtimeUs += (attempts / state.burst) * state.times.dataUs;
		if (sum.attempts > 0) sum.meanRateKbps += ((link.at.rate.kbps - sum.meanRateKbps) * attempts) / (before + attempts);
	}
}

/** Whether nothing but rates of flows is other than before: the graph stays. */
function differsInRates(before: MediumSetup, after: MediumSetup): boolean {
	return (
		before.radios === after.radios &&
		before.couplings === after.couplings &&
		before.interferers === after.interferers &&
		before.flows.length === after.flows.length &&
		before.flows.every((flow, index) => {
			const other = after.flows[index];
			return (
				other?.hops === flow.hops &&
				other.active === flow.active &&
				other.packetBytes === flow.packetBytes &&
				other.traffic.kind === flow.traffic.kind &&
				flow.traffic.kind !== 'window'
			);
		})
	);
}

/** Asks an interferer for some turns: how much of the time it is on, and for how long. */
function look({next}: InterfererSetup, nowUs: number, seed: number): ForeignState {
	const random = seededRandom(seed);
	let [on, all, bursts] = [0, 0, 0];
	for (let turn = 0; turn < 16 * TURNS && (turn < TURNS || all < LEAST_SAMPLE_US); turn++) {
		const {silentUs, onUs} = next(nowUs, random);
		on += onUs;
		all += silentUs + onUs;
		if (onUs > 0) bursts++;
	}
	return {share: all > 0 ? on / all : 0, meanOnUs: bursts > 0 ? on / bursts : 1};
}

/** Puts packets with exponential delays of this mean into the histogram. */
function spread(counts: Float64Array, packets: number, meanUs: number): void {
	if (packets <= 0 || meanUs <= 0) return;
	// A hundred equal parts of the distribution, each at its middle.
	for (let part = 0.5; part < QUANTILES; part++) {
		const bin = delayBin(-meanUs * Math.log(1 - part / QUANTILES));
		counts[bin] = (counts[bin] ?? 0) + packets / QUANTILES;
	}
}

const QUANTILES = 100;

function newFlow(): FlowSum {
	return {offered: 0, delivered: 0, overflow: 0, abandoned: 0, delayUs: 0, counts: new Float64Array(delayBins)};
}

function newRadio(): RadioStatistics {
	return {transmitUs: 0, receiveUs: 0, busyUs: 0, idleUs: 0, transmissions: 0, queuedPackets: 0};
}

function newLink(from: number, to: number): LinkStatistics {
	return {
		from,
		to,
		attempts: 0,
		delivered: 0,
		retries: 0,
		collisionLosses: 0,
		hiddenLosses: 0,
		deafLosses: 0,
		interfererLosses: 0,
		noiseLosses: 0,
		airtimeUs: 0,
		meanRateKbps: 0,
	};
}

/** The fast engine as medium.ts wants it. */
export function createGraphMedium(setup: MediumSetup, seed: number): Medium {
	return new GraphMedium(setup, seed);
}
