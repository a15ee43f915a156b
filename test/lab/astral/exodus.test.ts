// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {EngineMesh} from '../../../src/lab/astral/engine-mesh.ts';

const CHANNELS = [0, 1, 2, 3].map(channelOf);
/** Of 255. */
const NOISY = 200;

function chain(count: number, seed: number): EngineMesh {
	const neighbours = Array.from({length: count}, (_, i) => [i - 1, i + 1].filter(at => at >= 0 && at < count));
	return new EngineMesh({
		neighbours,
		channels: CHANNELS,
		radios: neighbours.map(() => [channelOf(0)]),
		seed,
		loss: 0.05,
	});
}

for (const count of [5, 8])
	test(`exodus: ${count} routers with one radio each leave a noisy channel together, and none is left behind`, t => {
		const mesh = chain(count, 1);
		mesh.advance(100_000);
		t.true(mesh.members.every(({radios}) => radios[0]?.mhz === channelOf(0).mhz));
		for (let place = 0; place < count; place++) mesh.disturb(place, 0, NOISY);
		mesh.advance(300_000);
		const channels = new Set(mesh.members.map(({radios}) => radios[0]?.mhz));
		t.is(channels.size, 1);
		t.false(channels.has(channelOf(0).mhz));
	});
