// SPDX-License-Identifier: Apache-2.0
import type {Clock} from '../../port/port.ts';
import type {Nl80211} from './kernel.ts';
import type {Member} from './ways.ts';

// A kernel does not tell the name of the mesh that an interface is in. Its peers' beacons do.

const ELEMENT_MESH_ID = 114;
const ESTABLISHED = 4;
const LOOK_MS = 150;
const LOOKS = 8;

/** The name of the mesh, from the beacons of its peers. Absent: none of them was heard. */
export function learnMeshName(
	kernel: Nl80211,
	clock: Clock,
	{index, of}: Member,
	done: (name: Uint8Array | undefined) => void,
): void {
	kernel.peers(index, list => {
		const peers = new Set(list.flatMap(({address, info}) => (info?.peerLinkState === ESTABLISHED ? [address] : [])));
		if (peers.size === 0) return done(undefined);
		const look = (left: number): void => {
			kernel.networks(index, networks => {
				for (const {bssid, elements, beaconElements} of networks) {
					const name = peers.has(bssid) ? meshNameIn(elements ?? beaconElements) : undefined;
					if (name !== undefined) return done(name);
				}
				if (left === 0) return done(undefined);
				clock.after(LOOK_MS, () => look(left - 1));
				// One that is under way is refused, and ends.
				if (left % 4 === 0) kernel.scan(index, of.frequencyMhz ?? 0, () => {});
			});
		};
		look(LOOKS);
	});
}

/** Source: IEEE Std 802.11-2020, 9.4.2.98. Absent: no mesh, or one without a name. */
export function meshNameIn(elements: Uint8Array | undefined): Uint8Array | undefined {
	if (elements === undefined) return undefined;
	for (let at = 0; at + 2 <= elements.length; ) {
		const length = elements[at + 1] as number;
		const end = at + 2 + length;
		if (end > elements.length) return undefined;
		if (elements[at] === ELEMENT_MESH_ID) return length === 0 ? undefined : elements.slice(at + 2, end);
		at = end;
	}
	return undefined;
}
