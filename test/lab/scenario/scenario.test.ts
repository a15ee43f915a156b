// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {namedScenario, scenarioNames} from '../../../src/lab/scenario/named.ts';
import {readScenario, ScenarioError} from '../../../src/lab/scenario/scenario.ts';

const good = {
	name: 'two',
	about: 'two nodes',
	durationS: 60,
	topology: {
		kind: 'places',
		nodes: [
			{name: 'a', xM: 0, yM: 0, gateway: true},
			{name: 'b', xM: 50, yM: 0},
		],
	},
	traffic: [{kind: 'gateways', kbps: 100}],
};

/** The lines of the error that a scenario with this change gives. */
function complaintsOf(change: Record<string, unknown>): string[] {
	try {
		readScenario(JSON.stringify({...good, ...change}), 'two.json');
	} catch (error) {
		if (error instanceof ScenarioError) return error.message.split('\n');
		throw error;
	}
	return [];
}

test('scenario: the lab’s own can all be read', t => {
	t.true(scenarioNames.length >= 9);
	for (const name of scenarioNames) t.is(namedScenario(name)?.name, name);
	t.is(namedScenario('nowhere'), undefined);
	t.deepEqual(complaintsOf({}), []);
});

const complains = test.macro({
	title: (name = '') => `scenario: says file, place and what was expected where ${name}`,
	exec(t, change: Record<string, unknown>, path: string, expected: RegExp) {
		const lines = complaintsOf(change);
		t.is(lines.length, 1, lines.join(' | '));
		t.true(lines[0]?.startsWith(`two.json: ${path} `), lines[0]);
		t.regex(lines[0] ?? '', expected);
	},
});

test('a number is a text', complains, {durationS: '60'}, 'durationS', /must be a number/);
test('a number is too small', complains, {durationS: -1}, 'durationS', /must be a number from 1 to/);
test('an entry is missing', complains, {durationS: undefined}, 'durationS', /is missing/);
test('an entry is unknown', complains, {duration: 60}, 'duration', /unknown|not known|no entry/);
test('a word is none of those allowed', complains, {engine: 'quick'}, 'engine', /must be .*fast.*packet/);
test(
	'a node of a list is wrong',
	complains,
	{topology: {kind: 'places', nodes: [good.topology.nodes[0], {name: 'b', xM: 'far', yM: 0}]}},
	'topology.nodes[1].xM',
	/must be a number/,
);
test(
	'two nodes have the same name',
	complains,
	{topology: {kind: 'places', nodes: [good.topology.nodes[0], good.topology.nodes[0]]}},
	'topology.nodes[1].name',
	/no other node has, not "a"/,
);
test(
	'traffic goes to nobody',
	complains,
	{traffic: [{kind: 'constant', from: 'a', to: 'c', kbps: 1}]},
	'traffic[0].to',
	/one of the topology's nodes, not "c"/,
);
test('traffic has no rate', complains, {traffic: [{kind: 'gateways'}]}, 'traffic[0].kbps', /is missing: a number/);
test(
	'an event names an interferer that is not there',
	complains,
	{events: [{atS: 1, kind: 'interferer-on', interferer: 'oven'}]},
	'events[0].interferer',
	/one of the interferers, not "oven"/,
);
test('an event is of no kind', complains, {events: [{atS: 1, kind: 'flood'}]}, 'events[0].kind', /must be one of/);
test(
	'an interferer has no channel',
	complains,
	{interferers: [{name: 'x', kind: 'video', xM: 0, yM: 0}]},
	'interferers[0].channelMhz',
	/is missing: a number/,
);

test('scenario: all complaints are said at once', t => {
	t.is(complaintsOf({durationS: '60', engine: 'quick', seed: 1.5}).length, 3);
});

test('scenario: what is no JSON says so, with the file', t => {
	const error = t.throws(() => readScenario('{"name": "two",', 'broken.json'), {instanceOf: ScenarioError});
	t.regex(error?.message ?? '', /^broken\.json: the whole is not JSON: /);
	t.throws(() => readScenario('[]', 'broken.json'), {message: /^broken\.json: the whole must be an object/});
});
