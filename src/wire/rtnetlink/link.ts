// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU32, writeU64} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {
	address,
	attributes,
	type Decoded,
	type Encodable,
	field,
	nested,
	text,
	u8,
	u32,
} from '../netlink/attributes.ts';
import {type Codec, codecs} from '../netlink/field.ts';
import {type Cell, cellAt} from '../netlink/layout.ts';
import {encodeMessage, type RequestMode, requestFlags} from '../netlink/message.ts';
import {RTM_GETLINK, RTM_NEWLINK} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

/**
 * What an interface counted since it came to be.
 *
 * Shape:  struct rtnl_link_stats64: 64-bit counters one after another; newer kernels append some.
 * Source: Linux include/uapi/linux/if_link.h.
 */
export interface LinkStatistics {
	readonly receivePackets: number;
	readonly transmitPackets: number;
	readonly receiveBytes: number;
	readonly transmitBytes: number;
	readonly receiveErrors: number;
	readonly transmitErrors: number;
	readonly receiveDropped: number;
	readonly transmitDropped: number;
	readonly multicast: number;
	readonly collisions: number;
}

const POW32 = 4294967296;
const STATISTICS_BYTES = 200;
export const statisticNames: readonly (keyof LinkStatistics)[] = [
	'receivePackets',
	'transmitPackets',
	'receiveBytes',
	'transmitBytes',
	'receiveErrors',
	'transmitErrors',
	'receiveDropped',
	'transmitDropped',
	'multicast',
	'collisions',
];

const statisticsCodec: Codec<LinkStatistics> = {
	size: -1,
	step: 8,
	wide: false,
	read(bytes, start, end, order) {
		if (end - start < 8 * statisticNames.length) throw new DecodeError('length', 'rtnetlink.link.statistics', start);
		const values: Record<string, number> = {};
		const high = order === 'little' ? 4 : 0;
		let at = start;
		for (const name of statisticNames) {
			const above = readU32(bytes, at + high, order);
			if (above > 0x1fffff) throw new DecodeError('range', `rtnetlink.link.statistics.${name}`, at);
			values[name] = above * POW32 + readU32(bytes, at + 4 - high, order);
			at += 8;
		}
		return values as unknown as LinkStatistics;
	},
	write(sink, values, order) {
		let at = sink.reserve(STATISTICS_BYTES);
		for (const name of statisticNames) {
			writeU64(sink.bytes, at, values[name], order);
			at += 8;
		}
	},
};

/** Where one of the counters stands, for who reads them without an object. */
export function statisticCell(name: keyof LinkStatistics): Cell {
	return cellAt([23], 8 * statisticNames.indexOf(name), codecs.u64);
}

export const linkInfo = /* @__PURE__ */ attributes('rtnetlink.link.info', {
	kind: text(1), // IFLA_INFO_KIND: 'bridge', 'veth', 'vxlan', 'batadv' …; absent for hardware
	slaveKind: text(4), // IFLA_INFO_SLAVE_KIND: what its master is
});

/** The rows of `linkAttributes`, for tables that want fewer of them. Numbers: enum in if_link.h, IFLA_*. */
export const linkFields = {
	address: address(1),
	broadcast: address(2),
	name: text(3),
	mtuBytes: u32(4),
	link: u32(5), // the interface below (a VLAN's parent)
	qdisc: text(6),
	master: u32(10), // the bridge, bond or mesh it is a port of
	queueLength: u32(13),
	operationalState: u8(16),
	info: nested(18, linkInfo),
	statistics: field(23, statisticsCodec),
	group: u32(27),
	carrier: u8(33),
	carrierChanges: u32(35),
} as const;

export const linkAttributes = /* @__PURE__ */ attributes('rtnetlink.link', linkFields);

/** struct ifinfomsg. */
export interface LinkHeader {
	readonly family: number;
	/** ARPHRD_*: 1 Ethernet, 772 loopback. */
	readonly hardware: number;
	readonly index: number;
	readonly flags: number;
}

export type Link = LinkHeader & Decoded<typeof linkAttributes>;

export const IFF_UP = 0x1;
export const IFF_LOOPBACK = 0x8;
export const IFF_RUNNING = 0x40;
export const IFF_LOWER_UP = 0x10000;

/** IF_OPER_* as words (RFC 2863), by their number. */
export const operationalStates = [
	'unknown',
	'not-present',
	'down',
	'lower-layer-down',
	'testing',
	'dormant',
	'up',
] as const;

export const LINK_HEADER_BYTES = 16;

const members = {
	family: [0, codecs.u8],
	hardware: [2, codecs.u16],
	index: [4, codecs.i32],
	flags: [8, codecs.u32],
} as const;
const message = /* @__PURE__ */ new StructuredMessage<LinkHeader, typeof linkFields>(
	LINK_HEADER_BYTES,
	members,
	linkAttributes,
);

/** Where the index and the flags stand, for who reads them without an object. */
export const linkIndexCell = /* @__PURE__ */ cellAt([], ...members.index);
export const linkFlagsCell = /* @__PURE__ */ cellAt([], ...members.flags);

/** Reads the fixed part of a link message. Errors: DecodeError 'truncated'. */
export function decodeLinkHeader(bytes: Uint8Array, order: ByteOrder, start: number, end: number): LinkHeader {
	return message.decodeHeader(bytes, order, start, end);
}

/** Reads the body of RTM_NEWLINK or RTM_DELLINK. Errors: as `Table.decode`, and 'truncated'. */
export function decodeLink(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Link {
	return message.decode(bytes, order, start, end);
}

/** A link message as the kernel sends it, for the lab's fake kernel. */
export function encodeLink(
	order: ByteOrder,
	link: LinkHeader & Encodable<typeof linkAttributes>,
	header: {type?: number; flags: number; sequence: number; port: number},
): Uint8Array {
	return message.encode(order, link, {type: RTM_NEWLINK, ...header});
}

const linkRequest = /* @__PURE__ */ attributes('rtnetlink.linkRequest', {
	name: text(3),
	filter: u32(29), // IFLA_EXT_MASK
});

/** RTEXT_FILTER_SKIP_STATS: without the counters of each protocol, which are most of a message's bytes. */
const SKIP_PROTOCOL_STATISTICS = 8;

/** Asks for all links (`{}`), or for one by its index or name. */
export function encodeLinkRequest(
	order: ByteOrder,
	which: {readonly index?: number; readonly name?: string} = {},
): Uint8Array {
	const mode: RequestMode = which.index === undefined && which.name === undefined ? 'dump' : 'do';
	return encodeMessage(order, {type: RTM_GETLINK, flags: requestFlags(mode)}, sink => {
		message.writeHeader(sink, {family: 0, hardware: 0, index: which.index ?? 0, flags: 0}, order);
		linkRequest.write(sink, {name: which.name, filter: SKIP_PROTOCOL_STATISTICS}, order);
	});
}
