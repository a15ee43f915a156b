// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {BLOCK_LIMIT, Recorder} from '../../src/telemetry/recorder.ts';
import type {Series} from '../../src/wire/report/hello.ts';

/** All series when they changed. Absent: undefined when they did not. */
function changedSeries(recorder: Recorder): Series[] | undefined {
	if (!recorder.changed()) return undefined;
	return Array.from({length: recorder.count}, (_, index) => recorder.series(index));
}

const path = (name: string, count: number) => ({interface: name, count});

test('recorder: tells its series when they change, and not when only values do', t => {
	const recorder = new Recorder(['public', 'community']);
	recorder.record('path', path('mesh0', 3));
	t.deepEqual(
		changedSeries(recorder)?.map(series => [series.name, series.labels]),
		[['path.count', {interface: 'mesh0'}]],
	);
	t.deepEqual(recorder.take(), [3]);
	recorder.record('path', path('mesh0', 4));
	t.is(changedSeries(recorder), undefined);
	t.deepEqual(recorder.take(), [4]);
});

test('recorder: invariant 1, a class that is not published leaves no series', t => {
	const recorder = new Recorder(['public']);
	recorder.record('path', path('mesh0', 3));
	t.deepEqual(changedSeries(recorder), []);
	t.deepEqual(recorder.take(), []);
});

test('recorder: invariant 2, a series that is absent for a while keeps its place', t => {
	const recorder = new Recorder(['public', 'community']);
	recorder.record('path', path('mesh0', 1));
	recorder.record('path', path('mesh1', 2));
	changedSeries(recorder);
	recorder.take();
	recorder.record('path', path('mesh1', 5));
	t.is(changedSeries(recorder), undefined);
	t.deepEqual(recorder.take(), [undefined, 5]);
});

test('recorder: forgets what was not seen for long', t => {
	const recorder = new Recorder(['public', 'community']);
	recorder.record('path', path('mesh0', 1));
	changedSeries(recorder);
	for (let i = 0; i < 40; i++) {
		recorder.record('path', path('mesh1', 2));
		changedSeries(recorder);
		recorder.take();
	}
	t.deepEqual(recorder.take(), [undefined]);
});

test('recorder: invariant 3, a value that was not measured again is absent', t => {
	const recorder = new Recorder(['public', 'community']);
	recorder.record('path', path('mesh0', 1));
	changedSeries(recorder);
	recorder.take();
	t.deepEqual(recorder.take(), [undefined]);
});

test('recorder: scales to integers, and leaves out what is no number or too large', t => {
	const recorder = new Recorder(['public', 'community']);
	recorder.record('system', {load1: 1.237, uptimeS: Number.NaN, memoryTotalBytes: 2 ** 60});
	t.deepEqual(
		changedSeries(recorder)?.map(series => series.name),
		['system.load1'],
	);
	t.deepEqual(recorder.take(), [124]);
});

test('recorder: holds a bounded number of things and counts the rest', t => {
	const recorder = new Recorder(['public', 'community']);
	for (let i = 0; i < BLOCK_LIMIT + 50; i++) recorder.record('path', path(`mesh${i}`, i));
	t.is(changedSeries(recorder)?.length, BLOCK_LIMIT);
	t.is(recorder.overflows, 50);
});
