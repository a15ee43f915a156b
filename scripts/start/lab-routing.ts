// SPDX-License-Identifier: Apache-2.0
import {encodeUtf8} from '../../src/core/text.ts';
import {WorldLinks} from '../../src/lab/world/gossip.ts';
import {addressOf} from '../../src/lab/world/kernel-view.ts';
import type {World} from '../../src/lab/world/world.ts';
import type {VirtualTime} from '../../src/runtime/sim/clock.ts';
import type {SimFiles} from '../../src/runtime/sim/files.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {linkLocalOf} from '../../src/wire/probe/way-out.ts';

// What the routers of a world find when they look beyond their radios: babeld on its socket, which says what the world's
// links cost, hosts that answer an echo after as long as the hops on the way need now, and each other's messages where
// their radios hear each other.

/** Once there and back over a hop that nobody else uses, and behind the gateway to the first host of the provider. */
const HOP_MS = 0.9;
const PROVIDER_MS = 11;
/** Packets wait behind others the longer the busier the channel; beyond this nothing gets any slower. */
const QUEUE_MS = 1.4;
const MOST_BUSY = 0.95;
/** A frame is sent so often before it is given up. */
const ATTEMPTS = 5;
const GATEWAY = '10.0.0.1';
const BABEL_SOCKET = '/var/run/babeld.sock';
/** babel's cost of a perfect wireless hop, and the air time of one. */
const PERFECT_COST = 256;
const PERFECT_US = 380;

export interface LabRoutingOptions {
	readonly world: World;
	readonly time: VirtualTime;
	readonly random: () => number;
	/** Share of the time in which a node's busiest channel is not free. */
	readonly busyShare: (node: number) => number;
	/** Of what was sent between two nodes, so much had to be sent again. */
	readonly lostShare: (one: number, other: number) => number;
}

export class LabRouting {
	readonly #options: LabRoutingOptions;
	readonly network: SimNetwork;

	constructor(options: LabRoutingOptions) {
		this.#options = options;
		this.network = new SimNetwork(options.time, {
			latencyMs: 0.2,
			random: options.random,
			roundTripMs: (host, address) => this.#roundTripMs(host, address),
			links: new WorldLinks(options.world),
		});
	}

	/** The network as one router has it, with what it finds of it in its files. */
	join(node: number, files: SimFiles): SimNetwork {
		const {world} = this.#options;
		files.set(BABEL_SOCKET, new Uint8Array());
		for (const {name, interfaceIndex} of world.nodes[node]?.radios ?? [])
			files.set(`/sys/class/net/${name}/ifindex`, encodeUtf8(`${interfaceIndex}\n`));
		files.set('/proc/net/route', () => {
			const line = `mesh0\t00000000\t0100000A\t0003\t0\t0\t10\t00000000\t0\t0\t0\n`;
			return encodeUtf8(`Iface\tDestination\tGateway\n${line}`);
		});
		return this.network;
	}

	/** Serves one router's babeld, which every connection to the socket is answered by. */
	babel(node: number): SimNetwork {
		const network = new SimNetwork(this.#options.time, {latencyMs: 0.2, random: this.#options.random});
		network.listen(`unix:${BABEL_SOCKET}`, stream => {
			stream.write(encodeUtf8('BABEL 1.0\nversion babeld-1.13.1\nhost lab\nmy-id 02:00:00:00:00:00:00:00\nok\n'));
			return {open() {}, data: () => stream.write(encodeUtf8(this.dump(node))), close() {}};
		});
		return network;
	}

	/** What babeld answers to 'dump'. */
	dump(node: number): string {
		const {world} = this.#options;
		const lines = (world.edges[node] ?? []).map(({node: other, fromRadio, toRadio}, i) => {
			const cost = this.#cost(node, other);
			const name = this.#interface(node, fromRadio);
			const costs = `rxcost ${cost} txcost ${cost} cost ${cost}`;
			return `add neighbour ${i + 1} address ${linkLocalOf(addressOf(toRadio))} if ${name} reach ffff ureach 0000 ${costs}`;
		});
		const way = this.#wayOut(node);
		const [next] = way;
		const edge = (world.edges[node] ?? []).find(each => each.node === next);
		if (edge !== undefined) {
			const metric = [node, ...way.slice(0, -1)].reduce((sum, from, i) => sum + this.#cost(from, way[i] ?? from), 0);
			const via = `via ${linkLocalOf(addressOf(edge.toRadio))} if ${this.#interface(node, edge.fromRadio)}`;
			const where = `prefix 0.0.0.0/0 from 0.0.0.0/0 installed yes id 02:00:00:00:00:00:00:01`;
			lines.push(`add route 1 ${where} metric ${metric} refmetric ${metric} ${via}`);
		}
		return [...lines, 'ok', ''].join('\n');
	}

	#interface(node: number, radio: number): string {
		const {world} = this.#options;
		const number = world.radios[radio]?.number ?? 0;
		return world.nodes[node]?.radios[number]?.name ?? '';
	}

	#cost(one: number, other: number): number {
		const edge = (this.#options.world.edges[one] ?? []).find(({node}) => node === other);
		const lost = Math.min(0.9, this.#options.lostShare(one, other));
		return Math.round((PERFECT_COST * (edge?.costUs ?? PERFECT_US)) / PERFECT_US / (1 - lost));
	}

	/** The nodes on the way to the nearest gateway, without the first. Absent: empty for a gateway, and where there is none. */
	#wayOut(from: number): readonly number[] {
		const {world} = this.#options;
		const before = new Map<number, number>([[from, -1]]);
		for (const node of before.keys()) {
			if (world.nodes[node]?.isGateway === true) {
				const way: number[] = [];
				for (let at = node; at !== from; at = before.get(at) ?? from) way.unshift(at);
				return way;
			}
			for (const edge of world.edges[node] ?? [])
				if (!before.has(edge.node) && world.isUp(edge.node)) before.set(edge.node, node);
		}
		return [];
	}

	#roundTripMs(host: string, address: string): number | undefined {
		const {world} = this.#options;
		const node = world.nodes.findIndex(({name}) => name === host);
		if (address !== GATEWAY) {
			const edge = (world.edges[node] ?? []).find(({toRadio}) => linkLocalOf(addressOf(toRadio)) === address);
			return edge === undefined || !world.isUp(edge.node) ? undefined : this.#hopMs(node, edge.node);
		}
		const way = this.#wayOut(node);
		const isGateway = world.nodes[node]?.isGateway === true;
		if (way.length === 0 && !isGateway) return undefined;
		let sum = isGateway ? PROVIDER_MS * (1 + 0.2 * this.#waiting()) : 0;
		for (const [i, other] of way.entries()) {
			const hopMs = this.#hopMs(way[i - 1] ?? node, other);
			if (hopMs === undefined) return undefined;
			sum += hopMs;
		}
		return sum;
	}

	#hopMs(one: number, other: number): number | undefined {
		const {random, busyShare, lostShare} = this.#options;
		const busy = Math.min(MOST_BUSY, Math.max(busyShare(one), busyShare(other)));
		if (random() < lostShare(one, other) ** ATTEMPTS) return undefined;
		return HOP_MS + (QUEUE_MS * busy * (this.#waiting() + this.#waiting())) / (1 - busy);
	}

	/** Exponential, its mean 1. */
	#waiting(): number {
		return -Math.log(1 - this.#options.random());
	}
}
