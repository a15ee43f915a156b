// SPDX-License-Identifier: Apache-2.0
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import type {
	GateState,
	HiddenPair,
	LinkWindow,
	LossRecord,
	MeshTime,
	SlotView,
	Superframe,
	WantedSlots,
} from '../../model/slots.ts';
import type {EngineContext} from '../context.ts';
import {Conflicts, lossOf} from './conflicts.ts';
import {Evidence} from './evidence.ts';
import {SlotDemand, usableShare} from './slot-demand.ts';
import type {RadioDivision} from './slot-schedule.ts';
import {Slots} from './slots.ts';
import {TrustedTime} from './trusted-time.ts';

// One radio: what is measured becomes evidence, evidence conflicts, conflicts slots, and slots what its gate is to keep to.
//
//   nothing-hidden ──conflict──▶ agreeing ──own slots──▶ gated ──▶ stale (open slots only), when partners confirm nothing
//         ▲                         │                      │
//         └──no conflict is left────┴──────────────────────┴──▶ no-clock (everything open), when the mesh's time is not known well

/** What is lost at an edge: jitter of the gate, and one aggregate in flight. */
export const GUARD_US = 2000;
/**
 * 30 slots of 5 ms that are shared out, and two that are open: who has one slot waits for it 160 ms at most.
 *
 * Source: `npm run bench -- slots`. With a guard of 2 ms, slots of 2.5 ms bring 3 to 9 % less than these, those of 10 ms 2 to
 *         4 % more for twice the wait, those of 20 ms 2 to 6 % more for four times.
 */
export const usualSuperframe: Superframe = {slots: 32, slotUs: 5000};
/** Who measures nothing for so long has no say. */
const MEASURED_MS = 15_000;
const BOUND_MS = 900;
const SAY_AGAIN_MS = 60_000;
const EXPLAIN_MS = 15_000;
const AIRTIME_US_PER_FRAME = 500;
const LOSS_FADE = 0.2;

export class RadioSchedule {
	readonly mhz: number;
	readonly division: RadioDivision;
	readonly counts = {forged: 0};
	readonly #context: EngineContext;
	readonly #slots: Slots;
	readonly #evidence: Evidence;
	readonly #conflicts: Conflicts;
	readonly #demand: SlotDemand;
	readonly #superframe: Superframe;
	readonly #forgedMs = new Map<NodeId, number>();
	readonly #time = new TrustedTime(GUARD_US);
	#state: GateState = 'nothing-hidden';
	#reason = '';
	#wanted: WantedSlots | undefined;
	#said = '';
	#explainedMs = Number.NEGATIVE_INFINITY;
	#isPending = false;
	#isStopped = false;
	#lossBefore: number | undefined;
	#lossNow: number | undefined;
	#windowMs = 0;
	/** Neighbours that hear us and keep to slots as well, and when they were looked for. */
	#bound: readonly NodeId[] = [];
	#boundMs = Number.NEGATIVE_INFINITY;

	constructor(context: EngineContext, epoch: number, division: RadioDivision, mhz: number) {
		this.#context = context;
		this.division = division;
		this.mhz = mhz;
		this.#superframe = division.superframe ?? usualSuperframe;
		const {id, agenda, nowMs, random, send} = context;
		this.#slots = new Slots(
			{
				id,
				epoch,
				agenda,
				nowMs,
				random,
				say: (slots, hopsLeft) => void send({kind: 'slots', slots}, hopsLeft, undefined, division.radio),
				changed: () => this.#later(),
				unfair: (node, share) => this.#explain('slots-unfair', [node], {share}),
			},
			mhz,
			this.#superframe,
			division.weight ?? 1,
		);
		this.#demand = new SlotDemand(this.#slots.shared);
		this.#evidence = new Evidence(id, node => this.#slots.saidBy(node));
		this.#conflicts = new Conflicts(id);
		this.#later();
		this.#watch();
	}

	/** Everything is open from now on. */
	readonly stop = (): void => {
		this.#isStopped = true;
		this.#slots.stop();
		this.#decide('off', undefined, 'The radio keeps to no time slots here.');
	};

	/** The mesh's time as it is now. Absent: none. */
	setTime(time: MeshTime | undefined): void {
		const stepUs = this.#time.take(time, this.#context.nowMs());
		if (stepUs !== undefined)
			this.#explain('slots-open', [], {stepUs}, `The mesh's time stepped by ${Math.round(stepUs / 1000)} ms.`);
		this.#later();
	}

	hearHello(from: NodeId, heard: readonly NodeId[]): void {
		this.#evidence.hearHello(from, heard, this.#context.nowMs());
	}

	hear({origin, epoch, seq, body}: PeerMessage): void {
		if (this.#isStopped) return;
		const nowMs = this.#context.nowMs();
		if (body.kind === 'slots') {
			if (!this.#slots.hear(origin, epoch, seq, body.slots)) this.#forged(origin, 'they are not as ours');
		} else if (body.kind === 'losses' && body.losses.mhz === this.mhz) this.#hearLosses(origin, body.losses, nowMs);
	}

	/** What our frames did since the last time. */
	measured(windows: readonly LinkWindow[]): void {
		const nowMs = this.#context.nowMs();
		let durationMs = 0;
		let activeUs = 0;
		let lost = 0;
		let frames = 0;
		for (const window of windows) {
			durationMs = Math.max(durationMs, window.durationMs);
			const sent = lossOf(window);
			frames += sent.frames;
			lost += sent.frames * sent.loss;
			activeUs += window.transmitAirtimeUs ?? sent.frames * AIRTIME_US_PER_FRAME;
			if (window.receiveAirtimeUs !== undefined && window.durationMs > 0)
				this.#evidence.received(
					window.peer,
					window.receiveAirtimeUs / (1000 * window.durationMs),
					window.durationMs,
					nowMs,
				);
		}
		if (durationMs <= 0) return;
		const active = Math.min(1, activeUs / (1000 * durationMs));
		this.#conflicts.measured(windows, nowMs);
		if (frames > 0) this.#countLoss(lost / frames);
		const usable = this.#state === 'gated' ? usableShare(this.#slots.own, this.#superframe, GUARD_US) : undefined;
		this.#slots.setDemand(this.#demand.take(active, usable, nowMs));
		for (const pair of this.#evidence.judge(nowMs)) this.#tellHidden({...pair, receiver: this.#context.id, ageMs: 0});
		this.#sayLosses(windows, durationMs, active);
		this.#windowMs = nowMs;
		this.#review();
	}

	view(): SlotView {
		const nowMs = this.#context.nowMs();
		const {slots} = this.#superframe;
		const {id} = this.#context;
		const wanted = this.#wanted;
		const owners = Array.from({length: slots}, (_, slot) => {
			if (wanted === undefined || wanted.open[slot] === true) return {nodes: [], open: true};
			return {nodes: [...(wanted.own[slot] === true ? [id] : []), ...this.#slots.owners(slot)], open: false};
		});
		return {
			radio: `${this.division.radio}`,
			state: this.#state,
			reason: this.#reason,
			superframe: this.#superframe,
			owners,
			hidden: [...this.#conflicts.pairs(nowMs), ...this.#evidence.hidden(nowMs)],
			time: this.#time.now,
			lossBefore: this.#lossBefore,
			lossNow: this.#lossNow,
		};
	}

	#hearLosses(origin: NodeId, losses: LossRecord, nowMs: number): void {
		this.#evidence.hearLosses(origin, losses, nowMs);
		const scaled = {
			...losses,
			hidden: losses.hidden.map(pair => ({
				...pair,
				lossBoth: pair.lossBoth / 255,
				lossOne: pair.lossOne / 255,
				confidence: pair.confidence / 255,
			})),
		};
		this.#evidence.passOn(origin, scaled.hidden, nowMs);
		const news = this.#conflicts.hear(
			origin,
			scaled,
			nowMs,
			node => this.#hears(node, nowMs),
			node => this.#names(node, this.#context.id),
		);
		for (const {pair, refusal} of news) {
			if (refusal === undefined) this.#tellHidden(pair);
			else this.#forged(origin, `it names us as hidden from another, but ${refusal}`);
		}
		this.#review();
	}

	/** Whether a node says that it is in conflict with another. */
	#names(node: NodeId, other: NodeId): boolean {
		return this.#slots.saidBy(node)?.record.conflicts.some(({peer}) => peer === other) === true;
	}

	#hears(node: NodeId, nowMs: number): boolean {
		return this.#evidence.isHeard(node, nowMs);
	}

	#review(): void {
		const nowMs = this.#context.nowMs();
		const hidden = this.#conflicts.nodes(nowMs);
		// Beside slots that somebody must keep to, those who hear each other share them out as well: where they contend in
		// the same slots, who is hidden from most has least of them and most company in them.
		if (hidden.length === 0) this.#bound = [];
		else if (nowMs - this.#boundMs >= BOUND_MS) {
			this.#boundMs = nowMs;
			this.#bound = this.#evidence.mutual(nowMs).filter(node => this.#isBoundBeside(node));
		}
		this.#slots.setConflicts([...hidden, ...this.#bound.filter(node => !hidden.includes(node))]);
		this.#later();
	}

	/** Whether a neighbour keeps to slots because of somebody whom it does not hear: both ends tell that by the same words. */
	#isBoundBeside(node: NodeId): boolean {
		const said = this.#slots.saidBy(node)?.record.conflicts ?? [];
		return said.some(({peer}) => !this.#evidence.hasHeard(node, peer));
	}

	#sayLosses(windows: readonly LinkWindow[], durationMs: number, active: number): void {
		const links = windows.map(window => {
			const {frames, loss} = lossOf(window);
			return {peer: window.peer, frames, loss: Math.round(255 * loss)};
		});
		const nowMs = this.#context.nowMs();
		const hidden = [
			...this.#evidence.hidden(nowMs),
			...this.#evidence.answered(this.#conflicts.pairs(nowMs), nowMs),
			...this.#evidence.echoes(nowMs),
		].map(({a, b, lossBoth, lossOne, confidence}) => ({
			a,
			b,
			lossBoth: Math.round(255 * lossBoth),
			lossOne: Math.round(255 * lossOne),
			confidence: Math.round(255 * confidence),
		}));
		const losses = {mhz: this.mhz, durationMs, active: Math.round(255 * active), links, hidden};
		this.#context.send({kind: 'losses', losses}, 0, undefined, this.division.radio);
	}

	#countLoss(loss: number): void {
		const faded = (before: number | undefined): number =>
			before === undefined ? loss : before + LOSS_FADE * (loss - before);
		if (this.#state === 'gated') this.#lossNow = faded(this.#lossNow);
		else if (this.#lossNow === undefined || this.#state === 'nothing-hidden') {
			this.#lossBefore = faded(this.#lossBefore);
			this.#lossNow = undefined;
		}
	}

	/** Words and time grow old without an event. */
	#watch(): void {
		const {agenda, nowMs} = this.#context;
		agenda.at(nowMs() + 1000, () => {
			if (this.#isStopped) return;
			// Who measures nothing has no say, and believes nothing for long.
			if (nowMs() - this.#windowMs > MEASURED_MS) this.#review();
			this.#later();
			this.#watch();
		});
	}

	#later(): void {
		if (this.#isPending || this.#isStopped) return;
		this.#isPending = true;
		const {agenda, nowMs} = this.#context;
		agenda.at(nowMs(), () => {
			this.#isPending = false;
			if (!this.#isStopped) this.#decideNow();
		});
	}

	#decideNow(): void {
		const slots = this.#slots;
		const nowMs = this.#context.nowMs();
		if (slots.partners.length === 0) {
			if (this.#conflicts.nodes(nowMs).length === 0)
				return this.#decide(
					'nothing-hidden',
					undefined,
					'Nobody hidden disturbs its neighbours, so all slots are open.',
				);
			return this.#decide(
				'agreeing',
				undefined,
				'Those in conflict with it have not answered yet; all slots are open.',
			);
		}
		if (!slots.isDivided)
			return this.#decide(
				'agreeing',
				undefined,
				'It agrees on slots with those in conflict with it; all are still open.',
			);
		const doubt = this.#time.doubt(nowMs);
		if (doubt !== undefined) return this.#decide('no-clock', undefined, doubt);
		const own = slots.own;
		const count = own.length;
		const isOwn = Array.from({length: this.#superframe.slots}, (_, slot) => own.includes(slot));
		const wanted = {
			superframe: this.#superframe,
			own: isOwn,
			open: isOwn.map((_, slot) => slot >= slots.shared),
			guardUs: GUARD_US,
		};
		if (count > 0) {
			const with_ = slots.partners.length === 1 ? '1 router' : `${slots.partners.length} routers`;
			return this.#decide(
				'gated',
				wanted,
				`It sends in ${count} of ${this.#superframe.slots} slots, as agreed with ${with_}.`,
			);
		}
		if (slots.silent.length > 0)
			return this.#decide('stale', wanted, 'Its slots were not confirmed in time; it sends in open slots only.');
		this.#decide('agreeing', wanted, 'It has no slot yet; it sends in open slots only.');
	}

	#decide(state: GateState, wanted: WantedSlots | undefined, reason: string): void {
		const said = `${state} ${reason} ${wanted?.own.map(isOwn => (isOwn ? 1 : 0)).join('') ?? ''}`;
		if (said === this.#said) return;
		this.#said = said;
		const before = this.#state;
		this.#state = state;
		this.#reason = reason;
		this.#wanted = wanted;
		this.#context.decide({kind: 'gate', radio: this.division.radio, wanted, state, reason});
		const nowMs = this.#context.nowMs();
		if (state === 'gated' && (before !== 'gated' || nowMs - this.#explainedMs > EXPLAIN_MS)) {
			this.#explainedMs = nowMs;
			const {slots} = this.#superframe;
			this.#explain('slots-agreed', this.#slots.partners, {own: this.#slots.own.length, slots});
		} else if (state === 'stale' && before !== 'stale') this.#explain('slots-stale', this.#slots.silent, {});
		else if (before === 'gated' && wanted === undefined) this.#explain('slots-open', [], {}, reason);
	}

	#tellHidden({a, b, lossBoth, lossOne, confidence}: HiddenPair): void {
		this.#explain('slots-hidden', [a, b], {lossBoth, lossOne, confidence});
	}

	#forged(node: NodeId, refusal: string): void {
		this.counts.forged++;
		const nowMs = this.#context.nowMs();
		if (nowMs - (this.#forgedMs.get(node) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
		if (this.#forgedMs.size > 64) this.#forgedMs.clear();
		this.#forgedMs.set(node, nowMs);
		this.#explain('slots-forged', [node], {}, refusal);
	}

	#explain(
		why: 'slots-hidden' | 'slots-agreed' | 'slots-open' | 'slots-stale' | 'slots-unfair' | 'slots-forged',
		nodes: readonly NodeId[],
		numbers: Readonly<Record<string, number>>,
		refusal?: string,
	): void {
		this.#context.explain({why, radio: this.division.radio, nodes, numbers, refusal});
	}
}
