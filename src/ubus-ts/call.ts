// SPDX-License-Identifier: Apache-2.0
import {type BlobTable, decodeTable} from './blobmsg.ts';
import type {UbusClient} from './client.ts';
import * as m from './message.ts';
import {NOT_FOUND, OK} from './status.ts';

/** An object of the bus, as a lookup finds it. */
export interface Found {
	readonly path: string;
	readonly id: number;
	readonly typeId: number;
	/** Every method this client may call, with its parameters' types (see blobmsg.ts). */
	readonly methods: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Objects that match: an exact path, or one that ends in '*'. Absent: without a pattern, all of them. */
export function lookup(
	client: UbusClient,
	pattern: string | undefined,
	done: (status: number, found: readonly Found[]) => void,
): void {
	const found: Found[] = [];
	client.request(
		m.LOOKUP,
		0,
		writer => {
			if (pattern !== undefined) writer.string(m.A_PATH, pattern);
		},
		{
			data: message => {
				const object = readFound(message);
				if (object !== undefined) found.push(object);
			},
			status: status => done(status, found),
		},
	);
}

/**
 * Calls a method and gathers its replies.
 *
 * Errors: the status: NOT_FOUND, METHOD_NOT_FOUND, PERMISSION_DENIED (an access list, or the object itself), TIMEOUT,
 *         CONNECTION_FAILED, NO_MEMORY (too much waits to be written), PARSE_ERROR (a reply that is no table), or the callee's.
 */
export function call(
	client: UbusClient,
	path: string,
	method: string,
	args: BlobTable,
	done: (status: number, replies: readonly BlobTable[]) => void,
	timeoutMs?: number,
): void {
	const {knownIds} = client;
	const look = (): void =>
		lookup(client, path, (status, [object]) => {
			if (object === undefined) return done(status === OK ? NOT_FOUND : status, []);
			knownIds.set(path, object.id);
			client.invoke(object.id, method, args, done, timeoutMs);
		});
	const known = knownIds.get(path);
	if (known === undefined) return look();
	const finish = (status: number, replies: readonly BlobTable[], message?: m.Message): void => {
		// ubusd itself, not the object, does not know the number: the object came back under another one.
		if (status !== NOT_FOUND || message === undefined || message.u32(m.A_OBJECT) !== undefined)
			return done(status, replies);
		knownIds.delete(path);
		look();
	};
	client.invoke(known, method, args, finish, timeoutMs);
}

function readFound(message: m.Message): Found | undefined {
	const [id, path, typeId] = [message.u32(m.A_OBJECT), message.text(m.A_PATH), message.u32(m.A_TYPE)];
	if (id === undefined || path === undefined || typeId === undefined) return undefined;
	const range = message.range(m.A_SIGNATURE);
	let methods: Found['methods'] = {};
	try {
		if (range !== undefined) methods = decodeTable(message.bytes, range[0], range[1]) as Found['methods'];
	} catch {
		// An object that can be called all the same.
	}
	return {id, path, typeId, methods};
}
