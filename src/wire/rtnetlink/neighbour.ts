// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {address, attributes, type Decoded, type Encodable, field, u16, u32} from '../netlink/attributes.ts';
import {codecs} from '../netlink/field.ts';
import {type MessageHeader, requestFlags} from '../netlink/message.ts';
import {ipAddressCodec} from './ip-address.ts';
import {RTM_GETNEIGH} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

/**
 * Neighbours by IP address (ARP, NDP).
 *
 * Shape:  struct ndmsg, then attributes NDA_*. Bridges' forwarding entries (family AF_BRIDGE) have no `destination`.
 * Source: Linux include/uapi/linux/neighbour.h.
 */
export const neighbourAttributes = /* @__PURE__ */ attributes('rtnetlink.neighbour', {
	destination: field(1, ipAddressCodec),
	address: address(2),
	probes: u32(4),
	vlan: u16(5),
	master: u32(9),
});

/** struct ndmsg. */
export interface NeighbourHeader {
	readonly family: number;
	readonly interfaceIndex: number;
	readonly state: number;
	readonly flags: number;
	readonly type: number;
}

export type Neighbour = NeighbourHeader & Decoded<typeof neighbourAttributes>;

// NUD_*: bits of `state`.
export const NUD_INCOMPLETE = 0x01;
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
export const NUD_FAILED = 0x20;
export const NUD_NOARP = 0x40;
export const NUD_PERMANENT = 0x80;

const message = /* @__PURE__ */ new StructuredMessage<NeighbourHeader, typeof neighbourAttributes.fields>(
	12,
	{
		family: [0, codecs.u8],
		interfaceIndex: [4, codecs.u32],
		state: [8, codecs.u16],
		flags: [10, codecs.u8],
		type: [11, codecs.u8],
	},
	neighbourAttributes,
);

/** Reads the body of RTM_NEWNEIGH or RTM_DELNEIGH. Errors: as `Table.decode`. */
export function decodeNeighbour(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Neighbour {
	return message.decode(bytes, order, start, end);
}

/** Any neighbour message; see `encodeNeighbourRequest` for the dump. */
export function encodeNeighbour(
	order: ByteOrder,
	neighbour: NeighbourHeader & Encodable<typeof neighbourAttributes>,
	header: MessageHeader,
): Uint8Array {
	return message.encode(order, neighbour, header);
}

/** Asks for all neighbours of a family (AF_INET, AF_INET6; AF_BRIDGE for bridges' forwarding entries). */
export function encodeNeighbourRequest(order: ByteOrder, family: number): Uint8Array {
	const nothing = {family, interfaceIndex: 0, state: 0, flags: 0, type: 0};
	return encodeNeighbour(order, nothing, {type: RTM_GETNEIGH, flags: requestFlags('dump')});
}
