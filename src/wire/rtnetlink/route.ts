// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU16, readU32, writeU16, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {attributes, type Decoded, type Encodable, field, u8, u32} from '../netlink/attributes.ts';
import {type Codec, codecs} from '../netlink/field.ts';
import {type MessageHeader, requestFlags} from '../netlink/message.ts';
import {formatIpAddress, ipAddressCodec, parseIpAddress} from './ip-address.ts';
import {AF_INET, AF_INET6, RTM_GETROUTE} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

/** struct rtvia: a gateway of another family than the route's, as 802.11s and babel over IPv6 use for IPv4. */
const viaCodec: Codec<string> = {
	size: -1,
	step: 1,
	wide: false,
	read(bytes, start, end) {
		if (end - start < 2) throw new DecodeError('length', 'rtnetlink.route.via', start);
		return formatIpAddress(bytes, start + 2, end);
	},
	write(sink, value, order) {
		const bytes = parseIpAddress(value);
		writeU16(sink.bytes, sink.reserve(2), bytes.length === 4 ? AF_INET : AF_INET6, order);
		sink.push(bytes);
	},
};

export const nextHopAttributes = /* @__PURE__ */ attributes('rtnetlink.route.nextHop', {
	gateway: field(5, ipAddressCodec),
	via: field(18, viaCodec),
});

/** One of several ways of a route. Shape: struct rtnexthop. `weight` 1 is the least. */
export type NextHop = Decoded<typeof nextHopAttributes> & {
	readonly interfaceIndex: number;
	readonly weight: number;
	readonly flags: number;
};

const NEXT_HOP_BYTES = 8;

const nextHopsCodec: Codec<readonly NextHop[]> = {
	size: -1,
	step: 1,
	wide: false,
	read(bytes, start, end, order) {
		const hops: NextHop[] = [];
		let at = start;
		while (at < end) {
			if (end - at < NEXT_HOP_BYTES) throw new DecodeError('truncated', 'rtnetlink.route.nextHop', at);
			const length = readU16(bytes, at, order);
			if (length < NEXT_HOP_BYTES) throw new DecodeError('length', 'rtnetlink.route.nextHop', at);
			if (length > end - at) throw new DecodeError('truncated', 'rtnetlink.route.nextHop', at);
			hops.push({
				flags: bytes[at + 2] as number,
				weight: (bytes[at + 3] as number) + 1,
				interfaceIndex: readU32(bytes, at + 4, order),
				...nextHopAttributes.decode(bytes, order, at + NEXT_HOP_BYTES, at + length),
			});
			at += (length + 3) & ~3;
		}
		return hops;
	},
	write(sink, hops, order) {
		for (const hop of hops) {
			const at = sink.reserve(NEXT_HOP_BYTES);
			nextHopAttributes.write(sink, hop, order);
			writeU16(sink.bytes, at, sink.at - at, order);
			sink.bytes[at + 2] = hop.flags;
			sink.bytes[at + 3] = hop.weight - 1;
			writeU32(sink.bytes, at + 4, hop.interfaceIndex, order);
		}
	},
};

/**
 * Routes.
 *
 * Shape:  struct rtmsg, then attributes RTA_*.
 * Absent: `destination` for the default route, `gateway` for a directly connected network.
 * Source: Linux include/uapi/linux/rtnetlink.h.
 */
export const routeAttributes = /* @__PURE__ */ attributes('rtnetlink.route', {
	destination: field(1, ipAddressCodec),
	source: field(2, ipAddressCodec),
	inputInterface: u32(3),
	outputInterface: u32(4),
	gateway: field(5, ipAddressCodec),
	priority: u32(6),
	preferredSource: field(7, ipAddressCodec),
	nextHops: field(9, nextHopsCodec),
	fullTable: u32(15), // the table's number also above 255
	mark: u32(16),
	via: field(18, viaCodec),
	preference: u8(20),
});

/** struct rtmsg. */
export interface RouteHeader {
	readonly family: number;
	readonly destinationLength: number;
	readonly sourceLength: number;
	readonly tos: number;
	readonly table: number;
	readonly protocol: number;
	readonly scope: number;
	readonly type: number;
	readonly flags: number;
}

export type Route = RouteHeader & Decoded<typeof routeAttributes>;

export const RT_TABLE_UNSPEC = 0;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;
export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTN_UNREACHABLE = 7;
/** RTM_F_CLONED: an entry of the cache, not of a table. */
export const RTM_F_CLONED = 0x200;

const message = /* @__PURE__ */ new StructuredMessage<RouteHeader, typeof routeAttributes.fields>(
	12,
	{
		family: [0, codecs.u8],
		destinationLength: [1, codecs.u8],
		sourceLength: [2, codecs.u8],
		tos: [3, codecs.u8],
		table: [4, codecs.u8],
		protocol: [5, codecs.u8],
		scope: [6, codecs.u8],
		type: [7, codecs.u8],
		flags: [8, codecs.u32],
	},
	routeAttributes,
);

/** Reads the body of RTM_NEWROUTE or RTM_DELROUTE. Errors: as `Table.decode`. */
export function decodeRoute(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Route {
	return message.decode(bytes, order, start, end);
}

/** Any route message: what the kernel says, and RTM_NEWROUTE or RTM_DELROUTE as a request. */
export function encodeRoute(
	order: ByteOrder,
	route: RouteHeader & Encodable<typeof routeAttributes>,
	header: MessageHeader,
): Uint8Array {
	return message.encode(order, route, header);
}

const nowhere = {
	family: 0,
	destinationLength: 0,
	sourceLength: 0,
	tos: 0,
	table: 0,
	protocol: 0,
	scope: 0,
	type: 0,
	flags: 0,
} as const satisfies RouteHeader;

/** Asks for all routes of a family. */
export function encodeRouteRequest(order: ByteOrder, family: number): Uint8Array {
	return encodeRoute(order, {...nowhere, family}, {type: RTM_GETROUTE, flags: requestFlags('dump')});
}

/** Asks which route a packet to `destination` would take. */
export function encodeRouteQuery(order: ByteOrder, destination: string): Uint8Array {
	const bits = 8 * parseIpAddress(destination).length;
	const route = {...nowhere, family: bits === 32 ? AF_INET : AF_INET6, destinationLength: bits, destination};
	return encodeRoute(order, route, {type: RTM_GETROUTE, flags: requestFlags('do')});
}
