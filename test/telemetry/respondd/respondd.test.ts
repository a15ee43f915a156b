// SPDX-License-Identifier: Apache-2.0
import {inflateRawSync} from 'node:zlib';
import test from 'ava';
import type {Datagram} from '../../../src/port/port.ts';
import {addressesOf} from '../../../src/telemetry/respondd/respondd.ts';
import {SHARED_STATE_FILE} from '../../../src/telemetry/shared-state.ts';
import {type Bench, bench, startAgent} from '../../helper/router.ts';

const INDEX = 10;

function set(on: Bench, path: string, text: string): void {
	on.runtime.files.set(path, new TextEncoder().encode(text));
}

/** A router with respondd on `mesh0`, and who asks it on the same link. */
async function asked(settings: Readonly<Record<string, string>> = {}) {
	const on = bench({radios: 1, peers: 2, clients: 6});
	set(on, '/sys/class/net/mesh0/ifindex', `${INDEX}\n`);
	set(on, '/sys/class/net/mesh0/address', '02:aa:00:00:00:01\n');
	set(on, '/sys/class/net/br-lan/address', '02:bb:00:00:00:01\n');
	set(on, '/sys/class/net/lo/ifindex', '1\n');
	set(on, '/proc/cpuinfo', 'processor\t: 0\nmodel\t: x\nprocessor\t: 1\n');
	set(on, '/tmp/sysinfo/model', 'LibreRouter v1\n');
	set(on, '/proc/loadavg', '0.25 0.2 0.1 1/50 100\n');
	startAgent(on, {intervalS: '1', respondd: '1', ...settings});
	const answers: Uint8Array[] = [];
	const socket: Datagram = on.network.datagram(
		'map',
		{family: 'ipv6', shared: true},
		{message: bytes => answers.push(bytes), error: () => {}},
	);
	/** Loading takes the real loop; a question before that has no answer. */
	const ask = async (question: string, to = 'ff02::2'): Promise<Uint8Array | undefined> => {
		for (let i = 0; i < 300; i++) {
			socket.send(new TextEncoder().encode(question), to, 1001, INDEX);
			on.time.advance(1100);
			await new Promise(resolve => setImmediate(resolve));
			const answer = answers.pop();
			if (answer !== undefined) return answer;
		}
		return undefined;
	};
	return {on, ask, answers, socket};
}

const parse = (bytes: Uint8Array | undefined): Record<string, unknown> =>
	JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>;

test('respondd: says who the router is', async t => {
	const {ask} = await asked();
	t.like(parse(await ask('nodeinfo')), {
		node_id: '02bb00000001',
		hostname: 'router',
		network: {mac: '02:bb:00:00:00:01', addresses: []},
		hardware: {model: 'LibreRouter v1', nproc: 2},
	});
});

test('respondd: statistics have the air time of the channel in use, in numbers that a map can read', async t => {
	const {ask} = await asked();
	const statistics = parse(await ask('statistics'));
	t.deepEqual(statistics.wireless, [
		{frequency: 5180, channel_width: 20, noise: 161, active: 1000, busy: 250, rx: 150, tx: 50},
	]);
	t.like(statistics, {node_id: '02bb00000001', clients: {total: 6, wifi: 6}, loadavg: 0.25});
});

test('respondd: neighbours stand under the address of the interface they are heard on', async t => {
	const {ask} = await asked();
	const {wifi} = parse(await ask('neighbours')) as {wifi: Record<string, {neighbours: Record<string, object>}>};
	t.deepEqual(Object.keys(wifi), ['02:aa:00:00:00:01']);
	t.like(wifi['02:aa:00:00:00:01']?.neighbours['02:00:00:00:00:01'], {signal: -61});
});

test('respondd: GET is answered with all that was asked for, compressed; both of the groups are heard', async t => {
	const {ask} = await asked();
	for (const group of ['ff02::2', 'ff05::2']) {
		const bytes = await ask('GET nodeinfo statistics neighbours', group);
		const all = JSON.parse(inflateRawSync(bytes ?? new Uint8Array()).toString()) as object;
		t.deepEqual(Object.keys(all), ['nodeinfo', 'statistics', 'neighbours']);
	}
});

test('respondd: a flood of questions is answered twenty times a second', async t => {
	const {on, ask, answers, socket} = await asked();
	await ask('nodeinfo');
	on.time.advance(2000);
	answers.length = 0;
	for (let i = 0; i < 500; i++) socket.send(new TextEncoder().encode('nodeinfo'), 'ff02::2', 1001, INDEX);
	on.time.advance(500);
	t.is(answers.length, 20);
});

test('respondd: without the option nobody is answered', async t => {
	const {ask} = await asked({respondd: '0'});
	t.is(await ask('nodeinfo'), undefined);
});

test('respondd: addresses that only the machine itself can reach are left out', t => {
	const text = [
		'00000000000000000000000000000001 01 80 10 80       lo',
		'fe800000000000000000000000000001 02 40 20 80     eth0',
		'fd00000000000000000000000000abcd 03 40 00 80   br-lan',
		'',
	].join('\n');
	t.deepEqual(addressesOf(text), [
		'fe80:0000:0000:0000:0000:0000:0000:0001',
		'fd00:0000:0000:0000:0000:0000:0000:abcd',
	]);
});

test('shared-state: the file has this router under its name, and is gone when the agent stops', async t => {
	const on = bench({radios: 1, peers: 2});
	startAgent(on, {intervalS: '1', sharedState: '1'});
	for (let i = 0; i < 300 && on.runtime.files.read(SHARED_STATE_FILE) === undefined; i++) {
		on.time.advance(1000);
		await new Promise(resolve => setImmediate(resolve));
	}
	on.time.advance(2000);
	const {router} = parse(on.runtime.files.read(SHARED_STATE_FILE)) as Record<string, Record<string, object[]>>;
	t.like(router?.radios?.[0], {radio: 'phy0', frequencyMhz: 5180});
	t.is(router?.links?.length, 2);
	t.is(router?.channels?.length, 1);
	on.runtime.stop();
	t.is(on.runtime.files.read(SHARED_STATE_FILE), undefined);
});
