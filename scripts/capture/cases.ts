// SPDX-License-Identifier: Apache-2.0
import {encodeUtf8} from '../../src/core/text.ts';
import type {Fields, Input, Table} from '../../src/wire/netlink/attributes.ts';
import {encodeFamilyRequest, encodeGenericRequest, groupId} from '../../src/wire/netlink/generic.ts';
import type {RequestMode} from '../../src/wire/netlink/message.ts';
import {channelSwitchRequest, radarDetectRequest, setChannelRequest} from '../../src/wire/nl80211/channel-switch.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {GROUP_CONFIG, GROUP_MLME, GROUP_REGULATORY, GROUP_SCAN} from '../../src/wire/nl80211/event.ts';
import {interfaceRequest} from '../../src/wire/nl80211/interface.ts';
import {
	meshConfigRequest,
	meshConfigSetRequest,
	meshJoinRequest,
	meshLeaveRequest,
	pathRequest,
} from '../../src/wire/nl80211/mesh.ts';
import {regulatoryRequest} from '../../src/wire/nl80211/regulatory.ts';
import {scanRequest, scanResultsRequest} from '../../src/wire/nl80211/scan.ts';
import {stationRequest} from '../../src/wire/nl80211/station.ts';
import {surveyRequest} from '../../src/wire/nl80211/survey.ts';
import {wiphyRequest} from '../../src/wire/nl80211/wiphy.ts';
import {encodeAddressRequest} from '../../src/wire/rtnetlink/address.ts';
import {encodeLinkRequest} from '../../src/wire/rtnetlink/link.ts';
import {AF_BRIDGE, AF_INET, RTNLGRP_IPV4_IFADDR, RTNLGRP_LINK} from '../../src/wire/rtnetlink/message-type.ts';
import {encodeNeighbourRequest} from '../../src/wire/rtnetlink/neighbour.ts';
import {encodeRouteQuery, encodeRouteRequest} from '../../src/wire/rtnetlink/route.ts';
import {batman, batmanSetup} from './batman.ts';
import {type Case, type Context, send} from './case.ts';

// A beacon as an access point with an old radio and a crowd of clients sends it.
const beaconHead = [
	'80000000ffffffffffff0200000003000200000003000000', // management header
	'000000000000000064000100', // timestamp, interval, capability: ESS
	'0005436166c3a9', // SSID
	'010482848b96', // rates
	'030101', // channel
].join('');
const beaconTail = [
	'0706455320010d14', // country
	'0b05030080aabb', // load: 3 stations, half of the time busy
	'2d1a3c001bff00000000000000000000000000000000000000000000', // HT capabilities
	'3d1601050000000000000000000000000000000000000000', // HT operation: 40 MHz, the second half above
	'dd0500904c0401', // a vendor's own
].join('');

/**
 * Two routers in a mesh with a quiet and a busy channel, a third that scans, a fourth for a foreign access point and radar; bridge, VLAN, veth and
 * batman-adv above the first. The `lab` file exists only in our kernel.
 */
export const setup = `set -e
iw reg set ES
for i in 0 1 2 3; do ip netns add n$i; ip netns exec n$i ip link set lo up; done
lab=/sys/kernel/debug/ieee80211/phy0/hwsim/lab
if [ -e $lab ]; then
	printf 'link 0 1 -61 50\\nlink 1 0 -58 20\\nlink 0 2 -70 0\\nlink 3 2 -44 0\\nchannel -1 2412 300 -93\\n' >$lab
fi
for i in 0 1; do
	iw dev wlan$i del
	iw phy phy$i set netns name n$i
	ip netns exec n$i iw phy phy$i interface add mesh0 type mp
	ip netns exec n$i ip link set mesh0 up
	ip netns exec n$i ip addr add 10.9.0.$((i + 1))/24 dev mesh0
	ip netns exec n$i iw dev mesh0 mesh join capture freq 2412 HT20 beacon-interval 100 mesh_fwding=1
done
for i in 2 3; do iw phy phy$i set netns name n$i; done
ip netns exec n3 iw dev wlan3 set type __ap
ip netns exec n3 ip link set wlan3 up
ip netns exec n3 iw dev wlan3 ap start Café 2412 100 2 head ${beaconHead} tail ${beaconTail}
ip netns exec n2 ip link set wlan2 up
for i in 0 1; do
	tries=0
	until ip netns exec n$i iw dev mesh0 station dump | grep -q ESTAB; do
		sleep 0.2; tries=$((tries + 1)); [ $tries -lt 100 ]
	done
done
in0() { ip netns exec n0 "$@"; }
in0 ip link add br0 type bridge
in0 ip link add v0 type veth peer name v1
in0 ip link set v0 master br0
in0 ip link set v0 up
in0 ip link set br0 up
in0 ip link add link v1 name v1.7 type vlan id 7 2>/dev/null || true
in0 ip addr add 192.0.2.1/25 dev br0
in0 ip addr add 2001:db8::1/64 dev br0 nodad
in0 ip route add 198.51.100.0/24 via 192.0.2.9
in0 ip route add 203.0.113.0/24 nexthop via 192.0.2.9 weight 3 nexthop via 10.9.0.2 weight 1 2>/dev/null || true
in0 ip route add 203.0.114.0/24 via inet6 2001:db8::9 dev br0
in0 ip -6 route add 2001:db8:1::/48 via 2001:db8::9 metric 77
in0 ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev br0 nud permanent
`;

/** A request to nl80211. */
function ask<F extends Fields>(
	context: Context,
	command: number,
	mode: RequestMode,
	table: Table<F>,
	value: Input<F>,
): string {
	return send(encodeGenericRequest(context.order, {family: context.family.id, command, mode}, table, value));
}

function join(context: Context, ...groups: string[]): string[] {
	return groups.map(group => `join ${groupId(context.family, group)}`);
}

const ping = 'ping -q -i 0.05 -c 20 10.9.0.2 >/dev/null';
const mesh = {space: 'n0', device: 'mesh0', protocol: 16} as const;
const route = {space: 'n0', protocol: 0} as const;
const channel = (frequencyMhz: number) => ({frequencyMhz, width: 1, center1Mhz: frequencyMhz});

export const cases: readonly Case[] = [
	{
		...mesh,
		name: 'family',
		lines: ({order}) => [send(encodeFamilyRequest(order, 'nl80211')), send(encodeFamilyRequest(order, 'none'))],
		print: 'true',
	},
	{
		...mesh,
		name: 'wiphy',
		lines: context => [ask(context, command.GET_WIPHY, 'dump', wiphyRequest, {split: true})],
		print: 'iw phy',
	},
	{
		...mesh,
		name: 'interface',
		lines: context => [ask(context, command.GET_INTERFACE, 'dump', interfaceRequest, {})],
		print: 'iw dev',
	},
	{
		...mesh,
		name: 'survey',
		// Unpatched hwsim surveys only what it scanned.
		before: 'iw dev mesh0 survey dump | grep -q active || iw dev mesh0 scan >/dev/null || true',
		lines: context => [ask(context, command.GET_SURVEY, 'dump', surveyRequest, {interfaceIndex: context.index})],
		print: 'iw dev mesh0 survey dump',
	},
	{
		...mesh,
		name: 'station',
		before: ping,
		lines: context => [ask(context, command.GET_STATION, 'dump', stationRequest, {interfaceIndex: context.index})],
		print: 'iw dev mesh0 station dump -v',
	},
	{
		...mesh,
		name: 'path',
		before: ping,
		lines: context => [ask(context, command.GET_MPATH, 'dump', pathRequest, {interfaceIndex: context.index})],
		print: 'iw dev mesh0 mpath dump',
	},
	{
		...mesh,
		name: 'mesh-config',
		lines: context => [
			ask(context, command.SET_MESH_CONFIG, 'do', meshConfigSetRequest, {
				interfaceIndex: context.index,
				config: {ttl: 17, rssiThresholdDbm: -80, gateAnnouncements: 1, hwmpRootMode: 4},
			}),
			ask(context, command.GET_MESH_CONFIG, 'do', meshConfigRequest, {interfaceIndex: context.index}),
		],
		print:
			'for p in $(iw dev mesh0 get mesh_param | sed -n "s/^ - //p"); do echo $p $(iw dev mesh0 get mesh_param $p); done',
	},
	{
		...mesh,
		name: 'regulatory',
		lines: context => [ask(context, command.GET_REG, 'dump', regulatoryRequest, {})],
		print: 'iw reg get',
	},
	{
		...mesh,
		space: 'n2',
		device: 'wlan2',
		name: 'scan',
		lines: context => [
			...join(context, GROUP_SCAN),
			ask(context, command.TRIGGER_SCAN, 'do', scanRequest, {
				interfaceIndex: context.index,
				frequenciesMhz: [2412, 2437],
				ssids: [encodeUtf8('')],
			}),
			'listen 2000',
			// Passive: long enough for a beacon.
			ask(context, command.TRIGGER_SCAN, 'do', scanRequest, {interfaceIndex: context.index, frequenciesMhz: [2412]}),
			'listen 2000',
			ask(context, command.GET_SCAN, 'dump', scanResultsRequest, {interfaceIndex: context.index}),
		],
		print: 'iw dev wlan2 scan dump',
	},
	{
		...mesh,
		name: 'channel-switch',
		lines: context => [
			...join(context, GROUP_MLME),
			ask(context, command.CHANNEL_SWITCH, 'do', channelSwitchRequest, {
				interfaceIndex: context.index,
				...channel(2437),
				count: 5,
			}),
			'listen 2000',
		],
		print: 'iw dev mesh0 info',
	},
	{
		...mesh,
		name: 'refused',
		lines: context => [
			// Without a count; of no such interface; while the mesh runs.
			ask(context, command.CHANNEL_SWITCH, 'do', setChannelRequest, {interfaceIndex: context.index, ...channel(2412)}),
			ask(context, command.GET_STATION, 'dump', stationRequest, {interfaceIndex: 9999}),
			ask(context, command.SET_WIPHY, 'do', setChannelRequest, {interfaceIndex: context.index, ...channel(2462)}),
		],
		print: 'true',
	},
	{
		...mesh,
		name: 'mesh-rejoin',
		lines: context => [
			...join(context, GROUP_MLME, GROUP_CONFIG),
			ask(context, command.LEAVE_MESH, 'do', meshLeaveRequest, {interfaceIndex: context.index}),
			ask(context, command.JOIN_MESH, 'do', meshJoinRequest, {
				interfaceIndex: context.index,
				meshId: encodeUtf8('capture'),
				beaconIntervalTu: 100,
				dtimPeriod: 2,
				config: {forwarding: 0, htOperationMode: 0},
				...channel(2437),
			}),
			'listen 5000',
		],
		print: 'iw dev mesh0 info',
	},
	{
		space: 'n3',
		device: 'wlan3',
		protocol: 16,
		name: 'radar',
		lines: context => [
			...join(context, GROUP_REGULATORY, GROUP_MLME, GROUP_CONFIG),
			'shell ip link set wlan3 down; iw dev wlan3 set type mp; ip link set wlan3 up',
			'listen 500',
			ask(context, command.RADAR_DETECT, 'do', radarDetectRequest, {interfaceIndex: context.index, ...channel(5260)}),
			'listen 65000',
			ask(context, command.JOIN_MESH, 'do', meshJoinRequest, {
				interfaceIndex: context.index,
				meshId: encodeUtf8('radar'),
				handleDfs: true,
				...channel(5260),
			}),
			'listen 500',
			'shell mount -t debugfs debugfs /sys/kernel/debug; echo 1 >/sys/kernel/debug/ieee80211/phy3/hwsim/dfs_simulate_radar',
			'listen 500',
			ask(context, command.GET_WIPHY, 'dump', wiphyRequest, {split: true}),
		],
		print: 'iw phy',
	},
	{...route, name: 'link', lines: ({order}) => [send(encodeLinkRequest(order))], print: 'ip -s -s -d link'},
	{
		...route,
		name: 'link-one',
		lines: ({order}) => [
			send(encodeLinkRequest(order, {name: 'br0'})),
			send(encodeLinkRequest(order, {index: 1})),
			send(encodeLinkRequest(order, {name: 'nothing'})),
		],
		print: 'ip link show br0',
	},
	{...route, name: 'address', lines: ({order}) => [send(encodeAddressRequest(order, 0))], print: 'ip -d addr'},
	{
		...route,
		name: 'neighbour',
		lines: ({order}) => [send(encodeNeighbourRequest(order, AF_INET)), send(encodeNeighbourRequest(order, AF_BRIDGE))],
		print: 'ip neigh; bridge fdb 2>/dev/null || true',
	},
	{
		...route,
		name: 'route',
		lines: ({order}) => [send(encodeRouteRequest(order, 0)), send(encodeRouteQuery(order, '198.51.100.7'))],
		print: 'ip route show table all; ip -6 route show table all',
	},
	{
		...route,
		name: 'link-event',
		lines: () => [
			`join ${RTNLGRP_LINK}`,
			`join ${RTNLGRP_IPV4_IFADDR}`,
			'shell ip link set v1 up; ip addr add 192.0.2.200/32 dev v1; ip link del v0',
			'listen 500',
		],
		print: 'true',
	},
	batman('batman-iv', 'b0', batmanSetup),
	batman('batman-v', 'b3'),
];
