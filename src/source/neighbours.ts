// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import type {NeighbourObservation} from '../model/observation.ts';
import {decodeGeneric} from '../wire/netlink/generic.ts';
import {decodeElements} from '../wire/nl80211/elements.ts';
import {scanMessage} from '../wire/nl80211/scan.ts';

/** What the kernel heard longer ago than this is of an earlier scan. */
const FRESH_MS = 60_000;
/** The loudest decide what a channel is worth; the rest are in the count. */
const NAMED_NETWORKS = 8;

interface Heard {
	readonly frequencyMhz: number;
	readonly bssid: string;
	readonly signalDbm: number | undefined;
	readonly meshId: string | undefined;
}

/** What of the networks in the air is ours. The kernel never says which mesh an interface is in: beacons of its peers do. */
export interface OwnNetworks {
	/** Whether an address is one of ours, or of a mesh peer. */
	isOwn(bssid: string): boolean;
	/** Names of our meshes, as far as they were learned: a scan learns, and one without peers still knows. */
	readonly meshIds: Set<string>;
}

/** The foreign networks of one scan. Names are not read, and addresses go no further than `finish`. */
export class ScanSummary {
	#heard: Heard[] = [];

	/** Takes one network; `status` is of one that the interface itself is in. */
	add(bytes: Uint8Array, order: ByteOrder, start: number, end: number): void {
		const {bss} = decodeGeneric(scanMessage, bytes, order, start, end);
		if (bss === undefined || bss.status !== undefined || (bss.seenAgoMs ?? 0) > FRESH_MS) return;
		const elements = bss.elements ?? bss.beaconElements;
		const meshId = elements === undefined ? undefined : decodeElements(elements).meshId;
		const signalDbm = bss.signalMbm === undefined ? undefined : Math.round(bss.signalMbm / 100);
		this.#heard.push({frequencyMhz: bss.frequencyMhz, bssid: bss.bssid, signalDbm, meshId});
	}

	/** A count for each channel, and the loudest networks under the names that `pseudonym` gives their addresses. */
	finish(radio: string, pseudonym: (bssid: string) => string, own: OwnNetworks): NeighbourObservation[] {
		this.#heard = withoutOwn(this.#heard, own);
		const counts = new Map<number, number>();
		for (const {frequencyMhz} of this.#heard) counts.set(frequencyMhz, (counts.get(frequencyMhz) ?? 0) + 1);
		const loudest = this.#heard
			.filter(network => network.signalDbm !== undefined)
			.sort((a, b) => (b.signalDbm ?? 0) - (a.signalDbm ?? 0) || (a.bssid < b.bssid ? -1 : 1))
			.slice(0, NAMED_NETWORKS);
		const common = {kind: 'neighbour', radio} as const;
		return [
			...[...counts].map(([frequencyMhz, accessPoints]) => {
				return {...common, frequencyMhz, accessPoints, network: undefined, signalDbm: undefined};
			}),
			...loudest.map(({frequencyMhz, bssid, signalDbm}) => {
				return {...common, frequencyMhz, accessPoints: undefined, network: pseudonym(bssid), signalDbm};
			}),
		];
	}
}

/** Without a name a mesh is only known by its peers' addresses: every mesh may be without one. */
function withoutOwn(heard: readonly Heard[], {isOwn, meshIds}: OwnNetworks): Heard[] {
	const ours = heard.filter(({bssid, meshId}) => meshId !== undefined && meshId !== '' && isOwn(bssid));
	if (ours.length > 0) meshIds.clear();
	for (const {meshId} of ours) meshIds.add(meshId as string);
	return heard.filter(({bssid, meshId}) => !isOwn(bssid) && (meshId === undefined || !meshIds.has(meshId)));
}
