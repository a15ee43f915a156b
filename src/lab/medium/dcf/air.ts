// SPDX-License-Identifier: Apache-2.0
import {dbOfRatio, exponential, ratioOfDb} from '../exact.ts';
import type {MediumSetup} from '../medium.ts';
import {rateNamed} from '../rates.ts';
import type {Contention} from './contention.ts';
import {type EventQueue, Kind} from './event-queue.ts';
import {FrameKind, SEGMENTS, type Station, timesOf} from './station.ts';

// Who hears what. Signals arrive at once (300 m are 1 µs, a ninth of a slot). Each radio adds up the power of all that is on
// the air; it locks on to a frame whose preamble stands out, and whether the frame's bits survive follows from the ratio
// of its power to noise and all other power, piece by piece as that changes.
//
// Invariant 1: energyMw is the sum over arrivals, and exactly 0 when there are none.
// Invariant 2: busy = transmitting, or locked, or energy at the detection threshold, or a foreign frame on the channel, or
//              one of ours that is not being read (where the radio notices those).

/** A preamble is recognised, and energy too, after this long. Source: IEEE 802.11-2020 17.3.10.6, CCA within 4 µs. */
const PREAMBLE_NS = 4000;
/** Preambles that begin within a guard interval of each other look like echoes of one. */
const TOGETHER_NS = 800;
/** The header that says how long the frame is: 24 bits at the lowest rate (48 with DSSS). */
const HEADER_BITS = 24;
const headerTimes = {ofdm: timesOf(rateNamed('ofdm-6')), dsss: timesOf(rateNamed('dsss-1'))};
/** Levels are taken in steps of 1/256 dB, so that the last bit of a logarithm decides nothing. */
const STEPS_PER_DB = 256;

export interface Listener {
	/** A frame for this radio came through; of an aggregate at least one MPDU, as `survived` has them. */
	received(receiver: Station, sender: Station, nowNs: number): void;
	/** The awaited answer arrived broken. */
	garbled(receiver: Station, nowNs: number): void;
	sent(sender: Station, nowNs: number): void;
	/** A data frame did not get through at all; `why` tells it. */
	lost(sender: Station, receiver: Station): void;
}

export class Air {
	readonly #stations: readonly Station[];
	readonly #queue: EventQueue;
	readonly #random: () => number;
	readonly #contention: Contention;
	#listener: Listener | undefined;

	/** Who hears station i: entries from #first[i] to #first[i + 1]. */
	readonly #first: Uint32Array;
	readonly #hearer: Uint32Array;
	readonly #mw: Float64Array;
	readonly #snrDb: Float64Array;
	/** Whether a frame arrives as a frame: same primary channel, loud enough. */
	readonly #readable: Uint8Array;
	/** Which MPDUs of the frame that was just received are whole. */
	readonly survived = new Uint8Array(64);

	constructor(
		setup: MediumSetup,
		stations: readonly Station[],
		queue: EventQueue,
		random: () => number,
		contention: Contention,
	) {
		this.#stations = stations;
		this.#queue = queue;
		this.#random = random;
		this.#contention = contention;
		const {from, to, receivedDbm} = setup.couplings;
		this.#first = new Uint32Array(stations.length + 1);
		for (const sender of from) this.#first[sender + 1] = (this.#first[sender + 1] ?? 0) + 1;
		for (let i = 0; i < stations.length; i++)
			this.#first[i + 1] = (this.#first[i + 1] as number) + (this.#first[i] as number);
		this.#hearer = new Uint32Array(from.length);
		this.#mw = new Float64Array(from.length);
		this.#snrDb = new Float64Array(from.length);
		this.#readable = new Uint8Array(from.length);
		const filled = this.#first.slice();
		for (let k = 0; k < from.length; k++) {
			const [sender, hearer] = [stations[from[k] ?? -1], stations[to[k] ?? -1]];
			if (sender === undefined || hearer === undefined) throw new RangeError(`coupling ${k}: no such radio`);
			const at = filled[sender.index] as number;
			filled[sender.index] = at + 1;
			const dbm = Math.round((receivedDbm[k] as number) * STEPS_PER_DB) / STEPS_PER_DB;
			this.#hearer[at] = hearer.index;
			this.#mw[at] = ratioOfDb(dbm);
			this.#snrDb[at] = dbm - hearer.setup.noiseDbm;
			const sameChannel = sender.setup.primaryMhz === hearer.setup.primaryMhz;
			this.#readable[at] = sameChannel && dbm >= hearer.carrierSenseDbm ? 1 : 0;
		}
	}

	listen(listener: Listener): void {
		this.#listener = listener;
	}

	/** Whether a radio can tell that another sends. */
	hears(hearer: Station, sender: Station): boolean {
		for (let k = this.#first[sender.index] as number; k < (this.#first[sender.index + 1] as number); k++)
			if (this.#hearer[k] === hearer.index)
				return this.#readable[k] === 1 || (this.#mw[k] as number) >= hearer.energyDetectMw;
		return false;
	}

	/** A frame of `sender` goes on the air; what it is stands in the sender. */
	start(sender: Station, nowNs: number): void {
		sender.transmitting = true;
		sender.transmissions++;
		sender.locked = undefined;
		sender.candidate = undefined;
		sender.culprit = undefined;
		sender.disturbed = false;
		if (!sender.busy) {
			sender.busy = true;
			this.#contention.freeze(sender, nowNs);
		}
		sender.extendedNs = 0;
		sender.extensionNs = 0;
		sender.account(nowNs);
		const last = this.#first[sender.index + 1] as number;
		for (let k = this.#first[sender.index] as number; k < last; k++) {
			const hearer = this.#stations[this.#hearer[k] as number] as Station;
			const mw = this.#mw[k] as number;
			hearer.energyMw += mw;
			hearer.arrivals++;
			if (this.#readable[k] === 1) hearer.frames += hearer.noticesMissed;
			this.#blame(hearer, sender, nowNs);
			if (hearer.transmitting || !hearer.active) continue;
			if (hearer.locked !== undefined) this.#segment(hearer, nowNs);
			if (this.#readable[k] === 1) this.#offer(hearer, sender, mw, nowNs);
		}
		const {frameTo} = sender;
		if (frameTo !== undefined) {
			const other = frameTo.latest;
			if (other !== undefined && other !== sender && other.frameEndNs > nowNs) sender.culprit = other;
			if (frameTo.foreignSignals > 0) sender.disturbed = true;
			frameTo.expected = sender;
			frameTo.latest = sender;
		}
		this.#queue.push(nowNs + PREAMBLE_NS, Kind.preamble, sender.index);
		this.#queue.push(sender.frameEndNs, Kind.frameEnd, sender.index);
	}

	/** Remembers for a frame on its way to `hearer` that another one began. */
	#blame(hearer: Station, sender: Station, nowNs: number): void {
		const {expected} = hearer;
		if (expected !== undefined && expected !== sender && expected.frameEndNs > nowNs) expected.culprit = sender;
		hearer.latest = sender;
	}

	/** A preamble begins at a radio that may lock on to it. */
	#offer(hearer: Station, sender: Station, mw: number, nowNs: number): void {
		if (hearer.locked !== undefined && mw < hearer.lockedMw * hearer.captureRatio) return;
		if (hearer.candidate !== undefined && nowNs - hearer.candidateNs <= TOGETHER_NS) hearer.togetherMw += mw;
		else if (hearer.candidate === undefined || mw > hearer.candidateMw) hearer.togetherMw = mw;
		if (hearer.candidate !== undefined && mw <= hearer.candidateMw) return;
		hearer.candidate = sender;
		hearer.candidateMw = mw;
		hearer.candidateNs = nowNs;
	}

	/** The preamble of `sender` has been on the air long enough to be recognised. */
	recognise(sender: Station, nowNs: number): void {
		const last = this.#first[sender.index + 1] as number;
		for (let k = this.#first[sender.index] as number; k < last; k++) {
			const hearer = this.#stations[this.#hearer[k] as number] as Station;
			const isPower = hearer.energyMw >= hearer.energyDetectMw || hearer.frames > 0;
			if (!hearer.busy && hearer.active && isPower) this.#becomeBusy(hearer, nowNs);
			if (hearer.candidate !== sender) continue;
			hearer.candidate = undefined;
			const mw = this.#mw[k] as number;
			const otherMw = hearer.energyMw - mw;
			const floorMw = hearer.noiseMw + Math.max(otherMw, 0);
			const together = hearer.togetherMw;
			if (together < hearer.preambleRatio * (floorMw + mw - together)) continue;
			if (otherMw > 0 && !this.#headerSurvives(sender, mw, hearer.noiseMw, otherMw)) {
				this.#extend(hearer, sender, nowNs);
				continue;
			}
			hearer.locked = sender;
			hearer.lockedMw = mw;
			hearer.lockedSnrDb = this.#snrDb[k] as number;
			hearer.lockedNs = nowNs;
			hearer.segments = 0;
			this.#segment(hearer, sender.frameStartNs);
			if (!hearer.busy) this.#becomeBusy(hearer, nowNs);
			hearer.account(nowNs);
		}
	}

	#headerSurvives(sender: Station, signalMw: number, noiseMw: number, otherMw: number): boolean {
		const {curve, rate} = sender.frameTimes.rate.phy === 'dsss' ? headerTimes.dsss : headerTimes.ofdm;
		const logarithm = curve.perBit(dbOfRatio(signalMw / (noiseMw + otherMw * rate.chips))) * HEADER_BITS;
		return logarithm > -1e-9 || this.#random() < exponential(logarithm);
	}

	/** From now on other power adds up to something else; what a reception meets is kept in pieces. */
	#segment(hearer: Station, fromNs: number): void {
		const otherMw = hearer.energyMw - hearer.lockedMw;
		// What is left by adding and taking away is far below the noise.
		const mw = otherMw > hearer.noiseMw * 1e-4 ? otherMw : 0;
		if (hearer.segments === SEGMENTS) {
			if (mw > (hearer.segmentMw[SEGMENTS - 1] as number)) hearer.segmentMw[SEGMENTS - 1] = mw;
			return;
		}
		hearer.segmentNs[hearer.segments] = fromNs;
		hearer.segmentMw[hearer.segments] = mw;
		hearer.segments++;
	}

	/** The frame of `sender` is over. */
	end(sender: Station, nowNs: number): void {
		sender.transmitting = false;
		const {frameTo} = sender;
		let heard = false;
		const last = this.#first[sender.index + 1] as number;
		for (let k = this.#first[sender.index] as number; k < last; k++) {
			const hearer = this.#stations[this.#hearer[k] as number] as Station;
			hearer.energyMw -= this.#mw[k] as number;
			if (--hearer.arrivals === 0) hearer.energyMw = 0;
			if (this.#readable[k] === 1) hearer.frames -= hearer.noticesMissed;
			if (hearer.candidate === sender) hearer.candidate = undefined;
			if (hearer.locked === sender) {
				hearer.locked = undefined;
				if (hearer === frameTo) heard = true;
				this.#finish(hearer, sender, nowNs);
				this.#maybeIdle(hearer, nowNs);
				hearer.account(nowNs);
			} else {
				if (hearer.locked !== undefined) this.#segment(hearer, nowNs);
				if (hearer.busy) this.#maybeIdle(hearer, nowNs);
			}
		}
		if (frameTo !== undefined && !heard && sender.frameKind === FrameKind.data) this.#listener?.lost(sender, frameTo);
		this.#listener?.sent(sender, nowNs);
		this.#maybeIdle(sender, nowNs);
		sender.account(nowNs);
	}

	#finish(hearer: Station, sender: Station, nowNs: number): void {
		const mine = sender.frameTo === hearer;
		const whole = this.#survivors(hearer, sender, mine);
		if (whole > 0) {
			hearer.extendedNs = 0;
			hearer.extensionNs = 0;
			if (mine) this.#listener?.received(hearer, sender, nowNs);
			else this.#reserve(hearer, sender, nowNs);
			return;
		}
		this.#extend(hearer, sender, nowNs);
		if (!mine) return;
		if (sender.frameKind === FrameKind.data) this.#listener?.lost(sender, hearer);
		else if (hearer.awaited >= 0) this.#listener?.garbled(hearer, nowNs);
	}

	/** Something was there that could not be read: EIFS once the channel is idle. Source: IEEE 802.11-2020 10.3.2.3.7. */
	#extend(hearer: Station, sender: Station, nowNs: number): void {
		const space = hearer.setup.extendedSpace ?? 'lowest';
		if (space === 'none') return;
		const {phy} = sender.frameTimes.rate;
		const lowest = phy === 'dsss' ? headerTimes.dsss : headerTimes.ofdm;
		const answerNs = space === 'lowest' ? lowest.ackNs : sender.frameTimes.ackNs;
		const extensionNs = hearer.access.sifsNs + answerNs + hearer.arbitrationNs;
		if (hearer.setup.extendedFrom === 'frame') hearer.extendedNs = sender.frameEndNs + extensionNs;
		else hearer.extensionNs = extensionNs;
		if (!hearer.busy) this.#maybeIdle(hearer, nowNs);
	}

	/** The exchange that this frame belongs to goes on for a while: others stay off the air (NAV). */
	#reserve(hearer: Station, sender: Station, nowNs: number): void {
		const untilNs = nowNs + sender.frameReservedNs;
		if (untilNs <= hearer.reservedNs) return;
		hearer.reservedNs = untilNs;
		hearer.reservedSinceNs = nowNs;
		if (sender.frameKind !== FrameKind.rts) return;
		// IEEE 802.11-2020 10.3.2.4: no frame within 2 SIFS + CTS + start delay + 2 slots voids an RTS' reservation.
		const {sifsNs, slotNs} = hearer.access;
		const {ctsNs, answerStartNs} = sender.frameTimes;
		this.#queue.push(nowNs + 2 * sifsNs + ctsNs + answerStartNs + 2 * slotNs, Kind.navReset, hearer.index);
	}

	/** Whether an RTS' reservation was followed by anything. */
	checkReservation(hearer: Station, nowNs: number): void {
		if (hearer.reservedNs <= nowNs || hearer.locked !== undefined) return;
		if (hearer.lockedNs >= hearer.reservedSinceNs || hearer.transmitting) return;
		this.#contention.release(hearer, nowNs);
	}

	/** How many MPDUs come through; for a bystander it is enough to know of the first. */
	#survivors(hearer: Station, sender: Station, mine: boolean): number {
		const {frameTimes, burst} = sender;
		const aggregate = sender.frameKind === FrameKind.data && sender.burstAggregate;
		const bystander = !mine || !aggregate;
		if (frameTimes.rate.widthMhz > hearer.setup.widthMhz || frameTimes.rate.streams > 2) return 0;
		const clear = hearer.segments === 1 && hearer.segmentMw[0] === 0;
		const perBit = clear ? frameTimes.curve.perBit(hearer.lockedSnrDb) : 0;
		const count = bystander ? 1 : burst;
		let whole = 0;
		let fromBit = 0;
		for (let i = 0; i < count; i++) {
			const toBit = aggregate ? (sender.burstBits[i] as number) : sender.frameBits;
			const sum = clear ? perBit * (toBit - fromBit) : this.#through(hearer, sender, fromBit, toBit);
			const through = sum > -1e-9 || (sum > -40 && this.#random() < exponential(sum));
			this.survived[i] = through ? 1 : 0;
			if (through) whole++;
			fromBit = toBit;
		}
		return whole;
	}

	/** ln of the probability that bits from `fromBit` to `toBit` survive all that they met. */
	#through(hearer: Station, sender: Station, fromBit: number, toBit: number): number {
		const dataNs = sender.frameStartNs + sender.frameTimes.preambleNs;
		const perNs = sender.frameBits / (sender.frameEndNs - dataNs);
		let sum = 0;
		for (let s = 0; s < hearer.segments; s++) {
			const begins = ((hearer.segmentNs[s] as number) - dataNs) * perNs;
			const ends = s + 1 < hearer.segments ? ((hearer.segmentNs[s + 1] as number) - dataNs) * perNs : sender.frameBits;
			const first = Math.max(begins, fromBit);
			const end = Math.min(ends, toBit);
			if (end <= first) continue;
			const mw = hearer.segmentMw[s] as number;
			const db =
				mw === 0
					? hearer.lockedSnrDb
					: dbOfRatio(hearer.lockedMw / (hearer.noiseMw + mw * sender.frameTimes.rate.chips));
			sum += sender.frameTimes.curve.perBit(db) * (end - first);
		}
		return sum;
	}

	/** An external interferer comes on or goes off at a radio. */
	foreign(hearer: Station, mw: number, preamble: boolean, on: boolean, nowNs: number): void {
		hearer.energyMw += on ? mw : -mw;
		hearer.arrivals += on ? 1 : -1;
		hearer.foreignSignals += on ? 1 : -1;
		if (hearer.arrivals === 0) hearer.energyMw = 0;
		if (preamble) hearer.foreignFrames += on ? 1 : -1;
		const {expected} = hearer;
		if (on && expected !== undefined && expected.frameEndNs > nowNs) expected.disturbed = true;
		if (hearer.transmitting || !hearer.active) return;
		if (hearer.locked !== undefined) this.#segment(hearer, nowNs);
		if (on && !hearer.busy && (hearer.foreignFrames > 0 || hearer.energyMw >= hearer.energyDetectMw))
			this.#becomeBusy(hearer, nowNs);
		if (!on && hearer.busy) this.#maybeIdle(hearer, nowNs);
	}

	#becomeBusy(hearer: Station, nowNs: number): void {
		hearer.busy = true;
		this.#contention.freeze(hearer, nowNs);
		hearer.account(nowNs);
	}

	#maybeIdle(hearer: Station, nowNs: number): void {
		if (hearer.transmitting || hearer.locked !== undefined) return;
		if (hearer.energyMw >= hearer.energyDetectMw || hearer.foreignFrames > 0 || hearer.frames > 0) {
			if (hearer.active) hearer.busy = true;
			return;
		}
		hearer.busy = false;
		hearer.account(nowNs);
		if (hearer.extensionNs > 0) {
			hearer.extendedNs = nowNs + hearer.extensionNs;
			hearer.extensionNs = 0;
		}
		this.#contention.resume(hearer, nowNs);
	}
}
