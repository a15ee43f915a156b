// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../src/core/random.ts';
import {type ChannelProblem, CLASSES, FORBIDDEN} from '../../src/engine/channel/problem.ts';
import {overlapShare} from '../../src/model/channel.ts';

/** A random mesh with weights, foreign signals, channels that overlap, and radios that disturb each other in the box. */
export function randomProblem(seed: number, channels = 6): ChannelProblem {
	const random = seededRandom(seed);
	const draw = (below: number): number => Math.floor(random() * below);
	const nodes = 10 + draw(8);
	const ends: number[] = [];
	const linksAt: number[][] = Array.from({length: nodes}, () => []);
	for (let a = 0; a < nodes; a++)
		for (let b = a + 1; b < nodes; b++) {
			if (b !== a + 1 && random() > 0.15) continue;
			for (const node of [a, b]) linksAt[node]?.push(ends.length / 2);
			ends.push(a, b);
		}
	const links = ends.length / 2;
	const conflicts: number[][] = Array.from({length: links}, () => []);
	for (let e = 0; e < links; e++)
		for (let f = e + 1; f < links; f++) {
			if (random() > 0.3) continue;
			conflicts[e]?.push(f);
			conflicts[f]?.push(e);
		}
	const places = Array.from({length: channels}, (_, c) => ({mhz: 5180 + 10 * c, widthMhz: c % 2 === 0 ? 20 : 40}));
	const coSite = new Int32Array(channels * channels);
	for (let c = 0; c < channels; c++)
		for (let d = 0; d < channels; d++) if (c !== d) coSite[c * channels + d] = 40 * (channels - Math.abs(c - d));
	return {
		nodes,
		channels,
		links,
		ends: Int32Array.from(ends),
		linksAt,
		conflicts: conflicts.map(list => Int32Array.from(list)),
		weights: Int32Array.from({length: links}, () => 1 + draw(16)),
		overlaps: places.map(one =>
			Int32Array.from(
				places.flatMap((other, d) => (overlapShare(one, other) > 0 ? [d, overlapShare(one, other)] : [])),
			),
		),
		foreign: Int32Array.from({length: links * channels}, () => (random() < 0.05 ? FORBIDDEN : draw(500))),
		classOf: new Uint8Array(nodes * channels),
		capacity: Uint8Array.from({length: nodes * CLASSES}, (_, i) => (i % CLASSES === 0 ? 1 + draw(3) : 0)),
		coSite,
		free: Uint8Array.from({length: links}, () => (random() < 0.8 ? 1 : 0)),
	};
}
