// SPDX-License-Identifier: Apache-2.0
import {fromHex} from '../../../src/core/bytes.ts';

// Frames as a mesh device is given them, from the Ethernet header on, by what the gate has to see in them.

const MULTICAST = '333300000001';
const NEIGHBOUR = '02aabbccdd01';
const SENDER = '02aabbccdd02';
const BATMAN = '4305';
const IPV4 = '0800';
const IPV6 = '86dd';
const TAG_Q = '81000029';
const TAG_AD = '88a8e029';

const ethernet = (to: string, type: string, payload: string): Uint8Array => fromHex(to + SENDER + type + payload);
const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0');
const udp = (port: number): string => `${hex(port, 2)}${hex(port, 2)}0010000068656c6c6f`;

function ipv4(protocol: number, payload: string, {words = 5, fragment = 0} = {}): string {
	const options = '01'.repeat(4 * (words - 5));
	return `4${words}000040${'0000'}${hex(fragment, 2)}40${hex(protocol, 1)}00000a0000010a000002${options}${payload}`;
}

function ipv6(next: number, payload: string): string {
	const address = `fe80${'00'.repeat(13)}01`;
	return `600000000020${hex(next, 1)}01${address}${address}${payload}`;
}

const batman = (type: number): string => `${hex(type, 1)}0f32${'00'.repeat(20)}`;
const OWN_PORT = 61_867;
const UDP = 17;
const TCP = 6;

/** What multicast, routing and our own messages look like. */
export const sharedFrames: Readonly<Record<string, Uint8Array>> = {
	'multicast of IPv6': ethernet(MULTICAST, IPV6, ipv6(UDP, udp(5000))),
	broadcast: ethernet('ffffffffffff', '0806', '00'.repeat(28)),
	'an originator message': ethernet(MULTICAST, BATMAN, batman(0)),
	'an originator message to one neighbour': ethernet(NEIGHBOUR, BATMAN, batman(0)),
	'a probe of BATMAN V to one neighbour': ethernet(NEIGHBOUR, BATMAN, batman(3)),
	'an originator message of BATMAN V on a VLAN in line': ethernet(NEIGHBOUR, TAG_AD + BATMAN, batman(4)),
	'tables of BATMAN to one neighbour': ethernet(NEIGHBOUR, BATMAN, batman(0x44)),
	'Babel to one neighbour': ethernet(NEIGHBOUR, IPV6, ipv6(UDP, udp(6696))),
	'OLSR to one neighbour': ethernet(NEIGHBOUR, IPV4, ipv4(UDP, udp(698))),
	'OLSRv2 behind options': ethernet(NEIGHBOUR, IPV4, ipv4(UDP, udp(269), {words: 8})),
	'bmx6 on a VLAN in line': ethernet(NEIGHBOUR, TAG_Q + IPV6, ipv6(UDP, udp(6240))),
	'bmx7 on a VLAN in line': ethernet(NEIGHBOUR, TAG_Q + IPV4, ipv4(UDP, udp(6270))),
	'our own messages': ethernet(NEIGHBOUR, IPV6, ipv6(UDP, udp(OWN_PORT))),
	'our own messages over IPv4': ethernet(NEIGHBOUR, IPV4, ipv4(UDP, udp(OWN_PORT))),
};

export const dataFrames: Readonly<Record<string, Uint8Array>> = {
	'what BATMAN carries': ethernet(NEIGHBOUR, BATMAN, batman(0x40)),
	'a fragment of what BATMAN carries': ethernet(NEIGHBOUR, BATMAN, batman(0x41)),
	'four addresses of BATMAN': ethernet(NEIGHBOUR, BATMAN, batman(0x42)),
	'a ping of BATMAN': ethernet(NEIGHBOUR, BATMAN, batman(0x43)),
	'coded data of BATMAN': ethernet(NEIGHBOUR, BATMAN, batman(2)),
	'multicast that BATMAN sends to one': ethernet(NEIGHBOUR, BATMAN, batman(5)),
	'what BATMAN carries on a VLAN in line': ethernet(NEIGHBOUR, TAG_AD + BATMAN, batman(0x40)),
	'UDP of no routing protocol': ethernet(NEIGHBOUR, IPV4, ipv4(UDP, udp(53))),
	'UDP over IPv6': ethernet(NEIGHBOUR, IPV6, ipv6(UDP, udp(443))),
	TCP: ethernet(NEIGHBOUR, IPV4, ipv4(TCP, udp(6696))),
	'TCP over IPv6': ethernet(NEIGHBOUR, IPV6, ipv6(TCP, udp(6696))),
	'the second fragment of a datagram': ethernet(NEIGHBOUR, IPV4, ipv4(UDP, udp(6696), {fragment: 0x0010})),
	'an unknown protocol': ethernet(NEIGHBOUR, '88b5', '00'.repeat(40)),
};
