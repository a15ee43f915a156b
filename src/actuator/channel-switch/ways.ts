// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import {WIDTH_20_NOHT} from '../../wire/nl80211/channel.ts';
import {
	INTERFACE_ADHOC,
	INTERFACE_AP,
	INTERFACE_AP_VLAN,
	INTERFACE_MESH_POINT,
	INTERFACE_MONITOR,
	INTERFACE_STATION,
	type Interface,
} from '../../wire/nl80211/interface.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';
import {channelOf} from './chandef.ts';

// Which interfaces of a radio move with it, and by which of two ways:
//
//   announce   the kernel tells in its beacons that it will leave, and takes the peers along: nothing is torn down
//   rejoin     the interface leaves its network and joins it again elsewhere: peers find each other anew
//
// A radio has one channel: all its interfaces move, or none.

/** An interface that is in a network, or was until we took it out. */
export interface Member {
	readonly index: number;
	readonly name: string;
	readonly kind: 'mesh' | 'ad-hoc' | 'access point';
	/** Without 802.11n. */
	readonly isLegacy: boolean;
	/** What nl80211 said last of it. */
	readonly of: Interface;
}

/** What there is to move; `obstacle` is why it cannot be moved at all. */
export interface Crew {
	readonly members: readonly Member[];
	readonly obstacle: string | undefined;
}

const kinds: ReadonlyMap<number, Member['kind']> = new Map([
	[INTERFACE_MESH_POINT, 'mesh'],
	[INTERFACE_ADHOC, 'ad-hoc'],
	[INTERFACE_AP, 'access point'],
]);
/** They are where the others are: an access point's stations, and who only listens. */
const followers = [INTERFACE_AP_VLAN, INTERFACE_MONITOR];

/** `left`: interfaces that we took out of their networks and could not bring back, as they were. */
export function crewOf(interfaces: readonly Interface[], left: ReadonlyMap<number, Interface>): Crew {
	const members: Member[] = [];
	for (const now of interfaces) {
		const {interfaceIndex: index, name = `interface ${now.interfaceIndex}`, type = 0} = now;
		if (index === undefined || followers.includes(type)) continue;
		const of = channelOf(now) === undefined ? left.get(index) : now;
		if (of === undefined) continue;
		const kind = kinds.get(type);
		if (kind !== undefined) members.push({index, name, kind, isLegacy: of.width === WIDTH_20_NOHT, of});
		else if (type === INTERFACE_STATION)
			return {members, obstacle: `${name} is the client of an access point, which decides its channel`};
		else return {members, obstacle: `${name} is of a kind (${type}) that cannot be moved`};
	}
	return {members, obstacle: members.length === 0 ? 'none of its interfaces is in a network' : undefined};
}

/** What is known of a radio beside its interfaces. */
export interface Abilities {
	/** The driver has NL80211_CMD_CHANNEL_SWITCH. */
	readonly canAnnounce: boolean;
	readonly frequencies: readonly Frequency[];
}

export interface Knowledge {
	/** It said yes to an announcement before, and stayed where it was. */
	readonly hasLied: boolean;
	/** hostapd can be asked, which alone knows an access point's beacons. */
	readonly hasBus: boolean;
	/** A daemon of its own (wpa_supplicant) keeps the interface's network. */
	readonly isKept: (interfaceName: string) => boolean;
}

/** For each way the reason why it is none. Absent: it is one. */
export interface Ways {
	readonly announce: string | undefined;
	readonly rejoin: string | undefined;
}

export function waysOf({members}: Crew, {canAnnounce}: Abilities, knowledge: Knowledge, to?: Channel): Ways {
	const accessPoint = members.find(({kind}) => kind === 'access point');
	const kept = members.find(({name}) => knowledge.isKept(name));
	return {
		announce: whyNotAnnounce(),
		rejoin:
			accessPoint !== undefined
				? `the access point ${accessPoint.name} can only be moved by an announcement`
				: kept !== undefined
					? `wpa_supplicant keeps the network of ${kept.name}`
					: undefined,
	};

	function whyNotAnnounce(): string | undefined {
		if (!canAnnounce) return 'its driver has no channel switch';
		if (knowledge.hasLied) return 'its driver said yes to a channel switch and stayed';
		if (accessPoint !== undefined && !knowledge.hasBus)
			return `hostapd, which keeps the access point ${accessPoint.name}, cannot be asked: there is no ubus`;
		for (const {kind, name, of} of members) {
			const from = channelOf(of);
			if (to === undefined || from === undefined) continue;
			if (bandOf(from.mhz) !== bandOf(to.mhz)) return `${name} would change to another band`;
			if (kind === 'ad-hoc' && from.widthMhz !== to.widthMhz) return `${name} is ad-hoc and would change its width`;
		}
		return undefined;
	}
}

/** Why a radio cannot be moved, as a sentence. Absent: it can. */
export function pinnedBy(crew: Crew, ways: Ways): string | undefined {
	if (crew.obstacle !== undefined) return crew.obstacle;
	if (ways.announce === undefined || ways.rejoin === undefined) return undefined;
	return `${ways.announce}, and ${ways.rejoin}`;
}
