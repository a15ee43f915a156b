// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../../model/observation.ts';
import {NETLINK_ROUTE} from '../../wire/netlink/message.ts';
import {NetlinkClient, type NetlinkPort, type OnMessage} from '../netlink-client.ts';

/** A socket of its own to rtnetlink for who holds gates. */
export function openRoute(
	port: NetlinkPort,
	name: string,
	observe: Observe,
	opened: () => void,
	onEvent: OnMessage,
): NetlinkClient {
	return new NetlinkClient(port, NETLINK_ROUTE, name, observe, opened, onEvent);
}
