// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {UBUS_SOCKET} from '../../src/agent/object-absence.ts';
import {agentObject} from '../../src/agent/object-definition.ts';
import {runAgent} from '../../src/agent/program.ts';
import type {AgentReplies} from '../../src/model/agent-object.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {event as eventTable} from '../../src/wire/nl80211/event.ts';
import {type BusReply, TestBus} from '../helper/bus.ts';
import {type Bench, bench, startAgent} from '../helper/router.ts';

interface OnBus extends Bench {
	readonly bus: TestBus;
}

function benchWithBus(shape?: Parameters<typeof bench>[0]): OnBus {
	const on = bench(shape);
	const bus = new TestBus();
	on.network.listen(`unix:${UBUS_SOCKET}`, stream => bus.accept(stream));
	on.runtime.files.set('/etc/openwrt_release', new Uint8Array());
	return {...on, bus};
}

/** Parts are loaded on demand, which takes the real loop; virtual time passes meanwhile. */
async function pass(on: Bench, what: string, holds: () => boolean): Promise<void> {
	for (let i = 0; i < 2000; i++) {
		if (holds()) return;
		await new Promise(resolve => setImmediate(resolve));
		on.time.advance(50);
	}
	throw new Error(`waited in vain: ${what}; the log: ${on.log.join('\n')}`);
}

const onBus = (on: OnBus): Promise<void> => pass(on, 'the object', () => on.bus.find('astral-mesh') !== undefined);

async function ask<N extends keyof AgentReplies>(on: OnBus, method: N): Promise<AgentReplies[N]> {
	const reply = await answer(on, on.bus.call('astral-mesh', method));
	if (reply.status !== 0) throw new Error(`${method}: status ${reply.status}`);
	return reply.replies[0] as unknown as AgentReplies[N];
}

async function answer(on: Bench, call: Promise<BusReply>): Promise<BusReply> {
	let done: BusReply | undefined;
	void call.then(reply => {
		done = reply;
	});
	await pass(on, 'an answer', () => done !== undefined);
	return done as BusReply;
}

for (const order of ['little', 'big'] as const)
	test(`object: answers on the bus what a ${order}-endian kernel says`, async t => {
		const on = benchWithBus({radios: 2, peers: 3, clients: 6, order});
		startAgent(on, {intervalS: '1'});
		await onBus(on);
		on.time.advance(3000);
		t.like(await ask(on, 'status'), {node: 'router', intervalS: 1, problems: []});
		const {radios} = await ask(on, 'radios');
		t.deepEqual(
			radios.map(({radio, frequencyMhz}) => [radio, frequencyMhz]),
			[
				['phy0', 5180],
				['phy1', 5200],
			],
		);
		const {channels} = await ask(on, 'survey');
		t.like(channels[0], {radio: 'phy0', frequencyMhz: 5180, inUse: true, noiseDbm: -95, busyMs: 250});
		const {stations, clients} = await ask(on, 'stations');
		t.is(stations.length, 3);
		t.is(stations.find(({peer}) => peer === '02:00:00:00:00:01')?.signalDbm, -61);
		t.is(
			clients.reduce((sum, {count}) => sum + count, 0),
			6,
		);
		t.like(await ask(on, 'telemetry'), {broker: 'noc:1883', state: 'connected', reason: ''});
		t.true((await ask(on, 'telemetry')).sentFrames > 0);
		t.like(await ask(on, 'decisions'), {decisions: []});
		t.regex((await ask(on, 'plan')).reason ?? '', /no engine/);
		t.regex((await ask(on, 'spectrum')).reason ?? '', /sweeps/);
		t.deepEqual((await ask(on, 'neighbours')).channels, []);
	});

test('object: every method has its signature on the bus, and takes no argument', async t => {
	const on = benchWithBus();
	startAgent(on);
	await onBus(on);
	const {signature} = on.bus.find('astral-mesh') ?? {};
	t.deepEqual(Object.keys(signature ?? {}).sort(), Object.keys(agentObject.methods).sort());
});

test('object: settings are told, secrets are only named', async t => {
	const on = benchWithBus();
	startAgent(on, {username: 'mill', password: 'hidden-word', psk: '00ff'});
	await onBus(on);
	const settings = await ask(on, 'config');
	t.deepEqual(settings.secrets, ['password', 'psk']);
	t.is(settings.options.interval_s, 60);
	t.is(settings.options.username, 'mill');
	t.false(JSON.stringify(settings).includes('hidden-word'));
});

test('object: a method that is not there is refused, names of rpcd are passed over, and it stays up', async t => {
	const on = benchWithBus();
	startAgent(on);
	await onBus(on);
	const call = (method: string, args = {}): Promise<BusReply> => answer(on, on.bus.call('astral-mesh', method, args));
	t.is((await call('reboot')).status, 3);
	t.is((await call('toString')).status, 3);
	t.is((await call('status', {ubus_rpc_session: '0'.repeat(32)})).status, 0);
	t.is((await call('status')).status, 0);
});

test('object: an ubusd that starts later is found, one that starts again gets the object again; each is said once', async t => {
	const on = bench();
	on.runtime.files.set('/etc/openwrt_release', new Uint8Array());
	startAgent(on);
	await pass(on, 'the loss', () => on.log.some(line => line.includes('no connection to ubusd')));
	on.time.advance(120_000);
	t.is(on.log.filter(line => line.includes('no connection to ubusd')).length, 1);
	const bus = new TestBus();
	const end = on.network.listen(`unix:${UBUS_SOCKET}`, stream => bus.accept(stream));
	const withBus = {...on, bus};
	await onBus(withBus);
	t.is((await ask(withBus, 'status')).node, 'router');
	end();
	bus.drop();
	on.time.advance(120_000);
	t.is(on.log.filter(line => line.includes('no connection to ubusd')).length, 2);
	on.network.listen(`unix:${UBUS_SOCKET}`, stream => bus.accept(stream));
	await onBus(withBus);
	t.is((await ask(withBus, 'status')).node, 'router');
	t.is(on.log.filter(line => line.includes('on ubus as astral-mesh')).length, 2);
});

test('object: a bus that refuses it is asked again, and that is said once', async t => {
	const on = benchWithBus();
	on.bus.takesObjects = false;
	startAgent(on);
	const refused = (): number => on.log.filter(line => line.includes('does not take the object')).length;
	await pass(on, 'the refusal', () => refused() > 0);
	on.time.advance(120_000);
	t.is(refused(), 1);
	on.bus.takesObjects = true;
	await onBus(on);
	t.is((await ask(on, 'status')).node, 'router');
});

test('object: what happens is told to those who listen, a scan is not', async t => {
	const on = benchWithBus();
	startAgent(on, {intervalS: '1'});
	await onBus(on);
	on.time.advance(2000);
	on.kernel.emit('mlme', command.CH_SWITCH_NOTIFY, eventTable, {interfaceIndex: 10, frequencyMhz: 5200});
	on.kernel.emit('scan', command.NEW_SCAN_RESULTS, eventTable, {wiphy: 0});
	await pass(on, 'the event', () => on.bus.events.length > 0);
	on.time.advance(2000);
	t.deepEqual(on.bus.events, [
		{
			name: 'astral-mesh.channel-switch',
			data: {event: 'channel-switch', subject: 'mesh0', detail: '5200 MHz'},
		},
	]);
});

const uci = (text: string): Uint8Array => new TextEncoder().encode(text);
const UCI = '/etc/config/astral-mesh';

test('object: a refused setting leaves the last good one in force and is said on the bus, as an event and in the log', async t => {
	const on = benchWithBus();
	on.runtime.files.set(UCI, uci("config agent 'main'\n\toption node 'mill'\n\toption interval_s '5'\n"));
	runAgent(on.runtime, ['--uci', UCI]);
	await onBus(on);
	t.like(await ask(on, 'status'), {node: 'mill', intervalS: 5, problems: []});
	on.runtime.files.set(UCI, uci("config agent 'main'\n\toption node 'mill'\n\toption interval_s 'often'\n"));
	on.runtime.reload();
	await pass(on, 'the word', () => on.log.some(line => line.includes("interval_s: 'often' is not a whole number")));
	const status = await ask(on, 'status');
	t.is(status.intervalS, 5);
	t.deepEqual(status.problems, [
		{option: 'interval_s', message: "interval_s: 'often' is not a whole number from 1 to 3600"},
	]);
});

test('object: the write method reads the settings again', async t => {
	const on = benchWithBus();
	on.runtime.files.set(UCI, uci("config agent 'main'\n\toption node 'mill'\n"));
	runAgent(on.runtime, ['--uci', UCI]);
	await onBus(on);
	on.runtime.files.set(UCI, uci("config agent 'main'\n\toption node 'tower'\n"));
	t.is((await answer(on, on.bus.call('astral-mesh', 'reload'))).status, 0);
	await pass(on, 'the change', () => on.log.some(line => line.includes('on tower')));
	await onBus(on);
	t.is((await ask(on, 'status')).node, 'tower');
});

test('object: where there is no OpenWrt and no socket is set, nothing is asked of a bus', async t => {
	const on = bench();
	startAgent(on);
	on.time.advance(30_000);
	await new Promise(resolve => setImmediate(resolve));
	t.false(on.log.some(line => line.includes('ubus')));
});
