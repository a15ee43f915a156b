// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import type {Explanation, Why} from '../../src/model/decision.ts';
import {tell} from '../../src/model/explanation.ts';

const empty: Explanation = {
	atMs: 0,
	why: 'lost',
	radio: undefined,
	from: undefined,
	to: undefined,
	numbers: {},
	alternatives: [],
	nodes: [],
	refusal: undefined,
};
const told = (more: Partial<Explanation>) => tell({...empty, ...more}, radio => `phy${radio}`);
const moved = {radio: 1, from: {mhz: 5180, widthMhz: 20}, to: {mhz: 5230, widthMhz: 40}};

test('explanation: a switch says where from, where to, and who agreed', t => {
	t.deepEqual(told({why: 'switched', ...moved, nodes: [1, 0xdeadbeef]}), {
		subject: 'phy1',
		action: 'goes to 5230 MHz (40 MHz wide)',
		reason: 'From 5180 MHz to 5230 MHz (40 MHz wide), as the plan says; 2 routers agreed: 00000001, deadbeef.',
	});
});

test('explanation: a plan says by how much it is better, by the numbers that were compared', t => {
	const {subject, reason} = told({why: 'gain', numbers: {now: 400, planned: 300, least: 40}});
	t.is(subject, 'router');
	t.is(reason, 'The plan is worth it: it costs 25 % less air than now.');
	t.is(told({why: 'gain'}).reason, 'The plan is worth it: it gives every link a channel.');
});

test('explanation: a refusal names who refused, and why', t => {
	const {reason, outcome} = told({why: 'refused', nodes: [7], refusal: 'pinned'});
	t.is(reason, 'The step does not happen: 00000007 keeps its radio where it is.');
	t.is(outcome, 'refused');
	t.regex(told({why: 'refused', nodes: [7], refusal: 'a word of later'}).reason, /00000007 a word of later/);
});

test('explanation: of many routers some are named', t => {
	t.regex(told({why: 'switched', ...moved, nodes: Array.from({length: 20}, (_, i) => i)}).reason, / and 14 more\.$/);
});

const all: Record<Why, true> = {
	...{planned: true, gain: true, 'no-gain': true, refused: true, unanswered: true, switched: true, confirmed: true},
	...{unconfirmed: true, reverted: true, 'trial-held': true, 'trial-failed': true, lost: true, found: true},
	...{
		repaired: true,
		radar: true,
		'driver-refused': true,
		observing: true,
		silent: true,
		'slots-hidden': true,
		'slots-agreed': true,
		'slots-open': true,
		'slots-stale': true,
		'slots-unfair': true,
		'slots-forged': true,
	},
};

/** Of open slots a sentence says why. */
const refusalOf = (why: Why): string => (why === 'slots-open' ? 'All senders here hear each other.' : 'radios');

test('explanation: every reason there is makes a sentence, with all that may be missing missing', t => {
	for (const why of Object.keys(all) as Why[])
		for (const more of [{}, moved, {...moved, nodes: [1], refusal: refusalOf(why), numbers: {now: 0, planned: 0}}]) {
			const {action, reason} = told({why, ...more});
			t.regex(action, /^[a-z].*[^.]$/, why);
			t.regex(reason, /^[A-Z].*\.$/, why);
			t.notRegex(reason, /undefined|NaN| {2}/, why);
		}
});
