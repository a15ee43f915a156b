// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {faults} from '../../../src/lab/command/faults.ts';
import {memoryIo} from '../memory-io.ts';

const row = (seed: number, more: object) => ({
	fault: 'partition',
	seed,
	isHonest: false,
	nodes: 7,
	switches: 3,
	reverts: 0,
	lostLinks: 0,
	longestOutageS: 1,
	recoveredS: 20,
	mostRetunes: 1,
	farthestRetuneHops: 0,
	conflictFraction: 0.1,
	violations: 0,
	...more,
});

test('faults: many runs are spread over processes, each seed once, and summed up', async t => {
	const asked: string[] = [];
	const io = memoryIo(
		{},
		{
			cores: 3,
			async runBeside(words) {
				asked.push(words.join(' '));
				const [count, first] = [2, 4].map(place => Number(words[place]));
				const own = Array.from({length: count ?? 0}, (_, i) => {
					const seed = (first ?? 0) + i;
					return row(seed, {...(seed === 77 && {lostLinks: 2, longestOutageS: 11, recoveredS: undefined})});
				});
				return [...own, {fault: 'partition', runs: count}].map(each => JSON.stringify(each));
			},
		},
	);
	t.is(await faults.run('--runs 250 --seed 10 --only partition --json'.split(' '), io), 0);
	t.deepEqual(asked.sort(), [
		'faults --runs 100 --seed 10 --only partition --rows --json',
		'faults --runs 100 --seed 110 --only partition --rows --json',
		'faults --runs 50 --seed 210 --only partition --rows --json',
	]);
	t.is(io.printed.length, 1);
	t.like(JSON.parse(io.printed[0] ?? ''), {
		fault: 'partition',
		runs: 250,
		switches: 750,
		lostLinks: 2,
		quickShare: 249 / 250,
		unrecovered: 1,
		slowestRecoveryS: 20,
	});
});

test('faults: a few runs are done here, and honest liars are only what liars are compared with', async t => {
	const io = memoryIo({}, {runBeside: () => Promise.reject(new Error('not here'))});
	t.is(await faults.run('--runs 1 --only liars --rows --json'.split(' '), io), 0);
	const rows = io.printed.map(line => JSON.parse(line) as Record<string, unknown>);
	t.deepEqual(
		rows.map(({isHonest}) => isHonest),
		[false, true, undefined],
	);
	t.like(rows[2], {fault: 'liars', runs: 1});
	t.is(typeof rows[2]?.conflictGrowth, 'number');
});
