// SPDX-License-Identifier: Apache-2.0
// What a real kernel said, decoded, against what ip printed at the same moment.
import test, {type ExecutionContext} from 'ava';
import type {Captured} from '../../../scripts/capture/case.ts';
import type {ByteOrder} from '../../../src/core/bytes.ts';
import {type Address, decodeAddress} from '../../../src/wire/rtnetlink/address.ts';
import {
	decodeLink,
	IFF_LOOPBACK,
	IFF_LOWER_UP,
	IFF_UP,
	type Link,
	operationalStates,
} from '../../../src/wire/rtnetlink/link.ts';
import {
	AF_BRIDGE,
	AF_INET,
	RTM_DELLINK,
	RTM_NEWADDR,
	RTM_NEWLINK,
	RTM_NEWNEIGH,
} from '../../../src/wire/rtnetlink/message-type.ts';
import {decodeNeighbour, NUD_PERMANENT} from '../../../src/wire/rtnetlink/neighbour.ts';
import {decodeRoute, RTM_F_CLONED} from '../../../src/wire/rtnetlink/route.ts';
import {type Answer, type Body, captured, printedLines, recordedKernels, replay} from '../../helper/capture.ts';

function each(name: string, about: string, body: (t: ExecutionContext, capture: Captured) => void): void {
	for (const kernel of recordedKernels) {
		const capture = captured(kernel, name);
		if (capture !== undefined) test(`${about} (${kernel}, ${capture.byteOrder})`, t => body(t, capture));
	}
}

type Decode<T> = (bytes: Uint8Array, order: ByteOrder, start: number, end: number) => T;

function read<T>(capture: Captured, decode: Decode<T>, bodies: readonly Body[]): T[] {
	return bodies.map(({bytes, start, end}) => decode(bytes, capture.byteOrder, start, end));
}

function complete(t: ExecutionContext, capture: Captured, index = 0): Answer {
	const answer = replay(capture).answers[index] as Answer;
	t.deepEqual(answer.ending, {kind: 'complete'});
	return answer;
}

function linkNames(links: readonly Link[]): Map<number, string> {
	return new Map(links.map(link => [link.index, link.name ?? '']));
}

each('link', 'link: names, states and counters are those ip prints', (t, capture) => {
	const links = read(capture, decodeLink, complete(t, capture).messages);
	const names = linkNames(links);
	const printed = printedLines(capture);
	t.is(links.length, printed.filter(line => /^\d+: /.test(line)).length);
	for (const link of links) {
		const below = link.link === undefined ? '' : `@${names.get(link.link)}`;
		const at = printed.findIndex(line => line.startsWith(`${link.index}: ${link.name}${below}: `));
		t.true(at >= 0, link.name);
		const [first = '', second = ''] = printed.slice(at, at + 2);
		const state = operationalStates[link.operationalState ?? 0]?.replaceAll('-', '').toUpperCase();
		t.true(first.includes(` mtu ${link.mtuBytes} qdisc ${link.qdisc}`), first);
		t.true(first.includes(` state ${state} `), `${first}: ${state}`);
		t.is((link.flags & IFF_UP) !== 0, /[<,]UP[,>]/.test(first));
		t.is((link.flags & IFF_LOWER_UP) !== 0, first.includes('LOWER_UP'));
		t.is((link.flags & IFF_LOOPBACK) !== 0, first.includes('<LOOPBACK'));
		if (link.master !== undefined) t.true(first.includes(`master ${names.get(link.master)} `), first);
		t.regex(second, new RegExp(`^link/\\w+ ${link.address} brd ${link.broadcast}`));
		const rest = printed.slice(at);
		const counters = link.statistics;
		if (counters === undefined) return t.fail('no counters');
		const after = (head: string) => rest[rest.findIndex(line => line.startsWith(head)) + 1]?.split(' ').map(Number);
		const {receiveBytes, receivePackets, receiveErrors, receiveDropped, multicast} = counters;
		const received = after('RX: ') ?? [];
		t.deepEqual(received.slice(0, 4), [receiveBytes, receivePackets, receiveErrors, receiveDropped]);
		t.is(received[5], multicast);
		const {transmitBytes, transmitPackets, transmitErrors, transmitDropped, collisions} = counters;
		const sent = after('TX: ') ?? [];
		t.deepEqual(sent.slice(0, 4), [transmitBytes, transmitPackets, transmitErrors, transmitDropped]);
		t.is(sent[5], collisions);
	}
});

each('link', 'link: the kind of a virtual one is known', (t, capture) => {
	const links = read(capture, decodeLink, complete(t, capture).messages);
	const kinds = new Map(links.map(link => [link.name, link.info?.kind]));
	t.is(kinds.get('lo'), undefined);
	t.is(kinds.get('mesh0'), undefined);
	t.is(kinds.get('br0'), 'bridge');
	t.is(kinds.get('v0'), 'veth');
	if (kinds.has('v1.7')) t.is(kinds.get('v1.7'), 'vlan');
	t.is(links.find(link => link.name === 'v0')?.info?.slaveKind, 'bridge');
});

each('link-one', 'link: one is found by name or index, and what is not there is refused', (t, capture) => {
	const [byName, byIndex, none] = replay(capture).answers;
	t.like(read(capture, decodeLink, byName?.messages ?? []), [{name: 'br0'}]);
	t.like(read(capture, decodeLink, byIndex?.messages ?? []), [{name: 'lo', index: 1}]);
	t.like(none?.ending, {kind: 'refused', errno: 19});
});

each('address', 'address: each is as ip prints it', (t, capture) => {
	const addresses = read(capture, decodeAddress, complete(t, capture).messages);
	const printed = printedLines(capture).filter(line => line.startsWith('inet'));
	const text = (each: Address) =>
		`${each.family === AF_INET ? 'inet' : 'inet6'} ${each.local ?? each.address}/${each.prefixLength} `;
	t.is(addresses.length, printed.length);
	for (const each of addresses)
		t.true(
			printed.some(line => line.startsWith(text(each))),
			text(each),
		);
});

each('neighbour', 'neighbour: each is as ip prints it, and bridges have theirs', (t, capture) => {
	const neighbours = read(capture, decodeNeighbour, complete(t, capture).messages);
	const permanent = neighbours.find(each => each.state === NUD_PERMANENT);
	t.like(permanent, {family: AF_INET, destination: '192.0.2.9', address: '02:00:00:00:00:09'});
	const printed = printedLines(capture);
	for (const {destination, address} of neighbours)
		t.true(
			printed.some(line => line.startsWith(`${destination} dev `) && line.includes(` lladdr ${address} `)),
			destination,
		);
	const bridges = printed.some(line => line.includes(' self ')); // not every bench has the tool
	const forwarding = read(capture, decodeNeighbour, complete(t, capture, 1).messages);
	for (const each of forwarding) {
		t.is(each.family, AF_BRIDGE);
		t.is(each.destination, undefined);
		if (bridges) t.true(printed.some(line => line.startsWith(`${each.address} dev `)));
	}
	t.true(forwarding.length > 0);
	if (bridges) t.is(forwarding.length, printed.filter(line => / dev \S+ (self|master)/.test(line)).length);
});

each('route', 'route: each is as ip prints it', (t, capture) => {
	const routes = read(capture, decodeRoute, complete(t, capture).messages);
	const printed = printedLines(capture);
	for (const route of routes) {
		if (route.family !== AF_INET) continue;
		const bits = route.destinationLength === 32 ? '' : `/${route.destinationLength}`;
		const line = printed.find(each =>
			each.replace(/^(local|broadcast) /, '').startsWith(`${route.destination}${bits} `),
		);
		if (line === undefined) return t.fail(route.destination);
		if (route.gateway !== undefined) t.true(line.includes(`via ${route.gateway} `), line);
		if (route.preferredSource !== undefined) t.true(`${line} `.includes(`src ${route.preferredSource} `), line);
		if (route.via !== undefined) t.true(line.includes(`via inet6 ${route.via} `), line);
	}
	const far = routes.find(each => each.destination === '2001:db8:1::');
	t.like(far, {destinationLength: 48, gateway: '2001:db8::9', priority: 77, fullTable: 254});
	t.is(routes.find(each => each.destination === '203.0.114.0')?.via, '2001:db8::9');
	const [asked] = read(capture, decodeRoute, complete(t, capture, 1).messages);
	t.like(asked, {destination: '198.51.100.7', gateway: '192.0.2.9', preferredSource: '192.0.2.1'});
	t.is((asked?.flags ?? 0) & RTM_F_CLONED, RTM_F_CLONED);
});

each('link-event', 'link: what changes and goes is told, of a bridge and of neighbours too', (t, capture) => {
	const {events} = replay(capture);
	const links = events.filter(({type}) => type === RTM_NEWLINK || type === RTM_DELLINK);
	const gone = events.filter(({type, bytes, start}) => type === RTM_DELLINK && bytes[start] === 0);
	t.deepEqual(
		read(capture, decodeLink, gone)
			.map(link => link.name)
			.filter(name => name !== 'v1.7') // not every kernel has VLANs
			.sort(),
		['v0', 'v1'],
	);
	t.notThrows(() => read(capture, decodeLink, links));
	const [added] = read(
		capture,
		decodeAddress,
		events.filter(({type}) => type === RTM_NEWADDR),
	);
	t.like(added, {local: '192.0.2.200', prefixLength: 32});
	t.false(events.some(({type}) => type === RTM_NEWNEIGH));
});
