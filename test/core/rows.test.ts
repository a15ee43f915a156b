// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Rows} from '../../src/core/rows.ts';

/** Each row's stamp and columns. */
const content = (rows: Rows) =>
	Array.from({length: rows.count}, (_, row) => [...rows.values.slice(rows.at(row), rows.at(row) + rows.stride)]);

test('rows: a key keeps its row whatever order it is written in', t => {
	const rows = new Rows(2, 1, 10);
	rows.begin(1);
	for (const key of [7, 8, 9]) rows.put([key, 10 * key]);
	rows.begin(2);
	for (const key of [9, 7]) rows.put([key, key]);
	t.deepEqual(content(rows), [
		[2, 7, 7],
		[1, 8, 80],
		[2, 9, 9],
	]);
});

test('rows: columns behind those that are written are left alone', t => {
	const rows = new Rows(3, 1, 10);
	rows.begin(1);
	const at = rows.put([7, 1]);
	t.deepEqual(content(rows), [[1, 7, 1, Number.NaN]]);
	rows.values[at + 3] = 5;
	rows.put([7, 2]);
	t.deepEqual(content(rows), [[1, 7, 2, 5]]);
});

test('rows: without a key they are appended, and begin anew; without columns they are only counted', t => {
	const listed = new Rows(1, 0, 3);
	const counted = new Rows(0, 0, 0);
	for (let round = 1; round < 3; round++) {
		listed.begin(round);
		counted.begin(round);
		for (let i = 0; i < 3; i++) {
			listed.put([i]);
			counted.put([]);
		}
		t.deepEqual(
			content(listed),
			[0, 1, 2].map(i => [round, i]),
		);
		t.is(counted.count, 3);
	}
	t.is(listed.put([3]), -1);
	t.is(listed.refused, 1);
});

test('rows: a row that is removed makes room, and the others keep what they hold', t => {
	const rows = new Rows(2, 1, 3);
	rows.begin(1);
	for (const key of [7, 8, 9]) rows.put([key, 10 * key]);
	t.is(rows.put([10, 1]), -1);
	rows.remove(1);
	t.deepEqual(content(rows), [
		[1, 7, 70],
		[1, 9, 90],
	]);
	t.not(rows.put([10, 1]), -1);
	t.deepEqual(content(rows)[2], [1, 10, 1]);
});
