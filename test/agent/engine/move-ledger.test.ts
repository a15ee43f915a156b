// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {MoveLedger} from '../../../src/agent/engine/move-ledger.ts';
import {PortError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';

const SET_MS = 1_735_689_600_000 + 9_000_000;
const NAMES = ['phy0', 'phy1'];

function open(files: SimFiles, wallMs: number) {
	const log: string[] = [];
	const clock = new VirtualTime().clock(wallMs);
	const port = {files, clock, log: {write: (_: string, text: string) => log.push(text)}};
	return {ledger: new MoveLedger(port as never, '/etc/astral-mesh/epoch'), clock, log};
}

test('move ledger: a router that restarts knows the moves of the last hour', t => {
	const files = new SimFiles();
	open(files, SET_MS).ledger.note('phy1');
	open(files, SET_MS + 60_000).ledger.note('phy0');
	const {ledger, clock} = open(files, SET_MS + 100_000);
	t.deepEqual(ledger.movesOf(NAMES), [
		{radio: 1, atMs: clock.nowMs() - 100_000},
		{radio: 0, atMs: clock.nowMs() - 40_000},
	]);
	t.deepEqual(
		ledger.movesOf(['phy0']).map(({radio}) => radio),
		[0],
		'a radio that is gone',
	);
	t.is(open(files, SET_MS + 3_599_000).ledger.movesOf(NAMES).length, 2);
	t.is(open(files, SET_MS + 3_600_000).ledger.movesOf(NAMES).length, 1);
	t.deepEqual(open(files, SET_MS + 3_700_000).ledger.movesOf(NAMES), []);
	open(files, SET_MS + 3_700_000).ledger.note('phy0');
	t.is(decodeUtf8(files.read('/etc/astral-mesh/moves') ?? new Uint8Array()), 'phy0 12700\n', 'old ones are dropped');
});

test('move ledger: a clock that is behind forgets nothing, one that is not set writes nothing', t => {
	const files = new SimFiles();
	open(files, SET_MS).ledger.note('phy0');
	const behind = open(files, SET_MS - 500_000);
	t.deepEqual(behind.ledger.movesOf(NAMES), [{radio: 0, atMs: behind.clock.nowMs()}]);
	const empty = new SimFiles();
	open(empty, 0).ledger.note('phy0');
	t.is(empty.read('/etc/astral-mesh/moves'), undefined);
});

test('move ledger: any bytes are read without an error, and at most twelve moves count', t => {
	const random = seededRandom(3);
	for (const text of ['phy0', 'phy0 x', 'phy0 -3', 'phy0 1e999', ' 9000', 'phy0 9000 more\nphy1 8999', '\u0000 9000']) {
		const files = new SimFiles();
		files.set('/etc/astral-mesh/moves', encodeUtf8(text));
		t.true(open(files, SET_MS).ledger.movesOf(NAMES).length <= 2, text);
	}
	for (let run = 0; run < 300; run++) {
		const files = new SimFiles();
		files.set(
			'/etc/astral-mesh/moves',
			Uint8Array.from({length: 60}, () => Math.floor(random() * 256)),
		);
		t.notThrows(() => open(files, SET_MS).ledger.movesOf(NAMES));
	}
	const files = new SimFiles();
	files.set('/etc/astral-mesh/moves', encodeUtf8('phy0 9000\n'.repeat(100)));
	t.is(open(files, SET_MS).ledger.movesOf(NAMES).length, 12);
});

test('move ledger: a file that cannot be written is said', t => {
	const files = new SimFiles();
	files.replace = () => {
		throw new PortError('no-space', 'disk full');
	};
	const {ledger, log} = open(files, SET_MS);
	ledger.note('phy0');
	t.regex(log.join(), /moves cannot be written \(no-space: disk full\)/);
});
