// SPDX-License-Identifier: Apache-2.0
import type {LatencyObservation} from '../observation.ts';

/** The latest round trips that a summary is made of: more than an hour's at a probe every quarter of a minute. */
const MOST_HELD = 256;

export type LatencySummary = Omit<LatencyObservation, 'kind' | 'target' | 'pathMtuBytes'>;

/**
 * Round trips to one place since the last summary, as smokeping draws them: a median, how far the others spread, and
 * what was lost. A probe counts when its fate is known: an answer, or none in time.
 */
export class RoundTrips {
	#times: number[] = [];
	#probes = 0;
	#answers = 0;
	#lastUs: number | undefined;
	#differencesUs = 0;
	#differences = 0;

	get probes(): number {
		return this.#probes;
	}

	answered(roundTripUs: number): void {
		this.#probes++;
		this.#answers++;
		if (this.#lastUs !== undefined) {
			this.#differencesUs += Math.abs(roundTripUs - this.#lastUs);
			this.#differences++;
		}
		this.#lastUs = roundTripUs;
		if (this.#times.length === MOST_HELD) this.#times.shift();
		this.#times.push(roundTripUs);
	}

	lost(): void {
		this.#probes++;
	}

	/** Sums up and begins anew. Absent: undefined where no probe's fate became known. */
	take(): LatencySummary | undefined {
		if (this.#probes === 0) return undefined;
		const summary = {
			probes: this.#probes,
			lossShare: (this.#probes - this.#answers) / this.#probes,
			...spreadOf(this.#times.sort((a, b) => a - b)),
			...(this.#differences === 0 ? {} : {jitterUs: Math.round(this.#differencesUs / this.#differences)}),
		};
		this.#times = [];
		this.#probes = this.#answers = this.#differences = this.#differencesUs = 0;
		return summary;
	}
}

function spreadOf(sorted: readonly number[]): Partial<LatencySummary> {
	if (sorted.length === 0) return {};
	const at = (share: number): number => Math.round(quantile(sorted, share));
	return {
		minimumUs: at(0),
		lowerQuartileUs: at(0.25),
		medianUs: at(0.5),
		upperQuartileUs: at(0.75),
		maximumUs: at(1),
	};
}

/** Between the two nearest of sorted numbers, as most statistics programs do. Source: Hyndman and Fan 1996, type 7. */
export function quantile(sorted: readonly number[], share: number): number {
	const position = (sorted.length - 1) * share;
	const below = Math.floor(position);
	const low = sorted[below] ?? Number.NaN;
	return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}
