// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {type Columns, decodeChunk, encodeChunk, MAX_VALUE} from '../../../src/noc/store/chunk.ts';

const all = () => true;
const vector = test.macro({
	title: (name = '') => `chunk: reads back ${name}`,
	exec(t, timesMs: number[], series: Record<number, (number | undefined)[]>) {
		const columns: Columns = {
			timesMs,
			series: new Map(Object.entries(series).map(([id, values]) => [Number(id), values])),
		};
		const read = decodeChunk(encodeChunk(columns), all);
		t.deepEqual(read.timesMs, timesMs);
		t.deepEqual(
			[...read.series],
			[...columns.series].sort(([a], [b]) => a - b),
		);
	},
});

const times = (count: number) => Array.from({length: count}, (_, i) => 1_700_000_000_000 + i * 60_000 + (i % 3));

test('nothing', vector, [], {});
test('one sample', vector, times(1), {1: [5]});
test('a constant', vector, times(60), {7: Array(60).fill(-95)});
test('an even counter', vector, times(60), {7: Array.from({length: 60}, (_, i) => 5e12 + i * 60_000)});
test('a gauge that jumps', vector, times(5), {900: [0, -1, MAX_VALUE, -MAX_VALUE, MAX_VALUE]});
test('holes', vector, times(10), {
	1: [undefined, 1, 2, undefined, undefined, 3, 4, 5, undefined, 9],
	3: Array(10).fill(undefined),
	4: [undefined, 7, 7, 7, undefined, undefined, undefined, undefined, undefined, 7],
});
test('times that step back', vector, [5000, 4000, 9000, 9000], {1: [1, 2, 3, 4]});

test('chunk: reads only the columns asked for', t => {
	const series = new Map([1, 2, 3].map(id => [id, [id, id * 2, id * 3]]));
	const read = decodeChunk(encodeChunk({timesMs: [1, 2, 3], series}), id => id === 2);
	t.deepEqual([...read.series], [[2, [2, 4, 6]]]);
});

test('chunk: bytes that are broken raise a DecodeError and nothing else', t => {
	const seed = 3;
	const random = seededRandom(seed);
	const good = encodeChunk({
		timesMs: times(60),
		series: new Map([
			[4, times(60)],
			[5, Array(60).fill(1)],
		]),
	});
	for (let round = 0; round < 3000; round++) {
		const bytes = good.slice(0, random() < 0.3 ? Math.floor(random() * good.length) : good.length);
		for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--) {
			const at = Math.floor(random() * bytes.length);
			bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
		}
		try {
			decodeChunk(bytes, all);
		} catch (error) {
			if (!(error instanceof DecodeError)) return t.fail(`round ${round}, seed ${seed}: ${String(error)}`);
		}
	}
	t.pass();
});
