// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	ask,
	askTyped,
	type BlobTable,
	call,
	listen,
	lookup,
	method,
	notifyForAnswers,
	of,
	sendEvent,
	serve,
	subscribe,
	UbusClient,
	UbusError,
	type UbusWorld,
	waitFor,
} from '../../src/ubus-ts/index.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {monitor} from '../../src/ubus-ts/monitor.ts';
import {Bus} from './bus.ts';
import {connectByHand, statusFor} from './by-hand.ts';

const definition = {
	path: 'test',
	methods: {
		add: method({
			about: 'Adds.',
			access: 'read',
			parameters: {a: 'int32', b: 'int32?'},
			reply: of<{readonly sum: number}>(),
		}),
		never: method({about: '', access: 'read', parameters: {}, reply: of<object>()}),
	},
} as const;

function serveTest(client: UbusClient): ReturnType<typeof serve> {
	return serve(client, definition, {
		add: ({a, b = 0}) => ({sum: a + b}),
		never(_, call) {
			call.defer();
			return undefined;
		},
	});
}

function callAdd(bus: Bus, client: UbusClient, timeoutMs?: number): unknown {
	let outcome: unknown;
	call(
		client,
		'test',
		'add',
		{a: 1, b: 2},
		(status, replies) => {
			outcome = [status, ...replies];
		},
		timeoutMs,
	);
	bus.run(2000);
	return outcome;
}

test('client: finds objects exactly, by a trailing star, and all', t => {
	const bus = new Bus();
	serveTest(bus.client());
	const client = bus.client();
	const found: unknown[] = [];
	for (const pattern of ['test', 'te*', undefined, 'nothing', 'no*'])
		lookup(client, pattern, (status, objects) =>
			found.push([status, objects.map(({path, methods}) => [path, methods])]),
		);
	bus.run();
	const test = [['test', {add: {a: 5, b: 5}, never: {}}]];
	t.deepEqual(found, [
		[0, test],
		[0, test],
		[0, test],
		[4, []],
		[4, []],
	]);
});

test('client: a promise has the first reply, or the status as an error', async t => {
	const bus = new Bus();
	serveTest(bus.client());
	const client = bus.client();
	const sum = askTyped(client, definition, 'add', {a: 1, b: 2});
	const denied = ask(client, 'test', 'add', {a: 'x'});
	const failure = t.throwsAsync(denied, {instanceOf: UbusError, message: /Invalid argument/});
	bus.run();
	t.is((await sum).sum, 3);
	t.is((await failure)?.status, 2);
});

test('client: keeps its own time where nobody answers', t => {
	const bus = new Bus();
	serveTest(bus.client());
	const client = bus.client({timeoutMs: 3000});
	const ended: unknown[] = [];
	call(client, 'test', 'never', {}, status => ended.push(['default', status]));
	call(client, 'test', 'never', {}, status => ended.push(['own', status]), 1000);
	bus.run(999);
	t.deepEqual(ended, []);
	bus.run(1);
	t.deepEqual(ended, [['own', 7]]);
	bus.run(2000);
	t.deepEqual(ended, [
		['own', 7],
		['default', 7],
	]);
});

test('client: finds an object again that came back under another number', t => {
	const bus = new Bus();
	const first = bus.client();
	serveTest(first);
	const client = bus.client();
	t.deepEqual(callAdd(bus, client), [0, {sum: 3}]);
	first.stop();
	bus.run();
	t.deepEqual(callAdd(bus, client), [4]);
	serveTest(bus.client());
	bus.run();
	t.deepEqual(callAdd(bus, client), [0, {sum: 3}]);
});

test('client: ubusd may start later', t => {
	const bus = new Bus();
	bus.isUp = false;
	const losses: unknown[] = [];
	const client = bus.client({disconnected: error => losses.push(error?.message)});
	t.deepEqual(callAdd(bus, client), [10]);
	bus.run(120_000);
	t.deepEqual(losses, ['refused']);
	bus.restart();
	serveTest(bus.client());
	bus.run(30_000);
	t.true(client.isConnected);
	t.deepEqual(callAdd(bus, client), [0, {sum: 3}]);
});

test('client: a restart of ubusd ends calls and brings objects, subscriptions and listeners back', t => {
	const bus = new Bus();
	const server = bus.client();
	const object = serveTest(server);
	const states: string[] = [];
	const client = bus.client({connected: () => states.push('connected'), disconnected: () => states.push('lost')});
	const heard: unknown[] = [];
	subscribe(client, 'test', {
		notified(type, data) {
			heard.push([type, data]);
			return undefined;
		},
	});
	listen(client, ['mesh.*'], (name, data) => heard.push([name, data]));
	bus.run();
	let ended: number | undefined;
	call(client, 'test', 'never', {}, status => {
		ended = status;
	});
	bus.run();
	bus.crash();
	t.is(ended, 10);
	t.false(object.hasSubscribers);
	bus.restart();
	bus.run(60_000);
	t.deepEqual(states, ['connected', 'lost', 'connected']);
	t.true(object.hasSubscribers);
	object.notify('changed', {radio: 1});
	sendEvent(server, 'mesh.channel', {channel: 36});
	bus.run();
	t.deepEqual(heard, [
		['changed', {radio: 1}],
		['mesh.channel', {channel: 36}],
	]);
	t.deepEqual(callAdd(bus, client), [0, {sum: 3}]);
});

test('client: what is not ubus ends the connection, and it is tried again', t => {
	const bus = new Bus();
	let connects = 0;
	const losses: unknown[] = [];
	const world: UbusWorld = {
		after: bus.world().after,
		connect(handlers) {
			connects++;
			world.after(1, () => handlers.data(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n')));
			return {write() {}, queuedBytes: 0, close() {}};
		},
	};
	const other = new UbusClient(world, {disconnected: error => losses.push(error?.message)});
	other.start();
	bus.run(10_000);
	t.deepEqual(losses, ['not the ubus protocol']);
	t.true(connects >= 3 && connects <= 5, `${connects} attempts`);
});

test('client: what waits too long to be written makes calls fail and notifications go, not memory', t => {
	const bus = new Bus();
	const server = bus.client({queueLimitBytes: 1000});
	const object = serveTest(server);
	const client = bus.client();
	subscribe(client, 'test', {notified: () => undefined});
	bus.run();
	t.true(object.hasSubscribers);
	bus.queuedBytes = 990;
	object.notify('changed', {text: 'x'.repeat(100)});
	t.is(server.droppedMessages, 1);
	const ended: number[] = [];
	lookup(server, undefined, status => ended.push(status));
	bus.run();
	t.deepEqual(ended, [11]);
	bus.queuedBytes = 0;
	lookup(server, undefined, status => ended.push(status));
	bus.run();
	t.deepEqual(ended, [11, 0]);
});

test('subscription: waits for an object that is not there yet, and follows it', t => {
	const bus = new Bus();
	const client = bus.client();
	const told: string[] = [];
	const end = subscribe(client, 'test', {
		notified(type) {
			told.push(type);
			return undefined;
		},
		subscribed: () => told.push('subscribed'),
		removed: () => told.push('removed'),
	});
	bus.run();
	for (let i = 0; i < 2; i++) {
		const server = bus.client();
		const object = serveTest(server);
		bus.run();
		object.notify(`hello ${i}`, {});
		bus.run();
		server.stop();
		bus.run();
	}
	t.deepEqual(told, ['subscribed', 'hello 0', 'removed', 'subscribed', 'hello 1', 'removed']);
	end();
	bus.run();
	const last = serveTest(bus.client());
	bus.run();
	t.false(last.hasSubscribers);
});

test('notification: nothing is sent where nobody listens', t => {
	const bus = new Bus();
	const object = serveTest(bus.client());
	bus.run();
	t.false(object.hasSubscribers);
	t.notThrows(() => object.notify('changed', {}));
});

test('events: only patterns that match are heard, and ubusd keeps its own names', t => {
	const bus = new Bus();
	const heard: unknown[] = [];
	const client = bus.client();
	listen(client, ['a*', 'b', 'c*d'], name => heard.push(name));
	bus.run();
	const sender = bus.client();
	const statuses: number[] = [];
	for (const name of ['a', 'a.b', 'ab', 'b', 'bx', 'cxd', 'c*d', 'ubus.fake'])
		sendEvent(sender, name, {}, status => statuses.push(status));
	bus.run();
	t.deepEqual(heard, ['a', 'a.b', 'ab', 'b', 'c*d']);
	t.deepEqual(statuses, [0, 0, 0, 0, 0, 0, 0, 6]);
});

test('wait: ends when the last of several objects is there', t => {
	const bus = new Bus();
	serve(bus.client(), {path: 'first', methods: {}}, {});
	let isDone = false;
	waitFor(bus.client(), ['first', 'test'], () => {
		isDone = true;
	});
	bus.run(10_000);
	t.false(isDone);
	serveTest(bus.client());
	bus.run();
	t.true(isDone);
});

test('monitor and wait: where they are refused, it is told', t => {
	const {client, handlers, sent} = connectByHand();
	const refused: unknown[] = [];
	monitor(
		client,
		() => {},
		status => refused.push(['monitor', status]),
	);
	waitFor(
		client,
		['test'],
		() => t.fail('nothing came'),
		status => refused.push(['wait', status]),
	);
	for (const message of [...sent]) handlers.data(statusFor(message, 6));
	t.deepEqual(refused, [
		['monitor', 6],
		['wait', 6],
	]);
});

test('listen: names the pattern that is refused', t => {
	const {client, handlers, sent} = connectByHand();
	const told: unknown[] = [];
	listen(
		client,
		['mine', 'others'],
		() => {},
		(status, refused) => told.push([status, refused]),
	);
	const [added] = sent;
	if (added === undefined) return t.fail('nothing was sent');
	handlers.data(new m.MessageWriter(m.DATA, added.seq, 0).number(m.A_OBJECT, 5000).finish());
	for (const status of [0, 0, 6]) handlers.data(statusFor(sent.at(-1) as m.Message, status));
	t.deepEqual(told, [[6, 'others']]);
});

test('client: stopped, it calls nothing and comes back when started', t => {
	const bus = new Bus();
	serveTest(bus.client());
	const client = bus.client();
	client.stop();
	const statuses: unknown[] = [];
	call(client, 'test', 'add', {a: 1}, (status: number, _: readonly BlobTable[]) => statuses.push(status));
	bus.run(100_000);
	t.deepEqual(statuses, [10]);
	t.false(client.isConnected);
	client.start();
	bus.run();
	t.deepEqual(callAdd(bus, client), [0, {sum: 3}]);
});

test('notification: each subscriber answers with a status of its own', t => {
	const bus = new Bus();
	const server = bus.client();
	const object = serveTest(server);
	bus.run();
	const ended: unknown[] = [];
	notifyForAnswers(server, object, 'alone', {}, (status, answers) => ended.push([status, [...answers.values()]]));
	bus.run();
	for (const answer of [undefined, 4]) subscribe(bus.client(), 'test', {notified: () => answer});
	bus.run();
	notifyForAnswers(server, object, 'asked', {n: 7}, (status, answers) => ended.push([status, [...answers.values()]]));
	bus.run();
	t.deepEqual(ended, [
		[0, []],
		[0, [0, 4]],
	]);
});
