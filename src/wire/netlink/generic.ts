// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {
	attributes,
	type Decoded,
	type Fields,
	type Input,
	list,
	type Table,
	text,
	u16,
	u32,
	type Value,
} from './attributes.ts';
import {encodeMessage, type RequestMode, requestFlags} from './message.ts';

// Generic netlink: behind the message's header come u8 command, u8 version, u16 zero, then attributes. Families get
// their message type when they register, so each is looked up by name once.
// Source: Linux include/uapi/linux/genetlink.h.

export const GENERIC_HEADER_BYTES = 4;
/** The message type of the family that knows the others. */
export const GENL_ID_CTRL = 16;
export const CTRL_CMD_NEWFAMILY = 1;
export const CTRL_CMD_DELFAMILY = 2;
export const CTRL_CMD_GETFAMILY = 3;

/** The multicast group of the control family: families that come and go. */
export const CTRL_GROUP = 16;

export const familyGroup = /* @__PURE__ */ attributes('netlink.family.group', {
	name: text(1).required,
	id: u32(2).required,
});

/** A registered family. Source: enum CTRL_ATTR_*. */
export const family = /* @__PURE__ */ attributes('netlink.family', {
	id: u16(1).required,
	name: text(2).required,
	version: u32(3),
	headerBytes: u32(4),
	maxAttribute: u32(5),
	groups: list(7, familyGroup, 1),
});

export type Family = Decoded<typeof family>;

const familyQuery = /* @__PURE__ */ attributes('netlink.familyQuery', {name: text(2)});

/** Asks for the family of that name; errno 2 (ENOENT) answers that the kernel has none. */
export function encodeFamilyRequest(order: ByteOrder, name: string): Uint8Array {
	return encodeGenericRequest(order, {family: GENL_ID_CTRL, command: CTRL_CMD_GETFAMILY, version: 1}, familyQuery, {
		name,
	});
}

/** Reads the answer: the body of a message of type GENL_ID_CTRL. Errors: as `Table.decode`. */
export function decodeFamily(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Family {
	return family.decode(bytes, order, start + GENERIC_HEADER_BYTES, end);
}

/** Absent: undefined for a group the kernel does not have. */
export function groupId(of: Family, name: string): number | undefined {
	return of.groups?.find(candidate => candidate.name === name)?.id;
}

/** The command of a generic message. Errors: DecodeError 'truncated'. */
export function genericCommand(bytes: Uint8Array, start: number, end: number): number {
	if (end - start < GENERIC_HEADER_BYTES) throw new DecodeError('truncated', 'netlink.generic', start);
	return bytes[start] as number;
}

/** Reads the attributes of a generic message by a table. */
export function decodeGeneric<F extends Fields>(
	table: Table<F>,
	bytes: Uint8Array,
	order: ByteOrder,
	start: number,
	end: number,
): Value<F> {
	return table.decode(bytes, order, start + GENERIC_HEADER_BYTES, end);
}

export interface GenericHeader {
	readonly family: number;
	readonly command: number;
	readonly version?: number;
}

/** A request to a family. Absent mode: 'do', one thing. */
export function encodeGenericRequest<F extends Fields>(
	order: ByteOrder,
	header: GenericHeader & {readonly mode?: RequestMode},
	table: Table<F>,
	value: Input<F>,
): Uint8Array {
	return encodeGenericMessage(order, {...header, flags: requestFlags(header.mode ?? 'do')}, table, value);
}

/** Any generic message; the lab's fake kernel answers with it. */
export function encodeGenericMessage<F extends Fields>(
	order: ByteOrder,
	header: GenericHeader & {readonly flags: number; readonly sequence?: number; readonly port?: number},
	table: Table<F>,
	value: Input<F>,
): Uint8Array {
	return encodeMessage(order, {...header, type: header.family}, sink => {
		const at = sink.reserve(GENERIC_HEADER_BYTES);
		sink.bytes[at] = header.command;
		sink.bytes[at + 1] = header.version ?? 0;
		table.write(sink, value, order);
	});
}
