// SPDX-License-Identifier: Apache-2.0
import {ROUND_MS} from '../../engine/settings.ts';
import type {Channel} from '../../model/channel.ts';
import {type Assignment, type ChannelInstance, potentialOf} from '../baseline/channel/instance.ts';
import {EngineMesh} from './engine-mesh.ts';

/** Far enough apart that radios of one box do not disturb each other: the instance knows conflicts of links only. */
const SPACING_MHZ = 100;
const FIRST_MHZ = 5000;
/** A mesh that has not come to rest by then is judged as it is. */
const LONGEST_MS = 3_600_000;
const RESTING_ROUNDS = 10;

export interface MeshAnswer {
	/** What links use at the end; -1 where their ends share nothing. */
	readonly assignment: Assignment;
	/** Rounds of planning until 99 % of what was gained in the end. */
	readonly rounds: number;
	readonly retunes: number;
}

export const channelOf = (index: number): Channel => ({mhz: FIRST_MHZ + SPACING_MHZ * index, widthMhz: 20});
const indexOf = (mhz: number): number => Math.round((mhz - FIRST_MHZ) / SPACING_MHZ);

/** Routers of our own on the instance's mesh, all on the same first channels; they plan, agree and retune until they rest. */
export function meshOf({graph, channels, radios}: ChannelInstance, seed: number, loss: number): EngineMesh {
	return new EngineMesh({
		neighbours: graph.neighbours,
		channels: Array.from({length: channels}, (_, index) => channelOf(index)),
		radios: graph.neighbours.map(() =>
			Array.from({length: Math.min(radios, channels)}, (_, index) => channelOf(index)),
		),
		seed,
		loss,
	});
}

export function runChannels(instance: ChannelInstance, seed: number, loss: number): MeshAnswer {
	const mesh = meshOf(instance, seed, loss);
	const shadow: number[] = [];
	let resting = 0;
	while (mesh.nowMs < LONGEST_MS && resting < RESTING_ROUNDS) {
		mesh.advance(ROUND_MS);
		shadow.push(potentialOf(instance, plannedIn(mesh, instance)));
		resting = isResting(mesh) && mesh.nowMs > 10 * ROUND_MS ? resting + 1 : 0;
	}
	const last = shadow.at(-1) ?? 0;
	const enough = instance.pairs - 0.99 * (instance.pairs - last);
	return {
		assignment: liveIn(mesh, instance),
		rounds: 1 + shadow.findIndex(phi => phi <= enough),
		retunes: mesh.retunes,
	};
}

/** Nobody hopes for a better plan, and all is where it should be. */
export function isResting({members}: EngineMesh): boolean {
	return members.every(
		({engine, isUp}) => !isUp || (engine.own.pressure === 0 && !engine.own.deploying && !engine.deployment.isSwitching),
	);
}

/** What links are planned on; the first channel where nothing was planned. */
export function plannedIn({members}: EngineMesh, {graph, links}: ChannelInstance): Assignment {
	return Int32Array.from({length: links}, (_, e) => {
		const [a, b] = [members[graph.ends[2 * e] as number], members[graph.ends[2 * e + 1] as number]];
		const planMhz = a?.engine.own.planOf(b?.id ?? 0)?.planMhz ?? 0;
		return planMhz === 0 ? 0 : indexOf(planMhz);
	});
}

/** What links use: as planned where both ends are there, else the first channel they share. */
export function liveIn({members}: EngineMesh, {graph, links}: ChannelInstance): Assignment {
	return Int32Array.from({length: links}, (_, e) => {
		const [a, b] = [members[graph.ends[2 * e] as number], members[graph.ends[2 * e + 1] as number]];
		if (a === undefined || b === undefined || !a.isUp || !b.isUp) return -1;
		const shared = a.radios.map(({mhz}) => mhz).filter(mhz => b.radios.some(radio => radio.mhz === mhz));
		const planMhz = a.engine.own.planOf(b.id)?.planMhz ?? 0;
		if (shared.length === 0) return -1;
		return indexOf(shared.includes(planMhz) ? planMhz : Math.min(...shared));
	});
}
