// SPDX-License-Identifier: Apache-2.0
import {createHmac} from 'node:crypto';
import test from 'ava';
import {encodeUtf8} from '../../src/core/text.ts';
import type {Crypto} from '../../src/port/port.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {encodeElement} from '../../src/wire/nl80211/elements.ts';
import {event as eventTable} from '../../src/wire/nl80211/event.ts';
import {decodeHello} from '../../src/wire/report/hello.ts';
import {type Bench, bench, startAgent} from '../helper/router.ts';

interface Told {
	readonly event: string;
	readonly subject: string;
	readonly detail: string;
}

function told(on: Bench): Told[] {
	return on.broker.on('ev').map(message => JSON.parse(Buffer.from(message.payload).toString()) as Told);
}

function running(shape: Parameters<typeof bench>[0] = {}): Bench {
	const on = bench(shape);
	startAgent(on, {intervalS: '10'});
	on.time.advance(31_000);
	return on;
}

for (const [name, group, number, value, expected] of [
	[
		'a radar',
		'mlme',
		command.RADAR_DETECT,
		{wiphy: 0, frequencyMhz: 5260, radarEvent: 0},
		['radar', 'phy0', '5260 MHz'],
	],
	[
		'a new rule of the regulator',
		'regulatory',
		command.REG_CHANGE,
		{country: 'ES'},
		['regulatory-change', 'system', ''],
	],
	[
		'a channel that was switched',
		'mlme',
		command.CH_SWITCH_NOTIFY,
		{interfaceIndex: 10, frequencyMhz: 5200},
		['channel-switch', 'mesh0', '5200 MHz'],
	],
	[
		'a mesh peer that came',
		'mlme',
		command.NEW_STATION,
		{interfaceIndex: 10, address: '02:00:00:00:00:07'},
		['peer-added', 'mesh0', ''],
	],
	[
		'a mesh peer that went',
		'mlme',
		command.DEL_STATION,
		{interfaceIndex: 10, address: '02:00:00:00:00:07'},
		['peer-removed', 'mesh0', ''],
	],
] as const) {
	test(`events: ${name} is told as it happens`, t => {
		const on = running();
		on.kernel.emit(group, number, eventTable, value);
		on.time.advance(100);
		t.deepEqual(
			told(on).map(({event, subject, detail}) => [event, subject, detail]),
			[[...expected]],
		);
	});
}

test("events: a person's device that comes or goes is told to nobody", t => {
	const on = running({clients: 3});
	for (const number of [command.NEW_STATION, command.DEL_STATION])
		on.kernel.emit('mlme', number, eventTable, {interfaceIndex: 50, address: '06:00:00:00:00:01'});
	on.time.advance(100);
	t.deepEqual(told(on), []);
});

test('events: a channel switch is in the next report, without waiting for the interfaces to be read again', t => {
	const on = running();
	const [first] = on.kernel.state.interfaces;
	if (first === undefined) return t.fail();
	on.kernel.state.interfaces = [{...first, wireless: {...first.wireless, frequencyMhz: 5240}}];
	on.kernel.emit('mlme', command.CH_SWITCH_NOTIFY, eventTable, {interfaceIndex: 10, frequencyMhz: 5240});
	on.time.advance(10_000);
	t.true(on.broker.on('t').length > 0);
	t.is(told(on)[0]?.detail, '5240 MHz');
});

test('events: lost messages are told and do not stop the reports', t => {
	const on = running();
	const before = on.broker.on('t').length;
	on.kernel.overrun();
	on.time.advance(20_000);
	t.true(told(on).some(({event, subject}) => event === 'overrun' && subject === 'wireless'));
	t.true(on.broker.on('t').length > before);
});

test('events: a scan becomes counts by channel and pseudonyms that only the key explains', t => {
	const on = bench();
	const crypto = {hmacSha256: (key: Uint8Array, bytes: Uint8Array) => createHmac('sha256', key).update(bytes).digest()};
	Object.assign(on.runtime.crypto, crypto as unknown as Crypto);
	startAgent(on, {intervalS: '10', pseudonymKey: '00112233'});
	on.time.advance(31_000);
	const [first] = on.kernel.state.interfaces;
	if (first === undefined) return t.fail();
	const secretName = encodeElement(0, encodeUtf8('Familia Pérez'));
	const own = encodeElement(114, encodeUtf8('our-mesh'));
	const peer = first.stations[0]?.address ?? '';
	const network = (bssid: string, frequencyMhz: number, signalMbm: number, elements: Uint8Array) => {
		return {bssid, frequencyMhz, signalMbm, elements, seenAgoMs: 10};
	};
	on.kernel.state.interfaces = [
		{
			...first,
			networks: [
				network('a0:00:00:00:00:01', 2412, -7000, secretName),
				network('a0:00:00:00:00:02', 2412, -8000, secretName),
				network(peer, 5180, -5000, own),
				network('02:00:00:00:00:77', 5180, -6000, own),
			],
		},
	];
	on.time.advance(20_000);
	on.kernel.emit('scan', command.NEW_SCAN_RESULTS, eventTable, {wiphy: 0, interfaceIndex: 10});
	on.time.advance(21_000);
	const {series} = decodeHello(on.broker.on('hello').at(-1)?.payload ?? new Uint8Array());
	const counts = series.filter(({name}) => name === 'neighbour.accessPoints');
	t.deepEqual(
		counts.map(({labels}) => labels),
		[{radio: 'phy0', frequencyMhz: '2412'}],
	);
	const name = createHmac('sha256', Buffer.from('00112233', 'hex'))
		.update('a0:00:00:00:00:01')
		.digest('hex')
		.slice(0, 12);
	t.true(series.some(({labels}) => labels.network === name));
	const sent = on.broker.received.map(message => Buffer.from(message.payload).toString('latin1')).join('\n');
	t.notRegex(sent, /a0:00:00|Familia/);
});
