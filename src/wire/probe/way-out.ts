// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, fromHex} from '../../core/bytes.ts';
import {HEXADECIMAL, isMadeOf} from '../../core/text.ts';
import {formatIpAddress} from '../rtnetlink/ip-address.ts';

// Who is next to us: the router that our default route names, and peers by the address that follows from their MAC.
// Source: Linux net/ipv4/fib_trie.c (fib_route_seq_show), net/ipv6/route.c (/proc/net/ipv6_route); RFC 4291 appendix A.

export interface NextHop {
	readonly address: string;
	readonly interface: string;
}

const NOWHERE = '00000000';

/**
 * The gateway of the default route with the least metric in /proc/net/route.
 *
 * Absent: undefined where there is none. Lines that mean nothing are passed over: the kernel wrote them.
 */
export function decodeWayOut4(text: string, order: ByteOrder): NextHop | undefined {
	let best: NextHop | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const line of text.split('\n').slice(1)) {
		const [name = '', destination, gateway = NOWHERE, , , , metricText = '', mask] = line
			.split('\t')
			.map(word => word.trim());
		const metric = Number(metricText);
		if (destination !== NOWHERE || mask !== NOWHERE || gateway === NOWHERE || !(metric < least)) continue;
		if (gateway.length !== 8 || !isMadeOf(gateway, HEXADECIMAL)) continue;
		const bytes = fromHex(gateway); // a number of the machine's, whose bytes are the address
		least = metric;
		best = {address: formatIpAddress(order === 'little' ? bytes.reverse() : bytes), interface: name};
	}
	return best;
}

/** The same for IPv6, from /proc/net/ipv6_route. */
export function decodeWayOut6(text: string): NextHop | undefined {
	let best: NextHop | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const line of text.split('\n')) {
		const words = line.split(' ').filter(word => word !== '');
		const [, length, , , gateway = '', metricText = ''] = words;
		const metric = Number.parseInt(metricText, 16);
		if (length !== '00' || gateway.length !== 32 || !isMadeOf(gateway, HEXADECIMAL) || !(metric < least)) continue;
		if (isMadeOf(gateway, '0')) continue;
		least = metric;
		best = {address: formatIpAddress(fromHex(gateway)), interface: words[9] ?? ''};
	}
	return best;
}

/** The link-local address that a device gives itself by its MAC. Absent: undefined for what is no MAC. */
export function linkLocalOf(mac: string): string | undefined {
	const octets = mac
		.split(':')
		.map(word => (word.length === 2 && isMadeOf(word, HEXADECIMAL) ? Number.parseInt(word, 16) : -1));
	if (octets.length !== 6 || octets.some(octet => octet < 0)) return undefined;
	const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
	return formatIpAddress(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f));
}
