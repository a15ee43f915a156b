// SPDX-License-Identifier: Apache-2.0
import type {World} from './world.ts';

// A world as a map shows it: where everybody is, who is up, what the links carry now.

export interface WorldPortrait {
	readonly nodes: readonly {
		readonly name: string;
		readonly xM: number;
		readonly yM: number;
		readonly isUp: boolean;
		readonly isGateway: boolean;
		/** Share of the time in which the busiest of its mesh radios' channels is not free. */
		readonly busyShare: number;
	}[];
	/** Both directions together; indices of nodes. */
	readonly links: readonly {
		readonly one: number;
		readonly other: number;
		readonly snrDb: number;
		readonly carriedKbps: number;
		/** Of what was sent, so much had to be sent again or was given up. */
		readonly lostShare: number;
	}[];
	readonly interferers: readonly {
		readonly name: string;
		readonly kind: string;
		readonly xM: number;
		readonly yM: number;
		readonly isOn: boolean;
		/** It is there from the scenario's start. */
		readonly isUsual: boolean;
	}[];
}

interface Counted {
	attempts: number;
	delivered: number;
	bytes: number;
}

/** Draws a world again and again; rates are those since the last time. */
export class Painter {
	readonly #world: World;
	#links = new Map<string, Counted>();
	#busyUs: readonly {busy: number; all: number}[] = [];
	#atS = 0;

	constructor(world: World) {
		this.#world = world;
	}

	paint(): WorldPortrait {
		const world = this.#world;
		const {links, radios} = world.read();
		const passedS = Math.max(1e-3, world.nowS - this.#atS);
		const counts = new Map<string, Counted>();
		for (const link of links) {
			const [from, to] = [world.radios[link.from]?.node ?? 0, world.radios[link.to]?.node ?? 0];
			const key = `${Math.min(from, to)} ${Math.max(from, to)}`;
			const sum = counts.get(key) ?? {attempts: 0, delivered: 0, bytes: 0};
			sum.attempts += link.attempts;
			sum.delivered += link.delivered;
			sum.bytes += link.delivered * PACKET_BYTES;
			counts.set(key, sum);
		}
		const busyUs = radios.map(({transmitUs, receiveUs, busyUs: busy, idleUs}) => ({
			busy: transmitUs + receiveUs + busy,
			all: transmitUs + receiveUs + busy + idleUs,
		}));
		const busyShare = (node: number): number => {
			let most = 0;
			for (const [index, radio] of world.radios.entries()) {
				const now = busyUs[index];
				if (radio.node !== node || world.nodes[node]?.radios[radio.number]?.isAccess || now === undefined) continue;
				const before = this.#busyUs[index] ?? {busy: 0, all: 0};
				most = Math.max(most, (now.busy - before.busy) / Math.max(1, now.all - before.all));
			}
			return most;
		};
		const portrait: WorldPortrait = {
			nodes: world.nodes.map(({name, isGateway}, node) => {
				const {xM = 0, yM = 0} = world.places[node] ?? {};
				return {name, isGateway, xM, yM, isUp: world.isUp(node), busyShare: busyShare(node)};
			}),
			links: world.edges.flatMap((edges, one) =>
				edges.flatMap(({node: other, snrDb}) => {
					if (other < one) return [];
					const now = counts.get(`${one} ${other}`) ?? {attempts: 0, delivered: 0, bytes: 0};
					const before = this.#links.get(`${one} ${other}`) ?? {attempts: 0, delivered: 0, bytes: 0};
					const attempts = now.attempts - before.attempts;
					const carriedKbps = ((now.bytes - before.bytes) * 8) / passedS / 1000;
					const lostShare = attempts > 0 ? 1 - (now.delivered - before.delivered) / attempts : 0;
					return [{one, other, snrDb, carriedKbps, lostShare}];
				}),
			),
			interferers: (world.scenario.interferers ?? []).map(({name, kind, xM, yM, on = true}) => ({
				name,
				kind,
				xM,
				yM,
				isOn: world.isInterfererOn(name),
				isUsual: on,
			})),
		};
		this.#links = counts;
		this.#busyUs = busyUs;
		this.#atS = world.nowS;
		return portrait;
	}
}

const PACKET_BYTES = 1500;
