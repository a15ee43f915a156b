// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {run} from '../../../src/lab/command/run.ts';
import {failureOf, memoryIo} from '../memory-io.ts';

const tiny = {
	name: 'tiny',
	about: 'two nodes for a minute',
	durationS: 60,
	stepS: 20,
	topology: {
		kind: 'places',
		nodes: [
			{name: 'a', xM: 0, yM: 0, gateway: true},
			{name: 'b', xM: 50, yM: 0},
		],
	},
	traffic: [{kind: 'gateways', kbps: 100}],
};
const files = {'tiny.json': JSON.stringify(tiny)};
const seedsIn = (text = ''): number[] =>
	text
		.split('\n')
		.filter(line => line !== '')
		.map(line => (JSON.parse(line) as {seed: number}).seed);

test('run: plays a scenario with each seed and writes a line for each', async t => {
	const io = memoryIo(files);
	t.is(await run.run(['tiny.json', '--seeds', '3', '-o', 'out.jsonl'], io), 0);
	t.deepEqual(seedsIn(io.files.get('out.jsonl')), [1, 2, 3]);
	t.is(io.writes, 3, 'after each seed: what is finished is kept');
	t.regex(io.printed.join('\n'), /out\.jsonl: 3 runs, 3 of them new/);
});

test('run: an interrupted run keeps its finished seeds and goes on with the others', async t => {
	const io = memoryIo(files);
	let steps = 0;
	const cut = {
		...io,
		progress: () => {
			// Three steps a seed: in the middle of the third one somebody presses Ctrl-C.
			if (++steps > 7) throw new Error('interrupted');
		},
	};
	await t.throwsAsync(async () => run.run(['tiny.json', '--seeds', '4', '-o', 'out.jsonl'], cut), {
		message: 'interrupted',
	});
	const finished = io.files.get('out.jsonl') ?? '';
	t.deepEqual(seedsIn(finished), [1, 2]);
	t.is(await run.run(['tiny.json', '--seeds', '4', '-o', 'out.jsonl'], io), 0);
	const all = io.files.get('out.jsonl') ?? '';
	t.deepEqual(seedsIn(all), [1, 2, 3, 4]);
	t.true(all.startsWith(finished), 'what was finished was not played again');
	t.regex(io.printed.join('\n'), /4 runs, 2 of them new/);

	const whole = memoryIo(files);
	await run.run(['tiny.json', '--seeds', '4', '-o', 'out.jsonl'], whole);
	t.is(whole.files.get('out.jsonl'), all, 'as if it had not been interrupted');
});

test('run: with all seeds there nothing is played, and the same is printed', async t => {
	const io = memoryIo(files);
	await run.run(['tiny.json', '--seeds', '2', '-o', 'out.jsonl'], io);
	const before = [io.writes, ...io.printed.splice(0).slice(0, -1)];
	await run.run(['tiny.json', '--seeds', '2', '-o', 'out.jsonl'], io);
	t.deepEqual([io.writes, ...io.printed.slice(0, -1)], before);
});

test('run: the engine is the scenario’s, or the one that was asked for', async t => {
	for (const engine of ['fast', 'packet'] as const) {
		const io = memoryIo(files);
		await run.run(['tiny.json', '--engine', engine, '-o', 'out.jsonl'], io);
		t.is((JSON.parse(io.files.get('out.jsonl') ?? '{}') as {engine?: string}).engine, engine);
	}
});

test('run: a broken scenario is refused by file, place and what was expected, and nothing is written', async t => {
	const io = memoryIo({'bad.json': JSON.stringify({...tiny, durationS: 'long'})});
	t.regex(await failureOf(run, ['bad.json', '-o', 'out.jsonl'], io), /^1: bad\.json: durationS must be a number/);
	t.is(io.writes, 0);
	t.regex(await failureOf(run, ['nowhere'], io), /^2: there is no scenario 'nowhere': give a file, or one of village/);
	t.regex(await failureOf(run, ['village', '--engine', 'quick'], io), /^2: --engine takes fast or packet, not 'quick'/);
});

test('run: --list names every scenario with what it is about', async t => {
	const io = memoryIo();
	await run.run(['--list'], io);
	t.true(io.printed.some(line => /^village +Six routers/.test(line)));
});
