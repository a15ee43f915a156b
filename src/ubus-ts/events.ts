// SPDX-License-Identifier: Apache-2.0
import {type BlobTable, decodeTable} from './blobmsg.ts';
import type {UbusClient} from './client.ts';
import {keepObject} from './keep-object.ts';
import * as m from './message.ts';
import {INVALID_ARGUMENT, OK} from './status.ts';

/** Whether an event's name matches a pattern: a trailing '*' stands for anything, all else for itself. */
export function matchesPattern(pattern: string, name: string): boolean {
	return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/**
 * Listens for events by one or more patterns, at every connection. Calling the result ends it.
 *
 * Errors: `registered` gets the first status that is not OK and the pattern that got it, else OK; at every connection.
 */
export function listen(
	client: UbusClient,
	patterns: readonly string[],
	handler: (name: string, data: BlobTable) => void,
	registered: (status: number, refused?: string) => void = () => {},
): () => void {
	const register = (at: number): void => {
		const pattern = patterns[at];
		if (pattern === undefined) return registered(OK);
		client.invoke(m.EVENT_OBJECT, 'register', {object: kept.id | 0, pattern}, status => {
			if (status === OK) register(at + 1);
			else registered(status, pattern);
		});
	};
	const invoke = (message: m.Message): void => {
		const event = readNotice(message);
		answerNotice(client, message, event === undefined ? INVALID_ARGUMENT : OK);
		if (event !== undefined) handler(event.name, event.data);
	};
	const kept = keepObject(
		client,
		() => {},
		{invoke},
		status => {
			if (status === OK) register(0);
			else registered(status);
		},
	);
	return () => kept.end();
}

/** What a message says to an object without methods of its own: a listener, a subscriber. Absent: undefined if malformed. */
export function readNotice(message: m.Message): {readonly name: string; readonly data: BlobTable} | undefined {
	const name = message.text(m.A_METHOD);
	const range = message.range(m.A_DATA);
	if (name === undefined || range === undefined) return undefined;
	try {
		return {name, data: decodeTable(message.bytes, range[0], range[1])};
	} catch {
		return undefined;
	}
}

export function answerNotice(client: UbusClient, message: m.Message, status: number): void {
	if (message.u8(m.A_NO_REPLY) === 1) return;
	const writer = new m.MessageWriter(m.STATUS, message.seq, message.peer).number(m.A_STATUS, status);
	client.send(writer.number(m.A_OBJECT, message.u32(m.A_OBJECT) ?? 0).finish(), true);
}

/** Sends an event to whoever listens. Names that start with 'ubus.' are ubusd's own: PERMISSION_DENIED. */
export function sendEvent(
	client: UbusClient,
	name: string,
	data: BlobTable,
	done: (status: number) => void = () => {},
): void {
	client.invoke(m.EVENT_OBJECT, 'send', {id: name, data}, done);
}
