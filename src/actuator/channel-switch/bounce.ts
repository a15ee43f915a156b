// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU32} from '../../core/bytes.ts';
import {PortError} from '../../core/errors.ts';
import type {Runtime} from '../../port/port.ts';
import {encodeMessage, NETLINK_ROUTE, requestFlags} from '../../wire/netlink/message.ts';
import {IFF_UP, LINK_HEADER_BYTES} from '../../wire/rtnetlink/link.ts';
import {RTM_NEWLINK} from '../../wire/rtnetlink/message-type.ts';

/**
 * Takes an interface down and up again: the only way to end its listening for radar before the time. The kernel does both while
 * it is told, so nothing is waited for; what it will not do is seen by the join that comes next.
 *
 * Source: Linux net/mac80211/iface.c, ieee80211_do_stop; include/uapi/linux/rtnetlink.h, struct ifinfomsg.
 */
export function bounce(port: Pick<Runtime, 'netlink'>, order: ByteOrder, interfaceIndex: number): void {
	try {
		const route = port.netlink(NETLINK_ROUTE, {frames: () => {}, overrun: () => {}, close: () => {}});
		for (const flags of [0, IFF_UP]) route.send(linkFlags(order, interfaceIndex, flags));
		route.close();
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
	}
}

/** A request to set one flag of a link: up, or not. */
export function linkFlags(order: ByteOrder, interfaceIndex: number, flags: number): Uint8Array {
	return encodeMessage(order, {type: RTM_NEWLINK, flags: requestFlags('do'), sequence: 1}, sink => {
		const at = sink.reserve(LINK_HEADER_BYTES);
		writeU32(sink.bytes, at + 4, interfaceIndex, order);
		writeU32(sink.bytes, at + 8, flags, order);
		writeU32(sink.bytes, at + 12, IFF_UP, order);
	});
}
