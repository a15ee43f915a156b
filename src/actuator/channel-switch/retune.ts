// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import {CHANNEL_SWITCH} from '../../wire/nl80211/command.ts';
import type {Interface} from '../../wire/nl80211/interface.ts';
import {type Availability, availabilityOf} from './availability.ts';
import {chandefOf, channelOf, isSameChannel, nameOf} from './chandef.ts';
import type {Failure, Nl80211} from './kernel.ts';
import {type Bearings, join, leave, type Reading, takeBearings} from './membership.ts';
import {type Abilities, type Crew, crewOf, type Knowledge, type Member, pinnedBy, type Ways, waysOf} from './ways.ts';

// One radio, once to another channel.
//
//   reading ──► announcing ──► looking ──► there
//      │            │ refused      │ still elsewhere (the driver lied)
//      │            ▼              ▼
//      └──────► leaving ──► (listening for radar) ──► joining ──► looking ──► there
//                                    │ refused            │ refused, or elsewhere
//                                    └────────────────────┴──► going back ──► refused
//
// R1  It ends exactly once: there, or refused with a sentence. Refused, the radio is where it was, or `left` knows what is
//     missing.
// R2  Nothing is left that could not be joined again: what a join needs is read before the leave.
// R3  What the kernel says it did is believed only when the interfaces say the same.

/** Beacons that announce the move. More than one interface must be ready before the first goes: the kernel waits for all. */
const COUNT_ALONE = 1;
const COUNT_TOGETHER = 4;
/** Longer than any mesh is wide: peers hear the announcement, and know that it is not for them (see `#announceMesh`). */
const NOT_FOR_OTHERS_TTL = 255;
const USUAL_BEACON_TU = 100;
const TU_MS = 1.024;
const LOOK_MS = 60;
const LOOK_LIMIT_MS = 1500;
/** A scan that is under way keeps a radio where it is. */
const EBUSY = 16;
const EINVAL = 22;
const BUSY_PAUSE_MS = 150;
const BUSY_LIMIT_MS = 3000;
const LISTEN_PAUSE_MS = 2000;
const LISTEN_GRACE_MS = 8000;

export interface RetuneContext extends Reading {
	readonly knowledge: Knowledge;
	/** Interfaces out of their networks, and how to bring each back. Shared by all attempts on a radio. */
	readonly left: Map<number, Bearings>;
	/** Asks hostapd. Absent: it cannot be asked. */
	readonly moveAccessPoint:
		| ((name: string, to: Channel, count: number, done: (refusal: string | undefined) => void) => void)
		| undefined;
	/**
	 * What is known of the radio already, which spares it the kernel's longest answer: a move waits for nothing then. It may be
	 * out of date: the kernel judges. Absent: it is read.
	 */
	readonly known: Abilities | undefined;
	/** Whether a radio may be silent for the minute, or the ten, that listening for radar takes. */
	readonly mayListen: boolean;
	/** Ends an interface's listening for radar. */
	readonly bounce: (interfaceIndex: number) => void;
	/** The driver said yes and did nothing. */
	readonly lied: () => void;
}

export class Retune {
	readonly #context: RetuneContext;
	readonly #radio: number;
	readonly #to: Channel;
	readonly #done: (refusal: string | undefined) => void;
	#crew: Crew = {members: [], obstacle: undefined};
	#abilities: Abilities = {canAnnounce: false, frequencies: []};
	#ways: Ways = {announce: undefined, rejoin: undefined};
	#cancel = (): void => {};
	/** Who is out of its network to listen for radar. */
	#listening: readonly Bearings[] | undefined;
	/** The radio was read in this attempt. */
	#isFresh = false;
	#isOver = false;

	constructor(context: RetuneContext, radio: number, to: Channel, done: (refusal: string | undefined) => void) {
		this.#context = context;
		this.#radio = radio;
		this.#to = to;
		this.#done = done;
	}

	start(): void {
		this.#read(() => {
			const {obstacle, members} = this.#crew;
			if (obstacle !== undefined) return this.#end(obstacle);
			if (members.every(({of, index}) => !this.#context.left.has(index) && isSameChannel(channelOf(of), this.#to)))
				return this.#end(undefined);
			const pinned = pinnedBy(this.#crew, this.#ways);
			if (pinned !== undefined) return this.#end(pinned);
			const missing = members.some(({index}) => this.#context.left.has(index));
			if (this.#ways.announce === undefined && !missing) this.#announce();
			else this.#rejoin(this.#ways.announce);
		});
	}

	/** Nothing more is done, and nobody is told. */
	stop(): void {
		this.#isOver = true;
		this.#cancel();
		this.#stopListening();
	}

	/** Something else is wanted: what only listens goes back at once. */
	hurry(): void {
		const listening = this.#listening;
		if (listening === undefined) return;
		this.#cancel();
		this.#stopListening();
		this.#goBack(listening, 'it was called back while it listened for radar');
	}

	#stopListening(): void {
		const [first] = this.#listening ?? [];
		this.#listening = undefined;
		if (first !== undefined) this.#context.bounce(first.member.index);
	}

	#end(refusal: string | undefined): void {
		if (this.#isOver) return;
		this.stop();
		this.#done(refusal);
	}

	#read(then: () => void): void {
		const {known} = this.#context;
		if (known !== undefined) this.#abilities = known;
		this.#readInterfaces(() => {
			if (known !== undefined && this.#availability(known).kind === 'free') return then();
			this.#readRadio(then);
		});
	}

	#readInterfaces(then: () => void): void {
		const {kernel, left} = this.#context;
		kernel.interfaces(this.#radio, (failure, list) => {
			if (this.#isOver) return;
			if (failure !== undefined) return this.#end(`its interfaces cannot be read: ${failure.text}`);
			this.#crew = crewOf(list, new Map([...left].map(([index, {of}]) => [index, of])));
			this.#findWays();
			then();
		});
	}

	#readRadio(then: () => void): void {
		this.#context.kernel.radios(this.#radio, (failure, [wiphy]) => {
			if (this.#isOver) return;
			if (failure !== undefined) return this.#end(`radio ${this.#radio} cannot be read: ${failure.text}`);
			if (wiphy === undefined) return this.#end(`radio ${this.#radio} is gone`);
			this.#abilities = abilitiesOf(wiphy);
			this.#isFresh = true;
			this.#findWays();
			then();
		});
	}

	#findWays(): void {
		this.#ways = waysOf(this.#crew, this.#abilities, this.#context.knowledge, this.#to);
	}

	#availability({frequencies}: Abilities): Availability {
		const [first] = this.#crew.members;
		return availabilityOf(this.#to, frequencies, first && channelOf(first.of));
	}

	#announce(): void {
		const {members} = this.#crew;
		const availability = this.#availability(this.#abilities);
		if (availability.kind === 'refused') return this.#end(availability.reason);
		// Nobody may announce a move to where it was not listened for radar.
		if (availability.kind === 'listen-first')
			return this.#rejoin(`nobody listened for radar on ${nameOf(this.#to)} yet`);
		const accessPoint = members.find(({kind}) => kind === 'access point');
		const others = members.filter(({kind}) => kind !== 'access point');
		const count = members.length > 1 || accessPoint !== undefined ? COUNT_TOGETHER : COUNT_ALONE;
		const {clock, moveAccessPoint} = this.#context;
		const startedMs = clock.nowMs();
		const announceOthers = (at: number): void => {
			const member = others[at];
			if (member === undefined) return this.#lookAfterAnnouncement(count);
			this.#announceOne(member, count, failure => {
				if (this.#isOver) return;
				if (failure === undefined) return announceOthers(at + 1);
				if (failure.errno === EBUSY && clock.nowMs() - startedMs < BUSY_LIMIT_MS) {
					this.#cancel = clock.after(BUSY_PAUSE_MS, () => announceOthers(at));
					return;
				}
				this.#rejoin(`the kernel refused a channel switch of ${member.name}: ${failure.text}`);
			});
		};
		if (accessPoint === undefined) return announceOthers(0);
		if (moveAccessPoint === undefined) return this.#end(this.#ways.announce ?? 'hostapd cannot be asked');
		// hostapd moves all access points of the radio when one is told.
		moveAccessPoint(accessPoint.name, this.#to, count, refusal => {
			if (refusal !== undefined) this.#end(refusal);
			else if (!this.#isOver) announceOthers(0);
		});
	}

	#announceOne(member: Member, count: number, done: (failure: Failure | undefined) => void): void {
		const chandef = chandefOf(this.#to, member.isLegacy, this.#abilities.frequencies);
		if (chandef === undefined) return done({errno: EINVAL, text: `it cannot be ${this.#to.widthMhz} MHz wide`});
		const request = {interfaceIndex: member.index, ...chandef, count, handleDfs: true};
		if (member.kind === 'mesh') this.#announceMesh(member, request, done);
		else this.#context.kernel.announce(request, done);
	}

	/**
	 * Peers follow an announcement unless it came from as far as a frame may travel. A plan moves only those who agreed, so
	 * ours says that it came from farther: the time to live is raised while the kernel writes it, and put back.
	 *
	 * Source: Linux net/mac80211/mesh.c, ieee80211_mesh_process_chnswitch.
	 */
	#announceMesh(
		{index}: Member,
		request: Parameters<Nl80211['announce']>[0],
		done: (failure: Failure | undefined) => void,
	): void {
		const {kernel} = this.#context;
		kernel.meshConfig(index, (_, config) => {
			const ttl = config?.ttl;
			if (ttl === undefined) return kernel.announce(request, done);
			kernel.setMeshConfig({interfaceIndex: index, config: {ttl: NOT_FOR_OTHERS_TTL}}, raised => {
				if (raised !== undefined) return done(raised);
				kernel.announce(request, failure => {
					kernel.setMeshConfig({interfaceIndex: index, config: {ttl}}, () => done(failure));
				});
			});
		});
	}

	#lookAfterAnnouncement(count: number): void {
		const waitMs = count > 1 ? count * USUAL_BEACON_TU * TU_MS : 0;
		this.#look(this.#to, waitMs, LOOK_LIMIT_MS, isThere => {
			if (isThere) return this.#end(undefined);
			this.#context.lied();
			this.#rejoin('the driver said yes to a channel switch and stayed');
		});
	}

	/** Reads where the interfaces are until all are there, or the time is over. */
	#look(where: Channel, firstMs: number, limitMs: number, done: (isThere: boolean) => void): void {
		const {kernel, clock} = this.#context;
		const endMs = clock.nowMs() + firstMs + limitMs;
		const again = (): void => {
			kernel.interfaces(this.#radio, (failure, list) => {
				if (this.#isOver) return;
				const channels = this.#crew.members.map(({index}) => channelOf(find(list, index) ?? {}));
				if (failure === undefined && channels.every(channel => isSameChannel(channel, where))) return done(true);
				if (clock.nowMs() >= endMs) return done(false);
				this.#cancel = clock.after(LOOK_MS, again);
			});
		};
		if (firstMs > 0) this.#cancel = clock.after(firstMs, again);
		else again();
	}

	/** `because`: why it was not announced, or what became of that. */
	#rejoin(because: string | undefined): void {
		if (!this.#isFresh) return this.#readRadio(() => this.#rejoin(because));
		const {rejoin} = this.#ways;
		if (rejoin !== undefined) return this.#end([because, rejoin].filter(text => text !== undefined).join('; '));
		const availability = this.#availability(this.#abilities);
		if (availability.kind === 'refused') return this.#end(availability.reason);
		const {kernel, left, mayListen} = this.#context;
		if (availability.kind === 'listen-first' && !mayListen)
			return this.#end(`nobody listened for radar on ${nameOf(this.#to)} yet, and it would be silent meanwhile`);
		takeBearings(this.#context, this.#crew.members, left, (refusal, bearings) => {
			if (this.#isOver) return;
			if (refusal !== undefined) return this.#end([because, refusal].filter(text => text !== undefined).join('; '));
			for (const each of bearings) left.set(each.member.index, each);
			leave(kernel, bearings, () => {
				if (this.#isOver) return;
				if (availability.kind === 'free') return this.#join(bearings);
				this.#listen(bearings, availability.listenMs);
			});
		});
	}

	#listen(bearings: readonly Bearings[], listenMs: number): void {
		const {kernel, clock} = this.#context;
		const [first] = bearings;
		const chandef = first && chandefOf(this.#to, first.member.isLegacy, this.#abilities.frequencies);
		if (first === undefined || chandef === undefined) return this.#goBack(bearings, 'there is nothing to listen with');
		const endMs = clock.nowMs() + listenMs + LISTEN_GRACE_MS;
		kernel.listenForRadar({interfaceIndex: first.member.index, ...chandef}, failure => {
			if (this.#isOver) return;
			if (failure !== undefined)
				return this.#goBack(bearings, `it cannot listen for radar on ${nameOf(this.#to)}: ${failure.text}`);
			this.#listening = bearings;
			const look = (): void => {
				kernel.radios(this.#radio, (_, [wiphy]) => {
					if (this.#isOver || this.#listening === undefined) return;
					const now = this.#availability(wiphy === undefined ? this.#abilities : abilitiesOf(wiphy));
					if (now.kind !== 'listen-first') this.#listening = undefined;
					if (now.kind === 'free') return this.#join(bearings);
					if (now.kind === 'refused') return this.#goBack(bearings, now.reason);
					if (clock.nowMs() >= endMs) this.#stopListening();
					if (clock.nowMs() >= endMs) return this.#goBack(bearings, `listening on ${nameOf(this.#to)} did not end`);
					this.#cancel = clock.after(LISTEN_PAUSE_MS, look);
				});
			};
			this.#cancel = clock.after(listenMs, look);
		});
	}

	#join(bearings: readonly Bearings[]): void {
		const {kernel, left} = this.#context;
		join(kernel, bearings, {to: this.#to, frequencies: this.#abilities.frequencies}, refusal => {
			if (this.#isOver) return;
			if (refusal !== undefined) return this.#goBack(bearings, refusal);
			this.#look(this.#to, 0, LOOK_LIMIT_MS, isThere => {
				if (!isThere) return this.#goBack(bearings, `the kernel said yes, but it is not on ${nameOf(this.#to)}`);
				for (const {member} of bearings) left.delete(member.index);
				this.#end(undefined);
			});
		});
	}

	/** Joins everything again where it was. What cannot be joined stays in `left`. */
	#goBack(bearings: readonly Bearings[], because: string): void {
		const {kernel, left} = this.#context;
		leave(kernel, bearings, () => {
			join(kernel, bearings, undefined, refusal => {
				if (refusal === undefined) for (const {member} of bearings) left.delete(member.index);
				this.#end(refusal === undefined ? because : `${because}; nor could it go back: ${refusal}`);
			});
		});
	}
}

export function abilitiesOf(wiphy: {
	readonly supportedCommands?: readonly number[];
	readonly bands: ReadonlyMap<number, {readonly frequencies?: Abilities['frequencies']}>;
}): Abilities {
	const frequencies = [...wiphy.bands.values()].flatMap(band => band.frequencies ?? []);
	return {canAnnounce: wiphy.supportedCommands?.includes(CHANNEL_SWITCH) ?? false, frequencies};
}

function find(list: readonly Interface[], index: number): Interface | undefined {
	return list.find(({interfaceIndex}) => interfaceIndex === index);
}
