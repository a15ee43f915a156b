// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import type {Encodable, Fields, Table, Value} from '../netlink/attributes.ts';
import type {ByteSink} from '../netlink/byte-sink.ts';
import type {Codec} from '../netlink/field.ts';
import {encodeMessage, type MessageHeader} from '../netlink/message.ts';

/** Where a number stands in a structure of the kernel's, and what it is. */
export type Member = readonly [offset: number, codec: Codec<number>];

/** A message that begins with a structure of fixed length and goes on with attributes, as all of rtnetlink's do. */
export class StructuredMessage<H extends {readonly [K in keyof H]: number}, F extends Fields> {
	readonly bytes: number;
	readonly members: {readonly [K in keyof H]: Member};
	readonly attributes: Table<F>;

	constructor(bytes: number, members: {readonly [K in keyof H]: Member}, attributes: Table<F>) {
		this.bytes = bytes;
		this.members = members;
		this.attributes = attributes;
	}

	/** Reads the structure alone. Errors: DecodeError 'truncated'. */
	decodeHeader(bytes: Uint8Array, order: ByteOrder, start: number, end: number): H {
		if (end - start < this.bytes) throw new DecodeError('truncated', this.attributes.path, start);
		const header: Record<string, number> = {};
		for (const name in this.members) {
			const [offset, codec] = this.members[name];
			header[name] = codec.read(bytes, start + offset, start + offset + codec.size, order) as number;
		}
		return header as H;
	}

	/** Reads the body of a message. Errors: as `Table.decode`, and 'truncated'. */
	decode(bytes: Uint8Array, order: ByteOrder, start: number, end: number): H & Value<F> {
		const header = this.decodeHeader(bytes, order, start, end);
		return {...header, ...this.attributes.decode(bytes, order, start + this.bytes, end)};
	}

	/** Writes a whole message. Members of the structure that are not named are zero. */
	encode(order: ByteOrder, value: H & Encodable<Table<F>>, header: MessageHeader): Uint8Array {
		return encodeMessage(order, header, sink => {
			this.writeHeader(sink, value, order);
			this.attributes.write(sink, value, order);
		});
	}

	/** Writes the structure alone. */
	writeHeader(sink: ByteSink, value: H, order: ByteOrder): void {
		const start = sink.reserve(this.bytes);
		for (const name in this.members) {
			const [offset, codec] = this.members[name];
			sink.at = start + offset;
			codec.write(sink, value[name], order);
		}
		sink.at = start + this.bytes;
	}
}
