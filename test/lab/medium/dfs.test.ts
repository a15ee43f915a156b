// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {checkS, type DfsEvent, dfsStart, maySend, needsDfs, stepDfs} from '../../../src/lab/medium/dfs.ts';

test('dfs: channels 52 to 64 and 100 to 140 need it, 36 to 48 and 149 do not', t => {
	const channel = (number: number) => needsDfs(5000 + 5 * number, 20);
	t.deepEqual([36, 48, 149].map(channel), [false, false, false]);
	t.deepEqual([52, 64, 100, 140].map(channel), [true, true, true, true]);
	t.true(needsDfs(5250, 40), 'a wide channel that reaches in needs it');
});

test('dfs: the check takes a minute, ten where weather radars are', t => {
	t.is(checkS(5260, 20), 60);
	t.is(checkS(5620, 20), 600);
	t.is(checkS(5590, 40), 600);
	t.is(checkS(5580, 20), 60);
});

test('dfs: check, a minute, use; radar empties the channel for half an hour', t => {
	let state = stepDfs(dfsStart, {kind: 'check'}, 0, 60);
	t.is(stepDfs(state, {kind: 'use'}, 59, 60).state, 'checking');
	state = stepDfs(state, {kind: 'use'}, 60, 60);
	t.true(maySend(state));
	state = stepDfs(state, {kind: 'radar'}, 100, 60);
	t.deepEqual(state, {state: 'unavailable', untilS: 1900});
	t.is(stepDfs(state, {kind: 'check'}, 1899, 60).state, 'unavailable');
	t.deepEqual(stepDfs(state, {kind: 'check'}, 1900, 60), {state: 'checking', untilS: 1960});
});

test('dfs: radar during the check, and heard again later, start the half hour anew', t => {
	let state = stepDfs(dfsStart, {kind: 'check'}, 0, 60);
	state = stepDfs(state, {kind: 'radar'}, 30, 60);
	state = stepDfs(state, {kind: 'radar'}, 1000, 60);
	t.deepEqual(state, {state: 'unavailable', untilS: 2800});
});

test('dfs: invariants 1 and 2 hold over 20,000 random events', t => {
	const random = seededRandom(11);
	const kinds: DfsEvent['kind'][] = ['check', 'use', 'leave', 'radar', 'time', 'use', 'check', 'time'];
	let [state, nowS, radarS, checkedS] = [dfsStart, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
	let used = 0;
	for (let step = 0; step < 20_000; step++) {
		nowS += random() * 100;
		const kind = kinds[Math.floor(random() * kinds.length * (random() < 0.9 ? 1 : 0.999))] ?? 'time';
		// Radar is rare enough that a check may end.
		if (kind === 'radar' && random() < 0.9) continue;
		if (kind === 'radar') radarS = nowS;
		const before = state;
		state = stepDfs(state, {kind}, nowS, 60);
		if (state.state === 'checking' && before.state !== 'checking') checkedS = nowS;
		if (state.state !== 'in-use') continue;
		used++;
		t.true(nowS - radarS >= 1800, 'invariant 2');
		t.true(nowS - checkedS >= 60, 'invariant 1: a whole check came before');
	}
	t.true(used > 100, `${used}`);
});
