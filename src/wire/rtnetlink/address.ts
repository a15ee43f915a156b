// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU32, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {attributes, type Decoded, type Encodable, field, text, u32} from '../netlink/attributes.ts';
import {encodeMessage, requestFlags} from '../netlink/message.ts';
import {ipAddressCodec} from './ip-address.ts';
import {RTM_GETADDR} from './message-type.ts';

/**
 * The addresses of interfaces.
 *
 * Shape:  struct ifaddrmsg, then attributes IFA_*. `local` is ours; `address` is the same, or the peer's on a
 *         point-to-point link; IPv6 has `address` only.
 * Source: Linux include/uapi/linux/if_addr.h.
 */
export const addressAttributes = /* @__PURE__ */ attributes('rtnetlink.address', {
	address: field(1, ipAddressCodec),
	local: field(2, ipAddressCodec),
	label: text(3),
	broadcast: field(4, ipAddressCodec),
	allFlags: u32(8),
});

/** struct ifaddrmsg. */
export interface AddressHeader {
	readonly family: number;
	readonly prefixLength: number;
	readonly flags: number;
	readonly scope: number;
	readonly interfaceIndex: number;
}

export type Address = AddressHeader & Decoded<typeof addressAttributes>;

const HEADER_BYTES = 8;

/** Reads the body of RTM_NEWADDR or RTM_DELADDR. Errors: as `Table.decode`. */
export function decodeAddress(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Address {
	if (end - start < HEADER_BYTES) throw new DecodeError('truncated', 'rtnetlink.address', start);
	return {
		family: bytes[start] as number,
		prefixLength: bytes[start + 1] as number,
		flags: bytes[start + 2] as number,
		scope: bytes[start + 3] as number,
		interfaceIndex: readU32(bytes, start + 4, order),
		...addressAttributes.decode(bytes, order, start + HEADER_BYTES, end),
	};
}

/** Any address message; see `encodeAddressRequest` for the dump. */
export function encodeAddress(
	order: ByteOrder,
	address: AddressHeader & Encodable<typeof addressAttributes>,
	header: {readonly type: number; readonly flags: number; readonly sequence?: number; readonly port?: number},
): Uint8Array {
	return encodeMessage(order, header, sink => {
		const at = sink.reserve(HEADER_BYTES);
		sink.bytes[at] = address.family;
		sink.bytes[at + 1] = address.prefixLength;
		sink.bytes[at + 2] = address.flags;
		sink.bytes[at + 3] = address.scope;
		writeU32(sink.bytes, at + 4, address.interfaceIndex, order);
		addressAttributes.write(sink, address, order);
	});
}

/** Asks for all addresses of a family (AF_UNSPEC for all). */
export function encodeAddressRequest(order: ByteOrder, family: number): Uint8Array {
	const nothing = {family, prefixLength: 0, flags: 0, scope: 0, interfaceIndex: 0};
	return encodeAddress(order, nothing, {type: RTM_GETADDR, flags: requestFlags('dump')});
}
