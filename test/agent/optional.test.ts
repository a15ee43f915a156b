// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type OptionalPart, type PartContext, Parts, type Source} from '../../src/agent/optional.ts';

const logged: string[] = [];
const context = {
	configuration: {},
	runtime: {},
	log: {write: (_level: string, text: string) => logged.push(text)},
} as unknown as PartContext;

function recordingSource(calls: string[]): Source {
	return {
		start: () => calls.push('start'),
		stop: () => calls.push('stop'),
		poll: done => done(),
	};
}

const part = (name: string, reason: string | undefined, open: OptionalPart['open']): OptionalPart => ({
	name,
	absence: () => reason,
	open,
});

test('optional parts: one that is absent is never opened and says why', t => {
	const parts = new Parts(context);
	parts.start([part('gps', 'there is no receiver', () => t.fail() as never)]);
	t.deepEqual(parts.states, [{name: 'gps', state: 'absent', reason: 'there is no receiver'}]);
	t.is(parts.sources.length, 0);
});

test('optional parts: one that is wanted is loaded, started and stopped', async t => {
	const calls: string[] = [];
	const parts = new Parts(context);
	parts.start([part('gps', undefined, async () => recordingSource(calls))]);
	t.is(parts.states[0]?.state, 'loading');
	await Promise.resolve();
	await Promise.resolve();
	t.deepEqual(parts.states, [{name: 'gps', state: 'running', reason: ''}]);
	parts.stop();
	t.deepEqual(calls, ['start', 'stop']);
});

test('optional parts: one that is loaded after the stop is not started', async t => {
	const calls: string[] = [];
	const parts = new Parts(context);
	parts.start([part('gps', undefined, async () => recordingSource(calls))]);
	parts.stop();
	await Promise.resolve();
	await Promise.resolve();
	t.deepEqual(calls, []);
});

test('optional parts: one that cannot be opened says so and leaves the others', async t => {
	const calls: string[] = [];
	const parts = new Parts(context);
	parts.start([
		part('radar', undefined, async () => {
			throw new Error('no such device');
		}),
		part('gps', undefined, async () => recordingSource(calls)),
	]);
	await new Promise(resolve => setImmediate(resolve));
	t.deepEqual(
		parts.states.map(({name, state, reason}) => [name, state, reason]),
		[
			['radar', 'failed', 'no such device'],
			['gps', 'running', ''],
		],
	);
	t.true(logged.includes('radar does not run: no such device'));
});

test('optional parts: one that could not run is opened when it can, and no other a second time', async t => {
	const calls: string[] = [];
	const parts = new Parts(context);
	let reason: string | undefined = 'no daemon yet';
	const late = {...part('late', undefined, async () => recordingSource(calls)), absence: () => reason};
	const early = part('early', undefined, async () => recordingSource(calls));
	parts.start([late, early]);
	await Promise.resolve();
	await Promise.resolve();
	t.deepEqual(
		parts.states.map(({name, state}) => [name, state]),
		[
			['late', 'absent'],
			['early', 'running'],
		],
	);
	reason = undefined;
	parts.start([late, early]);
	await Promise.resolve();
	await Promise.resolve();
	t.deepEqual(
		parts.states.map(({state}) => state),
		['running', 'running'],
	);
	t.deepEqual(calls, ['start', 'start']);
});
