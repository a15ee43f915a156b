// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {LossPair} from '../../model/slots.ts';

// Two that do not hear each other, as one receiver sees them: what one loses while the other sends, beside what it loses while
// the other is quiet, or kept apart from it by slots.
//
//               loss with both above loss with one by more than 15 %, often enough
//   unknown ───────────────────────────────────────────────────────────────────────▶ hidden ──hold ends──▶ unknown
//      │  ▲                                                                           ▲
//      │  └── no slots were agreed on, or apart they lose as much: again much later ──┤
//      │                                                                              │ apart they lose less
//      └──both send all the time, and much is lost──▶ tried: said to be hidden, so that slots keep them apart
//
// While a pair is hidden it has slots, and its losses say nothing: so it is let go after a while, and if the losses are back
// then, it is held for twice as long. Whoever pauses is found without a trial. Two that are tried in vain have half of the time
// each for some windows, and not again for half an hour, then an hour and so on: less than 2 % of what they could send. Where
// much was lost all the while, as others were in the way, it is tried again after four minutes, then eight and so on.

/** A sender is at work, or it is not; what lies between tells nothing. Shares of time. */
const BUSY = 0.08;
export const QUIET = 0.02;
export const LEAST_DIFFERENCE = 0.15;
export const LEAST_FRAMES = 40;
const MOST_FRAMES = 60;
/** Of a sender that is on the air less than that, noise would be blown up. */
const LEAST_MET = 0.25;
const LEAST_WINDOWS = 3;
/** Of doubt, one window: with n of each kind a root of n less. */
const DOUBT = 0.3;
const FADE_MS = 180_000;
export const HOLD_MS = 600_000;
export const LONGEST_HOLD_MS = 7_200_000;
const TRIED_LOSS = 0.25;
const TRIED_WINDOWS = 2;
/** Who hardly gets a turn loses most of a few frames. */
const TRIED_FRAMES = 8;
const TRIAL_MS = 60_000;
const NOT_AGREED_MS = 60_000;
const UNCLEAR_MS = 240_000;
const IN_VAIN_MS = 1_800_000;

/** What a sender lost in a stretch of time. */
export interface LossSample {
	readonly fromMs: number;
	readonly toMs: number;
	readonly frames: number;
	readonly loss: number;
}

/** Sums that fade. */
interface Sums {
	frames: number;
	lost: number;
	windows: number;
	/** Frames that went out while the other one sent, as far as its share of the time tells. */
	met: number;
}

const nothing: Sums = {frames: 0, lost: 0, windows: 0, met: 0};

export class SuspectPair implements LossPair {
	readonly a: NodeId;
	readonly b: NodeId;
	lossBoth = 0;
	lossOne = 0;
	/** 0 for a pair that is only tried. */
	confidence = 0;
	/** While it is hidden, or tried. */
	sinceMs: number | undefined;
	#both: Sums = {...nothing};
	#one: Sums = {...nothing};
	#fadedMs: number;
	#isTried = false;
	#holdMs = HOLD_MS;
	#endedMs = Number.NEGATIVE_INFINITY;
	#apartMs: number | undefined;
	#mayTryMs = 0;
	#triedInVain = 0;

	constructor(a: NodeId, b: NodeId, nowMs: number) {
		this.a = a;
		this.b = b;
		this.#fadedMs = nowMs;
	}

	/** Whether slots keep them apart, now that it is looked at. */
	setApart(isApart: boolean, nowMs: number): void {
		this.#apartMs = isApart ? (this.#apartMs ?? nowMs) : undefined;
		this.#fade(nowMs);
	}

	/** What one of them lost, and how active the other one was meanwhile. Absent: nobody saw. */
	add({fromMs, frames, loss}: LossSample, seen: number | undefined): void {
		if (this.sinceMs !== undefined && !this.#isTried) return;
		const isApart = this.#apartMs !== undefined;
		if (isApart ? fromMs < (this.#apartMs as number) : this.#isTried) return;
		const active = isApart ? 0 : seen;
		if (active === undefined || (active > QUIET && active < BUSY)) return;
		const sums = active >= BUSY ? this.#both : this.#one;
		// Where much is lost few frames are sent: each stretch of time counts about the same.
		const counted = Math.min(frames, MOST_FRAMES);
		sums.frames += counted;
		sums.lost += counted * loss;
		sums.windows++;
		sums.met += counted * active;
	}

	/** What was lost before does not tell of now, but for a trial's sake. */
	beginAnew(): void {
		if (this.#isTried) return;
		this.#both = {...nothing};
		this.#one = {...nothing};
	}

	/** True: it is found to be hidden just now. */
	judge(nowMs: number): boolean {
		if (this.sinceMs !== undefined && !this.#isTried) return false;
		const [both, one] = [this.#both, this.#one];
		const windows = Math.min(both.windows, one.windows);
		const isEnough =
			both.frames >= (this.#isTried ? TRIED_FRAMES : LEAST_FRAMES) &&
			one.frames >= LEAST_FRAMES &&
			windows >= (this.#isTried ? TRIED_WINDOWS : LEAST_WINDOWS) - 0.5;
		if (!isEnough) {
			if (!this.#isTried && this.#isWorthTrying(nowMs)) this.#try(nowMs);
			return false;
		}
		const [lossBoth, lossOne] = [both.lost / both.frames, one.lost / one.frames];
		// Of the frames that others leave whole: with many hidden senders, each one's part is told from the rest.
		const apart = lossOne < 1 ? 1 - (1 - lossBoth) / (1 - lossOne) : 0;
		// Who sends a part of the time disturbs no more frames than that: it counts what becomes of those.
		const difference = Math.min(1, apart / Math.max(LEAST_MET, both.met / both.frames));
		if (difference <= LEAST_DIFFERENCE) {
			// While much is lost for other reasons, as others are still being tried, nothing can be told.
			if (this.#isTried && lossOne < TRIED_LOSS) this.#inVain(IN_VAIN_MS, nowMs);
			return false;
		}
		this.lossBoth = lossBoth;
		this.lossOne = lossOne;
		this.confidence = difference / (difference + DOUBT / Math.sqrt(windows));
		this.sinceMs = nowMs;
		this.#holdMs = nowMs - this.#endedMs < HOLD_MS ? Math.min(LONGEST_HOLD_MS, 2 * this.#holdMs) : HOLD_MS;
		this.#isTried = false;
		this.#triedInVain = 0;
		this.beginAnew();
		return true;
	}

	/** Lets go what was held for long enough, and what they hear of each other by now. */
	review(hearEachOther: boolean, nowMs: number): void {
		if (this.sinceMs === undefined) return;
		const forMs = nowMs - this.sinceMs;
		if (!hearEachOther && forMs <= (this.#isTried ? TRIAL_MS : this.#holdMs)) return;
		if (this.#isTried && this.#one.windows >= TRIED_WINDOWS - 0.5) return this.#inVain(UNCLEAR_MS, nowMs);
		if (this.#isTried) this.#mayTryMs = nowMs + NOT_AGREED_MS;
		else this.#endedMs = nowMs;
		this.#isTried = false;
		this.sinceMs = undefined;
		this.beginAnew();
	}

	/** Nothing was heard or held for so long that nothing of it needs to be known. */
	isForgotten(nowMs: number): boolean {
		return this.sinceMs === undefined && nowMs - Math.max(this.#fadedMs, this.#endedMs) > LONGEST_HOLD_MS;
	}

	#isWorthTrying(nowMs: number): boolean {
		const {windows, frames, lost} = this.#both;
		return (
			nowMs >= this.#mayTryMs && windows >= TRIED_WINDOWS - 0.5 && frames >= TRIED_FRAMES && lost >= TRIED_LOSS * frames
		);
	}

	#try(nowMs: number): void {
		this.#isTried = true;
		this.sinceMs = nowMs;
		this.lossBoth = this.#both.lost / this.#both.frames;
		this.lossOne = this.lossBoth;
		this.confidence = 0;
		this.#one = {...nothing};
	}

	#inVain(pauseMs: number, nowMs: number): void {
		this.#isTried = false;
		this.sinceMs = undefined;
		this.#mayTryMs = nowMs + Math.min(LONGEST_HOLD_MS, pauseMs * 2 ** this.#triedInVain);
		this.#triedInVain++;
		this.beginAnew();
	}

	#fade(nowMs: number): void {
		const kept = 2 ** ((this.#fadedMs - nowMs) / FADE_MS);
		this.#fadedMs = nowMs;
		for (const sums of [this.#both, this.#one]) {
			sums.frames *= kept;
			sums.lost *= kept;
			sums.windows *= kept;
			sums.met *= kept;
		}
	}
}
