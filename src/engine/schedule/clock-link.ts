// SPDX-License-Identifier: Apache-2.0
import type {ClockEcho, ClockTelling} from '../../model/clock.ts';
import {type OffsetEstimate, OffsetFilter} from './offset-filter.ts';

// The clock of one neighbour, as one of our radios knows it: by beacons, where the kernel measures how far the two radios'
// clocks are apart, and by messages, which go both ways and tell when they were sent and came. Beacons are a hundred times
// better, but some drivers make their figures up; messages cannot be wrong by more than they took. So beacons are believed
// where messages do not contradict them.

/** The time of a radio, read at `atUs` of the router's own clock, and how long the reading took at most. */
export interface TsfReading {
	readonly atUs: number;
	readonly tsfUs: number;
	readonly withinUs: number;
}

/** How well a clock is known, and by what. */
export interface LinkEstimate extends OffsetEstimate {
	readonly byMessages: boolean;
}

/** Ways of a message are compared over the last few. */
const WAYS = 4;
/** Where the drift is not known, a way of before is worth less. */
const WORST_DRIFT = 50e-6;
/** A kernel that keeps radios together moves their clocks in steps. Source: net/mac80211/mesh_sync.c, TOFFSET_MINIMUM_ADJUSTMENT. */
const TSF_STEP_US = 10;
/** A reading that is carried farther is no reading. */
const CARRIED_US = 2e6;
/** By so much beacons and messages may differ beyond their errors: radios stamp a frame's start or its end. */
const BETWEEN_US = 200;

interface Way {
	readonly atUs: number;
	/** What the receiver's clock said at the end minus what the sender's said at the start. */
	readonly us: number;
}

export class ClockLink {
	/** The number of the newest message, and when it came. */
	number = -1;
	receivedUs = 0;
	/** Its radio's time, as it said. */
	#tsf: TsfReading | undefined;
	readonly #beacons = new OffsetFilter();
	readonly #messages = new OffsetFilter(WAYS);
	/** Messages that took so long showed that beacons are wrong. */
	#refutedUs: number | undefined;
	#to: Way[] = [];
	#from: Way[] = [];

	get steps(): number {
		return this.#beacons.steps + this.#messages.steps;
	}

	get isDoubtful(): boolean {
		return this.#beacons.isDoubtful || this.#messages.isDoubtful;
	}

	/** Takes a message, and what it says of one of ours that was sent at `ours.sentUs`. Answers whether it is new. */
	hear(telling: ClockTelling, receivedUs: number, ours: {echo: ClockEcho; sentUs: number} | undefined): boolean {
		if (telling.number <= this.number) return false;
		this.number = telling.number;
		this.receivedUs = receivedUs;
		const {hasTsf, sentUs, tsfUs, tsfAgoUs} = telling;
		this.#tsf = hasTsf ? {atUs: sentUs - tsfAgoUs, tsfUs, withinUs: 0} : undefined;
		this.#from.push({atUs: receivedUs, us: receivedUs - sentUs});
		if (ours !== undefined) this.#to.push({atUs: ours.sentUs, us: sentUs - ours.echo.agoUs - ours.sentUs});
		if (this.#from.length > WAYS) this.#from.shift();
		if (this.#to.length > WAYS) this.#to.shift();
		if (ours !== undefined) this.#exchange(receivedUs);
		return true;
	}

	/**
	 * Takes what the kernel says of the two radios' clocks: the neighbour's minus our own, as its last beacon had it, read soon
	 * after its last message came.
	 */
	hearBeacon(own: TsfReading, radiosApartUs: number): void {
		const theirs = this.#tsf;
		if (theirs === undefined) return;
		// What our own clock said when the neighbour's radio had the time that it told.
		const carriedUs = theirs.tsfUs - radiosApartUs - own.tsfUs;
		// Else the radios' clocks are nowhere near what was said: messages stand.
		if (Math.abs(carriedUs) > CARRIED_US) return;
		const atUs = own.atUs + carriedUs;
		const withinUs = own.withinUs + TSF_STEP_US + WORST_DRIFT * Math.abs(carriedUs);
		this.#beacons.take({atUs: own.atUs, offsetUs: theirs.atUs - atUs, withinUs});
	}

	/** The neighbour's clock minus our own. Absent: undefined while no message went both ways. */
	at(nowUs: number): LinkEstimate | undefined {
		const messages = this.#messages.at(nowUs);
		if (messages === undefined) return undefined;
		const beacons = this.#beacons.at(nowUs);
		if (beacons === undefined || beacons.errorUs >= messages.errorUs) return {...messages, byMessages: true};
		return this.#refutedUs === undefined ? {...beacons, byMessages: false} : {...messages, byMessages: true};
	}

	/** The shortest way there and the shortest back: half their difference is the clocks', half their sum the most it may err. */
	#exchange(nowUs: number): void {
		const known = this.at(nowUs);
		const unsure = Math.min(WORST_DRIFT, (known?.driftErrorPpb ?? Number.POSITIVE_INFINITY) / 1e9);
		const drift = unsure === WORST_DRIFT ? 0 : (known?.driftPpb ?? 0) / 1e9;
		// Of ways measured before, the clocks' drift since is put in.
		const to = shortest(this.#to, nowUs, drift, unsure);
		const from = shortest(this.#from, nowUs, -drift, unsure);
		const withinUs = Math.max(0, (to.us + from.us) / 2) + (to.unsureUs + from.unsureUs) / 2;
		const offsetUs = (to.us - from.us) / 2;
		this.#judge(nowUs, offsetUs, withinUs);
		this.#messages.take({atUs: nowUs, offsetUs, withinUs});
	}

	#judge(nowUs: number, offsetUs: number, withinUs: number): void {
		const beacons = this.#beacons.at(nowUs);
		if (beacons === undefined) return;
		if (Math.abs(beacons.offsetUs - offsetUs) > beacons.errorUs + withinUs + BETWEEN_US) this.#refutedUs = withinUs;
		else if (withinUs <= 2 * (this.#refutedUs ?? 0)) this.#refutedUs = undefined;
	}
}

function shortest(ways: readonly Way[], nowUs: number, drift: number, unsure: number) {
	let best = {us: Number.POSITIVE_INFINITY, unsureUs: 0};
	for (const {atUs, us} of ways) {
		const agoUs = nowUs - atUs;
		const each = {us: us + drift * agoUs, unsureUs: unsure * agoUs};
		if (each.us + each.unsureUs < best.us + best.unsureUs) best = each;
	}
	return best;
}
