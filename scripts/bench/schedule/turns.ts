// SPDX-License-Identifier: Apache-2.0
import {usualSuperframe} from '../../../src/engine/schedule/radio-schedule.ts';
import {DividedMesh, type DividedSetup} from '../../../src/lab/astral/divided-mesh.ts';
import {senderInstance} from '../../../src/lab/baseline/slot/senders.ts';
import type {Topology} from '../../../src/lab/topology/topology.ts';
import {placesOf, WARM_UP_S} from './air.ts';

/** A minute of all, then one sender alone, then all again, in steps of a second. */
export interface Turns {
	readonly lone: number;
	readonly ungated: number;
	/** Until who was left alone has nine tenths of what it gets then. */
	readonly givenS: number;
	/** Until the one that slept longest has nine tenths of what it had before. */
	readonly backS: number;
}

const ALL_S = 60;
const ALONE_S = 40;
const BACK_S = 40;
/** A second of a superframe of 160 ms holds six or seven of them. */
const SMOOTHED = 3;

export function turnsOf(topology: Topology, more: Partial<DividedSetup>, seed: number): Turns {
	const places = placesOf(topology);
	const mesh = new DividedMesh({...places, seed, isDivided: true, ...more});
	mesh.advance(ALL_S);
	const before = mesh.measure(8).map(({bps}) => bps);
	const seconds = (count: number, of: (bps: readonly number[]) => number): number[] =>
		Array.from({length: count}, () => of(mesh.measure(1).map(({bps}) => bps)));
	mesh.setActive(flow => flow === 0);
	const alone = smooth(seconds(ALONE_S, bps => bps[0] ?? 0));
	mesh.setActive(() => true);
	const back = smooth(seconds(BACK_S, bps => Math.min(...bps.slice(1).map((each, i) => each / (before[i + 1] ?? 1)))));
	const free = new DividedMesh({...places, seed, isDivided: false, ...more});
	free.setActive(flow => flow === 0);
	free.advance(WARM_UP_S);
	const lone = alone.at(-1) ?? 0;
	return {
		lone: lone / 1e6,
		ungated: (free.measure(8)[0]?.bps ?? 0) / 1e6,
		givenS: reached(alone, 0.9 * lone),
		backS: reached(back, 0.9),
	};
}

function smooth(list: readonly number[]): number[] {
	return list.map((_, i) => {
		const part = list.slice(Math.max(0, i - SMOOTHED + 1), i + 1);
		return part.reduce((sum, each) => sum + each, 0) / part.length;
	});
}

/** Seconds after which it stays reached; Infinity for never. */
function reached(list: readonly number[], least: number): number {
	const last = list.findLastIndex(each => each < least);
	return last === list.length - 1 ? Number.POSITIVE_INFINITY : last + 2;
}

const LONGEST_SEARCH_S = 400;

/** Seconds until slots keep all hidden pairs of senders apart that never paused since their start; Infinity for never. */
export function foundAfter(topology: Topology, more: Partial<DividedSetup>, seed: number): number {
	const places = placesOf(topology);
	const mesh = new DividedMesh({...places, seed, isDivided: true, ...more});
	const {instance, senders} = senderInstance(places.neighbours, places.flows, usualSuperframe.slots, false);
	const isApart = (one: number, other: number): boolean => {
		const [a, b] = [senders[one] as number, senders[other] as number];
		if (places.neighbours[a]?.includes(b)) return true;
		const [mine, theirs] = [mesh.wantedOf(a)?.own, mesh.wantedOf(b)?.own];
		return mine !== undefined && theirs !== undefined && !mine.some((isOwn, slot) => isOwn && theirs[slot] === true);
	};
	for (let s = 1; s <= LONGEST_SEARCH_S; s++) {
		mesh.advance(1);
		if (instance.conflicts.every((list, one) => list.every(other => isApart(one, other)))) return s;
	}
	return Number.POSITIVE_INFINITY;
}
