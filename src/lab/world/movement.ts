// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {Place} from '../medium/place.ts';
import type {Scenario} from '../scenario/scenario.ts';
import type {NodePlan} from './layout.ts';

interface Walker {
	readonly node: number;
	target: Place;
	pauseS: number;
}

/**
 * Nodes that move, where a scenario wants any: each walks straight to a point drawn within the mesh's extent, rests, and
 * walks on.
 *
 * Source: random waypoint: Johnson, Maltz, "Dynamic source routing in ad hoc wireless networks" (1996).
 */
export class Movement {
	readonly places: (Place | undefined)[];
	readonly #walkers: readonly Walker[];
	readonly #speedMps: number;
	readonly #pauseS: number;
	readonly #random: () => number;
	readonly #extent: {readonly x: readonly [number, number]; readonly y: readonly [number, number]};

	constructor(mobility: Scenario['mobility'], nodes: readonly NodePlan[], seed: number) {
		this.places = nodes.map(({place}) => place);
		this.#random = seededRandom(seed ^ 0x0a11);
		this.#speedMps = mobility?.speedMps ?? 0;
		this.#pauseS = mobility?.pauseS ?? 0;
		const known = this.places.filter(place => place !== undefined);
		const range = (values: readonly number[]): [number, number] => [
			values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
			values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
		];
		this.#extent = {x: range(known.map(({xM}) => xM)), y: range(known.map(({yM}) => yM))};
		this.#walkers = (mobility?.nodes ?? []).flatMap(name => {
			const node = nodes.findIndex(one => one.name === name);
			return this.places[node] === undefined ? [] : [{node, target: this.#draw(), pauseS: 0}];
		});
	}

	/** Whether anybody moved. */
	step(seconds: number): boolean {
		let moved = false;
		for (const walker of this.#walkers) {
			let leftS = seconds;
			while (leftS > 1e-9) {
				if (walker.pauseS > 0) {
					const rest = Math.min(walker.pauseS, leftS);
					walker.pauseS -= rest;
					leftS -= rest;
					continue;
				}
				const here = this.places[walker.node];
				if (here === undefined || this.#speedMps <= 0) break;
				const distance = Math.hypot(walker.target.xM - here.xM, walker.target.yM - here.yM);
				const stepM = Math.min(distance, leftS * this.#speedMps);
				const part = distance > 0 ? stepM / distance : 0;
				this.places[walker.node] = {
					...here,
					xM: here.xM + (walker.target.xM - here.xM) * part,
					yM: here.yM + (walker.target.yM - here.yM) * part,
				};
				moved = true;
				leftS -= stepM / this.#speedMps;
				if (stepM >= distance) {
					walker.target = this.#draw();
					walker.pauseS = this.#pauseS;
					if (distance === 0 && this.#pauseS === 0) break;
				}
			}
		}
		return moved;
	}

	#draw(): Place {
		const {x, y} = this.#extent;
		return {xM: x[0] + (x[1] - x[0]) * this.#random(), yM: y[0] + (y[1] - y[0]) * this.#random()};
	}
}
