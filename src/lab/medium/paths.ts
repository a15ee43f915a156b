// SPDX-License-Identifier: Apache-2.0
import {levelOfQuality} from './link-quality.ts';
import {logDistanceLossDb, type PathLoss} from './path-loss.ts';
import {distanceM, type Place} from './place.ts';
import {Shadowing} from './shadowing.ts';

/** A link somebody measured. */
export interface MeasuredLink {
	readonly one: number;
	readonly other: number;
	/** Delivery ratio of its worse direction, 0 to 1. */
	readonly quality: number;
}

export interface PathOptions {
	/** Where each node is. Absent for one: its measured links are all that is known of it. */
	readonly places: readonly (Place | undefined)[];
	readonly loss: PathLoss;
	/** Absent: every link has the average loss. */
	readonly shadowing?: {readonly deviationDb: number; readonly correlationM: number};
	readonly seed: number;
	/** Links somebody measured, and the radios they were measured with. Absent: who hears whom follows from the places. */
	readonly measured?: {
		readonly links: readonly MeasuredLink[];
		/** Power and both antennas' gains. */
		readonly budgetDbm: number;
		readonly frequencyMhz: number;
	};
	/** Loss between isotropic antennas at 1 MHz above which a pair does not matter. */
	readonly mostLossDb: number;
}

/** Who a node can reach: indices of nodes, and the loss to each at 1 MHz. */
export interface Reach {
	readonly nodes: readonly number[];
	readonly lossDb: readonly number[];
}

/** A level below which frames are not decoded, but still disturb. */
const HEARD_NOT_READ_DBM = -85;
/** What two nodes without places and without a link, but with a common neighbour, hear of each other. */
const TWO_HOPS_DBM = -88;

/**
 * The loss between every two nodes that matter to each other, frequency taken out.
 *
 * Shape:    loss at f MHz is the entry plus 20·log10(f): the frequency enters `path-loss.ts` nowhere else.
 * Source:   places: `path-loss.ts` and `shadowing.ts`. Measured links: `link-quality.ts`. A pair that was measured by
 *           nobody in a mesh where links were measured has no link: it gets the loss of its places, but at least one that
 *           leaves it 3 dB below the sensitivity; without places, -88 dBm over two hops and nothing beyond.
 * Validity: the two last are assumptions about interference between nodes that form no link.
 */
export function pathsBetween(options: PathOptions): readonly Reach[] {
	const {places, measured} = options;
	const lossOf = placeLoss(options);
	const unread = measured === undefined ? Number.NEGATIVE_INFINITY : lossAt(measured, HEARD_NOT_READ_DBM);
	const known = measuredLosses(options);
	const reach = places.map(() => ({nodes: [] as number[], lossDb: [] as number[]}));
	const add = (one: number, other: number, lossDb: number): void => {
		if (lossDb > options.mostLossDb) return;
		reach[one]?.nodes.push(other);
		reach[one]?.lossDb.push(lossDb);
		reach[other]?.nodes.push(one);
		reach[other]?.lossDb.push(lossDb);
	};
	for (let one = 0; one < places.length; one++) {
		for (let other = one + 1; other < places.length; other++) {
			const measuredDb = known.get(one * places.length + other);
			const placedDb = lossOf(one, other);
			if (measuredDb !== undefined) add(one, other, measuredDb);
			else if (placedDb !== undefined) add(one, other, Math.max(placedDb, unread));
		}
	}
	return reach;
}

function lossAt(measured: NonNullable<PathOptions['measured']>, levelDbm: number): number {
	return measured.budgetDbm - levelDbm - 20 * Math.log10(measured.frequencyMhz);
}

/** Loss by places. Shape: a function; undefined where a place is missing or the pair is too far apart to matter. */
function placeLoss(options: PathOptions): (one: number, other: number) => number | undefined {
	const {places, loss, shadowing, mostLossDb, seed} = options;
	const shadows = shadowing === undefined ? undefined : new Shadowing({...shadowing, seed});
	// Three deviations of luck cannot bring back what is beyond.
	const luckDb = 3 * (shadowing?.deviationDb ?? 0);
	return (one, other) => {
		const [here, there] = [places[one], places[other]];
		if (here === undefined || there === undefined) return undefined;
		const meanDb = logDistanceLossDb(distanceM(here, there), 1, loss);
		if (meanDb - luckDb > mostLossDb) return undefined;
		return meanDb + (shadows?.lossDb(here, there) ?? 0);
	};
}

/** Key: lower index × count + higher index. */
function measuredLosses({places, measured}: PathOptions): ReadonlyMap<number, number> {
	const losses = new Map<number, number>();
	if (measured === undefined) return losses;
	const neighbours = places.map(() => [] as number[]);
	const key = (one: number, other: number): number => Math.min(one, other) * places.length + Math.max(one, other);
	for (const {one, other, quality} of measured.links) {
		losses.set(key(one, other), lossAt(measured, levelOfQuality(quality)));
		neighbours[one]?.push(other);
		neighbours[other]?.push(one);
	}
	for (const around of neighbours)
		for (const one of around)
			for (const other of around) {
				const isPlaced = places[one] !== undefined && places[other] !== undefined;
				if (one < other && !isPlaced && !losses.has(key(one, other)))
					losses.set(key(one, other), lossAt(measured, TWO_HOPS_DBM));
			}
	return losses;
}
