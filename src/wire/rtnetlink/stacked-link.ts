// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {attributes, type Decoded, type Encodable, i32, nested, text, u32} from '../netlink/attributes.ts';
import {codecs} from '../netlink/field.ts';
import {linkInfo} from './link.ts';
import {RTM_NEWLINK} from './message-type.ts';
import {StructuredMessage} from './structure.ts';

/** An interface as far as it stands on another one. Source: Linux include/uapi/linux/if_link.h, IFLA_*. */
export const stackedLinkAttributes = /* @__PURE__ */ attributes('rtnetlink.stackedLink', {
	name: text(3),
	link: u32(5), // the interface below
	master: u32(10),
	info: nested(18, linkInfo),
	transmitQueues: u32(31),
	linkNamespace: i32(37), // only where the interface below is in another network namespace, whose numbers are others
});

export interface StackedLinkHeader {
	readonly index: number;
	readonly flags: number;
}

export type StackedLink = StackedLinkHeader & Decoded<typeof stackedLinkAttributes>;

const message = /* @__PURE__ */ new StructuredMessage<StackedLinkHeader, typeof stackedLinkAttributes.fields>(
	16,
	{index: [4, codecs.i32], flags: [8, codecs.u32]},
	stackedLinkAttributes,
);

/** Reads the body of RTM_NEWLINK or RTM_DELLINK. Errors: as `Table.decode`, and 'truncated'. */
export function decodeStackedLink(body: Uint8Array, order: ByteOrder, start: number, end: number): StackedLink {
	return message.decode(body, order, start, end);
}

/** A link message as the kernel sends it. */
export function encodeStackedLink(
	order: ByteOrder,
	link: StackedLinkHeader & Encodable<typeof stackedLinkAttributes>,
): Uint8Array {
	return message.encode(order, link, {type: RTM_NEWLINK, flags: 0});
}
