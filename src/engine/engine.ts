// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../core/random.ts';
import type {Channel} from '../model/channel.ts';
import type {Decision, Explanation} from '../model/decision.ts';
import type {ChannelRecord, NodeId, PeerBody, PeerMessage, Proposal} from '../model/peer.ts';
import {Agenda} from './agenda.ts';
import {Agreements} from './agreement/agreements.ts';
import {Flood} from './agreement/flood.ts';
import {commonChannel} from './channel/ball.ts';
import {Deployment} from './channel/deployment.ts';
import {Planner} from './channel/planner.ts';
import {Radar} from './channel/radar.ts';
import {Reunion} from './channel/reunion.ts';
import type {EarlierMove, EngineContext} from './context.ts';
import {OwnNode} from './own-node.ts';
import type {ScheduleInput, SlotSchedule} from './schedule/slot-schedule.ts';
import {type EngineSettings, FAST_HELLO_MS, GOSSIP_HOPS, HELLO_MS, RECORD_FORGOTTEN_MS} from './settings.ts';
import {hasSpoken, isFresh, linkTo, Neighbourhood} from './view/neighbourhood.ts';

export type EngineInput =
	/** Time passed: at `nextMs`, or later. */
	| {readonly kind: 'time'}
	/** Where the radios are, by the kernel. */
	| {readonly kind: 'radios'; readonly radios: readonly Channel[]}
	/** What may be used, and how busy foreign signals keep it. */
	| {readonly kind: 'channels'; readonly channels: readonly ChannelRecord[]}
	/** A message whose origin is proven, and the neighbour it came from. */
	| {readonly kind: 'message'; readonly message: PeerMessage; readonly from: NodeId; readonly radio: number}
	/** Sixteenths of the air time that the link to a neighbour needs. */
	| {readonly kind: 'demand'; readonly peer: NodeId; readonly weight: number}
	/** A scan saw a router of this mesh there. */
	| {readonly kind: 'seen'; readonly id: NodeId; readonly mhz: number}
	/** Radar where a radio is: nobody of ours may be there for a while. */
	| {readonly kind: 'radar'; readonly mhz: number; readonly widthMhz: number}
	/** What is told to the direct neighbours on a radio, beside what the engine says itself. */
	| {readonly kind: 'say'; readonly radio: number; readonly body: PeerBody}
	/** A radio did not go where it was sent. */
	| {readonly kind: 'refused'; readonly radio: number; readonly reason: string}
	| {readonly kind: 'settings'; readonly settings: EngineSettings}
	/** What time slots are made of; without a schedule it is left alone. */
	| ScheduleInput;

export interface EngineOptions {
	readonly id: NodeId;
	/** Grows with each start. */
	readonly epoch: number;
	readonly seed: number;
	readonly settings: EngineSettings;
	/** Moves of the last hour, that a restart is not a way around the budget. */
	readonly movedBefore?: readonly EarlierMove[];
	/** Agrees on time slots, where that part is loaded. Absent: the router only passes on what others say of them. */
	readonly schedule?: ((context: EngineContext, epoch: number) => SlotSchedule) | undefined;
}

const CHECK_MS = 1000;
const QUICK_HELLO_MS = 300;
/** Five hellos and more: all are lost once in three million times with 5 % loss. */
const GREETING_MS = 1800;
const REPEAT_MS = 700;

/**
 * One node's part in Astral Mesh: believes, agrees, plans, decides. It has no clock and does nothing itself.
 *
 * Shape: the same inputs at the same times give the same decisions, on every platform.
 */
export class Engine {
	readonly own: OwnNode;
	readonly planner: Planner;
	readonly deployment: Deployment;
	readonly reunion: Reunion;
	readonly radar: Radar;
	readonly schedule: SlotSchedule | undefined;
	/** What was dropped, by reason. */
	readonly counts = {stale: 0, own: 0, received: 0};
	readonly #neighbourhood = new Neighbourhood();
	readonly #agreements: Agreements;
	readonly #agenda = new Agenda();
	readonly #flood: Flood;
	readonly #context: EngineContext;
	/** When hello was said last, and until when it is said often, by radio. */
	readonly #helloMs: number[] = [];
	readonly #greetUntilMs: number[] = [];
	#settings: EngineSettings;
	#decisions: Decision[] = [];
	#nowMs = 0;
	#seq = 0;
	#isStarted = false;

	constructor({id, epoch, seed, settings, movedBefore = [], schedule}: EngineOptions) {
		this.#settings = settings;
		const context: EngineContext = {
			id,
			movedBefore,
			agenda: this.#agenda,
			random: seededRandom(seed),
			settings: () => this.#settings,
			nowMs: () => this.#nowMs,
			decide: decision => this.#decisions.push(decision),
			send: (body, hopsLeft, via, radio) => this.#send(id, epoch, body, hopsLeft, via, radio),
			forward: (message, radio) => this.#decisions.push({kind: 'send', message, radio}),
			explain: explanation => this.#explain(explanation),
		};
		this.#context = context;
		this.own = new OwnNode(context, epoch);
		this.#flood = new Flood(context, this.own);
		this.#agreements = new Agreements(context, {
			judge: proposal => (isSwitch(proposal) ? this.deployment.judge(proposal) : this.#judgePlan(proposal)),
			apply: (proposal, atMs) =>
				isSwitch(proposal) ? this.deployment.apply(proposal, atMs) : this.planner.apply(proposal),
			failed: (proposal, nodes, refusal) =>
				isSwitch(proposal) ? this.deployment.failed(nodes, refusal) : this.planner.failed(nodes, refusal),
		});
		this.planner = new Planner(context, this.own, this.#neighbourhood, this.#agreements);
		this.deployment = new Deployment(context, this.own, this.#neighbourhood, this.#agreements, this.planner, radio =>
			this.#hello(radio),
		);
		this.reunion = new Reunion(context, this.own, this.#neighbourhood);
		this.radar = new Radar(context, this.own);
		this.schedule = schedule?.(context, epoch);
		this.planner.isHeld = () => this.deployment.isSwitching || this.reunion.isLost;
		this.planner.onRound = (mesh, round) => {
			if (!this.reunion.isLost) this.deployment.round(mesh, round);
			if (!this.deployment.isUnderWay && !this.#agreements.isAboutMoves) this.reunion.repair(round);
		};
	}

	/** When it wants to be told the time again. */
	get nextMs(): number {
		return this.#agenda.nextMs;
	}

	get records() {
		return this.#neighbourhood.all;
	}

	/** Takes an input; answers what is to be done, in this order. Time never goes back. */
	step(nowMs: number, input: EngineInput): readonly Decision[] {
		this.#nowMs = Math.max(this.#nowMs, nowMs);
		this.#decisions = [];
		if (!this.#isStarted) this.#start();
		this.#agenda.run(this.#nowMs);
		this.#take(input);
		this.#agenda.run(this.#nowMs);
		return this.#decisions;
	}

	#start(): void {
		this.#isStarted = true;
		const {random} = this.#context;
		this.planner.start();
		this.reunion.start();
		this.#every(HELLO_MS, () => this.#hello());
		this.#every(CHECK_MS + random() * 100, () => this.#check());
	}

	#every(periodMs: number, task: () => void): void {
		const again = (dueMs: number): void => {
			this.#agenda.at(dueMs, () => {
				task();
				again(dueMs + periodMs * (0.9 + 0.2 * this.#context.random()));
			});
		};
		again(this.#nowMs + periodMs * this.#context.random());
	}

	#take(input: EngineInput): void {
		switch (input.kind) {
			case 'time':
				return;
			case 'radios':
				this.own.setRadios(input.radios);
				return this.schedule?.setRadios(input.radios);
			case 'channels':
				return this.own.setChannels(this.radar.without(input.channels));
			case 'message':
				return this.#receive(input.message, input.from, input.radio);
			case 'demand':
				return this.own.setWeight(input.peer, input.weight);
			case 'radar':
				return this.radar.detect(input.mhz, input.widthMhz);
			case 'seen':
				this.own.see(input.id);
				return this.reunion.see(input.id, input.mhz);
			case 'say':
				this.#context.send(input.body, 0, undefined, input.radio);
				return;
			case 'refused':
				this.#explain({why: 'driver-refused', radio: input.radio, refusal: input.reason});
				return this.deployment.refused(input.radio);
			case 'settings':
				this.#settings = input.settings;
				return this.own.changed();
			case 'windows':
			case 'meshTime':
			case 'division':
				return this.schedule?.take(input);
		}
	}

	#receive(message: PeerMessage, from: NodeId, radio: number): void {
		const {body, origin, via} = message;
		this.counts.received++;
		if (origin === this.#context.id) {
			this.counts.own++;
			return;
		}
		if (via !== undefined && via !== this.#context.id) return;
		const news = this.#flood.look(message, from, radio);
		if (news !== 'new') {
			this.counts.stale++;
			// Slots have hops to spare.
			const isSlots = body.kind === 'slots' || body.kind === 'losses';
			if (news === 'farther' && via === undefined && !isSlots)
				this.#flood.passOn(message, from, radio, this.own.radios.length);
			return;
		}
		switch (body.kind) {
			case 'hello':
				return this.#hear(origin, radio, body);
			case 'record': {
				const {epoch, seq} = message;
				const before = this.#neighbourhood.get(origin);
				if (!this.#neighbourhood.take({id: origin, epoch, seq, record: body.record, heardMs: this.#nowMs})) break;
				// Who had not been heard of for long has not heard of us either. At the edge of what is heard that is always so.
				const isNews = before === undefined || !hasSpoken(before) || !isFresh(before, this.#nowMs);
				if (isNews && message.hopsLeft > 0) this.own.sayAgain();
				// It sees us again before we see it; or it comes back from where we could not hear of it, to other channels than ours.
				const isSeen = linkTo(body.record, this.#context.id) !== undefined;
				const wasSeen = before !== undefined && linkTo(before.record, this.#context.id) !== undefined;
				const isApart = commonChannel(this.own.known.record, body.record) === undefined;
				if (((isSeen && !wasSeen) || (isNews && isApart)) && this.own.hasMet(origin)) this.own.see(origin);
				this.planner.reconcile(origin, body.record);
				break;
			}
			case 'propose':
			case 'answer':
			case 'verdict':
				this.#agreements.take(message, from);
				break;
			case 'revert':
				this.deployment.revert(body.transaction, origin);
				break;
			case 'radar':
				this.radar.hear(origin, body);
				break;
			case 'slots':
			case 'losses':
				this.schedule?.hear(message, radio);
				// They are of the channel they came on.
				return this.#flood.passOn(message, from, radio, this.own.radios.length, radio);
		}
		if (via === undefined) this.#flood.passOn(message, from, radio, this.own.radios.length);
	}

	#hear(origin: NodeId, radio: number, hello: PeerBody & {kind: 'hello'}): void {
		const wasHeard = this.own.heardOn(radio).includes(origin);
		const isMutual = hello.heard.includes(this.#context.id);
		this.own.hear(origin, radio, hello.heard);
		this.schedule?.hearHello(origin, radio, hello.heard);
		this.planner.follow(hello.round, hello.roundAgeMs);
		// Who is new here learns at once that we hear it, and again should that get lost: a switch waits for it.
		if (!wasHeard || !isMutual) this.#helloSoon(radio);
		if (!wasHeard) this.#greet(radio);
		const known = this.#neighbourhood.get(origin);
		if (known === undefined && !wasHeard) this.own.changed();
	}

	#helloSoon(radio: number): void {
		if ((this.#helloMs[radio] ?? 0) + QUICK_HELLO_MS <= this.#nowMs) this.#hello(radio);
	}

	/** Says hello often on a radio for a while. */
	#greet(radio: number): void {
		const isGreeting = (this.#greetUntilMs[radio] ?? 0) > this.#nowMs;
		this.#greetUntilMs[radio] = this.#nowMs + GREETING_MS;
		if (isGreeting) return;
		const again = (): void => {
			this.#agenda.at(this.#nowMs + FAST_HELLO_MS, () => {
				this.#helloSoon(radio);
				if (this.#nowMs < (this.#greetUntilMs[radio] ?? 0)) again();
			});
		};
		again();
	}

	/** Absent radio: on all. */
	#hello(only?: number): void {
		this.own.radios.forEach((live, radio) => {
			if (only !== undefined && only !== radio) return;
			this.#helloMs[radio] = this.#nowMs;
			const body: PeerBody = {
				kind: 'hello',
				live,
				heard: this.own.heardOn(radio),
				recordSeq: this.own.recordSeq,
				round: this.planner.round,
				roundAgeMs: Math.round(this.planner.roundAgeMs),
			};
			this.#context.send(body, 0, undefined, radio);
		});
	}

	#check(): void {
		this.own.forget();
		for (const id of this.#neighbourhood.forget(this.#nowMs - RECORD_FORGOTTEN_MS)) this.#flood.forget(id);
		this.reunion.check(this.deployment.before);
	}

	#judgePlan(proposal: Proposal) {
		if (this.deployment.isSwitching) return 'holding' as const;
		return this.planner.judge(proposal);
	}

	#send(
		origin: NodeId,
		epoch: number,
		body: PeerBody,
		hopsLeft: number,
		via: NodeId | undefined,
		radio: number | undefined,
	): number {
		const seq = ++this.#seq;
		const hops = body.kind === 'slots' ? hopsLeft : Math.min(hopsLeft, 2 * GOSSIP_HOPS);
		const message: PeerMessage = {origin, epoch, seq, hopsLeft: hops, via, body};
		this.#decisions.push({kind: 'send', message, radio});
		// A record holds for a minute, and who is at the end of a chain hears it from one only: it is said twice.
		if (body.kind === 'record')
			this.#agenda.at(this.#nowMs + REPEAT_MS, () => {
				if (this.own.recordSeq === seq) this.#decisions.push({kind: 'send', message, radio});
			});
		return seq;
	}

	#explain(explanation: Partial<Explanation> & Pick<Explanation, 'why'>): void {
		this.#decisions.push({
			kind: 'explain',
			explanation: {
				atMs: this.#nowMs,
				radio: undefined,
				from: undefined,
				to: undefined,
				numbers: {},
				alternatives: [],
				nodes: [],
				refusal: undefined,
				...explanation,
			},
		});
	}
}

function isSwitch({moves}: Proposal): boolean {
	return moves.length > 0;
}
