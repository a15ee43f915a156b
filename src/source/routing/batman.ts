// SPDX-License-Identifier: Apache-2.0
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
	type Originator,
	originator,
} from '../../wire/batman/batman.ts';
import type {Fields, Table, Value} from '../../wire/netlink/attributes.ts';
import {decodeFamily, decodeGeneric, encodeFamilyRequest, encodeGenericRequest} from '../../wire/netlink/generic.ts';
import {NETLINK_GENERIC, NETLINK_ROUTE, type RequestMode} from '../../wire/netlink/message.ts';
import type {Metric, RoutingTable} from '../../wire/routing/table.ts';
import {ENTRY_LIMIT, optional} from '../../wire/routing/table.ts';
import {decodeLink, encodeLinkRequest} from '../../wire/rtnetlink/link.ts';
import {RTM_NEWLINK} from '../../wire/rtnetlink/message-type.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient} from '../netlink-client.ts';
import type {RoutingDriver} from './driver.ts';
import {BATMAN_MODULE} from './presence.ts';

const GONE = [ENODEV, ENOENT, EOPNOTSUPP];
const TQ_MAXIMUM = 255;

/** batman-adv in the kernel, of either algorithm: the first mesh interface there is. */
export class Batman implements RoutingDriver {
	readonly #runtime: Runtime;
	readonly #generic: NetlinkClient;
	readonly #links: NetlinkClient;
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
				this.#ask('dump', GET_ORIGINATORS, originator, meshIndex, originators => {
					this.#ask('dump', GET_GATEWAYS, gateway, meshIndex, gateways => {
						done(protocol, tableOf(neighbours, originators, gateways));
					});
				});
			});
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

function metricOf(of: {readonly quality?: number | undefined; readonly throughputKbps?: number | undefined}): Metric {
	return {
		...optional('quality', of.quality === undefined ? undefined : of.quality / TQ_MAXIMUM),
		...optional('throughputKbps', of.throughputKbps),
	};
}

/** The kernel's three tables in everybody's words. BATMAN_IV tells a neighbour's quality as that of the route to it. */
export function tableOf(
	neighbours: readonly BatmanNeighbour[],
	originators: readonly Originator[],
	gateways: readonly BatmanGateway[],
): RoutingTable {
	const names = new Map(neighbours.map(({hardIndex, hardName}) => [hardIndex, hardName ?? '']));
	return {
		links: neighbours.map(({neighbour, hardIndex, hardName, lastSeenMs, throughputKbps}) => {
			const route = originators.find(
				each => each.originator === neighbour && each.neighbour === neighbour && each.hardIndex === hardIndex,
			);
			return {
				interface: hardName ?? '',
				peer: neighbour,
				...metricOf({quality: route?.quality, throughputKbps}),
				...optional('lastSeenMs', lastSeenMs),
			};
		}),
		routes: originators
			.filter(({best}) => best)
			.map(each => ({
				destination: each.originator,
				nextHop: each.neighbour ?? '',
				interface: names.get(each.hardIndex) ?? '',
				...metricOf(each),
			})),
		gateways: gateways.map(each => ({gateway: each.originator, selected: each.best, ...metricOf(each)})),
	};
}
