// SPDX-License-Identifier: Apache-2.0
import {type BlobTable, INT32, putNumber, putTable, TABLE} from './blobmsg.ts';
import type {Route, UbusClient} from './client.ts';
import {type ArgumentsOf, type ObjectDefinition, readArguments, typeOf} from './definition.ts';
import {keepObject} from './keep-object.ts';
import * as m from './message.ts';
import {
	INVALID_ARGUMENT,
	METHOD_NOT_FOUND,
	NO_MEMORY,
	OK,
	PERMISSION_DENIED,
	UbusError,
	UNKNOWN_ERROR,
} from './status.ts';

/** Who calls, as ubusd vouches for it. Absent: undefined where ubusd does not say. */
export interface Caller {
	readonly user: string | undefined;
	readonly group: string | undefined;
	/** The caller's number on the bus. */
	readonly id: number;
}

/** One call of a served method, for handlers that do more than return. */
export interface Call<R> {
	readonly caller: Caller;
	/** Sends a reply; there may be several, before the call ends. */
	reply(value: R): void;
	/** Keeps the call open after the handler returned; `finish` ends it. */
	defer(): void;
	/** Ends a deferred call. Absent: without a status, OK. */
	finish(status?: number): void;
}

/** One function a method: what it returns is the reply; a UbusError it throws is the status. */
export type Handlers<D extends ObjectDefinition> = {
	readonly [N in keyof D['methods']]: (
		args: ArgumentsOf<D['methods'][N]['parameters']>,
		call: Call<D['methods'][N]['reply']>,
	) => D['methods'][N]['reply'] | undefined;
};

export interface ServeOptions {
	/** Whether a caller may call a method; asked before its arguments are looked at. Absent: ubusd's access lists decide. */
	readonly mayCall?: (method: string, caller: Caller) => boolean;
	/** The bus took the object (0) or not (a status), at every connection; CONNECTION_FAILED where it did not come to that. */
	readonly registered?: (status: number) => void;
	/** A handler threw something that is no UbusError; the caller got UNKNOWN_ERROR. */
	readonly failed?: (method: string, error: unknown) => void;
}

export interface ServedObject {
	/** Its number on the bus, at this connection. Absent: 0 while it has none. */
	readonly id: number;
	readonly hasSubscribers: boolean;
	/** Tells all subscribers; where there are none, nothing is sent. */
	notify(type: string, data: object): void;
	/** Takes the object from the bus, for good. */
	remove(): void;
}

/** Puts an object on the bus, at every connection. */
export function serve<D extends ObjectDefinition>(
	client: UbusClient,
	definition: D,
	handlers: Handlers<D>,
	options: ServeOptions = {},
): ServedObject {
	/** Numbers are of one connection: a last one's says nothing. */
	let subscribedId = 0;
	const route: Route = {
		invoke: message => answer(client, definition, handlers as Handlers<ObjectDefinition>, options, message),
		notify: message => {
			subscribedId = message.u8(m.A_ACTIVE) === 1 ? (message.u32(m.A_OBJECT) ?? 0) : 0;
		},
	};
	const kept = keepObject(
		client,
		writer => putSignature(writer, definition),
		route,
		status => options.registered?.(status),
	);
	return {
		get id() {
			return kept.id;
		},
		get hasSubscribers() {
			return subscribedId !== 0 && subscribedId === kept.id;
		},
		notify(type, data) {
			if (!this.hasSubscribers) return;
			const writer = new m.MessageWriter(m.NOTIFY, 0, kept.id).number(m.A_OBJECT, kept.id).string(m.A_METHOD, type);
			putData(writer, data as BlobTable);
			client.send(writer.flag(m.A_NO_REPLY, true).finish());
		},
		remove: () => kept.end(),
	};
}

function putSignature(writer: m.MessageWriter, {path, methods}: ObjectDefinition): void {
	writer.string(m.A_PATH, path);
	const signature = writer.open(m.A_SIGNATURE);
	for (const [name, {parameters}] of Object.entries(methods)) {
		const table = writer.open(TABLE, name);
		for (const [parameter, kind] of Object.entries(parameters)) putNumber(writer, parameter, INT32, typeOf(kind));
		writer.close(table);
	}
	writer.close(signature);
}

function putData(writer: m.MessageWriter, data: BlobTable): void {
	const start = writer.open(m.A_DATA);
	putTable(writer, data);
	writer.close(start);
}

/** Checks a call and hands it to its handler; whatever happens, the caller gets a status and the object stays. */
function answer(
	client: UbusClient,
	{methods}: ObjectDefinition,
	handlers: Handlers<ObjectDefinition>,
	{mayCall, failed}: ServeOptions,
	message: m.Message,
): void {
	const {seq, peer} = message;
	const objectId = message.u32(m.A_OBJECT) ?? 0;
	let isDeferred = false;
	let isOver = false;
	const finish = (status = OK): void => {
		if (isOver) return;
		isOver = true;
		if (message.u8(m.A_NO_REPLY) === 1) return;
		client.send(
			new m.MessageWriter(m.STATUS, seq, peer).number(m.A_STATUS, status).number(m.A_OBJECT, objectId).finish(),
			true,
		);
	};
	const reply = (value: unknown): void => {
		if (isOver) return;
		const writer = new m.MessageWriter(m.DATA, seq, peer).number(m.A_OBJECT, objectId);
		putData(writer, value as BlobTable);
		// ubusd closes the connection of whoever sends more.
		if (writer.length - 8 > m.ROOT_LIMIT_BYTES || !client.send(writer.finish())) finish(NO_MEMORY);
	};
	const name = message.text(m.A_METHOD);
	try {
		if (name === undefined) throw new UbusError(INVALID_ARGUMENT);
		const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
		const handler = handlers[name];
		if (method === undefined || handler === undefined) throw new UbusError(METHOD_NOT_FOUND);
		const caller: Caller = {user: message.text(m.A_USER), group: message.text(m.A_GROUP), id: peer};
		if (mayCall?.(name, caller) === false) throw new UbusError(PERMISSION_DENIED);
		const range = message.range(m.A_DATA);
		if (range === undefined) throw new UbusError(INVALID_ARGUMENT);
		const args = readArguments(method.parameters, message.bytes, range[0], range[1]);
		const defer = (): void => {
			isDeferred = true;
		};
		const result = handler(args as never, {caller, reply, defer, finish});
		if (isDeferred) return;
		if (result !== undefined) reply(result);
		finish();
	} catch (error) {
		if (error instanceof UbusError) return finish(error.status);
		if (error instanceof Error && error.name === 'BlobError') return finish(INVALID_ARGUMENT);
		finish(UNKNOWN_ERROR);
		failed?.(name ?? '', error);
	}
}
