// SPDX-License-Identifier: Apache-2.0
import type {Actuator} from '../../actuator/channel-switch/actuator.ts';
import {channelOf} from '../../actuator/channel-switch/chandef.ts';
import {pendingMoves} from '../../engine/channel/moves.ts';
import {Engine, type EngineInput} from '../../engine/engine.ts';
import type {Messages, Plan, Router} from '../../model/agent-object.ts';
import type {Channel} from '../../model/channel.ts';
import {wordsOf} from '../../model/configuration.ts';
import type {Decision} from '../../model/decision.ts';
import {nodeText} from '../../model/explanation.ts';
import type {Move, NodeId} from '../../model/peer.ts';
import {MeshRadios} from '../../source/mesh-radios.ts';
import {Credentials} from '../../source/peer/credentials.ts';
import {beginIdentity, epochOfClock, type Identity, saveIdentity} from '../../source/peer/identity.ts';
import {linkLocalOf} from '../../source/peer/link-local.ts';
import {Peers} from '../../source/peer/peers.ts';
import type {PartContext, Source} from '../optional.ts';
import {isIndoors, type MeshRadio, recordsOf, rulesIndoors, type UsableChannel, usableChannels} from './channels.ts';
import {DecisionLog} from './decision-log.ts';
import {Faults} from './faults.ts';
import {MeasuredAir} from './measured-air.ts';
import {MoveLedger} from './move-ledger.ts';
import {Namesake, silenceOf} from './namesake.ts';
import {Near} from './near.ts';
import {costsOf, recordsOfNeighbours} from './prospect.ts';
import {plansOf, routersOf} from './routers.ts';
import {credentialsOf, engineSettings} from './settings.ts';
import type {SlotHost, Slots} from './slots.ts';

// The engine in its place: what sources saw goes in, what it decides goes to actuator, neighbours and owner. It runs one
// input after the other; what is told it while it decides waits.

/** The actuator and its life. */
export type EngineActuator = Actuator & {start?(): void; stop?(): void};

const HOUR_MS = 3_600_000;
/** A router that finds itself outdated begins anew, but not again and again: two may have one number. */
const RESTART_PAUSE_MS = 60_000;
/** After a move the kernel's older answers are still under way. */
const MOVED_MS = 1000;
const SEED_SPAN = 2 ** 32;

export class EnginePart implements Source {
	readonly #context: PartContext;
	readonly #actuator: EngineActuator | undefined;
	readonly #slots: Slots | undefined;
	readonly #credentials: Credentials;
	readonly #radios: MeshRadios;
	readonly #log: DecisionLog;
	readonly #air = new MeasuredAir();
	readonly #near: Near;
	readonly #ledger: MoveLedger;
	#meshRadios: readonly MeshRadio[] = [];
	#usable: readonly UsableChannel[] = [];
	/** Where a radio just went, by wiphy: what an answer that was under way says does not count. */
	readonly #moved = new Map<number, {readonly to: Channel; readonly untilMs: number}>();
	#engine: Engine | undefined;
	#peers: Peers | undefined;
	#identity: Identity | undefined;
	#restartedMs = Number.NEGATIVE_INFINITY;
	readonly #namesake = new Namesake();
	/** Why we say nothing and gate nothing: another one speaks with our number. */
	#silence: string | undefined;
	#cancelWake = (): void => {};
	readonly #inputs: EngineInput[] = [];
	#isStepping = false;
	readonly #faults: Faults;
	/** A radio was on a channel for use within buildings since we began, so the router is in one. */
	#isIndoors = false;
	#isStopped = false;
	#wishes = '';

	/**
	 * Errors: PortError where the key of this router cannot be read.
	 * Absent: without an actuator radios stay where they are, without `openSlots` their time is not divided.
	 */
	constructor(context: PartContext, actuator: EngineActuator | undefined, openSlots?: (host: SlotHost) => Slots) {
		const {runtime, configuration, log, observe} = context;
		this.#context = context;
		this.#actuator = actuator;
		this.#credentials = new Credentials(runtime.crypto, credentialsOf(configuration, runtime.files));
		this.#near = new Near(context);
		this.#faults = new Faults(log);
		this.#ledger = new MoveLedger({...runtime, log}, configuration.engineFile);
		this.#log = new DecisionLog(runtime.clock, log, observe);
		this.#radios = new MeshRadios(runtime, observe, {
			changed: () => this.#radiosChanged(),
			radar: (mhz, widthMhz) => this.#step({kind: 'radar', mhz, widthMhz}),
			heard: (address, mhz) => {
				const id = this.#peers?.nodeAt(linkLocalOf(address));
				if (id !== undefined) this.#step({kind: 'seen', id, mhz});
			},
		});
		this.#slots = openSlots?.({
			radios: () => this.#meshRadios,
			interfaces: () => this.#radios.interfaces,
			nodeAt: address => this.#peers?.nodeAt(address),
			step: input => this.#step(input),
			engine: () => this.#engine,
		});
	}

	start(): void {
		this.#actuator?.start?.();
		this.#radios.start();
		this.#slots?.start();
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancelWake();
		this.#peers?.stop();
		this.#radios.stop();
		this.#near.stop();
		this.#slots?.stop();
		this.#actuator?.stop?.();
	}

	/** Once an interval: what was measured meanwhile. */
	poll(done: () => void): void {
		const {clock} = this.#context.runtime;
		this.#measure(clock.nowMs(), this.#hour());
		if (this.#identity?.isSure === false && epochOfClock(clock) > this.#identity.epoch)
			this.#begin(epochOfClock(clock), this.#identity.id);
		this.#speakAgain();
		this.#tellSettings();
		this.#tellChannels();
		this.#sayWishes();
		done();
	}

	decisions() {
		return this.#log.decisions;
	}

	plan(): readonly Plan[] {
		const isActive = this.#isActive;
		const pinned = (wiphy: number) => this.#actuator?.pinned(wiphy);
		return plansOf(this.#meshRadios, this.#pending(), {isActive, isQuiet: this.#settings().isQuiet, pinned});
	}

	slots() {
		return this.#slots?.pictures() ?? [];
	}

	routers(): readonly Router[] {
		return routersOf(this.#engine, this.#meshRadios);
	}

	messages(): Messages | undefined {
		const peers = this.#peers;
		if (peers === undefined || this.#identity === undefined) return undefined;
		const {received, sent, sentBytes, waiting, counts} = peers;
		return {router: nodeText(this.#identity.id), received, sent, sentBytes, waiting, dropped: counts};
	}

	#radiosChanged(): void {
		const nowMs = this.#context.runtime.clock.nowMs();
		const {interfaces, frequencies, names} = this.#radios;
		// The kernel does not know where the router is; its owner does, who put a radio on a channel for indoors.
		this.#isIndoors ||= interfaces.some(each => {
			const live = channelOf(each);
			return live !== undefined && isIndoors(live, frequencies.get(each.wiphy) ?? []);
		});
		const wiphys = [...new Set(interfaces.map(({wiphy}) => wiphy))].sort((a, b) => a - b);
		this.#meshRadios = wiphys.map(wiphy => {
			const moved = this.#moved.get(wiphy);
			const own = interfaces.filter(each => each.wiphy === wiphy).map(channelOf);
			const live = own.find(each => each !== undefined) ?? {mhz: 0, widthMhz: 20};
			return {
				wiphy,
				name: names.get(wiphy) ?? `phy${wiphy}`,
				live: moved !== undefined && nowMs < moved.untilMs ? moved.to : live,
				frequencies: this.#isIndoors ? rulesIndoors(frequencies.get(wiphy) ?? []) : (frequencies.get(wiphy) ?? []),
			};
		});
		this.#usable = usableChannels(this.#meshRadios);
		if (this.#engine === undefined && this.#silence === undefined && interfaces.length > 0) this.#begin();
		this.#usePeers();
		this.#slots?.changed();
		this.#tellSettings();
		this.#tellChannels();
		this.#step({kind: 'radios', radios: this.#meshRadios.map(({live}) => live)});
	}

	/** Begins, or begins anew in a later epoch. */
	#begin(epoch?: number, id?: NodeId): void {
		const taken = this.#slots?.taken;
		if (taken !== undefined) return this.#giveWay(taken);
		this.#silence = undefined;
		this.#namesake.forget();
		const {runtime, configuration, log} = this.#context;
		const {clock, files, random} = runtime;
		const address = this.#radios.interfaces.find(each => each.address !== undefined)?.address ?? '';
		if (epoch === undefined || id === undefined) {
			const atFirst = this.#credentials.ownNumber ?? this.#credentials.numberFor(address);
			const begun = beginIdentity({clock, files, log}, configuration.engineFile, atFirst);
			// Who has a key of its own is known by that alone.
			this.#identity = {...begun, id: this.#credentials.ownNumber ?? begun.id};
		} else {
			this.#identity = {id, epoch, isSure: true};
			saveIdentity({files, log}, configuration.engineFile, this.#identity);
		}
		this.#restartedMs = clock.nowMs();
		this.#peers?.stop();
		this.#engine = new Engine({
			id: this.#identity.id,
			epoch: this.#identity.epoch,
			seed: Math.floor(random() * SEED_SPAN),
			settings: this.#settings(),
			movedBefore: this.#ledger.movesOf(this.#meshRadios.map(({name}) => name)),
			schedule: this.#slots?.schedule,
		});
		this.#peers = new Peers(
			runtime,
			{credentials: this.#credentials, identity: this.#identity, log},
			{
				message: (message, from, radio, atMs) => {
					this.#slots?.hear(message, from, radio, atMs);
					this.#step({kind: 'message', message, from, radio});
				},
				outdated: (newer, seq) => this.#outdated(newer, seq),
			},
		);
		this.#slots?.begin(this.#identity.id, this.#identity.epoch);
		this.#usePeers();
		this.#peers.start();
		this.#tellChannels();
		this.#step({kind: 'radios', radios: this.#meshRadios.map(({live}) => live)});
	}

	#outdated(newer: number, seq: number): void {
		const {runtime, log} = this.#context;
		const id = this.#identity?.id;
		const nowMs = runtime.clock.nowMs();
		this.#namesake.hear(nowMs, newer, seq);
		if (id === undefined || this.#silence !== undefined) return;
		if (this.#namesake.isAlive) return this.#giveWay(`another router or program speaks as ${nodeText(id)}`);
		if (nowMs < this.#restartedMs + RESTART_PAUSE_MS) return;
		log.write(
			'warning',
			`somebody remembers this router from a later start, or has its number ${nodeText(id)}; it begins anew`,
		);
		this.#begin(newer + 1, id);
	}

	/** Of two with one number, one goes on: this one says nothing, moves nothing and leaves all slots open. */
	#giveWay(refusal: string): void {
		if (this.#silence === refusal) return;
		this.#silence = refusal;
		this.#cancelWake();
		this.#engine = undefined;
		this.#slots?.fallSilent(refusal);
		this.#explain(silenceOf(this.#context.runtime.clock.nowMs(), refusal));
	}

	/** The other one is gone. */
	#speakAgain(): void {
		const {clock} = this.#context.runtime;
		if (this.#silence === undefined || !this.#namesake.isGone(clock.nowMs())) return;
		const id = this.#identity?.id;
		if (id === undefined) this.#begin();
		else this.#begin(Math.max(this.#namesake.epoch, this.#identity?.epoch ?? 0) + 1, id);
	}

	#usePeers(): void {
		this.#peers?.use(this.#near.interfacesOf(this.#radios, this.#meshRadios));
	}

	#settings() {
		const {configuration} = this.#context;
		const names = wordsOf(configuration.pinnedRadios);
		const pinned: number[] = [];
		this.#meshRadios.forEach(({name, wiphy}, radio) => {
			if (names.includes(name) || this.#actuator?.pinned(wiphy) !== undefined) pinned.push(radio);
		});
		return engineSettings(configuration, pinned, this.#hour());
	}

	#saidSettings = '';
	#tellSettings(): void {
		const settings = this.#settings();
		const text = JSON.stringify(settings);
		if (text === this.#saidSettings) return;
		this.#saidSettings = text;
		this.#step({kind: 'settings', settings});
	}

	#tellChannels(): void {
		const nowMs = this.#context.runtime.clock.nowMs();
		const hour = this.#hour();
		if (this.#engine !== undefined) this.#air.hearNeighbours(nowMs, recordsOfNeighbours(this.#engine));
		const channels = recordsOf(this.#usable, mhz => this.#air.busyShare(nowMs, hour, mhz));
		this.#step({kind: 'channels', channels});
	}

	/** Absent: undefined while the clock is not set. */
	#hour(): number | undefined {
		const {clock} = this.#context.runtime;
		return epochOfClock(clock) === 0 ? undefined : Math.floor(clock.wallMs() / HOUR_MS) % 24;
	}

	#measure(nowMs: number, hour: number | undefined): void {
		const needs = this.#air.take(nowMs, hour, this.#context.agent.board.latest(), {
			radios: this.#meshRadios,
			radioOf: name => this.#radioOf(name),
			nodeOf: address => this.#peers?.nodeAt(linkLocalOf(address)),
		});
		for (const need of needs) this.#step({kind: 'demand', ...need});
	}

	#radioOf(interfaceName: string): string | undefined {
		const wiphy = this.#radios.interfaces.find(({name}) => name === interfaceName)?.wiphy;
		return this.#meshRadios.find(each => each.wiphy === wiphy)?.name;
	}

	#pending(): readonly Move[] {
		const identity = this.#identity;
		const record = this.#engine?.own.known.record;
		return identity === undefined || record === undefined ? [] : pendingMoves(identity.id, record);
	}

	/** Who only observes says what it would do, once for each wish. */
	#sayWishes(): void {
		if (this.#context.configuration.participation === 'active') return;
		const moves = this.#pending();
		const wishes = moves.map(({radio, to}) => `${radio} ${to.mhz}`).join();
		if (wishes === this.#wishes) return;
		this.#wishes = wishes;
		const atMs = this.#context.runtime.clock.nowMs();
		const numbers = this.#engine === undefined ? {} : costsOf(this.#engine);
		const common = {atMs, why: 'observing', numbers, alternatives: [], nodes: [], refusal: undefined} as const;
		for (const {radio, from, to} of moves) this.#explain({...common, radio, from, to});
	}

	#step(input: EngineInput): void {
		if (this.#isStopped || this.#engine === undefined) return;
		this.#inputs.push(input);
		if (this.#isStepping) return;
		this.#isStepping = true;
		const {clock} = this.#context.runtime;
		for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift())
			try {
				for (const decision of this.#engine.step(clock.nowMs(), next)) this.#carryOut(decision);
			} catch (error) {
				// A fault of ours must not stop a router that measures; what was planned stands.
				this.#faults.say(next.kind, error);
			}
		this.#isStepping = false;
		this.#cancelWake();
		const waitMs = Math.max(0, this.#engine.nextMs - clock.nowMs());
		if (Number.isFinite(waitMs)) this.#cancelWake = clock.after(waitMs, () => this.#step({kind: 'time'}));
	}

	#carryOut(decision: Decision): void {
		switch (decision.kind) {
			case 'send':
				return this.#peers?.send(decision.message, decision.radio);
			case 'retune':
				return this.#retune(decision);
			case 'keep': {
				const wiphy = this.#meshRadios[decision.radio]?.wiphy;
				if (wiphy !== undefined && this.#isActive) this.#actuator?.keep(wiphy, decision.channel);
				return;
			}
			case 'gate':
				return this.#slots?.take(decision);
			case 'explain':
				return this.#explain(decision.explanation);
		}
	}

	#explain(explanation: Extract<Decision, {kind: 'explain'}>['explanation']): void {
		this.#log.add(explanation, radio => this.#meshRadios[radio]?.name ?? `radio ${radio}`);
	}

	get #isActive() {
		return this.#context.configuration.participation === 'active';
	}

	/** Nothing is moved for who is not active. */
	#retune({radio, to, why}: Extract<Decision, {kind: 'retune'}>): void {
		const {wiphy, name = ''} = this.#meshRadios[radio] ?? {};
		if (wiphy === undefined || !this.#isActive) return;
		if (why === 'planned') this.#ledger.note(name);
		if (this.#actuator === undefined) return this.#step({kind: 'refused', radio, reason: 'this agent moves no radios'});
		const done = (refusal: string | undefined): void => {
			if (this.#isStopped) return;
			if (refusal === undefined) {
				this.#moved.set(wiphy, {to, untilMs: this.#context.runtime.clock.nowMs() + MOVED_MS});
				return this.#radiosChanged();
			}
			this.#step({kind: 'refused', radio, reason: refusal});
			this.#radios.read();
		};
		this.#actuator.retune(wiphy, to, done, this.#meshRadios[radio]?.frequencies);
	}
}
