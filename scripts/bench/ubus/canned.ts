// SPDX-License-Identifier: Apache-2.0
import {encodeTable} from '../../../src/ubus-ts/blobmsg.ts';
import type {UbusStreamHandlers, UbusWorld} from '../../../src/ubus-ts/client.ts';
import * as m from '../../../src/ubus-ts/message.ts';

// The other side of a connection without a socket and without a second codec to count: messages made beforehand, of which only
// the sequence number is filled in.

export const OBJECT = 0x1234;

/** What the agent's `status` is like: some texts, some numbers, two nested tables. */
export const table = {
	node: 'roof',
	version: '0.1.0',
	uptime_s: 123456,
	healthy: true,
	load: 0.25,
	queue: {frames: 12, bytes: 3456, dropped: 0},
	radios: [
		{name: 'radio0', channel: 1, busy: 0.5},
		{name: 'radio1', channel: 36, busy: 0.125},
	],
};

export const hello = new m.MessageWriter(m.HELLO, 0, 5).finish();

function withTable(writer: m.MessageWriter): Uint8Array {
	writer.blob(m.A_DATA, undefined, encodeTable(table));
	return writer.finish();
}

/** The answer to a call: one reply and a status, in one piece. */
export const answer = join(
	withTable(new m.MessageWriter(m.DATA, 0, OBJECT).number(m.A_OBJECT, OBJECT)),
	new m.MessageWriter(m.STATUS, 0, OBJECT).number(m.A_STATUS, 0).number(m.A_OBJECT, OBJECT).finish(),
);
const secondAt = m.messageBytes(answer, 0) ?? 0;

/** The answer to ADD_OBJECT. */
export const added = join(
	new m.MessageWriter(m.DATA, 1, 0).number(m.A_OBJECT, OBJECT).number(m.A_TYPE, 1).finish(),
	new m.MessageWriter(m.STATUS, 1, 0).number(m.A_STATUS, 0).finish(),
);

/** A call with arguments, as ubusd hands it to an object. */
export const invocation = withTable(
	new m.MessageWriter(m.INVOKE, 7, 99)
		.number(m.A_OBJECT, OBJECT)
		.string(m.A_METHOD, 'status')
		.string(m.A_USER, 'root')
		.string(m.A_GROUP, 'root'),
);

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
	const joined = new Uint8Array(first.length + second.length);
	joined.set(first);
	joined.set(second, first.length);
	return joined;
}

/** Both messages of the answer belong to the request. */
export function answerTo(request: Uint8Array): Uint8Array {
	for (const at of [0, secondAt]) {
		answer[at + 2] = request[2] ?? 0;
		answer[at + 3] = request[3] ?? 0;
	}
	return answer;
}

/** A world whose clock is the given one; what is written goes to `written`. */
export function cannedWorld(
	after: UbusWorld['after'],
	connected: (handlers: UbusStreamHandlers) => void,
	written: (bytes: Uint8Array) => void,
): UbusWorld {
	return {
		after,
		connect(handlers) {
			after(0, () => connected(handlers));
			return {write: written, queuedBytes: 0, close() {}};
		},
	};
}
