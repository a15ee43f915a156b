// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {Place} from './place.ts';

const WAVES = 96;

export interface ShadowingOptions {
	/** Standard deviation: 4 dB over open roofs, 8 dB between houses. */
	readonly deviationDb: number;
	/** Distance over which the correlation falls to 1/e: 5 m indoors, 20 m in a town, 100 m in the country. */
	readonly correlationM: number;
	readonly seed: number;
}

/**
 * What houses and trees add to the average loss, or take from it: a normal scatter that is alike for links that are near
 * each other, and the same in both directions.
 *
 * Shape:    a sum of plane waves over both ends' positions; each wave vector is drawn from the spectrum of the wanted
 *           correlation, whose radius has the distribution 1 - 1/√(1 + (kD)²). The sum is made symmetric in the two ends.
 * Units:    metres to dB; positive is more loss.
 * Source:   Gudmundson, "Correlation model for shadow fading in mobile radio systems", Electronics Letters 27 (1991):
 *           R(Δ) = σ²·exp(-Δ/D); both ends: Wang, Tameh, Nix, "Joint shadowing process in urban peer-to-peer radio
 *           channels", IEEE TVT 57 (2008), R = σ²·exp(-(Δa + Δb)/D); sum of waves: Cai, Giannakis, "A two-dimensional
 *           channel simulation model for shadowing processes", IEEE TVT 52 (2003).
 * Validity: the sum of 96 waves is normal to about 2.5 standard deviations.
 */
export class Shadowing {
	readonly #options: ShadowingOptions;
	/** Five numbers a wave: two wave vectors and a phase. */
	readonly #waves: Float64Array;

	constructor(options: ShadowingOptions) {
		this.#options = options;
		const random = seededRandom(options.seed);
		const wave = (): [number, number] => {
			const radius = Math.sqrt(1 / (1 - random()) ** 2 - 1) / options.correlationM;
			const angle = 2 * Math.PI * random();
			return [radius * Math.cos(angle), radius * Math.sin(angle)];
		};
		const numbers = Array.from({length: WAVES}, () => [...wave(), ...wave(), 2 * Math.PI * random()]);
		this.#waves = Float64Array.from(numbers.flat());
	}

	lossDb(one: Place, other: Place): number {
		const {deviationDb, correlationM} = this.#options;
		if (deviationDb === 0) return 0;
		const waves = this.#waves;
		let sum = 0;
		for (let at = 0; at < waves.length; at += 5) {
			const [ax = 0, ay = 0, bx = 0, by = 0, phase = 0] = [
				waves[at],
				waves[at + 1],
				waves[at + 2],
				waves[at + 3],
				waves[at + 4],
			];
			// Added to each other first: then the two directions agree to the last bit.
			sum +=
				Math.cos(ax * one.xM + ay * one.yM + bx * other.xM + by * other.yM + phase) +
				Math.cos(ax * other.xM + ay * other.yM + bx * one.xM + by * one.yM + phase);
		}
		// Made symmetric, two ends that are close have more than the variance of one wave field: this takes it back.
		const distanceM = Math.hypot(one.xM - other.xM, one.yM - other.yM);
		const variance = (1 + Math.exp((-2 * distanceM) / correlationM)) * WAVES;
		return (deviationDb * sum) / Math.sqrt(variance);
	}
}
