// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import {decodeUtf8} from '../core/text.ts';
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
}

/** The foreign networks of one scan. Names are not read, and addresses go no further than `finish`. */
export class ScanSummary {
	readonly #heard: Heard[] = [];

	/** Takes one network; those of our own mesh are no neighbours. */
	add(bytes: Uint8Array, order: ByteOrder, start: number, end: number, ownMeshId: Uint8Array | undefined): void {
		const {bss} = decodeGeneric(scanMessage, bytes, order, start, end);
		if (bss === undefined || (bss.seenAgoMs ?? 0) > FRESH_MS) return;
		const elements = bss.elements ?? bss.beaconElements;
		const meshId = elements === undefined ? undefined : decodeElements(elements).meshId;
		if (meshId !== undefined && ownMeshId !== undefined && meshId === decodeUtf8(ownMeshId)) return;
		const signalDbm = bss.signalMbm === undefined ? undefined : Math.round(bss.signalMbm / 100);
		this.#heard.push({frequencyMhz: bss.frequencyMhz, bssid: bss.bssid, signalDbm});
	}

	/** A count for each channel, and the loudest networks under the names that `pseudonym` gives their addresses. */
	finish(radio: string, pseudonym: (bssid: string) => string): NeighbourObservation[] {
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
