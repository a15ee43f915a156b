// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type Fault, type FaultRow, faults, runFault} from '../../../src/lab/astral/faults.ts';
import {summaryOfFaults} from '../../../src/lab/command/faults.ts';

const RUNS = 8;
const LOSS = 0.05;

const rowsOf = (fault: Fault): FaultRow[] =>
	Array.from({length: RUNS}, (_, i) => runFault({fault, seed: 1000 + i, loss: LOSS}));

// Cut-off and returning nodes have a test of their own below.
for (const fault of faults.filter(each => each !== 'partition' && each !== 'return'))
	test(`faults: with ${fault} no link is lost, no radio moves too often, and every gap closes in 10 s`, t => {
		t.timeout(60_000);
		const rows = rowsOf(fault);
		const summary = summaryOfFaults(fault, rows);
		t.true(summary.switches > RUNS, 'nobody switched: nothing was shown');
		t.is(summary.lostLinks, 0);
		t.is(summary.quickShare, 1);
		t.is(summary.violations, 0);
		t.true(summary.mostRetunes <= 2);
		t.true(summary.farthestRetuneHops <= 5);
	});

for (const fault of ['partition', 'return'] as const)
	test(`faults: after ${fault} most meshes are whole again within three minutes, and nobody moves too often`, t => {
		t.timeout(60_000);
		const rows = rowsOf(fault);
		t.true(rows.filter(row => (row.recoveredS ?? Number.POSITIVE_INFINITY) < 180).length >= RUNS - 2);
		t.true(rows.every(row => row.mostRetunes <= 2));
	});

test('faults: the same seed tells the same story', t => {
	const options = {fault: 'driver', seed: 5, loss: LOSS} as const;
	t.deepEqual(runFault(options), runFault(options));
});
