// SPDX-License-Identifier: Apache-2.0
/**
 * A mesh as data: routers with their radios, links with signal and loss, and how busy the channels are.
 *
 * Units:  in each name; shares go from 0 to 1.
 * Absent: radios of two routers that no link names do not hear each other.
 */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

export interface Radio {
	mhz: number;
	/** What its clock is ahead of the others'. */
	tsfOffsetUs?: number;
}

export interface Router {
	name: string;
	radios: Radio[];
}

export interface Link {
	from: string;
	to: string;
	signalDbm: number;
	lossShare?: number;
	/** Only between radios on this frequency; else between all that share one. */
	mhz?: number;
	/** Only this direction; else both. */
	oneWay?: boolean;
}

export interface ChannelCondition {
	mhz: number;
	busyShare: number;
	noiseDbm: number;
	/** Only as this router hears it; else for all. */
	router?: string;
}

export interface Topology {
	name: string;
	routers: Router[];
	links: Link[];
	channels?: ChannelCondition[];
	/** 802.11s forwards by itself (`mesh_fwding=1`). Absent: it does not. */
	forwards?: boolean;
	/** Time between two beacons of each radio, in 1024 us. Absent: 100. */
	beaconIntervalTu?: number;
}

/** A radio with its place: `number` is the kernel's phy number, and the interface lives in its router's namespace. */
export interface PlacedRadio {
	number: number;
	router: string;
	interfaceName: string;
	mhz: number;
	tsfOffsetUs: number;
}

/** A topology of this folder, by its name. */
export async function loadTopology(name: string): Promise<Topology> {
	return checkTopology(JSON.parse(await readFile(join(import.meta.dirname, `${name}.json`), 'utf8')) as Topology);
}

/** Refuses a topology whose links or channels name a router it does not have. */
export function checkTopology(topology: Topology): Topology {
	const names = new Set(topology.routers.map(router => router.name));
	const used = [
		...topology.links.flatMap(link => [link.from, link.to]),
		...(topology.channels ?? []).flatMap(channel => channel.router ?? []),
	];
	for (const name of used) if (!names.has(name)) throw new Error(`${topology.name}: there is no router ${name}`);
	if (names.size !== topology.routers.length) throw new Error(`${topology.name}: two routers have the same name`);
	return topology;
}

/** All radios in the order the kernel numbers them. */
export function placeRadios(topology: Topology): PlacedRadio[] {
	const places = topology.routers.flatMap(router =>
		router.radios.map((radio, index) => ({
			router: router.name,
			interfaceName: `mesh${index}`,
			mhz: radio.mhz,
			tsfOffsetUs: radio.tsfOffsetUs ?? 0,
		})),
	);
	return places.map((place, number) => ({number, ...place}));
}

/** What `from` transmits as `to` hears it, or undefined when it does not. */
export function linkBetween(topology: Topology, from: PlacedRadio, to: PlacedRadio): Link | undefined {
	if (from.mhz !== to.mhz || from.router === to.router) return undefined;
	return topology.links.find(
		link =>
			(link.mhz === undefined || link.mhz === from.mhz) &&
			((link.from === from.router && link.to === to.router) ||
				(link.oneWay !== true && link.from === to.router && link.to === from.router)),
	);
}

/** How many mesh peers each radio has when the mesh is complete. */
export function expectedPeers(topology: Topology): Map<PlacedRadio, number> {
	const radios = placeRadios(topology);
	const hears = (a: PlacedRadio, b: PlacedRadio) => linkBetween(topology, a, b) !== undefined;
	return new Map(radios.map(a => [a, radios.filter(b => hears(a, b) && hears(b, a)).length]));
}
