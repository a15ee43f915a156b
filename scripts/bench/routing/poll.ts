// SPDX-License-Identifier: Apache-2.0
// Looks at a routing protocol as many times as its second argument says, 50 neighbours and 200 originators, and observes what
// it said. The answers are made once and are replayed with the request's sequence number: what is counted is the agent.
// The first argument: `batman` or `babel`.
import {encodeUtf8} from '../../../src/core/text.ts';
import {Board} from '../../../src/model/board.ts';
import type {Runtime, StreamHandlers} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {openRouting} from '../../../src/source/routing/routing.ts';
import {
	batmanNeighbour,
	GET_GATEWAYS,
	GET_MESH,
	GET_NEIGHBOURS,
	GET_ORIGINATORS,
	gateway,
	meshInfo,
	originator,
} from '../../../src/wire/batman/batman.ts';
import {encodeGenericMessage, family} from '../../../src/wire/netlink/generic.ts';
import {encodeAcknowledgement, NLMSG_DONE, NLMSG_ERROR} from '../../../src/wire/netlink/message.ts';
import {encodeLink} from '../../../src/wire/rtnetlink/link.ts';

const NEIGHBOURS = 50;
const ORIGINATORS = 200;
/** Ways to an originator that a node in the middle of a mesh is told of. */
const WAYS = 3;
const FAMILY = 30;
const MULTI = 2;

const host = quickjsRuntime();
const {byteOrder: order} = host;
const [what = 'batman', count = '0'] = programArguments();

const hex = (number: number): string => number.toString(16).padStart(2, '0');
const mac = (number: number): string => `02:00:00:00:${hex(number >> 8)}:${hex(number & 255)}`;
const each = <T>(length: number, make: (i: number) => T): T[] => Array.from({length}, (_, i) => make(i));
const header = (command: number) => ({family: FAMILY, command, version: 1, flags: MULTI, sequence: 0, port: 1});

const answers: Readonly<Record<number, () => Uint8Array[]>> = {
	[GET_MESH]: () => [
		encodeGenericMessage(order, header(GET_MESH), meshInfo, {
			meshIndex: 9,
			meshName: 'bat0',
			algorithm: 'BATMAN_IV',
			gatewayMode: 1,
		}),
	],
	[GET_NEIGHBOURS]: () =>
		each(NEIGHBOURS, i =>
			encodeGenericMessage(order, header(GET_NEIGHBOURS), batmanNeighbour, {
				hardIndex: 4,
				hardName: 'mesh0',
				neighbour: mac(i),
				lastSeenMs: 10 * i,
			}),
		),
	[GET_ORIGINATORS]: () =>
		each(ORIGINATORS * WAYS, i =>
			encodeGenericMessage(order, header(GET_ORIGINATORS), originator, {
				hardIndex: 4,
				originator: mac(Math.floor(i / WAYS)),
				best: i % WAYS === 0,
				lastSeenMs: i,
				neighbour: i % WAYS === 0 && i < NEIGHBOURS * WAYS ? mac(i / WAYS) : mac(i % NEIGHBOURS),
				quality: 255 - (i & 127),
			}),
		),
	[GET_GATEWAYS]: () =>
		each(4, i =>
			encodeGenericMessage(order, header(GET_GATEWAYS), gateway, {
				hardIndex: 4,
				hardName: 'mesh0',
				originator: mac(i),
				best: i === 0,
				router: mac(i),
				quality: 200,
				bandwidthUp100Kbps: 10,
				bandwidthDown100Kbps: 50,
			}),
		),
};

const CONTROL = 16;
const NLM_F_ACK = 4;

/** How the kernel ends its answer: with a word of its own behind a dump, with an acknowledgement behind a single thing. */
function endOf(request: Uint8Array): Uint8Array {
	const flags = new DataView(request.buffer, request.byteOffset).getUint16(6, order === 'little');
	const type = (flags & NLM_F_ACK) === 0 ? NLMSG_DONE : NLMSG_ERROR;
	return encodeAcknowledgement(order, {type, sequence: 0, port: 1, request, flags: MULTI}, {errno: 0});
}

/** What a kernel answers to a request, by its type and command. */
function answerTo(request: Uint8Array): Uint8Array[] {
	const type = new DataView(request.buffer, request.byteOffset).getUint16(4, order === 'little');
	if (type === CONTROL) {
		const control = {family: CONTROL, command: 1, flags: 0, sequence: 0, port: 1};
		return [encodeGenericMessage(order, control, family, {id: FAMILY, name: 'batadv'}), endOf(request)];
	}
	if (type === FAMILY) return [...(answers[request[16] ?? 0]?.() ?? []), endOf(request)];
	const link = {family: 0, hardware: 1, index: 9, flags: 0x1043, name: 'bat0', info: {kind: 'batadv'}};
	return [encodeLink(order, link, {flags: MULTI, sequence: 0, port: 1}), endOf(request)];
}

const PAGE_BYTES = 8192;

interface Pages {
	readonly pages: Uint8Array[];
	/** The same bytes, and where in them sequence numbers stand. */
	readonly words: Uint32Array[];
	readonly numberedAt: number[][];
}

const known = new Map<string, Pages>();

/** In datagrams as large as the kernel's. */
function pagesOf(request: Uint8Array): Pages {
	const key = `${request[4]} ${request[5]} ${request[16]}`;
	const found = known.get(key);
	if (found !== undefined) return found;
	const pages: Uint8Array[] = [];
	const numberedAt: number[][] = [];
	let page: number[] = [];
	let starts: number[] = [];
	for (const message of answerTo(request)) {
		if (page.length + message.length > PAGE_BYTES) {
			pages.push(Uint8Array.from(page));
			numberedAt.push(starts);
			[page, starts] = [[], []];
		}
		starts.push((page.length + 8) >> 2);
		page.push(...message);
	}
	pages.push(Uint8Array.from(page));
	numberedAt.push(starts);
	const made = {pages, words: pages.map(({buffer}) => new Uint32Array(buffer)), numberedAt};
	known.set(key, made);
	return made;
}

let waiting: (() => void)[] = [];
const later = (task: () => void): void => void waiting.push(task);

const dump = (): Uint8Array => {
	const way = 'reach ffff ureach 0000 rxcost 256 txcost 256 cost 256';
	const neighbours = each(NEIGHBOURS, i => `add neighbour ${i} address fe80::${i} if mesh0 ${way}`);
	const routes = each(ORIGINATORS, i => {
		const id = `02:00:00:00:00:00:00:${hex(i)}`;
		const to = `prefix 10.0.${i}.0/24 from 0.0.0.0/0`;
		return `add route ${i} ${to} installed yes id ${id} metric 512 refmetric 256 via fe80::${i % NEIGHBOURS} if mesh0`;
	});
	return encodeUtf8([...neighbours, ...routes, 'ok', ''].join('\n'));
};
const babelGreeting = encodeUtf8('BABEL 1.0\nversion babeld-1.13\nhost bench\nmy-id 1\nok\n');
const babelDump = dump();

let nowMs = 0;
const clock = {...host.clock, nowMs: () => nowMs, after: () => () => {}};
const present = what === 'babel' ? '/var/run' : '/sys/module';
const runtime: Runtime = {
	...host,
	clock,
	files: {
		...host.files,
		list: path =>
			path === present ? ['babeld.sock', 'batman_adv'] : path === `${present}/batman_adv` ? [] : undefined,
	},
	netlink: (_protocol, handlers) => ({
		send(request) {
			const {pages, words, numberedAt} = pagesOf(request);
			const sequence = new Uint32Array(request.buffer, request.byteOffset, 4)[2] as number;
			later(() => {
				for (let i = 0; i < pages.length; i++) {
					const [page, places] = [words[i] as Uint32Array, numberedAt[i] as number[]];
					for (let j = 0; j < places.length; j++) page[places[j] as number] = sequence;
					handlers.frames(pages[i] as Uint8Array);
				}
			});
		},
		join: () => {},
		close: () => {},
	}),
	stream(_address, handlers: StreamHandlers) {
		later(() => {
			handlers.open();
			handlers.data(babelGreeting);
		});
		return {write: () => later(() => handlers.data(babelDump)), queuedBytes: 0, close: () => {}};
	},
};

const board = new Board();
let routes = 0;
const configuration = {routing: 'auto', routingIntervalS: 5} as const;
const routing = openRouting({
	runtime,
	configuration,
	observe: observation => {
		if (observation.kind === 'route') routes++;
		else if (observation.kind === 'failure') throw new Error(`${observation.code} ${observation.detail}`);
		else if (observation.kind !== 'event')
			board.record(observation.kind, observation as unknown as Readonly<Record<string, unknown>>);
	},
});
routing.start();
for (let i = 0; i < Number(count); i++) {
	let over = false;
	nowMs += 10_000;
	routing.poll(() => {
		over = true;
	});
	while (!over) {
		const now = waiting;
		waiting = [];
		for (const task of now) task();
		if (now.length === 0) break;
	}
	board.close();
}
const expected = Number(count) * ORIGINATORS;
if (routes !== expected) throw new Error(`${routes} routes in place of ${expected}`);
host.exit(0);
