// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import {WIDTH_20} from '../../wire/nl80211/channel.ts';
import {BSS_STATUS_IBSS_JOINED} from '../../wire/nl80211/ibss.ts';
import type {Interface} from '../../wire/nl80211/interface.ts';
import type {MeshConfig} from '../../wire/nl80211/mesh.ts';
import {CAPABILITY_PRIVACY} from '../../wire/nl80211/scan.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';
import {chandefOf, nameOf} from './chandef.ts';
import type {Failure, Nl80211} from './kernel.ts';
import type {Member} from './ways.ts';

// How interfaces leave their networks and join them again. What the kernel does not tell cannot be joined again as it was:
// encryption (refused where it can be seen), and the multicast rate, which falls back to the lowest.

/** All that is needed to join a network again. */
export interface Bearings {
	readonly member: Member;
	readonly of: Interface;
	readonly mesh: MeshConfig | undefined;
	readonly bssid: string | undefined;
	readonly beaconIntervalTu: number | undefined;
	readonly dtimPeriod: number | undefined;
}

/** What OpenWrt and LibreMesh set; the kernel's own for a mesh is a second. */
const USUAL_BEACON_TU = 100;

type Done = (refusal: string | undefined) => void;

/** Reads what each member needs. Who has left already is known from then. */
export function takeBearings(
	kernel: Nl80211,
	members: readonly Member[],
	left: ReadonlyMap<number, Bearings>,
	done: (refusal: string | undefined, bearings: readonly Bearings[]) => void,
): void {
	const bearings: Bearings[] = [];
	const next = (at: number): void => {
		const member = members[at];
		if (member === undefined) return done(undefined, bearings);
		const known = left.get(member.index);
		const take = (found: Bearings): void => {
			bearings.push(found);
			next(at + 1);
		};
		if (known !== undefined) return take({...known, member: {...member, of: known.of}});
		if (member.kind === 'mesh') readMesh(kernel, member, done, take);
		else readAdHoc(kernel, member, done, take);
	};
	next(0);
}

function readMesh(
	kernel: Nl80211,
	member: Member,
	fail: (refusal: string, none: readonly Bearings[]) => void,
	take: (found: Bearings) => void,
): void {
	kernel.meshConfig(member.index, (failure, mesh) => {
		if (mesh === undefined || member.of.meshId === undefined)
			return fail(`the mesh of ${member.name} cannot be read: ${failure?.text ?? 'it has no name'}`, []);
		kernel.beacons(member.index, (beaconIntervalTu, dtimPeriod) =>
			take({member, of: member.of, mesh, bssid: undefined, beaconIntervalTu, dtimPeriod}),
		);
	});
}

function readAdHoc(
	kernel: Nl80211,
	member: Member,
	fail: (refusal: string, none: readonly Bearings[]) => void,
	take: (found: Bearings) => void,
): void {
	kernel.networks(member.index, list => {
		const own = list.find(({status}) => status === BSS_STATUS_IBSS_JOINED);
		if (own === undefined || member.of.ssid === undefined)
			return fail(`the ad-hoc network of ${member.name} cannot be read`, []);
		if (((own.capability ?? 0) & CAPABILITY_PRIVACY) !== 0)
			return fail(`the ad-hoc network of ${member.name} is encrypted, and its key is not ours to read`, []);
		const {bssid, beaconIntervalTu} = own;
		take({member, of: member.of, mesh: undefined, bssid, beaconIntervalTu, dtimPeriod: undefined});
	});
}

/** Takes all out of their networks. Who is in none is fine. */
export function leave(kernel: Nl80211, bearings: readonly Bearings[], done: () => void): void {
	const next = (at: number): void => {
		const one = bearings[at];
		if (one === undefined) return done();
		const {kind, index} = one.member;
		if (kind === 'mesh') kernel.leaveMesh(index, () => next(at + 1));
		else kernel.leaveAdHoc(index, () => next(at + 1));
	};
	next(0);
}

export interface Place {
	readonly to: Channel;
	readonly frequencies: readonly Frequency[];
}

/** Joins all again, at a place or, without one, exactly where each was. The first refusal ends it. */
export function join(kernel: Nl80211, bearings: readonly Bearings[], place: Place | undefined, done: Done): void {
	const next = (at: number): void => {
		const one = bearings[at];
		if (one === undefined) return done(undefined);
		joinOne(kernel, one, place, failure => {
			if (failure === undefined) return next(at + 1);
			const where = place === undefined ? 'where it was' : `on ${nameOf(place.to)}`;
			done(`${one.member.name} was not let in ${where}: ${failure.text}`);
		});
	};
	next(0);
}

function joinOne(
	kernel: Nl80211,
	{member, of, mesh, bssid, beaconIntervalTu, dtimPeriod}: Bearings,
	place: Place | undefined,
	done: (failure: Failure | undefined) => void,
): void {
	const {frequencyMhz = 0, width = WIDTH_20, center1Mhz = frequencyMhz} = of;
	const chandef =
		place === undefined ? {frequencyMhz, width, center1Mhz} : chandefOf(place.to, member.isLegacy, place.frequencies);
	if (chandef === undefined) return done({errno: 0, text: 'it cannot be so wide'});
	const common = {
		interfaceIndex: member.index,
		beaconIntervalTu: beaconIntervalTu ?? USUAL_BEACON_TU,
		// Who uses us looks after radar.
		handleDfs: true,
		...chandef,
	};
	if (member.kind === 'mesh')
		kernel.joinMesh({...common, meshId: of.meshId ?? new Uint8Array(), config: mesh, dtimPeriod}, done);
	else kernel.joinAdHoc({...common, ssid: of.ssid ?? new Uint8Array(), bssid, frequencyFixed: true}, done);
}
