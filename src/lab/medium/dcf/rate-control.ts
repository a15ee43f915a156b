// SPDX-License-Identifier: Apache-2.0
import {frameNs} from '../airtime.ts';
import type {Rate} from '../rates.ts';
import {rates} from '../rates.ts';
import {type RateTimes, type Station, timesOf} from './station.ts';

const INTERVAL_NS = 100e6;
/** Weight of what was known before the interval. */
const OLD_WEIGHT = 0.75;
/** One burst in so many tries another rate. */
const SAMPLE_EVERY = 12;
const HOPELESS = 0.1;
/** Above this, more success is not worth a slower rate. */
const SURE = 0.9;
const REFERENCE_BYTES = 1200;

/** Rates that a sender may use towards a receiver: what both speak, at the narrower width, with the fewer streams. */
export function commonRates(from: Station, to: Station): readonly Rate[] {
	const [a, b] = [from.setup, to.setup];
	const width = Math.min(a.widthMhz, b.widthMhz);
	const streams = Math.min(a.streams ?? 1, b.streams ?? 1);
	const short = (a.shortGuard ?? false) && (b.shortGuard ?? false);
	if (a.standard === 'b' || b.standard === 'b') return rates.filter(rate => rate.phy === 'dsss');
	if (a.standard !== 'n' || b.standard !== 'n') return rates.filter(rate => rate.phy === 'ofdm');
	return rates.filter(
		rate =>
			rate.phy === 'ht' && rate.widthMhz === width && rate.streams <= streams && rate.name.endsWith('-short') === short,
	);
}

/**
 * Chooses rates by what was delivered lately, as Linux' minstrel does.
 *
 * Shape:  per rate a mean of delivered over attempted MPDUs, renewed every 100 ms with a weight of ¼; the expected
 *         throughput is that mean (0 below 10 %, at most 90 %) over the time of a 1200-byte frame. Attempts 1 and 2 of a
 *         packet go at the best, 3 and 4 at the second, later ones at the surest; one burst in twelve tries another rate.
 * Source: Linux net/mac80211/rc80211_minstrel_ht.c, comments on its design; D. Xia, J. Hart, Q. Fu, "Evaluation of the
 *         Minstrel rate adaptation algorithm in IEEE 802.11g WLANs", ICC 2013.
 * Validity: the sampling order and the grouping of rates are our own.
 */
export class RateControl {
	readonly #times: readonly RateTimes[];
	readonly #frameNs: Float64Array;
	readonly #success: Float64Array;
	readonly #attempts: Float64Array;
	readonly #delivered: Float64Array;
	readonly #known: Uint8Array;
	readonly #random: () => number;
	#renewNs = 0;
	#bursts = 0;
	#best = 0;
	#second = 0;
	#surest = 0;

	constructor(candidates: readonly Rate[], random: () => number) {
		this.#times = candidates.map(timesOf);
		this.#random = random;
		this.#frameNs = Float64Array.from(candidates, rate => frameNs(rate, REFERENCE_BYTES));
		this.#success = new Float64Array(candidates.length);
		this.#attempts = new Float64Array(candidates.length);
		this.#delivered = new Float64Array(candidates.length);
		this.#known = new Uint8Array(candidates.length);
	}

	/** The rate of the next burst, whose first packet was tried so often already. */
	choose(nowNs: number, tries: number): RateTimes {
		if (nowNs >= this.#renewNs) this.#renew(nowNs);
		let index = tries < 2 ? this.#best : tries < 4 ? this.#second : this.#surest;
		if (tries === 0 && ++this.#bursts % SAMPLE_EVERY === 0) index = this.#sample();
		return this.#times[index] as RateTimes;
	}

	/** A rate that could be better than the best if all of its frames came through, and any rate where none is known. */
	#sample(): number {
		const count = this.#times.length;
		const index = Math.floor(this.#random() * count);
		const bestNs = (this.#frameNs[this.#best] as number) / Math.max(this.#success[this.#best] as number, HOPELESS);
		return (this.#frameNs[index] as number) < bestNs || this.#known[index] === 0 ? index : this.#best;
	}

	/** What became of a burst. */
	report(times: RateTimes, attempts: number, delivered: number): void {
		const index = this.#times.indexOf(times);
		if (index < 0) return;
		this.#attempts[index] = (this.#attempts[index] as number) + attempts;
		this.#delivered[index] = (this.#delivered[index] as number) + delivered;
	}

	#renew(nowNs: number): void {
		this.#renewNs = nowNs + INTERVAL_NS;
		let [best, second, surest] = [0, 0, 0];
		for (let i = 0; i < this.#times.length; i++) {
			const attempts = this.#attempts[i] as number;
			if (attempts > 0) {
				const now = (this.#delivered[i] as number) / attempts;
				const before = this.#success[i] as number;
				this.#success[i] = this.#known[i] === 1 ? OLD_WEIGHT * before + (1 - OLD_WEIGHT) * now : now;
				this.#known[i] = 1;
				this.#attempts[i] = 0;
				this.#delivered[i] = 0;
			}
			if (this.#worth(i) > this.#worth(best)) {
				second = best;
				best = i;
			} else if (i !== best && (second === best || this.#worth(i) > this.#worth(second))) second = i;
			if (this.#sureness(i) > this.#sureness(surest)) surest = i;
		}
		this.#best = best;
		this.#second = second;
		this.#surest = surest;
	}

	#worth(i: number): number {
		const success = this.#success[i] as number;
		return success < HOPELESS ? 0 : Math.min(success, SURE) / (this.#frameNs[i] as number);
	}

	/** Success counts; of rates that are sure enough the fastest. */
	#sureness(i: number): number {
		const success = this.#success[i] as number;
		return success >= 0.95 ? 1 + this.#worth(i) : success;
	}
}
