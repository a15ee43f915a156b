// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import type {Stream, StreamHandlers} from '../../src/port/port.ts';
import {nodeCrypto} from '../../src/runtime/node/crypto.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {simRuntime} from '../../src/runtime/sim/runtime.ts';
import type {Need, Outcome, Servers} from '../conformance/case.ts';
import {runConformance} from '../conformance/run.ts';

const host = '127.0.0.1';
const has: readonly Need[] = ['servers', 'echo', 'no-netlink', 'crypto'];
const unused = '';
const servers: Servers = {
	echoPort: 1,
	halfClosePort: 2,
	resetPort: 3,
	refusedPort: 4,
	namePort: 5,
	unixPath: '/run/echo',
	tls: {
		port12: 0,
		port13: 0,
		clientCertificatePort: 0,
		pskPort: 0,
		pskIdentity: unused,
		pskHex: unused,
		expiredPort: 0,
		ca: unused,
		otherCa: unused,
		certificate: unused,
		key: unused,
	},
};

function echo(stream: Stream): StreamHandlers {
	return {open() {}, data: bytes => stream.write(bytes), close() {}};
}

// Promise jobs are Node's: between two tasks of virtual time the test lets them run.
async function advance(time: VirtualTime, isOver: () => boolean): Promise<void> {
	for (let step = 0; step < 100_000 && !isOver(); step++) {
		time.advance(0.25);
		await new Promise<void>(resolve => setImmediate(resolve));
	}
}

test('sim: passes the conformance suite', async t => {
	const time = new VirtualTime();
	const random = seededRandom(20_261_121);
	const network = new SimNetwork(time, {latencyMs: 1, random});
	network.listen(`${host}:${servers.echoPort}`, echo);
	network.listen(`unix:${servers.unixPath}`, echo);
	network.listen(`${host}:${servers.halfClosePort}`, stream => {
		time.after(0, () => {
			stream.write(encodeUtf8('hello'));
			stream.close();
		});
		return {open() {}, data() {}, close() {}};
	});
	const runtime = simRuntime({
		host,
		clock: time.clock(1_790_000_000_000),
		random,
		byteOrder: 'big',
		network,
		crypto: nodeCrypto,
	});
	const outcomes: Outcome[] = [];
	let isOver = false;
	runConformance(
		runtime,
		{folder: '/tmp/conformance', has, servers},
		outcome => outcomes.push(outcome),
		() => {
			isOver = true;
		},
	);
	await advance(time, () => isOver);
	t.true(isOver, JSON.stringify(outcomes.at(-1)));
	t.deepEqual(
		outcomes.filter(outcome => outcome.result === 'failed'),
		[],
	);
	const passed = outcomes.filter(outcome => outcome.result === 'passed');
	t.true(passed.length > 30, `only ${passed.length} cases ran`);
	t.log(`${passed.length} passed, ${outcomes.length - passed.length} had no place to run`);
});
