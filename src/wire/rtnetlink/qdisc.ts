// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {attributes, bytes, type Decoded, type Encodable, nested, text, u32} from '../netlink/attributes.ts';
import {codecs} from '../netlink/field.ts';
import {type MessageHeader, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, requestFlags} from '../netlink/message.ts';
import {RTM_DELQDISC, RTM_GETQDISC, RTM_NEWQDISC} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

/** struct tcmsg, which queues and filters share. */
export interface TrafficHeader {
	readonly interfaceIndex: number;
	/** Its number; 0 for one that the kernel chose itself. */
	readonly handle: number;
	/** Where it hangs: a queue's number, or one of the places below. */
	readonly parent: number;
	/** Of a queue: how often it is in use. Of a filter: its rank and its protocol. */
	readonly info: number;
}

// Places: TC_H_ROOT, TC_H_CLSACT (as TC_H_INGRESS), and within that, frames that leave.
export const ROOT = 0xffffffff;
export const CLSACT = 0xfffffff1;
export const CLSACT_HANDLE = 0xffff0000;
export const EGRESS = 0xfffffff3;

export const trafficMembers = {
	interfaceIndex: [4, codecs.i32],
	handle: [8, codecs.u32],
	parent: [12, codecs.u32],
	info: [16, codecs.u32],
} as const;
export const TRAFFIC_HEADER_BYTES = 20;

/**
 * A queueing discipline of a device.
 *
 * Shape:  struct tcmsg, then attributes TCA_*. The options are the kind's own, and are kept as they come.
 * Source: Linux include/uapi/linux/rtnetlink.h, pkt_sched.h.
 */
export const qdiscAttributes = /* @__PURE__ */ attributes('rtnetlink.qdisc', {
	kind: text(1),
	options: bytes(2),
	sizeTable: bytes(8),
});

export type Qdisc = TrafficHeader & Decoded<typeof qdiscAttributes>;

/** What `fq` is told. Source: pkt_sched.h, TCA_FQ_*. */
export const fairQueueOptions = /* @__PURE__ */ attributes('rtnetlink.qdisc.fq', {
	limitPackets: u32(1),
	flowLimitPackets: u32(2),
});

/** The same as options of a queue. */
export const fairQueueAttributes = /* @__PURE__ */ attributes('rtnetlink.fairQueue', {
	kind: text(1),
	options: nested(2, fairQueueOptions),
});

const message = /* @__PURE__ */ new StructuredMessage<TrafficHeader, typeof qdiscAttributes.fields>(
	TRAFFIC_HEADER_BYTES,
	trafficMembers,
	qdiscAttributes,
);

/** Reads the body of RTM_NEWQDISC or RTM_DELQDISC. Errors: as `Table.decode`, and 'truncated'. */
export function decodeQdisc(body: Uint8Array, order: ByteOrder, start: number, end: number): Qdisc {
	return message.decode(body, order, start, end);
}

/** Any message about a queue. */
export function encodeQdisc(
	order: ByteOrder,
	qdisc: TrafficHeader & Encodable<typeof qdiscAttributes>,
	header: MessageHeader,
): Uint8Array {
	return message.encode(order, qdisc, header);
}

/** Asks for the queues of all devices. */
export function encodeQdiscDump(order: ByteOrder): Uint8Array {
	const nothing = {interfaceIndex: 0, handle: 0, parent: 0, info: 0};
	return encodeQdisc(order, nothing, {type: RTM_GETQDISC, flags: requestFlags('dump')});
}

type Place = Pick<TrafficHeader, 'interfaceIndex' | 'handle' | 'parent'>;

/** Puts a queue in a place: instead of the one that is there, or only where there is none of that number. */
export function encodeQdiscRequest(
	order: ByteOrder,
	mode: 'replace' | 'create',
	place: Place,
	qdisc: Encodable<typeof qdiscAttributes>,
): Uint8Array {
	const flags = requestFlags('do', NLM_F_CREATE | (mode === 'replace' ? NLM_F_REPLACE : NLM_F_EXCL));
	return encodeQdisc(order, {...place, info: 0, ...qdisc}, {type: RTM_NEWQDISC, flags});
}

/** Takes the queue in a place away, and all that hangs on it. At the root the kernel then puts its own. */
export function encodeQdiscRemoval(order: ByteOrder, place: Place): Uint8Array {
	return encodeQdisc(order, {...place, info: 0}, {type: RTM_DELQDISC, flags: requestFlags('do')});
}
