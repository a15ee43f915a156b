// SPDX-License-Identifier: Apache-2.0
import {exponential} from '../exact.ts';
import type {MediumSetup} from '../medium.ts';
import {Shares} from './component.ts';
import {meanBackoffSlots} from './exchange.ts';
import {STEADY, steadyNoiseMw, successAmong, survivalAmong} from './foreign.ts';
import {divide, type FlowLoad, followWindows, loadsOf, offer, type Use} from './load.ts';
import {bestRate, type Disturber, type Link, type Network, type Sender} from './network.ts';
import {type ForeignState, firstState, hitChance, type LinkState, type SenderState, timesOf} from './state.ts';

// Everybody's share of the air follows from everybody's access intensity; intensities follow from losses, which lengthen the
// backoff; losses follow from shares. And whoever has less to send than it could waits longer. All of it is iterated until
// nothing moves.
//
// Source: product form: `independent-sets.ts`; backoff: Bianchi (2000), `exchange.ts`; hidden senders: Tsertou, Laurenson,
//         "Revisiting the hidden terminal problem in a CSMA/CA wireless network", IEEE TMC 7 (2008), for a window that
//         is as long as the frame; load: Jiang, Walrand, "A distributed CSMA algorithm for throughput and utility
//         maximization", IEEE/ACM ToN 18 (2010), where the intensity follows from what there is to serve.

/** From nothing, and from a solution of nearly the same. Steps become smaller after `free` rounds. */
const first = {least: 12, free: 15, most: 60};
const again = {least: 5, free: 4, most: 24};
const REFINE_EVERY = 8;
/** Shares move less, in absolute terms, and rates less as a share of themselves. */
const SHARE_TOLERANCE = 3e-4;
const RATE_TOLERANCE = 5e-3;
/** What others do given that a sender is active is asked again so often, and only of those who do something. */
const LOOK_AROUND_EVERY = 4;
const RARELY = 0.03;
const HARDLY_EVER = 1e-5;
const LEAST_ACTIVITY = 1e-9;
const LEAST_GAIN = 0.02;

export class FixedPoint {
	readonly network: Network;
	loads: readonly FlowLoad[];
	readonly links: readonly LinkState[];
	readonly senders: readonly SenderState[];
	readonly #shares: Shares;
	#usesOf: readonly (readonly Use[])[];
	/** Senders that disturb some link of a sender unheard. */
	readonly #hiddenOf: (readonly number[])[];
	readonly #intensity: Float64Array;
	/** Share of time in which a sender could begin: nobody around it is active, nor itself. */
	readonly #freeShare: Float64Array;
	readonly #effectiveUs: Float64Array;
	/** How far a sender follows what it is told; less while its share goes up and down. */
	readonly #gain: Float64Array;
	readonly #moved: Float64Array;
	readonly #silenced: Uint8Array;
	/** Of the sender whose losses are worked out: what those hidden from it do meanwhile. */
	readonly #hiddenOnAir: Float64Array;
	readonly #hiddenPerUs: Float64Array;
	readonly #hiddenShares: Float64Array[];
	/** Rounds that the last call took. */
	rounds = 0;

	constructor(setup: MediumSetup, network: Network) {
		const {senders, links, conflicts} = network;
		this.network = network;
		this.#shares = new Shares(conflicts);
		this.loads = loadsOf(setup, network);
		this.#usesOf = this.#sortUses();
		this.#hiddenOf = senders.map(hiddenFrom);
		this.links = links.map(link => firstState(link, network));
		this.senders = senders.map(() => ({
			share: 0.1,
			dataShare: 0.05,
			alone: 1,
			attemptChance: 0.1,
			activity: 0.1,
			waitUs: 100,
			exchangeUs: 1000,
			packetsPps: 0,
			isFull: false,
		}));
		this.#intensity = new Float64Array(senders.length).fill(0.1);
		this.#freeShare = new Float64Array(senders.length).fill(0.5);
		this.#effectiveUs = new Float64Array(senders.length).fill(1000);
		this.#gain = new Float64Array(senders.length).fill(1);
		this.#moved = new Float64Array(senders.length);
		this.#silenced = new Uint8Array(senders.length);
		this.#hiddenOnAir = new Float64Array(senders.length);
		this.#hiddenPerUs = new Float64Array(senders.length);
		this.#hiddenShares = this.#hiddenOf.map(list => new Float64Array(list.length));
	}

	#sortUses(): readonly (readonly Use[])[] {
		const usesOf = this.network.senders.map(() => [] as Use[]);
		for (const load of this.loads) for (const use of [...load.uses, ...load.returns]) usesOf[use.sender]?.push(use);
		return usesOf;
	}

	/** The uses of a sender's links. */
	usesOf(sender: number): readonly Use[] {
		return this.#usesOf[sender] ?? [];
	}

	/** The same flows with other rates. What is known of shares and losses stays. */
	reload(setup: MediumSetup): void {
		const before = this.loads;
		this.loads = loadsOf(setup, this.network);
		for (const [index, load] of this.loads.entries())
			for (const [at, use] of load.uses.entries()) use.carriedPps = before[index]?.uses[at]?.carriedPps ?? 0;
		this.#usesOf = this.#sortUses();
	}

	/** Iterates from where the last call ended. */
	solve(foreign: readonly ForeignState[]): void {
		if (foreign.length > 0) for (const index of this.senders.keys()) this.#retune(index, foreign);
		const {least, free, most} = this.rounds === 0 ? first : again;
		for (let round = 0; round < most; round++) {
			for (const index of this.senders.keys()) this.#lose(index, foreign, round % LOOK_AROUND_EVERY === 0);
			for (const index of this.senders.keys()) this.#access(index, foreign);
			const shares = this.#shares.solve(this.#intensity, round % REFINE_EVERY === 0);
			let moved = 0;
			const largest = Math.min(1, 10 / Math.max(1, round - free));
			for (const [index, state] of this.senders.entries()) {
				const share = shares[index] ?? 0;
				moved = Math.max(moved, Math.abs(share - state.share));
				this.#calm(index, share - state.share, largest);
				state.share = share;
				const rho = this.#intensity[index] ?? 0;
				if (rho > 0) this.#freeShare[index] = share / rho;
			}
			const rateMoved = this.#carry();
			this.rounds = round + 1;
			if (round >= least && moved < SHARE_TOLERANCE && rateMoved < RATE_TOLERANCE) break;
		}
	}

	/** Where a share turns back, its sender takes smaller steps; where it goes on, larger ones. */
	#calm(index: number, step: number, largest: number): void {
		const gain = this.#gain[index] ?? 1;
		const turns = step * (this.#moved[index] ?? 0) < 0 && Math.abs(step) > SHARE_TOLERANCE * 10;
		this.#gain[index] = Math.min(largest, turns ? Math.max(LEAST_GAIN, gain * 0.6) : gain * 1.1);
		this.#moved[index] = step;
	}

	/** What the links of a sender lose, and by what. */
	#lose(index: number, foreign: readonly ForeignState[], looksAround: boolean): void {
		const sender = this.network.senders[index];
		if (sender === undefined) return;
		if (looksAround) this.#lookAround(index);
		const hidden = this.#hiddenOf[index] ?? [];
		const shares = this.#hiddenShares[index];
		for (let i = 0; i < hidden.length; i++) {
			const by = hidden[i] ?? 0;
			const other = this.senders[by];
			const given = shares?.[i] ?? 0;
			if (other === undefined || other.share <= 0) continue;
			this.#hiddenOnAir[by] = (given * other.dataShare) / other.share;
			this.#hiddenPerUs[by] = given < 1 ? given / ((1 - given) * other.exchangeUs) : 1;
		}
		for (const link of sender.links) this.#loseOn(link, index, sender.sensed, foreign);
	}

	/** How much each hidden sender does while this one is active. */
	#lookAround(index: number): void {
		const hidden = this.#hiddenOf[index] ?? [];
		const shares = this.#hiddenShares[index];
		if (hidden.length === 0 || shares === undefined) return;
		const around = this.network.conflicts[index] ?? [];
		this.#silenced[index] = 1;
		for (const other of around) this.#silenced[other] = 1;
		for (let i = 0; i < hidden.length; i++) {
			const other = hidden[i] ?? 0;
			const share = this.senders[other]?.share ?? 0;
			shares[i] = share < RARELY ? share : this.#shares.shareGiven(other, this.#silenced, this.#intensity);
		}
		this.#silenced[index] = 0;
		for (const other of around) this.#silenced[other] = 0;
	}

	#loseOn(link: Link, index: number, sensed: readonly number[], foreign: readonly ForeignState[]): void {
		const state = this.links[link.index];
		if (state === undefined) return;
		const {at} = link;
		let weakMw = 0;
		for (const {by, mw} of at.weak) weakMw += mw * (this.senders[by]?.dataShare ?? 0);
		const steadyMw = steadyNoiseMw(at, foreign);
		// Noise with what weak senders add to it on the average, and then with interferers that never pause.
		const quiet = link.isReachable ? survivalAmong(link, at.rate, weakMw) : 0;
		const clean = steadyMw > 0 && link.isReachable ? survivalAmong(link, at.rate, weakMw + steadyMw) : quiet;
		let together = 1;
		for (const {by, firstLoss} of at.neighbours) together *= 1 - this.#startChance(index, by) * firstLoss;
		let hiddenFirst = 1;
		let hiddenLater = 1;
		const {exposedUs} = state.times;
		const pieceUs = link.announced ? exposedUs : exposedUs / state.burst;
		// Those who are rarely there add up; only for the others it matters how their times overlap.
		let [rarelyFirst, rarelyLater] = [0, 0];
		const {by: bys, firstLoss, laterLoss} = at.hidden;
		const [onAirs, perUses] = [this.#hiddenOnAir, this.#hiddenPerUs];
		for (let i = 0; i < bys.length; i++) {
			const by = bys[i] as number;
			const onAir = onAirs[by] as number;
			if (onAir < HARDLY_EVER) continue;
			const perUs = perUses[by] as number;
			const first = firstLoss[i] as number;
			const later = laterLoss[i] as number;
			if (onAir < RARELY) {
				rarelyFirst += onAir * first;
				rarelyLater += Math.min(1, perUs * pieceUs + (pieceUs < exposedUs ? onAir : 0)) * later;
				continue;
			}
			hiddenFirst *= 1 - Math.min(1, onAir) * first;
			const exchangeUs = this.senders[by]?.exchangeUs ?? 1;
			hiddenLater *= 1 - hitChance(perUs, exchangeUs, exposedUs, pieceUs) * later;
		}
		hiddenFirst *= exponential(-rarelyFirst);
		hiddenLater *= exponential(-rarelyLater);
		const [foreignFirst, foreignLater] = this.#foreignLosses(at.foreign, sensed, foreign, exposedUs, pieceUs);
		const head = together * hiddenFirst * foreignFirst;
		const body = clean * hiddenLater * foreignLater;
		const unhidden = together * hiddenFirst * hiddenLater;
		state.success = head * body;
		state.collisionLoss = 1 - together;
		state.hiddenLoss = together * (1 - hiddenFirst * hiddenLater);
		state.foreignLoss = unhidden * (quiet - foreignFirst * foreignLater * clean);
		state.noiseLoss = unhidden * (1 - quiet);
		// With RTS what fails is the announcement; the data after it are safe but for noise.
		state.exchangeFailure = 1 - head * (1 - (1 - body) ** Math.max(1, state.burst));
		const limit = (this.network.senders[index]?.retryLimit ?? 0) + 1;
		const lost = (1 - state.success) ** limit;
		state.deliveredShare = 1 - lost;
		state.attempts = state.success > 1e-6 ? (1 - lost) / state.success : limit;
	}

	/** Chooses the rates of a sender's links anew: what is best where interferers are on as they are now. */
	#retune(index: number, foreign: readonly ForeignState[]): void {
		const sender = this.network.senders[index];
		let changes = false;
		for (const link of sender?.links ?? []) {
			const state = this.links[link.index];
			if (state === undefined || link.rates.length < 2 || link.at.foreign.length === 0) continue;
			const rate = bestRate(link.rates, one => successAmong(link, one, foreign));
			if (rate === link.at.rate) continue;
			link.at = link.chooses(rate);
			state.burst = Math.min(state.burst, link.at.burst);
			state.times = timesOf(link, state.burst, this.network);
			changes = true;
		}
		if (!changes || sender === undefined) return;
		this.#hiddenOf[index] = hiddenFrom(sender);
		this.#hiddenShares[index] = new Float64Array(this.#hiddenOf[index]?.length ?? 0);
	}

	/** Chance that a neighbour begins in the very slot in which a sender does. */
	#startChance(index: number, other: number): number {
		const state = this.senders[other];
		if (state === undefined) return 0;
		const free = this.#freeShare[index] ?? 0;
		const both = free > 0 ? Math.min(1, (this.#freeShare[other] ?? 0) / free) : 1;
		const chance = state.attemptChance * state.activity * both;
		if (!this.network.announcedOnly.has(index * this.senders.length + other)) return chance;
		// It learns of us only from the answer to our RTS: until then it may begin.
		const sender = this.network.senders[index];
		const exposedUs = this.links[sender?.links[0]?.index ?? -1]?.times.exposedUs ?? 0;
		return 1 - (1 - chance) ** (1 + (2 * exposedUs * 1000) / (sender?.access.slotNs ?? 9000));
	}

	#foreignLosses(
		disturbers: readonly Disturber[],
		sensed: readonly number[],
		foreign: readonly ForeignState[],
		exposedUs: number,
		pieceUs: number,
	): [number, number] {
		let [first, later] = [1, 1];
		for (const {by, firstLoss, laterLoss} of disturbers) {
			const {share = 0, meanOnUs = 1} = foreign[by] ?? {};
			if (share <= 0) continue;
			const isSensed = sensed.includes(by);
			// One that never pauses is noise, unless it hides every preamble.
			if (!isSensed && (share <= STEADY || firstLoss === 1)) first *= 1 - share * firstLoss;
			if (share > STEADY) continue;
			const perUs = share < 1 ? share / ((1 - share) * meanOnUs) : 1;
			later *= 1 - hitChance(perUs, meanOnUs, exposedUs, pieceUs) * laterLoss;
		}
		return [first, later];
	}

	/** How eagerly a sender takes the air. */
	#access(index: number, foreign: readonly ForeignState[]): void {
		const sender = this.network.senders[index];
		const state = this.senders[index];
		if (sender === undefined || state === undefined) return;
		const {access, links} = sender;
		let [weights, meanUs, dataUs, failure] = [0, 0, 0, 0];
		for (const link of links) {
			const own = this.links[link.index];
			if (own === undefined) continue;
			const weight = 1e-9 + this.#exchangesPerSecond(index, link);
			weights += weight;
			failure += weight * own.exchangeFailure;
			meanUs += weight * (own.times.successUs + (own.times.failureUs - own.times.successUs) * own.exchangeFailure);
			const lostUs = link.announced ? own.times.exposedUs : own.times.dataUs;
			dataUs += weight * (own.times.dataUs + (lostUs - own.times.dataUs) * own.exchangeFailure);
		}
		if (weights === 0) return;
		const slotUs = access.slotNs / 1000;
		const backoff = meanBackoffSlots(failure / weights, access, sender.retryLimit + 1);
		// The geometric mean with what it was: undamped, many stations would be eager and shy by turns.
		const gain = this.#gain[index] ?? 1;
		state.attemptChance *= (1 / (1 + backoff) / state.attemptChance) ** (gain / 2);
		let others = 0;
		for (const other of this.network.conflicts[index] ?? []) others += this.#startChance(index, other);
		// As many equal stations as begin that often together: then Bianchi's formulas hold as they are.
		const stations = 1 + others / state.attemptChance;
		const quiet = (1 - state.attemptChance) ** stations;
		const perUs = state.attemptChance / (slotUs * quiet);
		const alone = (1 - quiet) / (stations * state.attemptChance);
		// DCF waits a whole free slot after every busy time before it counts on; the one that just sent does not.
		state.exchangeUs = meanUs / weights + (access.countsAtBoundary ? 0 : slotUs * (1 - 1 / stations));
		state.alone = alone;
		const effectiveUs = state.exchangeUs * alone;
		this.#effectiveUs[index] = effectiveUs;
		state.dataShare = (state.share * (dataUs / weights)) / effectiveUs;
		let open = sender.openShare;
		for (const by of sender.sensed) open *= 1 - Math.min(0.999, foreign[by]?.share ?? 0);
		for (const by of sender.blockers) open *= 1 - Math.min(0.999, this.senders[by]?.dataShare ?? 0);
		const wanted = Math.max(LEAST_ACTIVITY, state.activity * perUs * effectiveUs * open);
		const before = Math.max(LEAST_ACTIVITY, this.#intensity[index] ?? 0);
		this.#intensity[index] = before * (wanted / before) ** (gain / 2);
		const free = (this.#freeShare[index] ?? 0) / Math.max(1e-6, 1 - state.share);
		state.waitUs = 1 / Math.max(1e-9, perUs * open * Math.min(1, free));
	}

	#exchangesPerSecond(index: number, link: Link): number {
		const state = this.links[link.index];
		if (state === undefined) return 0;
		let pps = 0;
		for (const use of this.#usesOf[index] ?? []) if (use.link === link) pps += use.carriedPps;
		return (pps * state.attempts) / state.burst;
	}

	/** Takes the load through the mesh. Answers how far rates moved, as a share. */
	#carry(): number {
		offer(this.loads, use => this.links[use.link.index]?.deliveredShare ?? 0);
		let moved = 0;
		for (const [index, uses] of this.#usesOf.entries()) {
			const state = this.senders[index];
			if (state === undefined || uses.length === 0) continue;
			const alone = (this.#effectiveUs[index] ?? 0) / Math.max(1e-9, state.exchangeUs);
			const cost = ({link}: Use): number => {
				const own = this.links[link.index];
				if (own === undefined) return 1;
				const us = own.times.successUs + (own.times.failureUs - own.times.successUs) * own.exchangeFailure;
				return (us * alone * own.attempts) / own.burst / 1e6;
			};
			let wanted = 0;
			for (const use of uses) wanted += use.wantedPps * cost(use);
			const isFull = !(wanted < state.share) && state.activity > 0.98;
			const gain = this.#gain[index] ?? 1;
			const before = uses.map(use => use.carriedPps);
			divide(uses, cost, isFull || !Number.isFinite(wanted) ? state.share : Math.max(state.share, wanted));
			let pps = 0;
			for (const [at, use] of uses.entries()) {
				const old = before[at] ?? 0;
				use.carriedPps = old === 0 ? use.carriedPps : old + ((use.carriedPps - old) * gain) / 2;
				moved = Math.max(moved, Math.abs(use.carriedPps - old) / Math.max(1, use.carriedPps));
				pps += use.carriedPps;
			}
			state.packetsPps = pps;
			state.isFull = isFull;
			const ratio = wanted / Math.max(LEAST_ACTIVITY, state.share);
			state.activity = Number.isFinite(wanted)
				? Math.min(1, Math.max(LEAST_ACTIVITY, state.activity * Math.min(3, Math.max(0.2, ratio)) ** (0.6 * gain)))
				: 1;
			this.#fillBursts(index, state);
		}
		followWindows(this.loads);
		return moved;
	}

	/** Packets that came while the sender waited go together. */
	#fillBursts(index: number, state: SenderState): void {
		for (const link of this.network.senders[index]?.links ?? []) {
			const own = this.links[link.index];
			if (own === undefined) continue;
			let pps = 0;
			for (const use of this.#usesOf[index] ?? []) if (use.link === link) pps += use.carriedPps;
			const wanted = state.isFull ? link.at.burst : 1 + (pps * own.attempts * state.waitUs) / 1e6;
			const burst = own.burst + (Math.min(link.at.burst, wanted) - own.burst) * 0.4 * (this.#gain[index] ?? 1);
			if (Math.abs(burst - own.burst) < 1e-6) continue;
			own.burst = burst;
			own.times = timesOf(link, burst, this.network);
		}
	}
}

/** Senders that disturb some link of a sender unheard. */
function hiddenFrom({links}: Sender): readonly number[] {
	return [...new Set(links.flatMap(link => [...link.at.hidden.by]))];
}
