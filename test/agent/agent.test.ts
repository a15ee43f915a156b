// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {runAgent} from '../../src/agent/program.ts';
import {decodeHello} from '../../src/wire/report/hello.ts';
import {readAll} from '../helper/received.ts';
import {type Bench, bench, startAgent, WALL_MS} from '../helper/router.ts';

for (const order of ['little', 'big'] as const) {
	test(`agent: reports what a ${order}-endian kernel says`, t => {
		const on = bench({radios: 2, peers: 3, order});
		startAgent(on);
		on.time.advance(61_000);
		const {hello, rows, timesMs} = readAll(on);
		t.is(hello.node, 'router');
		t.is(hello.intervalMs, 60_000);
		const row = rows.at(-1);
		t.is(row?.get('channel.busyMs phy0 5180'), 250);
		t.is(row?.get('channel.noiseDbm phy1 5200'), -95);
		t.is(row?.get('station.signalDbm mesh0 02:00:00:00:00:01'), -61);
		t.is(row?.get('station.chain1SignalDbm mesh0 02:00:00:00:00:00'), -64);
		t.is(row?.get('station.transmitRateKbps mesh0 02:00:00:00:00:00'), 65_000);
		t.is(row?.get('interface.transmitBytes mesh1'), 3000);
		t.is(row?.get('path.count mesh0'), 2);
		t.is(row?.get('radio.transmitPowerDbm phy0'), 20);
		t.true((timesMs[0] ?? 0) >= WALL_MS + 60_000);
	});
}

test('agent: says nothing of people but how many there are', t => {
	const on = bench({clients: 6});
	startAgent(on);
	on.time.advance(130_000);
	const {hello, rows} = readAll(on);
	t.is(rows.at(-1)?.get('clients.count ap0'), 6);
	t.is(rows.at(-1)?.get('clients.signalMedianDbm ap0'), -52);
	const sent = on.broker.received.map(message => Buffer.from(message.payload).toString('latin1')).join('\n');
	for (let client = 0; client < 6; client++)
		t.notRegex(sent, new RegExp(`02:00:00:00:00:${(200 + client).toString(16)}`));
	t.false(hello.series.some(series => series.labels.interface === 'ap0' && series.name.startsWith('station.')));
});

test('agent: names no median of fewer than five clients', t => {
	const on = bench({clients: 4});
	startAgent(on);
	on.time.advance(61_000);
	const {rows} = readAll(on);
	t.is(rows.at(-1)?.get('clients.count ap0'), 4);
	t.false(rows.at(-1)?.has('clients.signalMedianDbm ap0'));
});

test('agent: reports public series only where the owner wants that', t => {
	const on = bench();
	startAgent(on, {publish: 'public'});
	on.time.advance(61_000);
	const {hello} = readAll(on);
	t.true(hello.series.length > 0);
	t.true(hello.series.every(series => series.class === 'public'));
});

for (const fault of ['interrupted', 'vanished', 'overrun', 'silent', 'truncated'] as const) {
	test(`agent: goes on after a dump that was ${fault}`, t => {
		const on = bench({radios: 2, peers: 4});
		startAgent(on, {intervalS: '30'});
		on.kernel.faults.push(fault, fault, fault, fault);
		on.time.advance(130_000);
		const {rows} = readAll(on);
		t.true(rows.length >= 3);
		t.is(rows.at(-1)?.get('channel.busyMs phy1 5200'), 250);
		t.is(rows.at(-1)?.get('station.signalDbm mesh1 02:00:00:00:00:10'), -60);
	});
}

test('agent: a frame has the time at which its measuring began, however long a source takes', t => {
	const on = bench({radios: 2, peers: 4});
	startAgent(on, {intervalS: '30'});
	on.time.advance(61_000);
	on.kernel.faults.push('silent');
	on.time.advance(60_000);
	const {timesMs, rows} = readAll(on);
	t.deepEqual(
		rows.map(row => row.get('agent.pollMs')),
		[0, 0, 5000, 0],
	);
	t.deepEqual(
		timesMs.map(timeMs => timeMs - WALL_MS),
		[30_000, 60_000, 90_000, 120_000],
	);
});

test('agent: drops a radio and its interface that vanish, and reports those that are left', t => {
	const on = bench({radios: 2});
	startAgent(on);
	on.time.advance(61_000);
	on.kernel.state.radios = on.kernel.state.radios.slice(0, 1);
	on.kernel.state.interfaces = on.kernel.state.interfaces.slice(0, 1);
	on.kernel.state.links = on.kernel.state.links.slice(0, 1);
	on.time.advance(60_000);
	const {rows} = readAll(on);
	t.is(rows.at(-1)?.get('channel.busyMs phy1 5200'), undefined);
	t.is(rows.at(-1)?.get('channel.busyMs phy0 5180'), 250);
	t.is(rows.at(-1)?.get('interface.up mesh1'), undefined);
});

test('agent: waits for a kernel without wireless and reports the rest', t => {
	const on = bench({radios: 0});
	startAgent(on);
	on.time.advance(61_000);
	const {rows} = readAll(on);
	t.true(rows.length > 0);
	t.is(on.log.filter(line => line.startsWith('warning')).length, 0);
});

test('agent: marks times as unset until the clock is set, and mends what still waits', t => {
	const on = bench({wallMs: 0});
	on.network.severed.add('router');
	startAgent(on);
	on.time.advance(181_000);
	on.clock.wallOffsetMs = WALL_MS;
	on.network.severed.clear();
	on.time.advance(600_000);
	const {timesMs} = readAll(on);
	t.deepEqual(
		timesMs.slice(0, 3).map(timeMs => Math.round((timeMs - WALL_MS) / 1000)),
		[60, 120, 180],
	);
	const events = on.broker.on('ev').map(message => JSON.parse(Buffer.from(message.payload).toString()));
	t.true(events.some(event => event.event === 'clock-step'));
});

test('agent: sends a keyframe when a collector asks for one', t => {
	const on = bench();
	startAgent(on);
	on.time.advance(181_000);
	const before = on.broker.on('t').length;
	t.is((on.broker.on('t').at(-1)?.payload[1] ?? 0) & 1, 0);
	on.broker.publish('mesh/v1/0/router/cmd', '{"id":"1","command":"keyframe"}');
	on.time.advance(60_000);
	t.is(on.broker.on('t').length, before + 1);
	t.is((on.broker.on('t').at(-1)?.payload[1] ?? 0) & 1, 1);
	t.deepEqual(JSON.parse(Buffer.from(on.broker.on('res')[0]?.payload ?? []).toString()), {id: '1', ok: true});
});

test('agent: refuses a command that would touch a radio', t => {
	const on = bench();
	startAgent(on);
	on.time.advance(2000);
	on.broker.publish('mesh/v1/0/router/cmd', '{"id":"2","command":"set-channel","frequencyMhz":5180}');
	on.time.advance(1000);
	t.like(JSON.parse(Buffer.from(on.broker.on('res')[0]?.payload ?? []).toString()), {id: '2', ok: false});
});

test('agent: keeps the last configuration when the new one cannot work', t => {
	const on = bench();
	on.runtime.files.set('/etc/agent', new TextEncoder().encode('node = first\nbroker = noc:1883\nintervalS = 10\n'));
	startAgentFromFile(on);
	on.time.advance(11_000);
	on.runtime.files.set('/etc/agent', new TextEncoder().encode('node = first\nbroker = noc:1883\nintervalS = soon\n'));
	on.runtime.reload();
	on.time.advance(11_000);
	t.true(on.log.some(line => line.includes("intervalS: 'soon' is not a whole number from 1 to 3600")));
	t.is(decodeHello(on.broker.on('hello').at(-1)?.payload ?? new Uint8Array()).intervalMs, 10_000);
});

function startAgentFromFile(on: Bench): void {
	runAgent(on.runtime, ['--config', '/etc/agent']);
}

test('agent: says good-bye when it is stopped', t => {
	const on = bench();
	startAgent(on);
	on.time.advance(61_000);
	on.runtime.stop();
	on.time.advance(100);
	t.is(on.runtime.exitCode, 0);
	t.is(on.broker.packets.at(-1)?.cmd, 'disconnect');
	t.like(JSON.parse(Buffer.from(on.broker.on('state').at(-1)?.payload ?? []).toString()), {online: false});
});
