// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Board, ROW_LIMIT} from '../../src/model/board.ts';
import type {PrivacyClass} from '../../src/model/series.ts';
import {Recorder} from '../../src/telemetry/recorder.ts';
import {MAX_SERIES, type Series} from '../../src/wire/report/hello.ts';

/** A board and what is reported of it. */
function bench(...published: PrivacyClass[]) {
	const board = new Board();
	const recorder = new Recorder(board, published.length === 0 ? ['public', 'community'] : published);
	/** Ends an interval: what it reports, and all series when they changed. */
	const end = () => {
		const values = [...recorder.take()].map(value => (Number.isNaN(value) ? undefined : value));
		const changed = recorder.changed();
		board.close();
		const series = changed ? Array.from({length: recorder.count}, (_, i) => recorder.series(i)) : undefined;
		return {values, series};
	};
	return {board, recorder, end};
}

const path = (name: string, count: number) => ({interface: name, count});
const named = (series: Series[] | undefined) => series?.map(({name, labels}) => [name, labels]);

test('recorder: tells its series when they change, and not when only values do', t => {
	const {board, end} = bench();
	board.record('path', path('mesh0', 3));
	const first = end();
	t.deepEqual(named(first.series), [['path.count', {interface: 'mesh0'}]]);
	t.deepEqual(first.values, [3]);
	board.record('path', path('mesh0', 4));
	t.deepEqual(end(), {values: [4], series: undefined});
});

test('recorder: invariant 1, a class that is not published leaves no series', t => {
	const {board, end} = bench('public');
	board.record('path', path('mesh0', 3));
	t.deepEqual(end(), {values: [], series: []});
});

test('recorder: invariant 2, a series that is absent for a while keeps its place', t => {
	const {board, end} = bench();
	board.record('path', path('mesh0', 1));
	board.record('path', path('mesh1', 2));
	end();
	board.record('path', path('mesh1', 5));
	t.deepEqual(end(), {values: [undefined, 5], series: undefined});
});

test('recorder: invariant 2, a quantity that comes later is told', t => {
	const {board, end} = bench();
	board.record('system', {load1: 1});
	end();
	board.record('system', {load1: 1, uptimeS: 7});
	const {values, series} = end();
	t.deepEqual(values, [100, 7]);
	t.deepEqual(
		series?.map(({name}) => name),
		['system.load1', 'system.uptimeS'],
	);
});

test('recorder: forgets what was not seen for long, and those behind it move up', t => {
	const {board, end} = bench();
	board.record('path', path('mesh0', 1));
	board.record('path', path('mesh1', 2));
	end();
	let told: Series[] | undefined;
	for (let i = 0; i < 50; i++) {
		board.record('path', path('mesh1', 2));
		told = end().series ?? told;
	}
	t.deepEqual(named(told), [['path.count', {interface: 'mesh1'}]]);
	board.record('path', path('mesh1', 9));
	t.deepEqual(end().values, [9]);
});

test('recorder: invariant 3, a value that was not measured again is absent', t => {
	const {board, end} = bench();
	board.record('path', path('mesh0', 1));
	end();
	t.deepEqual(end().values, [undefined]);
});

test('recorder: scales to integers, and leaves out what is no number or too large', t => {
	const {board, end} = bench();
	board.record('system', {load1: 1.237, uptimeS: Number.NaN, memoryTotalBytes: 2 ** 60});
	const {values, series} = end();
	t.deepEqual(
		series?.map(({name}) => name),
		['system.load1'],
	);
	t.deepEqual(values, [124]);
});

test('recorder: rows that are nobody’s business and columns that are no series are not told', t => {
	const {board, end} = bench();
	const section = board.add({subject: 'interface', columns: ['', 'receiveBytes', 'flags'], keys: 1});
	section.rows.begin(board.interval);
	for (const key of [1, 2]) section.rows.put([key, 100 * key, 7]);
	board.label(section, undefined);
	board.label(section, ['eth0']);
	const {values, series} = end();
	t.deepEqual(named(series), [['interface.receiveBytes', {interface: 'eth0'}]]);
	t.deepEqual(values, [200]);
});

test('recorder: a section that is removed takes its series with it', t => {
	const {board, end} = bench();
	const section = board.add({subject: 'interface', columns: ['', 'receiveBytes'], keys: 1});
	section.rows.begin(board.interval);
	section.rows.put([1, 5]);
	board.label(section, ['eth0']);
	board.record('path', path('mesh0', 1));
	t.deepEqual(end().values, [5, 1]);
	board.remove(section);
	board.record('path', path('mesh0', 2));
	const {values, series} = end();
	t.deepEqual(named(series), [['path.count', {interface: 'mesh0'}]]);
	t.deepEqual(values, [2]);
});

test('recorder: holds a bounded number of things and series and counts the rest', t => {
	const {board, recorder, end} = bench();
	for (let i = 0; i < ROW_LIMIT + 50; i++) board.record('path', path(`mesh${i}`, i));
	t.is(end().series?.length, ROW_LIMIT);
	const columns = Array.from({length: 60}, () => 'receiveBytes');
	const many = board.add({subject: 'interface', columns: ['', ...columns], keys: 1});
	many.rows.begin(board.interval);
	for (let key = 0; key < ROW_LIMIT; key++) {
		many.rows.put([key, ...columns.map(() => 1)]);
		board.label(many, [`eth${key}`]);
	}
	t.is(end().series?.length, MAX_SERIES);
	t.is(recorder.overflows, ROW_LIMIT + 60 * ROW_LIMIT - MAX_SERIES);
});
