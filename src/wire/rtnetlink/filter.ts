// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {attributes, bytes, type Decoded, type Encodable, nested, text, u32} from '../netlink/attributes.ts';
import {encodeMessage, type MessageHeader, NLM_F_CREATE, NLM_F_EXCL, requestFlags} from '../netlink/message.ts';
import {RTM_NEWTFILTER} from './message-type.ts';
import {EGRESS, TRAFFIC_HEADER_BYTES, type TrafficHeader, trafficMembers} from './qdisc.ts';
import {StructuredMessage} from './structure.ts';

/** What `cls_bpf` is told, and tells. Source: Linux include/uapi/linux/pkt_cls.h, TCA_BPF_*. */
export const programFilterOptions = /* @__PURE__ */ attributes('rtnetlink.filter.bpf', {
	/** The program, by the descriptor that the sender has of it. */
	descriptor: u32(6),
	name: text(7),
	flags: u32(8),
	tag: bytes(10),
	programId: u32(11),
});

/**
 * A filter of a device, as far as it is a program.
 *
 * Shape:  struct tcmsg, then attributes TCA_*. Filters of other kinds put other things into the same options: of those, ask only
 *         for the kind.
 */
export const filterAttributes = /* @__PURE__ */ attributes('rtnetlink.filter', {
	kind: text(1),
	options: bytes(2),
	chain: u32(11),
});

const programFilter = /* @__PURE__ */ attributes('rtnetlink.programFilter', {
	kind: text(1),
	options: nested(2, programFilterOptions),
});

export type Filter = TrafficHeader & Decoded<typeof filterAttributes>;

/** TCA_BPF_FLAG_ACT_DIRECT: what the program answers is what happens to the packet. */
const DIRECT = 1;
/** ETH_P_ALL, which is in network order whatever the processor's. */
const ALL_PROTOCOLS: Readonly<Record<ByteOrder, number>> = {little: 0x0300, big: 0x0003};

const message = /* @__PURE__ */ new StructuredMessage<TrafficHeader, typeof filterAttributes.fields>(
	TRAFFIC_HEADER_BYTES,
	trafficMembers,
	filterAttributes,
);

/** Reads the body of RTM_NEWTFILTER or RTM_DELTFILTER. Errors: as `Table.decode`, and 'truncated'. */
export function decodeFilter(body: Uint8Array, order: ByteOrder, start: number, end: number): Filter {
	return message.decode(body, order, start, end);
}

/** Any message about a filter. */
export function encodeFilter(
	order: ByteOrder,
	filter: TrafficHeader & Encodable<typeof filterAttributes>,
	header: MessageHeader,
): Uint8Array {
	return message.encode(order, filter, header);
}

/** Has a program decide on every frame that leaves a device, which has a clsact. `rank` 1 comes first. */
export function encodeProgramFilter(
	order: ByteOrder,
	interfaceIndex: number,
	rank: number,
	program: {readonly descriptor: number; readonly name: string},
): Uint8Array {
	const header = {type: RTM_NEWTFILTER, flags: requestFlags('do', NLM_F_CREATE | NLM_F_EXCL)};
	const place = {interfaceIndex, handle: 1, parent: EGRESS, info: rank * 0x10000 + ALL_PROTOCOLS[order]};
	return encodeMessage(order, header, sink => {
		message.writeHeader(sink, place, order);
		programFilter.write(sink, {kind: 'bpf', options: {...program, flags: DIRECT}}, order);
	});
}
