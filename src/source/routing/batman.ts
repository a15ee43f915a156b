// SPDX-License-Identifier: Apache-2.0
import {ROWS_HEADER, Rows} from '../../core/rows.ts';
import type {Observe, RoutingProtocol} from '../../model/observation.ts';
import type {Runtime} from '../../port/port.ts';
import {
	BATMAN_FAMILY,
	type BatmanGateway,
	type BatmanNeighbour,
	batmanNeighbour,
	GET_GATEWAYS,
	GET_MESH,
	GET_NEIGHBOURS,
	GET_ORIGINATORS,
	gateway,
	meshInfo,
	meshRequest,
	originator,
} from '../../wire/batman/batman.ts';
import type {Fields, Table, Value} from '../../wire/netlink/attributes.ts';
import {
	decodeFamily,
	decodeGeneric,
	encodeFamilyRequest,
	encodeGenericRequest,
	GENERIC_HEADER_BYTES,
} from '../../wire/netlink/generic.ts';
import {cell, layout} from '../../wire/netlink/layout.ts';
import {NETLINK_GENERIC, NETLINK_ROUTE, type RequestMode} from '../../wire/netlink/message.ts';
import {RowReader} from '../../wire/netlink/row-reader.ts';
import type {Metric, Route, RoutingTable} from '../../wire/routing/table.ts';
import {ENTRY_LIMIT, optional} from '../../wire/routing/table.ts';
import {decodeLink, encodeLinkRequest} from '../../wire/rtnetlink/link.ts';
import {RTM_NEWLINK} from '../../wire/rtnetlink/message-type.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient} from '../netlink-client.ts';
import {peerOf} from '../station.ts';
import type {RoutingDriver} from './driver.ts';
import {BATMAN_MODULE} from './presence.ts';

const GONE = [ENODEV, ENOENT, EOPNOTSUPP];
const TQ_MAXIMUM = 255;
/** Ways to all originators, by every neighbour that knows one. */
const MOST_WAYS = 3 * ENTRY_LIMIT;
const {fields: originatorFields} = originator;

/** batman-adv in the kernel, of either algorithm: the first mesh interface there is. */
export class Batman implements RoutingDriver {
	readonly #runtime: Runtime;
	readonly #generic: NetlinkClient;
	readonly #links: NetlinkClient;
	readonly #ways = new Rows(waysLayout.columns.length, 0, MOST_WAYS);
	readonly #addresses = new Addresses();
	#family = 0;

	constructor(runtime: Runtime, observe: Observe) {
		this.#runtime = runtime;
		const ignore = (): void => {};
		this.#generic = new NetlinkClient(runtime, NETLINK_GENERIC, 'batman', observe, ignore, ignore);
		this.#links = new NetlinkClient(runtime, NETLINK_ROUTE, 'batman', observe, ignore, ignore);
	}

	start(): void {
		this.#generic.start();
		this.#links.start();
	}

	stop(): void {
		this.#generic.stop();
		this.#links.stop();
	}

	present(): boolean {
		return this.#runtime.files.list(BATMAN_MODULE) !== undefined;
	}

	read(done: (protocol: RoutingProtocol, table: RoutingTable | undefined) => void): void {
		this.#findMesh(meshIndex => {
			if (meshIndex === undefined) return done('batman-iv', undefined);
			this.#findFamily(() => this.#readMesh(meshIndex, done));
		});
	}

	#findMesh(found: (index: number | undefined) => void): void {
		const order = this.#runtime.byteOrder;
		let index: number | undefined;
		this.#links.request({
			name: 'mesh interfaces',
			bytes: encodeLinkRequest(order),
			answer: (bytes, start, end, type) => {
				if (type !== RTM_NEWLINK || index !== undefined) return;
				const link = decodeLink(bytes, order, start, end);
				if (link.info?.kind === 'batadv') index = link.index;
			},
			done: () => found(index),
		});
	}

	/** A family's number lives as long as the module: it is asked anew each time, which costs little. */
	#findFamily(done: () => void): void {
		const order = this.#runtime.byteOrder;
		this.#generic.request({
			name: 'family batadv',
			bytes: encodeFamilyRequest(order, BATMAN_FAMILY),
			answer: (bytes, start, end) => {
				this.#family = decodeFamily(bytes, order, start, end).id;
			},
			absent: GONE,
			done,
		});
	}

	#readMesh(meshIndex: number, done: (protocol: RoutingProtocol, table: RoutingTable | undefined) => void): void {
		this.#ask('do', GET_MESH, meshInfo, meshIndex, meshes => {
			const protocol = meshes[0]?.algorithm === 'BATMAN_V' ? 'batman-v' : 'batman-iv';
			this.#ask('dump', GET_NEIGHBOURS, batmanNeighbour, meshIndex, (neighbours, ok) => {
				if (!ok) return done(protocol, undefined);
				this.#readWays(meshIndex, () => {
					this.#ask('dump', GET_GATEWAYS, gateway, meshIndex, gateways => {
						done(protocol, tableOf(neighbours, this.#ways, gateways, this.#addresses));
					});
				});
			});
		});
	}

	/** Into rows that stay, for a mesh has many ways: three times its routers are usual. */
	#readWays(meshIndex: number, done: () => void): void {
		const order = this.#runtime.byteOrder;
		const rows = this.#ways;
		const header = {family: this.#family, command: GET_ORIGINATORS, version: 1, mode: 'dump'} as const;
		this.#generic.request({
			name: 'batman-adv originators',
			bytes: encodeGenericRequest(order, header, meshRequest, {meshIndex}),
			begin: () => rows.begin(0),
			answer: new RowReader(waysLayout, rows, order),
			absent: GONE,
			done,
		});
	}

	#ask<F extends Fields>(
		mode: RequestMode,
		command: number,
		table: Table<F>,
		meshIndex: number,
		done: (values: readonly Value<F>[], ok: boolean) => void,
	): void {
		const order = this.#runtime.byteOrder;
		const header = {family: this.#family, command, version: 1, mode};
		let values: Value<F>[] = [];
		this.#generic.request({
			name: `batman-adv command ${command}`,
			bytes: encodeGenericRequest(order, header, meshRequest, {meshIndex}),
			begin: () => {
				values = [];
			},
			answer: (bytes, start, end) => {
				if (values.length < ENTRY_LIMIT) values.push(decodeGeneric(table, bytes, order, start, end));
			},
			absent: GONE,
			done: ok => done(values, ok),
		});
	}
}

/** One way to an originator: a route by one of our neighbours. */
export const waysLayout = /* @__PURE__ */ layout('batman.originator', GENERIC_HEADER_BYTES, {
	originator: cell([], originatorFields.originator),
	neighbour: cell([], originatorFields.neighbour),
	hardIndex: cell([], originatorFields.hardIndex),
	best: cell([], originatorFields.best),
	quality: cell([], originatorFields.quality),
	throughputKbps: cell([], originatorFields.throughputKbps),
});

/** Texts of hardware addresses, which are the same at every look. */
export class Addresses {
	readonly #texts = new Map<number, string>();

	of(key: number): string {
		let text = this.#texts.get(key);
		if (text !== undefined) return text;
		if (this.#texts.size >= ENTRY_LIMIT) this.#texts.clear();
		text = peerOf(key);
		this.#texts.set(key, text);
		return text;
	}
}

/** A neighbour's ways to itself are its links, by address and interface; the ways in use are routes. */
interface Ways {
	readonly direct: ReadonlyMap<string, number>;
	readonly routes: readonly Route[];
}

function waysOf(
	{values, count, stride}: Rows,
	names: ReadonlyMap<number | undefined, string>,
	addresses: Addresses,
): Ways {
	const direct = new Map<string, number>();
	const routes: Route[] = [];
	for (let row = 0, at = ROWS_HEADER + 1; row < count; row++, at += stride) {
		// What is not given is NaN, which no comparison holds for.
		const to = values[at] as number;
		const by = values[at + 1] as number;
		const isBest = values[at + 3] === 1;
		if (!(isBest || to === by) || !(to >= 0)) continue;
		const hardIndex = values[at + 2] as number;
		const quality = (values[at + 4] as number) / TQ_MAXIMUM;
		const throughputKbps = values[at + 5] as number;
		if (to === by && quality >= 0) direct.set(`${addresses.of(to)} ${hardIndex}`, quality);
		if (!isBest || routes.length >= ENTRY_LIMIT) continue;
		// Written out: there is one for every router of the mesh.
		const destination = addresses.of(to);
		const nextHop = by >= 0 ? addresses.of(by) : '';
		const name = names.get(hardIndex) ?? '';
		if (quality >= 0) routes.push({destination, nextHop, interface: name, quality});
		else if (throughputKbps >= 0) routes.push({destination, nextHop, interface: name, throughputKbps});
		else routes.push({destination, nextHop, interface: name});
	}
	return {direct, routes};
}

function metricOf({quality, throughputKbps}: BatmanGateway): Metric {
	return {
		...optional('quality', quality === undefined ? undefined : quality / TQ_MAXIMUM),
		...optional('throughputKbps', throughputKbps),
	};
}

/** The kernel's three tables in everybody's words. BATMAN_IV tells a neighbour's quality as that of the route to it. */
export function tableOf(
	neighbours: readonly BatmanNeighbour[],
	originators: Rows,
	gateways: readonly BatmanGateway[],
	addresses: Addresses,
): RoutingTable {
	const names = new Map(neighbours.map(({hardIndex, hardName}) => [hardIndex, hardName ?? '']));
	const {direct, routes} = waysOf(originators, names, addresses);
	return {
		links: neighbours.map(({neighbour, hardIndex, hardName, lastSeenMs, throughputKbps}) => ({
			interface: hardName ?? '',
			peer: neighbour,
			...optional('quality', direct.get(`${neighbour} ${hardIndex}`)),
			...optional('throughputKbps', throughputKbps),
			...optional('lastSeenMs', lastSeenMs),
		})),
		routes,
		gateways: gateways.map(each => ({gateway: each.originator, selected: each.best, ...metricOf(each)})),
	};
}
