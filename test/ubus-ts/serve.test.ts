// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {INT16, INT64} from '../../src/ubus-ts/blobmsg.ts';
import {
	type ArgumentsOf,
	type BlobTable,
	type BlobValue,
	type Call,
	call as callMethod,
	method,
	of,
	type ServeOptions,
	serve,
	typed,
	UbusError,
} from '../../src/ubus-ts/index.ts';
import {Bus} from './bus.ts';

const echo = method({
	about: 'Says what it was told.',
	access: 'read',
	parameters: {
		text: 'string',
		count: 'int32?',
		small: 'int16?',
		byte: 'int8?',
		large: 'int64?',
		share: 'double?',
		isOn: 'boolean?',
		list: 'array?',
		table: 'table?',
		anything: 'any?',
	},
	reply: of<{readonly got: object}>(),
});
const definition = {
	path: 'test',
	methods: {
		echo,
		numbers: method({about: '', access: 'read', parameters: {}, reply: of<{readonly n: number}>()}),
		later: method({about: '', access: 'read', parameters: {}, reply: of<{readonly late: string}>()}),
		break: method({about: '', access: 'write', parameters: {how: 'string'}, reply: of<object>()}),
	},
} as const;

interface Setup {
	readonly bus: Bus;
	/** Calls and answers the status and the replies. */
	readonly call: (method: string, args?: BlobTable) => readonly [status: number | undefined, ...replies: BlobTable[]];
	readonly object: ReturnType<typeof serve>;
}

function setUp(options: ServeOptions = {}): Setup {
	const bus = new Bus();
	const object = serve(
		bus.client(),
		definition,
		{
			echo: (args: ArgumentsOf<typeof echo.parameters>) => ({got: args}),
			numbers(_, call) {
				for (const n of [0, 1]) call.reply({n});
				return {n: 2};
			},
			later(_, call: Call<{readonly late: string}>) {
				call.defer();
				bus.world().after(200, () => {
					call.reply({late: 'yes'});
					call.finish();
					call.finish(9);
				});
				return undefined;
			},
			break({how}) {
				if (how === 'denied') throw new UbusError(6);
				if (how === 'large') return {text: 'x'.repeat(1_100_000)};
				throw new Error('bug');
			},
		},
		options,
	);
	const caller = bus.client();
	const call: Setup['call'] = (name, args = {}) => {
		let outcome: readonly [number | undefined, ...BlobTable[]] = [undefined];
		callMethod(caller, 'test', name, args, (status, replies) => {
			outcome = [status, ...replies];
		});
		bus.run(5000);
		return outcome;
	};
	return {bus, call, object};
}

test('served object: gets every kind of argument and replies', t => {
	const {call} = setUp();
	const args = {
		text: 'hëllo',
		count: -5,
		small: typed(INT16, 300),
		large: 2 ** 40,
		share: 0.25,
		isOn: true,
		list: [1, 'two', [null]],
		table: {a: {b: 1}},
		anything: 'x',
	};
	t.deepEqual(call('echo', args), [0, {got: {...args, small: 300}}]);
});

test('served object: a number of another width passes where it fits', t => {
	const {call} = setUp();
	t.deepEqual(call('echo', {text: '', small: 7, byte: 5, large: 3, share: 2, count: typed(INT64, 9)}), [
		0,
		{got: {text: '', small: 7, byte: 5, large: 3, share: 2, count: 9}},
	]);
});

const refuses = test.macro({
	title: (what = '') => `served object: refuses ${what} with status 2 and stays`,
	exec(t, args: Readonly<Record<string, BlobValue>>) {
		const {call} = setUp();
		t.deepEqual(call('echo', args), [2]);
		t.is(call('echo', {text: 'still here'})[0], 0);
	},
});
test('a number for a string', refuses, {text: 1});
test('a string for a number', refuses, {text: '', count: '1'});
test('a number beyond its width', refuses, {text: '', small: 40_000});
test('a fraction for a whole number', refuses, {text: '', count: 0.5});
test('a number for a boolean', refuses, {text: '', isOn: 1});
test('an array for a table', refuses, {text: '', table: [1]});
test('a missing argument', refuses, {count: 1});

test('served object: skips names that it does not know, as rpcd adds them', t => {
	const {call} = setUp();
	t.deepEqual(call('echo', {text: 'a', ubus_rpc_session: '0000'}), [0, {got: {text: 'a'}}]);
});

test('served object: several replies and a deferred one arrive in order', t => {
	const {call} = setUp();
	t.deepEqual(call('numbers'), [0, {n: 0}, {n: 1}, {n: 2}]);
	t.deepEqual(call('later'), [0, {late: 'yes'}]);
});

test('served object: a method it does not have is status 3', t => {
	const {call} = setUp();
	t.deepEqual(call('toString'), [3]);
	t.deepEqual(call('nothing'), [3]);
});

test('served object: a handler decides on its status; one that breaks is status 9 and is told', t => {
	const told: unknown[] = [];
	const {call} = setUp({failed: (name, error) => told.push([name, String(error)])});
	t.deepEqual(call('break', {how: 'denied'}), [6]);
	t.deepEqual(told, []);
	t.deepEqual(call('break', {how: ''}), [9]);
	t.deepEqual(told, [['break', 'Error: bug']]);
});

test('served object: a reply beyond what ubusd takes is status 11, not the end of the connection', t => {
	const {call} = setUp();
	t.deepEqual(call('break', {how: 'large'}), [11]);
	t.is(call('echo', {text: ''})[0], 0);
});

test('served object: who may not call gets status 6 before the arguments are looked at', t => {
	const asked: unknown[] = [];
	const {call} = setUp({
		mayCall(name, {user, group}) {
			asked.push([name, user, group]);
			return name !== 'break';
		},
	});
	t.deepEqual(call('break', {how: 5}), [6]);
	t.is(call('echo', {text: ''})[0], 0);
	t.deepEqual(asked, [
		['break', 'root', 'root'],
		['echo', 'root', 'root'],
	]);
});

test('served object: says whether the bus took it', t => {
	const bus = new Bus();
	const told: number[] = [];
	const registered = (status: number): void => {
		told.push(status);
	};
	for (let i = 0; i < 2; i++) serve(bus.client(), {path: 'same', methods: {}}, {}, {registered});
	bus.run();
	t.deepEqual(told, [0, 2]);
});

test('served object: is gone for good when it is removed', t => {
	const {bus, call, object} = setUp();
	t.is(call('numbers')[0], 0);
	object.remove();
	bus.run();
	t.deepEqual(call('numbers'), [4]);
	bus.crash();
	bus.restart();
	bus.run(60_000);
	t.deepEqual(call('numbers'), [4]);
});
