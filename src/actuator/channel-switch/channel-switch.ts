// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import type {Channel} from '../../model/channel.ts';
import type {Clock, Log, Runtime} from '../../port/port.ts';
import {DEL_INTERFACE, NEW_INTERFACE, NEW_WIPHY, REG_CHANGE} from '../../wire/nl80211/command.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';
import type {Actuator} from './actuator.ts';
import {bounce} from './bounce.ts';
import {nameOf} from './chandef.ts';
import {Nl80211, type OpenAsking} from './kernel.ts';
import {type Bearings, join, leave} from './membership.ts';
import {learnMeshName} from './mesh-name.ts';
import {abilitiesOf, Retune, type RetuneContext} from './retune.ts';
import {type Abilities, crewOf, type Knowledge, type Member, pinnedBy, waysOf} from './ways.ts';

/** What keeps a change beyond a restart, and undoes it: `uci.ts` on routers. */
export interface Intents {
	keep(radio: number, channel: Channel): void;
	/** What was configured before, by radio, as far as it is known live; and the configuration is as it was. */
	restore(): readonly {readonly radio: number; readonly channel: Channel | undefined}[];
}

export interface ChannelSwitchOptions {
	readonly clock: Clock;
	readonly order: ByteOrder;
	readonly log: Log;
	readonly netlink: OpenAsking;
	/** For what nl80211 has no word for. */
	readonly port: Pick<Runtime, 'netlink'>;
	/** Absent: nothing outlives a restart. */
	readonly intents?: Intents | undefined;
	/** Absent: access points cannot be moved. */
	readonly moveAccessPoint?: RetuneContext['moveAccessPoint'];
	/** Whether a daemon of its own keeps an interface's network. */
	readonly isKept: Knowledge['isKept'];
	/** Each refusal, as it is counted. */
	readonly refused?: (radio: number, refusal: string) => void;
}

/** So many refusals in a row, and the radio is left in peace for a while. */
const PATIENCE = 3;
const PEACE_MS = 600_000;
/** What could not be joined again is tried again, ever more rarely. */
const FIRST_SALVAGE_MS = 2000;
const LAST_SALVAGE_MS = 120_000;
/** Interfaces come and go in groups. */
const EXAMINE_MS = 500;
/** Peers may come later than we do. */
const LEARN_AGAIN_MS = 20_000;

interface Wish {
	readonly to: Channel;
	readonly done: (refusal: string | undefined) => void;
	readonly frequencies: readonly Frequency[] | undefined;
	readonly mayListen: boolean;
}

interface Radio {
	readonly left: Map<number, Bearings>;
	canAnnounce: boolean | undefined;
	hasLied: boolean;
	refusals: number;
	lastRefusal: string;
	peaceUntilMs: number;
	running: Retune | undefined;
	/** Only the last wish counts. */
	waiting: Wish | undefined;
	cancelSalvage: () => void;
	/** What nl80211 says of it that keeps it where it is. */
	obstacle: string | undefined;
}

/** Moves the radios of this router. One at a time each; several radios at the same time. */
export class ChannelSwitch implements Actuator {
	/** How often a radio was moved, or was not. */
	readonly counts = {moved: 0, refused: 0};
	readonly #options: ChannelSwitchOptions;
	readonly #kernel: Nl80211;
	readonly #radios = new Map<number, Radio>();
	readonly #meshNames = new Map<number, Uint8Array>();
	#cancelExamine = (): void => {};
	#examineMs = Number.POSITIVE_INFINITY;

	constructor(options: ChannelSwitchOptions) {
		this.#options = options;
		this.#kernel = new Nl80211(options.order, options.netlink, number => {
			if (number === NEW_INTERFACE || number === DEL_INTERFACE || number === NEW_WIPHY || number === REG_CHANGE)
				this.#examineIn(EXAMINE_MS);
		});
	}

	start(): void {
		this.#kernel.start();
		this.examine(() => {});
	}

	stop(): void {
		this.#cancelExamine();
		for (const radio of this.#radios.values()) {
			radio.running?.stop();
			radio.cancelSalvage();
			// Who is out of its network goes back: nobody else knows the way. The kernel does it as it is told, before we are gone.
			if (radio.left.size > 0) join(this.#kernel, [...radio.left.values()], undefined, () => {});
		}
		this.#kernel.stop();
	}

	pinned(number: number): string | undefined {
		const radio = this.#radios.get(number);
		if (radio === undefined) return undefined;
		if (radio.peaceUntilMs > this.#options.clock.nowMs())
			return `it refused ${radio.refusals} times in a row: ${radio.lastRefusal}`;
		return radio.obstacle;
	}

	/** Reads what each radio can do, and what keeps it. Done by itself when interfaces come or go. */
	examine(done: () => void): void {
		const kernel = this.#kernel;
		kernel.radios(undefined, (_, wiphys) => {
			kernel.interfaces(undefined, (failure, list) => {
				if (failure === undefined)
					for (const wiphy of wiphys) {
						const radio = this.#radio(wiphy.wiphy);
						const own = list.filter(each => each.wiphy === wiphy.wiphy);
						const crew = crewOf(own, new Map([...radio.left].map(([index, {of}]) => [index, of])));
						const abilities = abilitiesOf(wiphy);
						radio.canAnnounce = abilities.canAnnounce;
						const ways = waysOf(crew, abilities, this.#knowledge(radio));
						const obstacle = pinnedBy(crew, ways);
						if (obstacle !== undefined && obstacle !== radio.obstacle)
							this.#options.log.write('notice', `radio ${wiphy.wiphy} cannot be moved: ${obstacle}`);
						radio.obstacle = obstacle;
						if (ways.rejoin === undefined) this.#learnNames(crew.members);
					}
				done();
			});
		});
	}

	/** Ahead of time: when all leave together, nobody's beacon tells it any more. */
	#learnNames(members: readonly Member[]): void {
		for (const member of members) {
			if (member.kind !== 'mesh' || this.#meshNames.has(member.index)) continue;
			learnMeshName(this.#kernel, this.#options.clock, member, name => {
				if (name !== undefined) this.#meshNames.set(member.index, name);
				else this.#examineIn(LEARN_AGAIN_MS);
			});
		}
	}

	retune(number: number, to: Channel, done: Wish['done'], frequencies?: readonly Frequency[]): void {
		this.#retune(number, {to, done, frequencies, mayListen: true});
	}

	#retune(number: number, wish: Wish): void {
		const radio = this.#radio(number);
		const {to, done, frequencies, mayListen} = wish;
		if (radio.running !== undefined) {
			radio.waiting?.done('another channel was asked for meanwhile');
			radio.waiting = wish;
			radio.running.hurry();
			return;
		}
		radio.cancelSalvage();
		const {clock, moveAccessPoint, port, order} = this.#options;
		const context: RetuneContext = {
			kernel: this.#kernel,
			clock,
			meshNames: this.#meshNames,
			knowledge: this.#knowledge(radio),
			left: radio.left,
			moveAccessPoint,
			known: knownOf(radio, frequencies),
			mayListen,
			bounce: index => bounce(port, order, index),
			lied: () => {
				radio.hasLied = true;
			},
		};
		radio.running = new Retune(context, number, to, refusal => {
			radio.running = undefined;
			this.#account(radio, number, to, refusal);
			done(refusal);
			const {waiting} = radio;
			radio.waiting = undefined;
			if (waiting !== undefined) return this.#retune(number, waiting);
			if (radio.left.size > 0) this.#salvage(radio, number, FIRST_SALVAGE_MS);
		});
		radio.running.start();
	}

	keep(radio: number, channel: Channel): void {
		this.#options.intents?.keep(radio, channel);
	}

	restore(done: (refusal: string | undefined) => void): void {
		const places = this.#options.intents?.restore() ?? [];
		const refusals: string[] = [];
		const next = (at: number): void => {
			const place = places[at];
			if (place === undefined) return done(refusals.length === 0 ? undefined : refusals.join('; '));
			if (place.channel === undefined) return next(at + 1);
			const then = (refusal: string | undefined): void => {
				if (refusal !== undefined) refusals.push(`radio ${place.radio}: ${refusal}`);
				next(at + 1);
			};
			this.#retune(place.radio, {to: place.channel, done: then, frequencies: undefined, mayListen: false});
		};
		next(0);
	}

	#account(radio: Radio, number: number, to: Channel, refusal: string | undefined): void {
		const {log, clock, refused} = this.#options;
		if (refusal === undefined) {
			this.counts.moved++;
			radio.refusals = 0;
			radio.lastRefusal = '';
			radio.peaceUntilMs = 0;
			return;
		}
		this.counts.refused++;
		radio.refusals++;
		// The same words again are no news.
		if (refusal !== radio.lastRefusal) log.write('warning', `radio ${number} did not go to ${nameOf(to)}: ${refusal}`);
		radio.lastRefusal = refusal;
		if (radio.refusals >= PATIENCE) radio.peaceUntilMs = clock.nowMs() + PEACE_MS;
		refused?.(number, refusal);
	}

	/** Brings back to their old channel those who could not be joined anywhere. */
	#salvage(radio: Radio, number: number, delayMs: number): void {
		radio.cancelSalvage = this.#options.clock.after(delayMs, () => {
			if (radio.running !== undefined || radio.left.size === 0) return;
			const bearings = [...radio.left.values()];
			leave(this.#kernel, bearings, () =>
				join(this.#kernel, bearings, undefined, refusal => {
					if (radio.running !== undefined) return;
					if (refusal !== undefined) return this.#salvage(radio, number, Math.min(LAST_SALVAGE_MS, 2 * delayMs));
					radio.left.clear();
					this.#options.log.write('notice', `radio ${number} is back where it was`);
				}),
			);
		});
	}

	#knowledge(radio: Radio): Knowledge {
		const {isKept, moveAccessPoint} = this.#options;
		return {hasLied: radio.hasLied, hasBus: moveAccessPoint !== undefined, isKept};
	}

	#radio(number: number): Radio {
		let radio = this.#radios.get(number);
		if (radio === undefined) {
			radio = {
				left: new Map(),
				canAnnounce: undefined,
				hasLied: false,
				refusals: 0,
				lastRefusal: '',
				peaceUntilMs: 0,
				running: undefined,
				waiting: undefined,
				cancelSalvage: () => {},
				obstacle: undefined,
			};
			this.#radios.set(number, radio);
		}
		return radio;
	}

	#examineIn(delayMs: number): void {
		const dueMs = this.#options.clock.nowMs() + delayMs;
		if (dueMs >= this.#examineMs) return;
		this.#cancelExamine();
		this.#examineMs = dueMs;
		this.#cancelExamine = this.#options.clock.after(delayMs, () => {
			this.#examineMs = Number.POSITIVE_INFINITY;
			this.examine(() => {});
		});
	}
}

function knownOf({canAnnounce}: Radio, frequencies: readonly Frequency[] = []): Abilities | undefined {
	return canAnnounce === true && frequencies.length > 0 ? {canAnnounce, frequencies} : undefined;
}
