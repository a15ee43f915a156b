// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {attributes, type Decoded, type Encodable, field, text, u32} from '../netlink/attributes.ts';
import {codecs} from '../netlink/field.ts';
import {type MessageHeader, requestFlags} from '../netlink/message.ts';
import {ipAddressCodec} from './ip-address.ts';
import {RTM_GETADDR} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

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

const message = /* @__PURE__ */ new StructuredMessage<AddressHeader, typeof addressAttributes.fields>(
	8,
	{
		family: [0, codecs.u8],
		prefixLength: [1, codecs.u8],
		flags: [2, codecs.u8],
		scope: [3, codecs.u8],
		interfaceIndex: [4, codecs.u32],
	},
	addressAttributes,
);

/** Reads the body of RTM_NEWADDR or RTM_DELADDR. Errors: as `Table.decode`. */
export function decodeAddress(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Address {
	return message.decode(bytes, order, start, end);
}

/** Any address message; see `encodeAddressRequest` for the dump. */
export function encodeAddress(
	order: ByteOrder,
	address: AddressHeader & Encodable<typeof addressAttributes>,
	header: MessageHeader,
): Uint8Array {
	return message.encode(order, address, header);
}

/** Asks for all addresses of a family (AF_UNSPEC for all). */
export function encodeAddressRequest(order: ByteOrder, family: number): Uint8Array {
	const nothing = {family, prefixLength: 0, flags: 0, scope: 0, interfaceIndex: 0};
	return encodeAddress(order, nothing, {type: RTM_GETADDR, flags: requestFlags('dump')});
}
