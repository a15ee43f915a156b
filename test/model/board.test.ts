// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Board} from '../../src/model/board.ts';

test('board: makes records of the latest measurements, with what was not given undefined', t => {
	const board = new Board();
	board.record('path', {interface: 'mesh0', count: 3});
	board.record('radio', {radio: 'phy0', frequencyMhz: 5180, widthMhz: undefined, transmitPowerDbm: 20});
	board.record('agent', {memoryBytes: 1});
	board.close();
	t.deepEqual(board.latest(), [
		{kind: 'path', interface: 'mesh0', count: 3},
		{kind: 'radio', radio: 'phy0', frequencyMhz: 5180, widthMhz: undefined, transmitPowerDbm: 20},
	]);
});

test('board: what was written by rows is a record as well, without keys and with flags as such', t => {
	const board = new Board();
	const section = board.add({subject: 'channel', columns: ['', 'inUse', 'noiseDbm', 'busyMs', ''], keys: 1});
	section.rows.begin(board.interval);
	section.rows.put([5180, Number.NaN, -95, 100, 1]);
	section.rows.put([5200, 1, -95, Number.NaN, 2]);
	board.label(section, ['phy0', 5180]);
	board.label(section, ['phy0', 5200]);
	t.deepEqual(board.latest() as unknown, [
		{kind: 'channel', radio: 'phy0', frequencyMhz: 5180, inUse: false, noiseDbm: -95, busyMs: 100},
		{kind: 'channel', radio: 'phy0', frequencyMhz: 5200, inUse: true, noiseDbm: -95, busyMs: undefined},
	]);
});

test('board: invariant 1, what was measured before the last interval is not the latest', t => {
	const board = new Board();
	board.record('path', {interface: 'mesh0', count: 3});
	board.close();
	t.is(board.latest().length, 1);
	board.close();
	t.is(board.latest().length, 0);
});

test('board: two records of a thing in one interval are one; in the next it begins anew', t => {
	const board = new Board();
	board.record('system', {load1: 1});
	board.record('system', {uptimeS: 5});
	t.like(board.latest()[0], {load1: 1, uptimeS: 5});
	board.close();
	board.record('system', {uptimeS: 6});
	t.like(board.latest()[0], {load1: undefined, uptimeS: 6});
});

test('board: invariant 2, a thing that flaps keeps its row, one that is gone loses it', t => {
	const board = new Board();
	const [section] = [board.add({subject: 'station', columns: ['', 'signalDbm'], keys: 1})];
	const write = (...keys: number[]) => {
		section.rows.begin(board.interval);
		for (const key of keys) section.rows.put([key, -key]);
		while (section.labels.length < section.rows.count) board.label(section, ['mesh0', section.labels.length]);
	};
	write(50, 60);
	board.close();
	for (let i = 0; i < 25; i++) {
		write(60);
		board.close();
	}
	t.is(section.rows.count, 2);
	for (let i = 0; i < 25; i++) {
		write(60);
		board.close();
	}
	t.is(section.rows.count, 1);
	t.deepEqual(section.labels, [['mesh0', 1]]);
	t.like(board.latest()[0], {peer: 1, signalDbm: -60});
});
