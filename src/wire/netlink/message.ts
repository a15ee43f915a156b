// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readI32, readU16, readU32, writeU16, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {attributes, type Fields, type Input, type Table, text, u32} from './attributes.ts';
import {ByteSink} from './byte-sink.ts';

// Framing, Linux include/uapi/linux/netlink.h. A datagram is one or more messages, each aligned to 4 bytes:
//   u32 length (header included)  u16 type  u16 flags  u32 sequence  u32 port  body

/** Protocols for `Runtime.netlink`. */
export const NETLINK_ROUTE = 0;
export const NETLINK_GENERIC = 16;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
export const NLM_F_ECHO = 0x8;
/** The table changed while it was dumped: what was read is not one moment's. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

export const MESSAGE_HEADER_BYTES = 16;
const SEQUENCE_AT = 8;
const PATH = 'netlink.message';

/**
 * Steps through the messages of a datagram without copying: after `next()` answered true, the fields are those of one
 * message and `start`..`end` is its body in `bytes`.
 */
export class MessageCursor {
	bytes: Uint8Array;
	readonly order: ByteOrder;
	type = 0;
	flags = 0;
	sequence = 0;
	port = 0;
	start = 0;
	end = 0;
	/** Where the next message begins. */
	at = 0;
	/** How many bytes there are: of a typed array the length is a call. */
	private size: number;
	private readonly little: boolean;

	constructor(bytes: Uint8Array, order: ByteOrder) {
		this.bytes = bytes;
		this.order = order;
		this.size = bytes.length;
		this.little = order === 'little';
	}

	/** Begins another datagram, or a part of it: a cursor costs more than a step of it. */
	reset(bytes: Uint8Array, at = 0): void {
		this.bytes = bytes;
		this.size = bytes.length;
		this.at = at;
	}

	/** Errors: DecodeError 'truncated' (a header or a body is cut) | 'length' (shorter than a header). */
	next(): boolean {
		const at = this.at;
		const left = this.size - at;
		if (left <= 0) return false;
		if (left < MESSAGE_HEADER_BYTES) throw new DecodeError('truncated', PATH, at);
		const bytes = this.bytes as unknown as readonly [number];
		let length = 0;
		// The bytes are put together in place: four calls would cost as much as all the rest.
		if (this.little) {
			length =
				bytes[at as 0] | (bytes[(at + 1) as 0] << 8) | (bytes[(at + 2) as 0] << 16) | (bytes[(at + 3) as 0] << 24);
			this.type = bytes[(at + 4) as 0] | (bytes[(at + 5) as 0] << 8);
			this.flags = bytes[(at + 6) as 0] | (bytes[(at + 7) as 0] << 8);
			this.sequence =
				(bytes[(at + 8) as 0] |
					(bytes[(at + 9) as 0] << 8) |
					(bytes[(at + 10) as 0] << 16) |
					(bytes[(at + 11) as 0] << 24)) >>>
				0;
			this.port =
				(bytes[(at + 12) as 0] |
					(bytes[(at + 13) as 0] << 8) |
					(bytes[(at + 14) as 0] << 16) |
					(bytes[(at + 15) as 0] << 24)) >>>
				0;
		} else {
			length = readI32(this.bytes, at, 'big');
			this.type = readU16(this.bytes, at + 4, 'big');
			this.flags = readU16(this.bytes, at + 6, 'big');
			this.sequence = readU32(this.bytes, at + 8, 'big');
			this.port = readU32(this.bytes, at + 12, 'big');
		}
		// A length above 2^31 is negative here.
		if (length >= 0 && length < MESSAGE_HEADER_BYTES) throw new DecodeError('length', PATH, at);
		if (length < 0 || length > left) throw new DecodeError('truncated', PATH, at);
		this.start = at + MESSAGE_HEADER_BYTES;
		this.end = at + length;
		this.at = (at + length + 3) & ~3;
		return true;
	}
}

export const extendedAck = /* @__PURE__ */ attributes('netlink.extendedAck', {
	text: text(1), // NLMSGERR_ATTR_MSG
	offset: u32(2), // NLMSGERR_ATTR_OFFS
	missingType: u32(5), // NLMSGERR_ATTR_MISS_TYPE
	missingNest: u32(6), // NLMSGERR_ATTR_MISS_NEST
});

/** What the kernel said about a request: errno 0 is consent. */
export interface Acknowledgement {
	/** As a positive number. */
	readonly errno: number;
	/** The kernel's own words. Absent: it gave none. */
	readonly text?: string;
	/** The byte of the request it objects to, counted from the message's header. */
	readonly offset?: number;
	/** The attribute it misses, and the byte where the nest begins that should hold it. */
	readonly missingType?: number;
	readonly missingNest?: number;
}

/**
 * Reads the body of NLMSG_ERROR or of NLMSG_DONE, which ends a dump with its error.
 *
 * Errors: DecodeError 'truncated' | 'length' | 'range' (a positive error).
 */
export function decodeAcknowledgement(
	message: Pick<MessageCursor, 'bytes' | 'order' | 'type' | 'flags' | 'start' | 'end'>,
): Acknowledgement {
	const {bytes, order, type, flags, start, end} = message;
	// Old kernels end some dumps with an empty NLMSG_DONE.
	if (type === NLMSG_DONE && start === end) return {errno: 0};
	if (end - start < 4) throw new DecodeError('truncated', 'netlink.acknowledgement', start);
	const error = readI32(bytes, start, order);
	if (error > 0) throw new DecodeError('range', 'netlink.acknowledgement.errno', start);
	const errno = error === 0 ? 0 : -error;
	if ((flags & NLM_F_ACK_TLVS) === 0) return {errno};
	return {errno, ...extendedAck.decode(bytes, order, attributesAt(message), end)};
}

/** NLMSG_ERROR repeats the request before its attributes: all of it, or, capped, its header only. */
function attributesAt(message: Pick<MessageCursor, 'bytes' | 'order' | 'type' | 'flags' | 'start' | 'end'>): number {
	const {bytes, order, type, flags, start, end} = message;
	if (type === NLMSG_DONE) return start + 4;
	if (end - start < 4 + MESSAGE_HEADER_BYTES) throw new DecodeError('truncated', 'netlink.acknowledgement', start);
	if ((flags & NLM_F_CAPPED) !== 0) return start + 4 + MESSAGE_HEADER_BYTES;
	const length = readU32(bytes, start + 4, order);
	if (length < MESSAGE_HEADER_BYTES || length > end - start - 4)
		throw new DecodeError('length', 'netlink.acknowledgement.request', start + 4);
	return Math.min(end, start + 4 + length + (-length & 3));
}

/** Builds the body of NLMSG_ERROR (or of NLMSG_DONE): the fake kernel of the lab answers with it. */
export function encodeAcknowledgement(
	order: ByteOrder,
	reply: {type: number; sequence: number; port: number; request?: Uint8Array; flags?: number},
	acknowledgement: Acknowledgement,
): Uint8Array {
	const {errno, ...attributes} = acknowledgement;
	const extended = Object.values(attributes).some(value => value !== undefined);
	const error = reply.type === NLMSG_ERROR;
	const flags = (reply.flags ?? 0) | (extended ? NLM_F_ACK_TLVS : 0) | (error ? NLM_F_CAPPED : 0);
	return encodeMessage(order, {...reply, flags}, sink => {
		const at = sink.reserve(4);
		writeU32(sink.bytes, at, -errno >>> 0, order);
		if (error) sink.push((reply.request ?? new Uint8Array(MESSAGE_HEADER_BYTES)).slice(0, MESSAGE_HEADER_BYTES));
		if (extended) extendedAck.write(sink, attributes, order);
	});
}

export interface MessageHeader {
	readonly type: number;
	readonly flags: number;
	/** Zero until a conversation numbers it. */
	readonly sequence?: number;
	readonly port?: number;
}

/** One message; `fill` appends its body. */
export function encodeMessage(order: ByteOrder, header: MessageHeader, fill: (sink: ByteSink) => void): Uint8Array {
	const sink = new ByteSink(128);
	sink.reserve(MESSAGE_HEADER_BYTES);
	fill(sink);
	const length = sink.at;
	sink.align();
	const bytes = sink.take();
	writeU32(bytes, 0, length, order);
	writeU16(bytes, 4, header.type, order);
	writeU16(bytes, 6, header.flags, order);
	writeU32(bytes, SEQUENCE_AT, header.sequence ?? 0, order);
	writeU32(bytes, 12, header.port ?? 0, order);
	return bytes;
}

/** Numbers a request that is about to be sent. Written out: it is done ten times a second. */
export function setSequence(message: Uint8Array, sequence: number, order: ByteOrder): void {
	const first = order === 'little' ? SEQUENCE_AT : SEQUENCE_AT + 3;
	const step = order === 'little' ? 1 : -1;
	message[first] = sequence;
	message[first + step] = sequence >>> 8;
	message[first + step + step] = sequence >>> 16;
	message[first + 3 * step] = sequence >>> 24;
}

/** What a request asks for: a single thing, or all there are. */
export type RequestMode = 'do' | 'dump';

/** Flags of a request. A single one is acknowledged, so that every request has an end. */
export function requestFlags(mode: RequestMode, extra = 0): number {
	return NLM_F_REQUEST | (mode === 'dump' ? NLM_F_DUMP : NLM_F_ACK) | extra;
}

/** A request of a fixed header (each rtnetlink family has one) and attributes. */
export function encodeRequest<F extends Fields>(
	order: ByteOrder,
	header: MessageHeader,
	fixed: Uint8Array,
	table: Table<F>,
	value: Input<F>,
): Uint8Array {
	return encodeMessage(order, header, sink => {
		sink.push(fixed);
		sink.align();
		table.write(sink, value, order);
	});
}
