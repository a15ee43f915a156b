// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {Clock} from '../../port/port.ts';
import {WIDTH_20} from '../../wire/nl80211/channel.ts';
import {BSS_STATUS_IBSS_JOINED} from '../../wire/nl80211/ibss.ts';
import type {Interface} from '../../wire/nl80211/interface.ts';
import type {MeshConfig} from '../../wire/nl80211/mesh.ts';
import {CAPABILITY_PRIVACY} from '../../wire/nl80211/scan.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';
import {chandefOf, nameOf} from './chandef.ts';
import type {Failure, Nl80211} from './kernel.ts';
import {learnMeshName} from './mesh-name.ts';
import type {Member} from './ways.ts';

// How interfaces leave their networks and join them again. What the kernel does not tell cannot be joined again as it was:
// encryption (refused where it can be seen), and the multicast rate, which falls back to the lowest.

/** All that is needed to join a network again. */
export interface Bearings {
	readonly member: Member;
	readonly of: Interface;
	readonly mesh: MeshConfig | undefined;
	readonly meshName: Uint8Array | undefined;
	readonly bssid: string | undefined;
	readonly beaconIntervalTu: number | undefined;
	readonly dtimPeriod: number | undefined;
}

/** What OpenWrt and LibreMesh set; the kernel's own for a mesh is a second. */
const USUAL_BEACON_TU = 100;

type Done = (refusal: string | undefined) => void;

/** What finds things out, and what was found before. */
export interface Reading {
	readonly kernel: Nl80211;
	readonly clock: Clock;
	/** By interface. */
	readonly meshNames: Map<number, Uint8Array>;
}

/** Reads what each member needs. Who has left already is known from then. */
export function takeBearings(
	reading: Reading,
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
		if (member.kind === 'mesh') readMesh(reading, member, done, take);
		else readAdHoc(reading.kernel, member, done, take);
	};
	next(0);
}

function readMesh(
	{kernel, clock, meshNames}: Reading,
	member: Member,
	fail: (refusal: string, none: readonly Bearings[]) => void,
	take: (found: Bearings) => void,
): void {
	const {index, name, of} = member;
	const read = (meshName: Uint8Array): void => {
		meshNames.set(index, meshName);
		kernel.meshConfig(index, (failure, mesh) => {
			if (mesh === undefined) return fail(`the mesh of ${name} cannot be read: ${failure?.text ?? 'nothing'}`, []);
			kernel.peers(index, list => {
				const own = list.find(({info}) => info?.bss?.beaconIntervalTu !== undefined)?.info?.bss;
				const {beaconIntervalTu, dtimPeriod} = own ?? {};
				take({member, of, mesh, meshName, bssid: undefined, beaconIntervalTu, dtimPeriod});
			});
		});
	};
	const known = meshNames.get(index);
	if (known !== undefined) return read(known);
	learnMeshName(kernel, clock, member, learnt => {
		if (learnt !== undefined) read(learnt);
		else fail(`the name of the mesh of ${name} is not known: no beacon of a peer was heard`, []);
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
		take({member, of: member.of, mesh: undefined, meshName: undefined, bssid, beaconIntervalTu, dtimPeriod: undefined});
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
	{member, of, mesh, meshName = new Uint8Array(), bssid, beaconIntervalTu, dtimPeriod}: Bearings,
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
	if (member.kind === 'mesh') kernel.joinMesh({...common, meshId: meshName, config: mesh, dtimPeriod}, done);
	else kernel.joinAdHoc({...common, ssid: of.ssid ?? new Uint8Array(), bssid, frequencyFixed: true}, done);
}
