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
	readonly #turns = new WeakMap<Place, Float64Array>();

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
		const [here, there] = [this.#turnsAt(one), this.#turnsAt(other)];
		let sum = 0;
		// cos(u + v) of both directions. Each is worked out alike, so that they agree to the last bit.
		for (let at = 0; at < here.length; at += 4) {
			const [ac, as, bc, bs] = [here[at], here[at + 1], here[at + 2], here[at + 3]] as Turns;
			const [oac, oas, obc, obs] = [there[at], there[at + 1], there[at + 2], there[at + 3]] as Turns;
			sum += ac * obc - as * obs + (oac * bc - oas * bs);
		}
		// Made symmetric, two ends that are close have more than the variance of one wave field: this takes it back.
		const distanceM = Math.hypot(one.xM - other.xM, one.yM - other.yM);
		const variance = (1 + Math.exp((-2 * distanceM) / correlationM)) * WAVES;
		return (deviationDb * sum) / Math.sqrt(variance);
	}

	/** Cosine and sine of each wave at a place, as a link's one end and as its other: a place has many links. */
	#turnsAt(place: Place): Float64Array {
		const known = this.#turns.get(place);
		if (known !== undefined) return known;
		const turns = new Float64Array((this.#waves.length / 5) * 4);
		for (let wave = 0; wave * 5 < this.#waves.length; wave++) {
			const [ax = 0, ay = 0, bx = 0, by = 0, phase = 0] = this.#waves.subarray(5 * wave, 5 * wave + 5);
			const [u, v] = [ax * place.xM + ay * place.yM + phase, bx * place.xM + by * place.yM];
			turns.set([Math.cos(u), Math.sin(u), Math.cos(v), Math.sin(v)], 4 * wave);
		}
		this.#turns.set(place, turns);
		return turns;
	}
}

type Turns = [number, number, number, number];
