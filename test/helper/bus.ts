// SPDX-License-Identifier: Apache-2.0
import type {Stream, StreamHandlers} from '../../src/port/port.ts';
import {type BlobTable, decodeTable, encodeTable} from '../../src/ubus-ts/blobmsg.ts';
import * as m from '../../src/ubus-ts/message.ts';

// As much of ubusd as an object that is served needs, over any stream: it greets, takes objects, passes calls on and
// keeps events. Status numbers are those of the real one.

const NOT_FOUND = 4;
const PERMISSION_DENIED = 6;
const TIMEOUT_STATUS = 7;

interface Served {
	readonly id: number;
	readonly path: string;
	readonly signature: BlobTable;
	readonly client: Client;
}

interface Client {
	readonly id: number;
	readonly stream: Pick<Stream, 'write' | 'close'>;
}

export interface BusReply {
	readonly status: number;
	readonly replies: readonly BlobTable[];
}

interface Call {
	readonly replies: BlobTable[];
	readonly done: (reply: BusReply) => void;
}

export class TestBus {
	readonly objects = new Map<number, Served>();
	readonly events: {readonly name: string; readonly data: BlobTable}[] = [];
	/** Whether objects are taken: ubusd refuses them from users that its access lists do not name. */
	takesObjects = true;
	readonly #clients = new Set<Client>();
	readonly #calls = new Map<number, Call>();
	#nextId = 1024;
	#nextSeq = 1;

	/** A client connects. */
	accept(stream: Pick<Stream, 'write' | 'close'>): StreamHandlers {
		const client = {id: this.#nextId++, stream};
		const splitter = new m.MessageSplitter();
		this.#clients.add(client);
		stream.write(new m.MessageWriter(m.HELLO, 0, client.id).finish());
		return {
			open: () => {},
			data: bytes => {
				if (!splitter.push(bytes, message => this.#receive(client, message))) stream.close();
			},
			close: () => this.#leave(client),
		};
	}

	/** As if it were killed: every connection ends. */
	drop(): void {
		for (const client of [...this.#clients]) {
			client.stream.close();
			this.#leave(client);
		}
	}

	find(path: string): Served | undefined {
		return [...this.objects.values()].find(object => object.path === path);
	}

	/** Calls a method with arguments that are encoded as they are given, right or wrong. */
	call(path: string, method: string, args: BlobTable = {}): Promise<BusReply> {
		const object = this.find(path);
		if (object === undefined) return Promise.resolve({status: NOT_FOUND, replies: []});
		return new Promise(done => {
			const seq = this.#nextSeq++;
			this.#calls.set(seq, {replies: [], done});
			const writer = new m.MessageWriter(m.INVOKE, seq, 1).number(m.A_OBJECT, object.id).string(m.A_METHOD, method);
			const start = writer.open(m.A_DATA);
			writer.raw(encodeTable(args));
			writer.close(start);
			object.client.stream.write(writer.string(m.A_USER, 'root').string(m.A_GROUP, 'root').finish());
		});
	}

	#leave(client: Client): void {
		this.#clients.delete(client);
		for (const [id, object] of this.objects) if (object.client === client) this.objects.delete(id);
		for (const {done} of this.#calls.values()) done({status: TIMEOUT_STATUS, replies: []});
		this.#calls.clear();
	}

	#receive(client: Client, message: m.Message): void {
		const {type, seq, peer} = message;
		const status = (value: number): void =>
			client.stream.write(new m.MessageWriter(m.STATUS, seq, peer).number(m.A_STATUS, value).finish());
		if (type === m.ADD_OBJECT) {
			if (!this.takesObjects) return status(PERMISSION_DENIED);
			const id = this.#nextId++;
			const range = message.range(m.A_SIGNATURE);
			const signature = range === undefined ? {} : decodeTable(message.bytes, range[0], range[1]);
			this.objects.set(id, {id, path: message.text(m.A_PATH) ?? '', signature, client});
			client.stream.write(new m.MessageWriter(m.DATA, seq, peer).number(m.A_OBJECT, id).number(m.A_TYPE, 1).finish());
			return status(0);
		}
		if (type === m.INVOKE) {
			const range = message.range(m.A_DATA);
			const {id, data} = range === undefined ? {} : decodeTable(message.bytes, range[0], range[1]);
			if (message.u32(m.A_OBJECT) === m.EVENT_OBJECT)
				this.events.push({name: String(id), data: (data ?? {}) as BlobTable});
			return status(0);
		}
		const call = this.#calls.get(seq);
		if (call === undefined) return;
		const range = message.range(m.A_DATA);
		if (type === m.DATA && range !== undefined) call.replies.push(decodeTable(message.bytes, range[0], range[1]));
		if (type !== m.STATUS) return;
		this.#calls.delete(seq);
		call.done({status: message.u32(m.A_STATUS) ?? 0, replies: call.replies});
	}
}
