// SPDX-License-Identifier: Apache-2.0
import type {Observe, RoutingProtocol} from '../../model/observation.ts';
import type {Runtime} from '../../port/port.ts';
import {decodeFamily, decodeGeneric, encodeFamilyRequest, encodeGenericRequest} from '../../wire/netlink/generic.ts';
import {NETLINK_GENERIC} from '../../wire/netlink/message.ts';
import * as command from '../../wire/nl80211/command.ts';
import {
	INTERFACE_MESH_POINT,
	type Interface,
	interfaceMessage,
	interfaceRequest,
} from '../../wire/nl80211/interface.ts';
import {PATH_ACTIVE, pathMessage, pathRequest} from '../../wire/nl80211/mesh.ts';
import {ENTRY_LIMIT, optional, type Route, type RoutingTable} from '../../wire/routing/table.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient} from '../netlink-client.ts';
import type {RoutingDriver} from './driver.ts';

const GONE = [ENODEV, ENOENT, EOPNOTSUPP];

/** 802.11s' own routing (HWMP): the active paths of every mesh interface. */
export class MeshPaths implements RoutingDriver {
	readonly #runtime: Runtime;
	readonly #client: NetlinkClient;
	#family = 0;

	constructor(runtime: Runtime, observe: Observe) {
		this.#runtime = runtime;
		const ignore = (): void => {};
		this.#client = new NetlinkClient(runtime, NETLINK_GENERIC, 'mesh paths', observe, ignore, ignore);
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#client.stop();
	}

	present(): boolean {
		return this.#runtime.files.list('/sys/class/ieee80211') !== undefined;
	}

	read(done: (protocol: RoutingProtocol, table: RoutingTable | undefined) => void): void {
		const order = this.#runtime.byteOrder;
		this.#client.request({
			name: 'family nl80211',
			bytes: encodeFamilyRequest(order, 'nl80211'),
			answer: (bytes, start, end) => {
				this.#family = decodeFamily(bytes, order, start, end).id;
			},
			absent: GONE,
			done: ok => {
				if (!ok) return done('802.11s', undefined);
				this.#readInterfaces(interfaces => {
					// A mesh without paths is one that somebody else routes over: there is nothing to say of it.
					this.#readPaths(interfaces, [], routes => done('802.11s', routes.length === 0 ? undefined : tableOf(routes)));
				});
			},
		});
	}

	#readInterfaces(done: (interfaces: Interface[]) => void): void {
		const order = this.#runtime.byteOrder;
		const header = {family: this.#family, command: command.GET_INTERFACE, mode: 'dump'} as const;
		let found: Interface[] = [];
		this.#client.request({
			name: 'interfaces',
			bytes: encodeGenericRequest(order, header, interfaceRequest, {}),
			begin: () => {
				found = [];
			},
			answer: (bytes, start, end) => {
				const each = decodeGeneric(interfaceMessage, bytes, order, start, end);
				if (each.type === INTERFACE_MESH_POINT) found.push(each);
			},
			absent: GONE,
			done: () => done(found),
		});
	}

	#readPaths(interfaces: Interface[], routes: Route[], done: (routes: Route[]) => void): void {
		const of = interfaces.pop();
		if (of === undefined) return done(routes);
		const {interfaceIndex, name = ''} = of;
		if (interfaceIndex === undefined) return this.#readPaths(interfaces, routes, done);
		const order = this.#runtime.byteOrder;
		const header = {family: this.#family, command: command.GET_MPATH, mode: 'dump'} as const;
		let own: Route[] = [];
		this.#client.request({
			name: 'mesh paths',
			bytes: encodeGenericRequest(order, header, pathRequest, {interfaceIndex}),
			begin: () => {
				own = [];
			},
			answer: (bytes, start, end) => {
				const {destination, nextHop, info} = decodeGeneric(pathMessage, bytes, order, start, end);
				if (((info?.flags ?? 0) & PATH_ACTIVE) === 0 || nextHop === undefined || own.length >= ENTRY_LIMIT) return;
				own.push({
					destination,
					nextHop,
					interface: name,
					...optional('cost', info?.metric),
					...optional('hops', info?.hopCount),
				});
			},
			absent: GONE,
			done: () => this.#readPaths(interfaces, [...routes, ...own], done),
		});
	}
}

/** A path whose next hop is its destination is a link. */
function tableOf(routes: readonly Route[]): RoutingTable {
	return {
		links: routes
			.filter(({destination, nextHop}) => destination === nextHop)
			.map(route => ({interface: route.interface, peer: route.nextHop, ...optional('cost', route.cost)})),
		routes,
		gateways: [],
	};
}
