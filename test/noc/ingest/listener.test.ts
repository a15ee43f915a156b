// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import mqtt from 'mqtt';
import {hashPassword} from '../../../src/noc/ingest/authorisation.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {latestOf, nodesOf, statusOf, testCollector, until} from '../../helper/collector.ts';
import {RawMqtt} from '../../helper/raw-mqtt.ts';
import {SyntheticNode} from '../../helper/synthetic-node.ts';

const router = (node: string, seed = 1) => new SyntheticNode({node, seed, startMs: Date.now() - 3_600_000});

for (const version of [4, 5] as const) {
	test(`listener: stores what a client of MQTT ${version === 5 ? '5' : '3.1.1'} reports`, async t => {
		const {mqttPort, httpUrl} = await testCollector(t);
		const node = router('r1');
		const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {protocolVersion: version, clientId: 'r1'});
		t.teardown(() => client.end(true));
		await client.publishAsync(topicFor('r1', 'hello'), Buffer.from(node.hello), {qos: 1, retain: true});
		for (let i = 0; i < 3; i++) await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next()), {qos: 1});
		const values = await latestOf(httpUrl, 'r1');
		t.is(values.length, node.series.length);
		for (const [i, {name, labels, value}] of values.entries()) {
			t.is(name, node.series[i]?.name ?? '');
			t.deepEqual(labels, node.series[i]?.labels ?? {});
			t.is(value, (node.values[i] ?? 0) / (node.series[i]?.scale ?? 1));
		}
		t.like(await nodesOf(httpUrl), [{node: 'r1', state: 'online', connections: 1}]);
	});

	test(`listener: asks a client of MQTT ${version === 5 ? '5' : '3.1.1'} for a keyframe after a gap`, async t => {
		const {mqttPort, httpUrl} = await testCollector(t);
		const node = router('r1');
		const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {protocolVersion: version, clientId: 'r1'});
		t.teardown(() => client.end(true));
		const commands: string[] = [];
		client.on('message', (topic, payload) => {
			t.is(topic, topicFor('r1', 'cmd'));
			commands.push(payload.toString());
		});
		await client.subscribeAsync(topicFor('r1', 'cmd'), {qos: 1});
		await client.publishAsync(topicFor('r1', 'hello'), Buffer.from(node.hello), {qos: 1});
		await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next()), {qos: 1});
		node.next();
		await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next()), {qos: 1});
		await until('the command', () => commands.length > 0);
		t.like(JSON.parse(commands[0] ?? ''), {command: 'keyframe'});
		await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next(true)), {qos: 1});
		t.like(await nodesOf(httpUrl), [{counts: {gaps: 1, samples: 2, keyframeRequests: 1}}]);
	});
}

test('listener: routes a command to its node only', async t => {
	const {mqttPort} = await testCollector(t);
	const client = await RawMqtt.connected(mqttPort, 5, {clientId: 'a'});
	client.sendPacket({
		cmd: 'subscribe',
		messageId: 1,
		subscriptions: [
			{topic: topicFor('r1', 'cmd'), qos: 2},
			{topic: topicFor('r1', 't'), qos: 0},
			{topic: 'mesh/v1/+/+/cmd', qos: 0},
			{topic: '#', qos: 0},
			{topic: '$SYS/#', qos: 0},
		],
	});
	const {granted} = await client.packet('suback');
	t.deepEqual(granted, [1, 0x87, 0x87, 0x87, 0x87]);
	client.destroy();
});

test('listener: lets a node with a password write under its own name only', async t => {
	const credentials = `# nodes\nr1:secret\nr2:${await hashPassword('other')}\n`;
	const {mqttPort, httpUrl} = await testCollector(t, {credentials});
	const url = `mqtt://127.0.0.1:${mqttPort}`;
	for (const [username, password] of [
		['r1', 'wrong'],
		['r3', 'secret'],
		['r2', 'secret'],
		['r1', ''],
	])
		await t.throwsAsync(
			mqtt.connectAsync(url, {
				protocolVersion: 5,
				username: username ?? '',
				password: password ?? '',
				reconnectPeriod: 0,
			}),
			{message: /Bad User Name or Password|Bad username or password|Not authorized/i},
		);
	await t.throwsAsync(mqtt.connectAsync(url, {protocolVersion: 4, reconnectPeriod: 0}));
	const second = await mqtt.connectAsync(url, {protocolVersion: 5, username: 'r2', password: 'other'});
	t.teardown(() => second.end(true));
	const client = await mqtt.connectAsync(url, {protocolVersion: 5, username: 'r1', password: 'secret'});
	t.teardown(() => client.end(true));
	await client.publishAsync(topicFor('r1', 'hello'), Buffer.from(router('r1').hello), {qos: 1});
	await t.throwsAsync(client.publishAsync(topicFor('r2', 'hello'), Buffer.from(router('r2').hello), {qos: 1}), {
		message: /Not authorized/,
	});
	await t.throwsAsync(client.publishAsync(topicFor('r1', 'cmd'), '{}', {qos: 1}), {message: /Not authorized/});
	await t.throwsAsync(client.publishAsync('mesh/v1/0/r1/hello', 'x', {qos: 1}), {message: /Not authorized/});
	t.true(client.connected);
	t.deepEqual(
		(await nodesOf(httpUrl)).map(({node}) => node),
		['r1'],
	);
});

test('listener: closes a client of MQTT 3.1.1 that writes under a foreign name', async t => {
	const {mqttPort, httpUrl} = await testCollector(t, {credentials: 'r1:secret'});
	const client = await RawMqtt.connected(mqttPort, 4, {username: 'r1', password: Buffer.from('secret')});
	client.sendPacket({
		cmd: 'publish',
		topic: topicFor('r2', 't'),
		payload: 'x',
		qos: 1,
		messageId: 1,
		dup: false,
		retain: false,
	});
	await client.end();
	t.deepEqual(await nodesOf(httpUrl), []);
	t.is((await statusOf(httpUrl)).refused['0x87'], 1);
});

test('listener: publishes the will of a node that vanishes, not of one that says goodbye', async t => {
	const {mqttPort, httpUrl} = await testCollector(t);
	const will = {
		topic: topicFor('r1', 'state'),
		payload: Buffer.from('{"online":false}'),
		qos: 1 as const,
		retain: true,
	};
	const stateOf = async () => (await nodesOf(httpUrl))[0]?.state;
	const node = router('r1');
	const connect = async () => {
		const client = await RawMqtt.connected(mqttPort, 4, {clientId: 'r1', will});
		const publish = async (kind: 'state' | 'hello' | 't', payload: Buffer) => {
			client.sendPacket({
				cmd: 'publish',
				topic: topicFor('r1', kind),
				payload,
				qos: 1,
				messageId: 7,
				dup: false,
				retain: true,
			});
			await client.packet('puback');
		};
		await publish('state', Buffer.from('{"online":true}'));
		await publish('hello', Buffer.from(node.hello));
		await publish('t', Buffer.from(node.next()));
		return client;
	};
	const polite = await connect();
	t.is(await stateOf(), 'online');
	polite.sendPacket({cmd: 'disconnect'});
	await polite.end();
	t.is(await stateOf(), 'online');
	const lost = await connect();
	lost.destroy();
	await until('the will', async () => (await stateOf()) === 'offline');
	t.pass();
});

test('listener: a client id that connects again takes its session over', async t => {
	const {mqttPort} = await testCollector(t);
	const first = await RawMqtt.connected(mqttPort, 5, {clientId: 'same'});
	await RawMqtt.connected(mqttPort, 5, {clientId: 'same'});
	t.like(await first.end(), {cmd: 'disconnect', reasonCode: 0x8e});
});

test('listener: keeps a session as long as it may, and sends a command again that was not acknowledged', async t => {
	const {mqttPort} = await testCollector(t);
	const persistent = {clientId: 'r1', clean: false, properties: {sessionExpiryInterval: 60}};
	const first = await RawMqtt.connected(mqttPort, 5, persistent);
	first.sendPacket({cmd: 'subscribe', messageId: 1, subscriptions: [{topic: topicFor('r1', 'cmd'), qos: 1}]});
	await first.packet('suback');
	// A delta with nothing in front makes the collector ask for a keyframe.
	first.sendPacket({
		cmd: 'publish',
		topic: topicFor('r1', 't'),
		payload: Buffer.from(router('r1').next()),
		qos: 0,
		dup: false,
		retain: false,
	});
	const asked = await first.packet('publish');
	first.destroy();
	const second = await RawMqtt.open(mqttPort, 5);
	second.sendPacket({cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, keepalive: 60, ...persistent});
	t.true((await second.packet('connack')).sessionPresent);
	const again = await second.packet('publish');
	t.true(again.dup);
	t.is(again.messageId, asked.messageId);
	t.deepEqual(again.payload, asked.payload);
	second.destroy();
});

test('listener: tells a client of MQTT 5 its limits', async t => {
	const {mqttPort} = await testCollector(t, {limits: {maxPacketBytes: 9000, receiveMaximum: 12, maxKeepaliveS: 30}});
	const client = await RawMqtt.open(mqttPort, 5);
	client.sendPacket({
		cmd: 'connect',
		protocolId: 'MQTT',
		protocolVersion: 5,
		clientId: '',
		clean: true,
		keepalive: 600,
		properties: {sessionExpiryInterval: 1e6},
	});
	const {properties, reasonCode} = await client.packet('connack');
	t.is(reasonCode, 0);
	t.like(properties, {
		maximumPacketSize: 9000,
		receiveMaximum: 12,
		serverKeepAlive: 30,
		maximumQoS: 1,
		sessionExpiryInterval: 3600,
		wildcardSubscriptionAvailable: false,
		sharedSubscriptionAvailable: false,
	});
	t.regex(properties?.assignedClientIdentifier ?? '', /^anonymous-/);
	client.destroy();
});

test('listener: takes no more connections than its limit', async t => {
	const {mqttPort, httpUrl} = await testCollector(t, {limits: {maxConnections: 3}});
	const clients = await Promise.all([1, 2, 3].map(id => RawMqtt.connected(mqttPort, 4, {clientId: `c${id}`})));
	const late = await RawMqtt.open(mqttPort, 4);
	await late.end();
	t.is((await statusOf(httpUrl)).connections, 3);
	for (const client of clients) t.false(client.closed);
	for (const client of clients) client.destroy();
});

test('listener: takes JSON of third parties', async t => {
	const {mqttPort, httpUrl} = await testCollector(t);
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {clientId: 'sensor'});
	t.teardown(() => client.end(true));
	const values = [
		{name: 'channel.noiseDbm', labels: {radio: 'phy0'}, value: -93},
		{name: 'weather.temperature', unit: '°C', value: 21.25},
	];
	await client.publishAsync(topicFor('sensor', 't'), JSON.stringify({timeMs: Date.now(), values}), {qos: 1});
	await client.publishAsync(topicFor('sensor', 't'), '{"values": 5}', {qos: 1});
	const latest = await latestOf(httpUrl, 'sensor');
	t.like(latest, [
		{name: 'channel.noiseDbm', labels: {radio: 'phy0'}, unit: 'dBm', value: -93},
		{name: 'weather.temperature', unit: '°C', value: 21.25, kind: 'gauge'},
	]);
	t.like(await nodesOf(httpUrl), [{counts: {samples: 1, decodeErrors: 1}}]);
});
