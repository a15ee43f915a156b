// SPDX-License-Identifier: Apache-2.0
import {isSameChannel, partsOf} from '../../actuator/channel-switch/chandef.ts';
import {Demand} from '../../engine/view/demand.ts';
import {Occupancy} from '../../engine/view/occupancy.ts';
import type {Measurement} from '../../model/observation.ts';
import type {NodeId, NodeRecord} from '../../model/peer.ts';
import type {MeshRadio} from './channels.ts';
import {interferenceOf} from './interference.ts';

// What sources measured, as the engine wants it: how busy foreign signals keep each channel, and what each link needs.

/** Who is where, as far as it is known by now. */
export interface Places {
	readonly radios: readonly MeshRadio[];
	/** The radio of an interface, by name. */
	radioOf(interfaceName: string): string | undefined;
	nodeOf(peerAddress: string): NodeId | undefined;
}

export class MeasuredAir {
	readonly #occupancy = new Occupancy();
	readonly #demand = new Demand();

	/** Absent hour: the clock is not set. */
	busyShare(nowMs: number, hour: number | undefined, mhz: number): number {
		return this.#occupancy.at(nowMs, hour, mhz).busyShare;
	}

	/**
	 * Takes what neighbours say of the channels they are on, and so hear all the time: of others they may know no more than we do,
	 * and a word that is passed on would never end.
	 */
	hearNeighbours(nowMs: number, records: readonly NodeRecord[]): void {
		const busy = new Map<number, number[]>();
		for (const {radios, channels} of records)
			for (const {live} of radios) {
				const said = channels.find(channel => isSameChannel(channel, live));
				const parts = partsOf(live);
				// Of a wider channel it is not said which part is busy: they make it together.
				const share = 1 - (1 - (said?.busy ?? 0) / 255) ** (1 / parts.length);
				if (said !== undefined) for (const mhz of parts) busy.set(mhz, [...(busy.get(mhz) ?? []), share]);
			}
		for (const [mhz, shares] of busy)
			this.#occupancy.tell(nowMs, mhz, shares.reduce((sum, share) => sum + share, 0) / shares.length);
	}

	/** Takes what was measured in an interval; answers the links whose need is another now. */
	take(
		nowMs: number,
		hour: number | undefined,
		measured: readonly Measurement[],
		places: Places,
	): readonly {readonly peer: NodeId; readonly weight: number}[] {
		const airtimeUs = new Map<NodeId, number>();
		/** By radio, what was received of our own: some drivers count it only by peer. */
		const ownReceiveUs = new Map<string, number>();
		for (const each of measured) {
			if (each.kind !== 'station') continue;
			const {receiveAirtimeUs = 0, transmitAirtimeUs = 0} = each;
			const radio = places.radioOf(each.interface);
			if (radio !== undefined) ownReceiveUs.set(radio, (ownReceiveUs.get(radio) ?? 0) + receiveAirtimeUs);
			const id = places.nodeOf(each.peer);
			if (id !== undefined) airtimeUs.set(id, (airtimeUs.get(id) ?? 0) + receiveAirtimeUs + transmitAirtimeUs);
		}
		for (const each of measured) {
			if (each.kind !== 'channel') continue;
			const byPeers = each.inUse ? (ownReceiveUs.get(each.radio) ?? 0) / 1000 : 0;
			const ownReceiveMs = each.ownReceiveMs ?? byPeers;
			this.#occupancy.take(nowMs, hour, each.radio, each.frequencyMhz, {...each, ownReceiveMs});
		}
		for (const [mhz, share] of interferenceOf(measured, places.radios)) this.#occupancy.hint(nowMs, mhz, share);
		const needs = [...airtimeUs].flatMap(([peer, us]) => {
			const weight = this.#demand.take(nowMs, peer, us);
			return weight === undefined ? [] : [{peer, weight}];
		});
		this.#demand.keepOnly(new Set(airtimeUs.keys()));
		return needs;
	}
}
