// SPDX-License-Identifier: Apache-2.0

// How busy foreign signals keep each channel, as far as our own radios listened there. A radio hears the channel it is on all
// the time and others for moments, so what is believed carries how much listening it rests on; where that is little, what
// was learned of this hour of the day fills in, and where that is little too, what is usual.

/** Counters of one channel as a radio keeps them; they only grow. Absent: what a driver does not count. */
export interface AirCounters {
	readonly activeMs: number | undefined;
	readonly busyMs: number | undefined;
	readonly transmitMs: number | undefined;
	/** What was received of our own mesh. */
	readonly ownReceiveMs: number | undefined;
}

export interface Belief {
	/** 0 to 1. */
	readonly busyShare: number;
	/** 0 to 1: how much of that was measured lately. */
	readonly confidence: number;
	/** Since the last measurement. Absent: Infinity where there never was one. */
	readonly ageMs: number;
}

/** What was heard so long ago counts half. */
const HALF_LIFE_MS = 600_000;
/** Listening for so long is believed half. */
const HALF_CONFIDENT_MS = 2000;
/** Less at a time says nothing: a scan listens some 100 ms. */
const LEAST_MS = 20;
/**
 * The air turned to something else, when foreign signals took so much more time of the listening than was believed, beyond a
 * margin that is weather; then what was heard before says nothing any more. A strong sender that comes is believed after some
 * 20 s; that it went is believed later: many come back, and nothing is lost on a channel that is freer than thought.
 * Source: E. S. Page, Continuous inspection schemes, Biometrika 41 (1954): the sum is begun anew where it falls to zero.
 */
const TURN_MARGIN_SHARE = 0.15;
const WORSE_MS = 12_000;
const BETTER_MS = 60_000;
/** Who has not listened on a channel for so long takes the word of a neighbour that does, for so much listening of his own. */
const OUTDATED_MS = 60_000;
const TOLD_MS = 10_000;
/** Days count half as much after so many. */
const HISTORY_HALF_LIFE_DAYS = 3;
const DAY_MS = 86_400_000;
const HOURS = 24;
/** Where nothing is known at all. */
const USUAL_SHARE = 0.1;
/** A radio of three bands has some hundred channels. */
const CHANNELS = 160;

interface Channel {
	/** Listening, and of that foreign, both fading. */
	listenedMs: number;
	foreignMs: number;
	atMs: number;
	/** How much more, or less where negative, than believed and the margin; and what was heard since that began. */
	turnMs: number;
	turnListenedMs: number;
	turnForeignMs: number;
	/** By hour: mean share and its weight. */
	readonly meanByHour: Float32Array;
	readonly weightByHour: Float32Array;
	readonly historyMs: Float64Array;
}

/** What the spectrum says of a channel: how much of the time somebody who is no Wi-Fi sends there. */
interface Hint {
	readonly share: number;
	readonly atMs: number;
}

interface Seen {
	activeMs: number;
	busyMs: number;
	transmitMs: number;
	ownReceiveMs: number;
}

/** Units: frequencies of 20 MHz channels. Shape: nothing is lost when radios come and go, as long as channels have room. */
export class Occupancy {
	readonly #channels = new Map<number, Channel>();
	readonly #hints = new Map<number, Hint>();
	/** The counters at the last look, by radio and frequency. */
	readonly #seen = new Map<string, Seen>();

	/** Takes a radio's counters of a channel. Absent hour: the clock is not set, nothing is learned of the day. */
	take(nowMs: number, hour: number | undefined, radio: string, mhz: number, counters: AirCounters): void {
		const {activeMs, busyMs, transmitMs = 0, ownReceiveMs = 0} = counters;
		if (activeMs === undefined || busyMs === undefined) return;
		const key = `${radio} ${mhz}`;
		const before = this.#seen.get(key);
		const now = {activeMs, busyMs, transmitMs, ownReceiveMs};
		if (before === undefined && this.#seen.size >= CHANNELS * 3) return;
		this.#seen.set(key, now);
		if (before === undefined) return;
		const listenedMs = activeMs - before.activeMs;
		const ownMs = transmitMs - before.transmitMs + (ownReceiveMs - before.ownReceiveMs);
		const foreignMs = busyMs - before.busyMs - ownMs;
		// Counters of some drivers go back; what was sent is not always within what was busy.
		if (!(listenedMs >= LEAST_MS) || activeMs < before.activeMs || busyMs < before.busyMs) return;
		this.#hear(nowMs, hour, mhz, listenedMs, Math.max(0, Math.min(listenedMs, foreignMs)));
	}

	/**
	 * Takes how much of the time a sender that is no Wi-Fi was in the spectrum of a channel; 0 where none was found. Drivers that do
	 * not count it leave the channel as free as without: so busy it is at least.
	 */
	hint(nowMs: number, mhz: number, share: number): void {
		if (share > 0 && this.#hints.size < CHANNELS) this.#hints.set(mhz, {share: Math.min(1, share), atMs: nowMs});
		else this.#hints.delete(mhz);
	}

	/** Takes what neighbours hear on a channel now; who listened there himself lately knows better. */
	tell(nowMs: number, mhz: number, share: number): void {
		const channel = this.#channel(nowMs, mhz);
		if (channel === undefined || (channel.listenedMs > 0 && nowMs - channel.atMs < OUTDATED_MS)) return;
		channel.listenedMs = TOLD_MS;
		channel.foreignMs = TOLD_MS * Math.max(0, Math.min(1, share));
		channel.atMs = nowMs;
		endTurn(channel);
	}

	/** What is believed of a channel of 20 MHz now. */
	at(nowMs: number, hour: number | undefined, mhz: number): Belief {
		const belief = this.#counted(nowMs, hour, mhz);
		const hint = this.#hints.get(mhz);
		if (hint === undefined) return belief;
		const leastShare = hint.share * fading(nowMs - hint.atMs, HALF_LIFE_MS);
		return belief.busyShare >= leastShare ? belief : {...belief, busyShare: leastShare};
	}

	/** By what the radios counted alone. */
	#counted(nowMs: number, hour: number | undefined, mhz: number): Belief {
		const channel = this.#channels.get(mhz);
		if (channel === undefined) return {busyShare: this.#usual(nowMs), confidence: 0, ageMs: Number.POSITIVE_INFINITY};
		const fade = fading(nowMs - channel.atMs, HALF_LIFE_MS);
		const listenedMs = channel.listenedMs * fade;
		const confidence = listenedMs / (listenedMs + HALF_CONFIDENT_MS);
		const weight = hour === undefined ? 0 : (channel.weightByHour[hour] as number);
		const known = weight / (weight + HALF_CONFIDENT_MS);
		const expected =
			known * (hour === undefined ? 0 : (channel.meanByHour[hour] as number)) + (1 - known) * USUAL_SHARE;
		const measured = channel.foreignMs / Math.max(1, channel.listenedMs);
		return {
			busyShare: confidence * measured + (1 - confidence) * expected,
			confidence,
			ageMs: nowMs - channel.atMs,
		};
	}

	/** What is usual where nobody listened: the mean of where somebody did, but never nothing. */
	#usual(nowMs: number): number {
		let [sum, weights] = [USUAL_SHARE * HALF_CONFIDENT_MS, HALF_CONFIDENT_MS];
		for (const {listenedMs, foreignMs, atMs} of this.#channels.values()) {
			const weight = Math.min(HALF_CONFIDENT_MS, listenedMs * fading(nowMs - atMs, HALF_LIFE_MS));
			sum += weight * (foreignMs / Math.max(1, listenedMs));
			weights += weight;
		}
		return Math.max(USUAL_SHARE, sum / weights);
	}

	/** Absent: undefined where there is no more room. */
	#channel(nowMs: number, mhz: number): Channel | undefined {
		const known = this.#channels.get(mhz);
		if (known !== undefined || this.#channels.size >= CHANNELS) return known;
		const channel = {
			listenedMs: 0,
			foreignMs: 0,
			atMs: nowMs,
			turnMs: 0,
			turnListenedMs: 0,
			turnForeignMs: 0,
			meanByHour: new Float32Array(HOURS),
			weightByHour: new Float32Array(HOURS),
			historyMs: new Float64Array(HOURS),
		};
		this.#channels.set(mhz, channel);
		return channel;
	}

	#hear(nowMs: number, hour: number | undefined, mhz: number, listenedMs: number, foreignMs: number): void {
		const channel = this.#channel(nowMs, mhz);
		if (channel === undefined) return;
		const fade = fading(nowMs - channel.atMs, HALF_LIFE_MS);
		turn(channel, listenedMs, foreignMs);
		channel.listenedMs = channel.listenedMs * fade + listenedMs;
		channel.foreignMs = channel.foreignMs * fade + foreignMs;
		channel.atMs = nowMs;
		if (hour === undefined) return;
		const {meanByHour, weightByHour, historyMs} = channel;
		const days = fading(nowMs - (historyMs[hour] as number), HISTORY_HALF_LIFE_DAYS * DAY_MS);
		const weight = (weightByHour[hour] as number) * days;
		meanByHour[hour] =
			((meanByHour[hour] as number) * weight + (foreignMs / listenedMs) * listenedMs) / (weight + listenedMs);
		weightByHour[hour] = weight + listenedMs;
		historyMs[hour] = nowMs;
	}
}

/** Forgets what was heard before the air turned to what it is now. */
function turn(channel: Channel, listenedMs: number, foreignMs: number): void {
	const more = foreignMs - (channel.foreignMs / Math.max(1, channel.listenedMs)) * listenedMs;
	const way = Math.sign(channel.turnMs === 0 ? more : channel.turnMs);
	const turnMs = way * (channel.turnMs + more) - TURN_MARGIN_SHARE * listenedMs;
	if (turnMs <= 0 || channel.listenedMs === 0) return endTurn(channel);
	if (turnMs < (way > 0 ? WORSE_MS : BETTER_MS)) {
		channel.turnMs = way * turnMs;
		channel.turnListenedMs += listenedMs;
		channel.turnForeignMs += foreignMs;
		return;
	}
	// What is heard just now is added by who calls.
	channel.listenedMs = channel.turnListenedMs;
	channel.foreignMs = channel.turnForeignMs;
	endTurn(channel);
}

function endTurn(channel: Channel): void {
	channel.turnMs = 0;
	channel.turnListenedMs = 0;
	channel.turnForeignMs = 0;
}

function fading(ageMs: number, halfLifeMs: number): number {
	return 2 ** (-Math.max(0, ageMs) / halfLifeMs);
}
