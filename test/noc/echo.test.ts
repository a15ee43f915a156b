// SPDX-License-Identifier: Apache-2.0
import {createSocket, type Socket} from 'node:dgram';
import test, {type ExecutionContext} from 'ava';
import type {LatencyObservation, Observation} from '../../src/model/observation.ts';
import {parseNocArguments} from '../../src/noc/command-line.ts';
import {startEcho} from '../../src/noc/echo.ts';
import {nodeRuntime} from '../../src/runtime/node/runtime.ts';
import {Prober} from '../../src/source/latency/prober.ts';

async function client(t: ExecutionContext): Promise<Socket> {
	const socket = createSocket('udp4');
	await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', () => resolve()));
	t.teardown(() => socket.close());
	return socket;
}

test('echo: what is short comes back as it was, what is longer does not', async t => {
	const echo = await startEcho({host: '127.0.0.1', port: 0});
	t.teardown(() => echo.close());
	const socket = await client(t);
	const answers: Buffer[] = [];
	socket.on('message', bytes => answers.push(bytes));
	socket.send(Buffer.alloc(65, 1), echo.port, '127.0.0.1');
	socket.send(Buffer.alloc(56, 2), echo.port, '127.0.0.1');
	await new Promise<void>(resolve => socket.once('message', () => resolve()));
	t.deepEqual(answers, [Buffer.alloc(56, 2)]);
});

test('echo: a prober of ours finds its way there and back', async t => {
	const echo = await startEcho({host: '127.0.0.1', port: 0});
	t.teardown(() => echo.close());
	const seen: Observation[] = [];
	const prober = new Prober(nodeRuntime(), each => seen.push(each));
	t.teardown(() => prober.close());
	const target = {name: 'noc', address: '127.0.0.1', port: echo.port, interfaceIndex: 0, isGuess: false};
	const us = await new Promise<LatencyObservation['medianUs']>(resolve => prober.send(target, resolve));
	t.true((us ?? 0) > 0 && (us ?? 0) < 3e6, `${us} us`);
	t.deepEqual(seen, []);
});

test('echo: a place that is taken is named', async t => {
	const echo = await startEcho({host: '127.0.0.1', port: 0});
	t.teardown(() => echo.close());
	await t.throwsAsync(startEcho({host: '127.0.0.1', port: echo.port}), {message: /^echo on 127\.0\.0\.1 port \d+: /});
});

test('echo: is an option, and off without it', async t => {
	t.like(await parseNocArguments(['--echo', '0.0.0.0:7007']), {options: {echo: {host: '0.0.0.0', port: 7007}}});
	const {options} = (await parseNocArguments([])) as {options: {echo?: unknown}};
	t.is(options.echo, undefined);
});
