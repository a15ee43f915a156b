// SPDX-License-Identifier: Apache-2.0
// What a bus can bring: ubusd is root's, but every program on the router writes to it.
import {DecodeError} from '../../src/core/errors.ts';
import {BlobError, type BlobTable, decodeTable, encodeTable} from '../../src/ubus-ts/blobmsg.ts';
import {UbusClient, type UbusStreamHandlers} from '../../src/ubus-ts/client.ts';
import {method, of} from '../../src/ubus-ts/definition.ts';
import {decodeFields, encodeFields} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {monitor} from '../../src/ubus-ts/monitor.ts';
import {serve} from '../../src/ubus-ts/serve.ts';
import {subscribe} from '../../src/ubus-ts/subscribe.ts';
import type {Target} from './fuzzer.ts';

const table = encodeTable({
	text: 'hëllo',
	code: -5,
	large: 2 ** 40,
	share: 0.25,
	flag: true,
	nothing: null,
	list: [1, 'two', false, [], {k: 'v'}],
	table: {a: {b: {c: 'deep'}}, '': 'nameless'},
});

function refusing<T>(path: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof BlobError)
			throw new DecodeError(error.code === 'depth' ? 'limit' : error.code, path, error.offset);
		throw error;
	}
}

function frame(type: number, seq: number, fill: (writer: m.MessageWriter) => void): Uint8Array {
	const writer = new m.MessageWriter(type, seq, 0);
	fill(writer);
	return writer.finish();
}

function withTable(writer: m.MessageWriter): void {
	writer.blob(m.A_DATA, undefined, table);
}

const OBJECT = 77;
const hello = new m.MessageWriter(m.HELLO, 0, 5).finish();
const afterHello = [
	frame(m.DATA, 1, writer => writer.number(m.A_OBJECT, OBJECT).number(m.A_TYPE, 78)),
	frame(m.STATUS, 1, writer => writer.number(m.A_STATUS, 0)),
	frame(m.INVOKE, 9, writer => withTable(writer.number(m.A_OBJECT, OBJECT).string(m.A_METHOD, 'echo'))),
	frame(m.NOTIFY, 1, writer => writer.number(m.A_OBJECT, OBJECT).flag(m.A_ACTIVE, true)),
	frame(m.DATA, 2, writer => withTable(writer.string(m.A_PATH, 'other').number(m.A_OBJECT, 90).number(m.A_TYPE, 91))),
	frame(m.STATUS, 2, writer => writer.number(m.A_STATUS, 0)),
	frame(m.UNSUBSCRIBE, 3, writer => writer.number(m.A_OBJECT, OBJECT).number(m.A_TARGET, 90)),
	frame(m.MONITOR, 1, writer => withTable(writer.number(0, 1).number(1, 2).number(3, 3).number(4, 5))),
];
const stream = Uint8Array.from([hello, ...afterHello].flatMap(bytes => [...bytes]));

const definition = {
	path: 'fuzz',
	methods: {
		echo: method({
			about: '',
			access: 'read',
			parameters: {text: 'string', code: 'int32?', table: 'table?', list: 'array?', any: 'any?'},
			reply: of<object>(),
		}),
	},
} as const;

/** A client with everything a client can have, given a stream in two pieces: it may end the connection, and nothing else. */
function feed(bytes: Uint8Array): unknown {
	let handlers: UbusStreamHandlers | undefined;
	let writtenBytes = 0;
	const tasks: (() => void)[] = [];
	const client = new UbusClient({
		after(_, task) {
			tasks.push(task);
			return () => {};
		},
		connect(given) {
			handlers = given;
			const write = (written: Uint8Array): void => {
				writtenBytes += written.length;
			};
			return {write, queuedBytes: 0, close() {}};
		},
	});
	const failures: unknown[] = [];
	serve(client, definition, {echo: args => ({got: args})}, {failed: (_, error) => failures.push(error)});
	const heard: unknown[] = [];
	subscribe(client, 'other', {
		notified(type, data) {
			heard.push(type, data);
			return undefined;
		},
	});
	monitor(client, ({message}) => heard.push(message.type));
	client.start();
	const half = bytes.length >> 1;
	handlers?.data(bytes.slice(0, half));
	handlers?.data(bytes.slice(half));
	client.stop();
	if (failures.length > 0) throw new Error(`a handler got what it should not: ${String(failures[0])}`);
	// Told apart by name: that is what counts as another kind of answer.
	return {[`heard ${heard.length}`]: heard, [`wrote ${writtenBytes}`]: 0};
}

export const ubusTargets: readonly Target[] = [
	{
		name: 'ubus.table',
		seeds: [table, encodeTable({})],
		decode(bytes) {
			const first = refusing('ubus.table', () => decodeTable(bytes));
			// What was read can be written, and reads as the same; so do the widths and names that a table does not keep.
			const again = decodeTable(encodeTable(first));
			if (show(again) !== show(first)) throw new Error('another table comes back');
			const fields = refusing('ubus.table', () => decodeFields(bytes));
			const rebuilt = encodeFields(fields);
			if (show(decodeFields(rebuilt)) !== show(fields)) throw new Error('other fields come back');
			return first;
		},
	},
	{name: 'ubus.stream', seeds: [stream, hello, ...afterHello], decode: bytes => feed(bytes)},
	{
		name: 'ubus.connection',
		seeds: afterHello,
		decode: bytes => feed(Uint8Array.from([...hello, ...(afterHello[0] ?? []), ...(afterHello[1] ?? []), ...bytes])),
	},
];

function show(value: BlobTable | readonly unknown[]): string {
	return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
}
