// SPDX-License-Identifier: Apache-2.0
import {BestGate} from '../../actuator/slot-gate/best-gate.ts';
import {lockGates} from '../../actuator/slot-gate/lock.ts';
import type {Engine, EngineInput, EngineOptions} from '../../engine/engine.ts';
import {Schedule} from '../../engine/schedule/schedule.ts';
import type {ClockTelling} from '../../model/clock.ts';
import {wordsOf} from '../../model/configuration.ts';
import type {Decision} from '../../model/decision.ts';
import {nodeText} from '../../model/explanation.ts';
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import {type SlotPicture, type SlotRun, slotPicture} from '../../model/slot-picture.ts';
import type {MeshTime, SlotView, WantedSlots} from '../../model/slots.ts';
import {type Interface, openNl80211} from '../../source/mesh-radios.ts';
import {linkLocalOf} from '../../source/peer/link-local.ts';
import {openRoute} from '../../source/slots/route-client.ts';
import {StationReader} from '../../source/slots/station-reader.ts';
import type {PartContext} from '../optional.ts';
import type {MeshRadio} from './channels.ts';
import {Gates, isAlone, LEASE_MS} from './gates.ts';
import {LinkWindows} from './link-windows.ts';
import {SlotTeller} from './slot-teller.ts';
import {type TimedInterface, TimeKeeper} from './time-keeper.ts';

// Time division in its place: what the kernel counts of links and how the mesh's time runs goes into the engine, what the
// engine wants of a radio goes to its gates, and owner and collector are told of it.

/** The engine, and what is known around it. */
export interface SlotHost {
	radios(): readonly MeshRadio[];
	interfaces(): readonly Interface[];
	/** The router that speaks from a link-local address. */
	nodeAt(address: string): NodeId | undefined;
	step(input: EngineInput): void;
	engine(): Engine | undefined;
}

const RENEW_MS = 2000;
/**
 * About so much. What is measured is told at once, and four seconds are 25 superframes: whose word came in another's slots once would
 * always, and never be heard by who hears both.
 */
const WINDOW_MS = 4000;
/** Renewals between two lines about the clock, for who wants to see it. */
const SAY_TIME_EVERY = 5;
const ALL = 'all';
const NO_GATE = {
	state: 'unable',
	superframe: {slots: 1, slotUs: 1},
	owners: [],
	hidden: [],
	lossBefore: undefined,
	lossNow: undefined,
} as const;

/** It still holds slots by the others' records, which last longer; its gate does not. */
const ALONE = {
	state: 'stale',
	reason: `Nobody of the mesh was heard for ${LEASE_MS / 1000} s, so all slots are open.`,
} as const;

export class Slots {
	/** What agrees on slots, for an engine that begins. */
	readonly schedule: EngineOptions['schedule'] = (context, epoch) => new Schedule(context, epoch);
	readonly #context: PartContext;
	readonly #host: SlotHost;
	readonly #stations: StationReader;
	readonly #windows = new LinkWindows();
	readonly #gates: Gates;
	readonly #chosen: readonly string[];
	/** What the engine wants, by radio. */
	readonly #wanted = new Map<number, WantedSlots>();
	/** When somebody of the mesh was heard last, by radio. */
	readonly #heardMs = new Map<number, number>();
	readonly #linkLocals = new Map<string, string>();
	readonly #teller: SlotTeller;
	/** What the log says, by radio: figures change all the time and are no news. */
	readonly #logged = new Map<string, string>();
	#keeper: TimeKeeper | undefined;
	#silence: string | undefined;
	#renewals = 0;
	#id: NodeId = 0;
	#epoch = 0;
	/** What the engine was told last: which start of it, and which radios. */
	#divided = '';
	#interfaces: readonly TimedInterface[] = [];
	#cancelRenew = (): void => {};
	#cancelWindow = (): void => {};

	constructor(context: PartContext, host: SlotHost) {
		const {runtime, observe, configuration, log} = context;
		this.#context = context;
		this.#host = host;
		this.#chosen = wordsOf(configuration.timeDivision);
		this.#stations = new StationReader(runtime, observe);
		this.#teller = new SlotTeller(observe);
		const gate = new BestGate({
			port: runtime,
			log,
			route: (opened, onEvent) => openRoute(runtime, 'slot gate', observe, opened, onEvent),
			nl80211: (opened, onEvent) => openNl80211(runtime, 'slot gate', observe, opened, onEvent),
		});
		this.#gates = new Gates({clock: runtime.clock, log}, gate, () => lockGates(runtime));
	}

	start(): void {
		this.#stations.start();
		this.#renew();
		this.#window();
	}

	stop(): void {
		this.#cancelRenew();
		this.#cancelWindow();
		this.#keeper?.stop();
		this.#gates.stop();
		this.#stations.stop();
	}

	/** The engine began, or began anew: so does the clock, whose words have its numbers. */
	begin(id: NodeId, epoch: number): void {
		this.#keeper?.stop();
		this.#silence = undefined;
		this.#wanted.clear();
		this.#id = id;
		this.#epoch = epoch;
		const world = {
			interfaces: () => this.#interfaces,
			nodeOf: (address: string) => this.#nodeOf(address),
			say: (clock: ClockTelling, radio: number) => this.#host.step({kind: 'say', radio, body: {kind: 'clock', clock}}),
		};
		this.#keeper = new TimeKeeper(this.#context.runtime, this.#stations, world, id, epoch);
		this.changed();
	}

	/** Why another program of this router is in charge. Absent: none is. */
	get taken(): string | undefined {
		return this.#gates.taken;
	}

	/** There is no engine any more: all is open, for this reason. */
	fallSilent(reason: string): void {
		this.#silence = reason;
		this.#keeper?.stop();
		this.#keeper = undefined;
		this.#wanted.clear();
		this.#apply();
	}

	/** Radios or interfaces are others now. */
	changed(): void {
		const radios = this.#host.radios();
		this.#interfaces = this.#host.interfaces().flatMap(({interfaceIndex: index, name = '', wiphy}) => {
			const radio = radios.findIndex(each => each.wiphy === wiphy);
			const radioName = radios[radio]?.name ?? '';
			const isChosen = this.#chosen.some(word => word === ALL || word === name || word === radioName);
			return index === undefined || radio < 0 || !isChosen ? [] : [{index, name, radio, radioName}];
		});
		this.#gates.keepOnly(new Set(this.#interfaces.map(({index}) => index)));
		this.#keeper?.use();
		this.#divide();
	}

	hear({body, epoch}: PeerMessage, from: NodeId, radio: number, atMs: number): void {
		this.#heardMs.set(radio, atMs);
		if (body.kind === 'clock') this.#keeper?.hear(from, epoch, radio, body.clock, atMs);
	}

	/** The engine wants something else of a radio. */
	take({radio, wanted}: Extract<Decision, {kind: 'gate'}>): void {
		if (wanted === undefined) this.#wanted.delete(radio);
		else this.#wanted.set(radio, wanted);
		this.#apply();
	}

	pictures(): readonly SlotPicture[] {
		return this.#views().map(view => slotPicture(view, this.#id));
	}

	#renew(): void {
		this.#cancelRenew = this.#context.runtime.clock.after(RENEW_MS, () => this.#renew());
		this.#divide();
		const time = this.#keeper?.time();
		for (const radio of this.#radios()) this.#host.step({kind: 'meshTime', radio, time});
		this.#apply();
		if (this.#renewals++ % SAY_TIME_EVERY === 0) this.#sayTime(time);
	}

	#sayTime(time: MeshTime | undefined): void {
		const text =
			time === undefined
				? 'no time of the mesh is known'
				: `the mesh's time is ${Math.round(time.offsetUs)} us ahead, within ${Math.round(time.errorUs)} us, ${time.hops} hops from ${nodeText(time.root)} by ${time.source}`;
		this.#context.log.write('debug', text);
	}

	/** Who cannot hold frames takes no slots: there is no half a gate. */
	#divide(): void {
		const able = this.#radios().filter(radio => this.#refusal(radio) === undefined);
		const text = `${this.#epoch} ${able.join()}`;
		if (text === this.#divided) return;
		this.#divided = text;
		this.#host.step({kind: 'division', radios: able.map(radio => ({radio}))});
	}

	/** Why a radio has no gate, whatever is agreed on. Absent: it can have one. */
	#refusal(radio: number): string | undefined {
		if (this.#silence !== undefined) return this.#silence;
		for (const each of this.#interfaces) {
			const refusal = each.radio === radio ? this.#gates.refusal(each) : undefined;
			if (refusal !== undefined) return refusal;
		}
		return undefined;
	}

	#apply(): void {
		const time = this.#keeper?.time();
		for (const on of this.#interfaces)
			this.#gates.keep(on, this.#wanted.get(on.radio), time, this.#heardAt(on.radio), this.#windows.airtime(on.index));
		this.#tell();
	}

	#heardAt(radio: number): number {
		return this.#heardMs.get(radio) ?? Number.NEGATIVE_INFINITY;
	}

	#radios(): readonly number[] {
		return [...new Set(this.#interfaces.map(({radio}) => radio))];
	}

	#window(): void {
		const {clock, random} = this.#context.runtime;
		this.#cancelWindow = clock.after(WINDOW_MS * (0.85 + 0.3 * random()), () => this.#window());
		for (const {index, radio} of this.#interfaces)
			this.#stations.read(index, stations => {
				if (stations === undefined) return;
				const windows = this.#windows.take(clock.nowMs(), index, stations, address => this.#nodeOf(address));
				if (windows.length > 0) this.#host.step({kind: 'windows', radio, windows});
			});
	}

	#nodeOf(address: string): NodeId | undefined {
		let linkLocal = this.#linkLocals.get(address);
		if (linkLocal === undefined) {
			if (this.#linkLocals.size >= 256) this.#linkLocals.clear();
			linkLocal = linkLocalOf(address);
			this.#linkLocals.set(address, linkLocal);
		}
		return this.#host.nodeAt(linkLocal);
	}

	/** What the engine has in mind for each radio; where no gate can be, that, and why. */
	#views(): SlotView[] {
		return this.#radios().flatMap(radio => {
			const name = this.#host.radios()[radio]?.name ?? '';
			const time = this.#keeper?.time();
			const refusal = this.#refusal(radio);
			// A moment later there is more to tell.
			if (this.#interfaces.some(each => each.radio === radio && this.#gates.isAsked(each))) return [];
			if (refusal !== undefined)
				return [{...NO_GATE, radio: name, time, reason: `This radio cannot be gated: ${refusal}.`}];
			const view = this.#host.engine()?.schedule?.view(radio);
			if (view === undefined) return [];
			const isOpened = this.#wanted.has(radio) && isAlone(this.#heardAt(radio), this.#context.runtime.clock.nowMs());
			const opened = isOpened ? ALONE : {reason: this.#withMeans(view.reason, radio)};
			return [{...view, ...opened, radio: name, time}];
		});
	}

	/** And what holds the frames, where it is not the usual gate. */
	#withMeans(reason: string, radio: number): string {
		const means = this.#interfaces.flatMap(each => (each.radio === radio ? (this.#gates.means(each) ?? []) : []));
		return [reason, ...means].join(' ');
	}

	#tell(): void {
		const pictures = this.pictures();
		this.#teller.tell(this.#context.runtime.clock.nowMs(), pictures);
		for (const picture of pictures) {
			const text = slotsText(picture);
			if (this.#logged.get(picture.radio) === text) continue;
			this.#logged.set(picture.radio, text);
			const {errorUs} = picture;
			const clock = errorUs === undefined ? 'no common time' : `its clock within ${errorUs} us`;
			this.#context.log.write('notice', `${picture.radio}: ${text} (${clock})`);
		}
	}
}

/** For the log, in one line. */
function slotsText({state, sentences, routers, open, slots, slotUs}: SlotPicture): string {
	const runs = (list: readonly SlotRun[]) =>
		list.map(([first, count]) => (count === 1 ? `${first}` : `${first}-${first + count - 1}`)).join(' ');
	const own = runs(routers[0]?.own ?? []);
	const shown = state === 'gated' ? ` sends in ${own} of ${slots} slots of ${slotUs} us, open ${runs(open)}` : '';
	return `slots ${state}${shown}: ${sentences[0] ?? ''}`;
}
