// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU16, writeU32} from '../../core/bytes.ts';
import {attributes, bytes, u32} from '../netlink/attributes.ts';

/** What the queue `tbf` is told. Source: Linux include/uapi/linux/pkt_sched.h, TCA_TBF_*. */
export const tokenBucketOptions = /* @__PURE__ */ attributes('rtnetlink.qdisc.tbf', {
	parameters: bytes(1),
	burstBytes: u32(6),
});

/** How fast a queue lets go, and how much. */
export interface TokenBucket {
	/** Below 2^32. */
	readonly bytesPerS: number;
	/** What each frame takes beyond its bytes. */
	readonly overheadBytes: number;
	/** What may go at once; larger frames are dropped. */
	readonly burstBytes: number;
	/** What waits at most. */
	readonly backlogBytes: number;
}

// struct tc_tbf_qopt: the rate's struct tc_ratespec of 12 bytes, that of a peak which is not used, and three numbers.
const PARAMETER_BYTES = 36;
const LINK_LAYER_AT = 1;
const OVERHEAD_AT = 2;
const RATE_AT = 8;
const BACKLOG_AT = 24;
/** TC_LINKLAYER_ETHERNET: the kernel asks for no table of times. */
const ETHERNET = 1;

export function encodeTokenBucket(order: ByteOrder, bucket: TokenBucket): Uint8Array {
	const {bytesPerS, overheadBytes, burstBytes, backlogBytes} = bucket;
	const parameters = new Uint8Array(PARAMETER_BYTES);
	parameters[LINK_LAYER_AT] = ETHERNET;
	writeU16(parameters, OVERHEAD_AT, overheadBytes, order);
	writeU32(parameters, RATE_AT, bytesPerS, order);
	writeU32(parameters, BACKLOG_AT, backlogBytes, order);
	return tokenBucketOptions.encode({parameters, burstBytes}, order);
}
