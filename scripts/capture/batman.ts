// SPDX-License-Identifier: Apache-2.0
import {
	BATMAN_FAMILY,
	GET_GATEWAYS,
	GET_HARDIF,
	GET_MESH,
	GET_NEIGHBOURS,
	GET_ORIGINATORS,
	meshRequest,
} from '../../src/wire/batman/batman.ts';
import {encodeGenericRequest} from '../../src/wire/netlink/generic.ts';
import {type Case, send} from './case.ts';

/**
 * Three routers in a row over Ethernet, the last one a gateway, and two more under the other algorithm. Addresses are
 * made up; without batctl nobody is a gateway.
 */
export const batmanSetup = `set -e
for i in 0 1 2 3 4; do ip netns add b$i; done
wire() { # number first second
	ip link add w$1a address 02:ba:00:00:$1:0a mtu 1560 netns b$2 type veth peer name w$1b address 02:ba:00:00:$1:0b mtu 1560 netns b$3
}
wire 01 0 1
wire 12 1 2
wire 34 3 4
for i in 0 1 2 3 4; do
	algorithm=BATMAN_IV
	[ $i -lt 3 ] || algorithm=BATMAN_V
	ip netns exec b$i ip link add bat0 type batadv ra $algorithm
	for device in $(ip netns exec b$i ls /sys/class/net | grep ^w); do
		ip netns exec b$i ip link set $device up
		ip netns exec b$i ip link set $device master bat0
	done
	ip netns exec b$i ip link set bat0 up
done
if command -v batctl >/dev/null; then
	ip netns exec b2 batctl meshif bat0 gw_mode server 8mbit/2mbit
	ip netns exec b0 batctl meshif bat0 gw_mode client
	ip netns exec b4 batctl meshif bat0 gw_mode server 16mbit/4mbit
	ip netns exec b3 batctl meshif bat0 gw_mode client
fi
`;

/** Every dump of batman-adv that the agent asks for. */
export function batman(name: string, space: string, prepare?: string): Case {
	return {
		name,
		space,
		device: 'bat0',
		protocol: 16,
		family: BATMAN_FAMILY,
		...(prepare === undefined ? {} : {prepare}),
		before: 'sleep 8',
		lines: ({order, family, index}) => [
			send(
				encodeGenericRequest(order, {family: family.id, command: GET_MESH, version: 1}, meshRequest, {
					meshIndex: index,
				}),
			),
			...[GET_HARDIF, GET_ORIGINATORS, GET_NEIGHBOURS, GET_GATEWAYS].map(number =>
				send(
					encodeGenericRequest(order, {family: family.id, command: number, version: 1, mode: 'dump'}, meshRequest, {
						meshIndex: index,
					}),
				),
			),
		],
		print:
			'if command -v batctl >/dev/null; then for table in originators neighbors gwl; do batctl meshif bat0 $table -n; done; fi',
	};
}
