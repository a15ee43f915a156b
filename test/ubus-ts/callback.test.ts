// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {call, listen, lookup, notifyForAnswers, serve, subscribe, type UbusClient} from '../../src/ubus-ts/index.ts';
import {Bus} from './bus.ts';
import {connectByHand, statusFor} from './by-hand.ts';

// What callbacks do to the client: throw, stop it, take an object away before it is there.

/** Does what is due; answers what callbacks threw. */
function runToErrors(bus: Bus, durationMs = 0): unknown[] {
	const errors: unknown[] = [];
	const endMs = bus.nowMs + durationMs;
	for (;;) {
		try {
			bus.run(Math.max(0, endMs - bus.nowMs));
			return errors;
		} catch (error) {
			errors.push((error as Error).message);
		}
	}
}

const thrower = (what: string) => (): never => {
	throw new Error(what);
};

test('client: a callback that throws does not lose the messages behind it in the same bytes', t => {
	const {client, due, handlers, sent} = connectByHand();
	const ended: number[] = [];
	lookup(client, 'first', thrower('first'));
	lookup(client, 'second', status => ended.push(status));
	due.length = 0;
	handlers.data(Buffer.concat(sent.map(message => statusFor(message, 4))));
	t.deepEqual(ended, [4]);
	t.is(due.length, 1);
	t.throws(() => due[0]?.(), {message: 'first'});
});

test('client: whatever its callbacks throw at a loss, all are told and it comes back', t => {
	const bus = new Bus();
	const client = bus.client({disconnected: thrower('loss')});
	listen(client, ['*'], () => {});
	bus.run();
	const ended: number[] = [];
	lookup(client, undefined, thrower('call'));
	lookup(client, undefined, status => ended.push(status));
	bus.isUp = false;
	t.throws(() => bus.crash(), {message: 'call'});
	t.deepEqual(runToErrors(bus), ['loss']);
	t.deepEqual(ended, [10]);
	bus.restart();
	t.deepEqual(runToErrors(bus, 10_000), []);
	t.true(client.isConnected);
});

test('client: a connection is restored whatever one of those who restore throws', t => {
	const bus = new Bus();
	const client = bus.client();
	const restored: string[] = [];
	t.throws(() => client.whenConnected(thrower('restore')));
	client.whenConnected(() => restored.push('other'));
	bus.crash();
	bus.restart();
	t.deepEqual(runToErrors(bus, 10_000), ['restore']);
	t.deepEqual(restored, ['other', 'other']);
});

test('client: stopped while it tells of a loss, it stays stopped', t => {
	const bus = new Bus();
	const client: UbusClient = bus.client({disconnected: () => client.stop()});
	bus.crash();
	bus.restart();
	bus.run(100_000);
	t.false(client.isConnected);
	client.start();
	bus.run();
	t.true(client.isConnected);
});

test('client: started again while it tells a call that it was stopped, it connects once', t => {
	const bus = new Bus();
	const states: string[] = [];
	const client = bus.client({connected: () => states.push('connected')});
	lookup(client, undefined, () => client.start());
	client.stop();
	bus.run(100_000);
	t.deepEqual(states, ['connected', 'connected']);
	t.true(client.isConnected);
});

test('served object: removed before the bus answered, it is on the bus no more', t => {
	const bus = new Bus();
	const told: number[] = [];
	const object = serve(bus.client(), {path: 'test', methods: {}}, {}, {registered: status => told.push(status)});
	object.remove();
	bus.run();
	let outcome: unknown;
	lookup(bus.client(), undefined, (status, found) => {
		outcome = [status, found];
	});
	bus.run();
	t.deepEqual(outcome, [0, []]);
	t.is(object.id, 0);
	t.deepEqual(told, []);
});

test('listener and subscriber: ended before the bus answered, they hear nothing and are no one to notify', t => {
	const bus = new Bus();
	const object = serve(bus.client(), {path: 'test', methods: {}}, {});
	const client = bus.client();
	const heard: unknown[] = [];
	listen(client, ['*'], name => heard.push(name))();
	subscribe(client, 'test', {notified: type => void heard.push(type)})();
	bus.run();
	t.false(object.hasSubscribers);
	call(bus.client(), 'nobody', 'at all', {}, () => {});
	serve(bus.client(), {path: 'other', methods: {}}, {});
	bus.run();
	t.deepEqual(heard, []);
});

test('subscriber: one that throws answers the notifier with status 9', t => {
	const bus = new Bus();
	const server = bus.client();
	const object = serve(server, {path: 'test', methods: {}}, {});
	subscribe(bus.client(), 'test', {notified: thrower('bug')});
	bus.run();
	let outcome: unknown;
	notifyForAnswers(server, object, 'asked', {}, (status, answers) => {
		outcome = [status, [...answers.values()]];
	});
	t.deepEqual(runToErrors(bus), ['bug']);
	t.deepEqual(outcome, [0, [9]]);
});

test('served object: has no subscribers at a new connection until the bus says so', t => {
	const bus = new Bus();
	const server = bus.client();
	const object = serve(server, {path: 'test', methods: {}}, {});
	const end = subscribe(bus.client(), 'test', {notified: () => undefined});
	bus.run();
	t.true(object.hasSubscribers);
	end();
	bus.crash();
	bus.restart();
	bus.run(60_000);
	t.true(server.isConnected);
	t.false(object.hasSubscribers);
});
