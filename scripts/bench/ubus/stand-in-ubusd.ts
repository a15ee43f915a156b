// SPDX-License-Identifier: Apache-2.0
import {decodeTable, encodeTable} from '../../../src/ubus-ts/blobmsg.ts';
import {matchesPattern} from '../../../src/ubus-ts/events.ts';
import * as m from '../../../src/ubus-ts/message.ts';
import * as status from '../../../src/ubus-ts/status.ts';

// A ubusd that lives in this process, for tests and benchmarks: it answers recorded traffic byte for byte (see its test). It
// has no access lists, passes no descriptors and shows monitors nothing.

interface BusObject {
	readonly id: number;
	readonly owner: Connection;
	readonly path: string | undefined;
	readonly typeId: number | undefined;
	readonly signature: Uint8Array | undefined;
	readonly patterns: string[];
	/** Objects that are told what this one notifies. */
	readonly subscribers: BusObject[];
	invokeSeq: number;
}

export interface StandInOptions {
	/** Numbers for clients, objects and types. Absent: counted. */
	readonly nextId?: () => number;
	readonly firstEventSeq?: number;
}

/** One client's connection, as ubusd sees it. */
export class Connection {
	readonly id: number;
	/** Gets every message ubusd sends, whole. */
	readonly send: (bytes: Uint8Array) => void;
	readonly #ubusd: StandInUbusd;
	readonly #splitter = new m.MessageSplitter();

	constructor(ubusd: StandInUbusd, id: number, send: (bytes: Uint8Array) => void) {
		this.#ubusd = ubusd;
		this.id = id;
		this.send = send;
	}

	/** Answers false where ubusd hangs up. */
	receive(bytes: Uint8Array): boolean {
		return this.#splitter.push(bytes, message => this.#ubusd.handle(this, message));
	}

	close(): void {
		this.#ubusd.remove(this);
	}
}

export class StandInUbusd {
	readonly #objects = new Map<number, BusObject>();
	readonly #connections = new Map<number, Connection>();
	readonly #nextId: () => number;
	#counted = 0x10000;
	#eventSeq: number;

	constructor(options: StandInOptions = {}) {
		this.#nextId = options.nextId ?? (() => this.#counted++);
		this.#eventSeq = options.firstEventSeq ?? 1;
	}

	accept(send: (bytes: Uint8Array) => void): Connection {
		const connection = new Connection(this, this.#nextId(), send);
		this.#connections.set(connection.id, connection);
		send(new m.MessageWriter(m.HELLO, 0, connection.id).finish());
		return connection;
	}

	remove(connection: Connection): void {
		for (const object of [...this.#objects.values()]) if (object.owner === connection) this.#removeObject(object);
		this.#connections.delete(connection.id);
	}

	handle(from: Connection, message: m.Message): void {
		const {type, seq, peer} = message;
		const code = this.#answer(from, message);
		if (code === undefined) return;
		const writer = new m.MessageWriter(m.STATUS, seq, peer).number(m.A_STATUS, code);
		if (type <= m.MONITOR) from.send(writer.finish());
	}

	/** The status that ubusd itself answers. Absent: undefined where someone else does, or nobody. */
	#answer(from: Connection, message: m.Message): number | undefined {
		switch (message.type) {
			case m.LOOKUP:
				return this.#lookup(from, message);
			case m.ADD_OBJECT:
				return this.#add(from, message);
			case m.REMOVE_OBJECT:
				return this.#removeRequest(from, message);
			case m.INVOKE:
				return this.#invoke(from, message);
			case m.SUBSCRIBE:
			case m.UNSUBSCRIBE:
				return this.#watch(from, message);
			case m.NOTIFY:
				return this.#notify(from, message);
			case m.STATUS:
			case m.DATA:
				return this.#forwardAnswer(from, message);
			case m.PING:
				from.send(rewritten(message, m.DATA, message.peer));
				return status.OK;
			default:
				return status.INVALID_COMMAND;
		}
	}

	#lookup(from: Connection, message: m.Message): number {
		const pattern = message.text(m.A_PATH);
		if (pattern === '') return status.INVALID_ARGUMENT;
		const named = [...this.#objects.values()].filter(({path}) => path !== undefined);
		named.sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1));
		const found = named.filter(({path = ''}) => pattern === undefined || matchesPattern(pattern, path));
		for (const {id, path = '', typeId, signature} of found) {
			if (typeId === undefined || signature === undefined) continue;
			const writer = new m.MessageWriter(m.DATA, message.seq, message.peer).string(m.A_PATH, path);
			from.send(putRaw(writer.number(m.A_OBJECT, id).number(m.A_TYPE, typeId), m.A_SIGNATURE, signature).finish());
		}
		return found.length === 0 && pattern !== undefined ? status.NOT_FOUND : status.OK;
	}

	#add(from: Connection, message: m.Message): number {
		const path = message.text(m.A_PATH);
		if (path !== undefined && [...this.#objects.values()].some(object => object.path === path))
			return status.INVALID_ARGUMENT;
		const signature = payload(message, m.A_SIGNATURE);
		const id = this.#nextId();
		const typeId = signature === undefined ? undefined : this.#nextId();
		const object = {id, owner: from, path, typeId, signature, patterns: [], subscribers: [], invokeSeq: 0};
		this.#objects.set(id, object);
		if (path !== undefined) this.#event('ubus.object.add', encodeTable({id: id | 0, path}), from);
		const writer = new m.MessageWriter(m.DATA, message.seq, message.peer).number(m.A_OBJECT, id);
		from.send((typeId === undefined ? writer : writer.number(m.A_TYPE, typeId)).finish());
		return status.OK;
	}

	#removeRequest(from: Connection, message: m.Message): number {
		const id = message.u32(m.A_OBJECT);
		if (id === undefined) return status.INVALID_ARGUMENT;
		const object = this.#objects.get(id);
		if (object === undefined) return status.NOT_FOUND;
		if (object.owner !== from) return status.PERMISSION_DENIED;
		const writer = new m.MessageWriter(m.DATA, message.seq, message.peer).number(m.A_OBJECT, id);
		from.send((object.typeId === undefined ? writer : writer.number(m.A_TYPE, object.typeId)).finish());
		this.#removeObject(object);
		return status.OK;
	}

	#removeObject(object: BusObject): void {
		this.#objects.delete(object.id);
		for (const subscriber of object.subscribers) {
			const writer = new m.MessageWriter(m.UNSUBSCRIBE, ++subscriber.invokeSeq, 0);
			subscriber.owner.send(writer.number(m.A_OBJECT, subscriber.id).number(m.A_TARGET, object.id).finish());
		}
		for (const target of this.#objects.values()) this.#unsubscribe(target, object);
		if (object.path !== undefined)
			this.#event('ubus.object.remove', encodeTable({id: object.id | 0, path: object.path}), object.owner);
	}

	#unsubscribe(target: BusObject, subscriber: BusObject): boolean {
		const at = target.subscribers.indexOf(subscriber);
		if (at < 0) return false;
		target.subscribers.splice(at, 1);
		if (target.subscribers.length === 0) this.#tellActive(target, false);
		return true;
	}

	#tellActive(target: BusObject, isActive: boolean): void {
		const writer = new m.MessageWriter(m.NOTIFY, ++target.invokeSeq, 0).number(m.A_OBJECT, target.id);
		target.owner.send(writer.flag(m.A_ACTIVE, isActive).finish());
	}

	#invoke(from: Connection, message: m.Message): number | undefined {
		const [id, method] = [message.u32(m.A_OBJECT), message.text(m.A_METHOD)];
		if (id === undefined || method === undefined) return status.INVALID_ARGUMENT;
		if (id === m.EVENT_OBJECT) return this.#eventMethod(from, method, payload(message, m.A_DATA));
		if (id === m.MONITOR_OBJECT) return method === 'add' || method === 'remove' ? status.OK : status.METHOD_NOT_FOUND;
		const object = this.#objects.get(id);
		if (object === undefined) return id === 2 ? status.INVALID_COMMAND : status.NOT_FOUND;
		this.#forward(object, method, message.seq, from.id, payload(message, m.A_DATA), false);
		return undefined;
	}

	#forward(
		{id, owner}: BusObject,
		method: string,
		seq: number,
		peer: number,
		data: Uint8Array | undefined,
		isWithoutReply: boolean,
	): void {
		const writer = new m.MessageWriter(m.INVOKE, seq, peer);
		if (isWithoutReply) writer.flag(m.A_NO_REPLY, true);
		writer.number(m.A_OBJECT, id).string(m.A_METHOD, method).string(m.A_USER, 'root').string(m.A_GROUP, 'root');
		owner.send((data === undefined ? writer : putRaw(writer, m.A_DATA, data)).finish());
	}

	#forwardAnswer(from: Connection, message: m.Message): undefined {
		const object = this.#objects.get(message.u32(m.A_OBJECT) ?? 0);
		if (object === undefined || object.owner !== from) return;
		this.#connections.get(message.peer)?.send(rewritten(message, message.type, object.id));
	}

	#watch(from: Connection, message: m.Message): number {
		const [id, targetId] = [message.u32(m.A_OBJECT), message.u32(m.A_TARGET)];
		if (id === undefined || targetId === undefined) return status.INVALID_ARGUMENT;
		const [object, target] = [this.#objects.get(id), this.#objects.get(targetId)];
		if (object === undefined) return status.NOT_FOUND;
		if (object.owner !== from) return status.INVALID_ARGUMENT;
		if (target === undefined) return status.NOT_FOUND;
		if (target.owner === from) return status.INVALID_ARGUMENT;
		if (message.type === m.UNSUBSCRIBE) return this.#unsubscribe(target, object) ? status.OK : status.NOT_FOUND;
		target.subscribers.push(object);
		if (target.subscribers.length === 1) this.#tellActive(target, true);
		return status.OK;
	}

	#notify(from: Connection, message: m.Message): number | undefined {
		const [id, method] = [message.u32(m.A_OBJECT), message.text(m.A_METHOD)];
		if (id === undefined || method === undefined) return status.INVALID_ARGUMENT;
		const object = this.#objects.get(id);
		if (object === undefined) return status.NOT_FOUND;
		if (object.owner !== from) return status.PERMISSION_DENIED;
		const isWithoutReply = message.u8(m.A_NO_REPLY) === 1;
		if (!isWithoutReply) {
			const writer = new m.MessageWriter(m.STATUS, message.seq, message.peer).number(m.A_OBJECT, id);
			const list = writer.open(m.A_SUBSCRIBERS);
			for (const subscriber of object.subscribers) writer.number(0, subscriber.id);
			writer.close(list);
			from.send(writer.number(m.A_STATUS, status.OK).finish());
		}
		const data = payload(message, m.A_DATA);
		for (const subscriber of object.subscribers)
			this.#forward(subscriber, method, message.seq, from.id, data, isWithoutReply);
		return undefined;
	}

	#eventMethod(from: Connection, method: string, data: Uint8Array | undefined): number {
		const args = data === undefined ? {} : decodeTable(data);
		if (method === 'register') {
			const object = this.#objects.get(Number(args.object) >>> 0);
			if (object === undefined) return status.NOT_FOUND;
			if (object.owner !== from) return status.PERMISSION_DENIED;
			object.patterns.push(String(args.pattern ?? ''));
			return status.OK;
		}
		if (method !== 'send') return status.METHOD_NOT_FOUND;
		if (typeof args.id !== 'string' || data === undefined) return status.INVALID_ARGUMENT;
		if (args.id.startsWith('ubus.')) return status.PERMISSION_DENIED;
		this.#event(args.id, encodeTable((args.data ?? {}) as Parameters<typeof encodeTable>[0]), from);
		return status.OK;
	}

	#event(name: string, data: Uint8Array, from: Connection): void {
		const listeners = [...this.#objects.values()].filter(
			({owner, patterns}) => owner !== from && patterns.some(pattern => matchesPattern(pattern, name)),
		);
		if (listeners.length === 0) return;
		const seq = this.#eventSeq++;
		for (const {id, owner} of listeners) {
			const writer = new m.MessageWriter(m.INVOKE, seq, 0).number(m.A_OBJECT, id).string(m.A_METHOD, name);
			owner.send(putRaw(writer, m.A_DATA, data).finish());
		}
	}
}

function payload(message: m.Message, id: number): Uint8Array | undefined {
	const range = message.range(id);
	return range === undefined ? undefined : message.bytes.slice(range[0], range[1]);
}

function putRaw(writer: m.MessageWriter, id: number, bytes: Uint8Array): m.MessageWriter {
	writer.blob(id, undefined, bytes);
	return writer;
}

/** The same attributes under another type and peer. */
function rewritten(message: m.Message, type: number, peer: number): Uint8Array {
	const {bytes, start, end} = message;
	const writer = new m.MessageWriter(type, message.seq, peer, bytes[start]);
	writer.raw(bytes.subarray(start + m.HEADER_BYTES, end));
	return writer.finish();
}
