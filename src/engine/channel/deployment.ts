// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {Move, NodeId, Proposal, Refusal, TransactionId} from '../../model/peer.ts';
import {type Agreements, keyOf} from '../agreement/agreements.ts';
import {LONGEST_WAIT_MS} from '../agreement/flood.ts';
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {
	BALL_HOPS,
	CONFIRM_MS,
	FAST_HELLO_MS,
	GOSSIP_HOPS,
	HOLD_MS,
	LONGEST_HOLD_MS,
	QUIET_ROUNDS,
	REVERT_MS,
} from '../settings.ts';
import {hasSpoken, isFresh, type Known, type LocalMesh, type Neighbourhood} from '../view/neighbourhood.ts';
import {commonChannel, wholeOf} from './ball.ts';
import {joinsLink, keepsLinks, pendingMoves, smallestStep} from './moves.ts';
import type {Planner} from './planner.ts';
import {costOf} from './problem.ts';
import {gainShareOf, isFirst, isTorn} from './prospects.ts';
import {RetuneBudget} from './retune-budget.ts';
import {Returns} from './returns.ts';
import {Trials} from './trials.ts';

// The plan is carried out in small steps, each of which keeps every link that is there.
//
//   still ──► deploying ──────► agreed ──────► switched ──────► still, or deploying what is left
//     │  quiet, and     a step's      T_switch     │  all expected neighbours
//     │  worth it       members agree               │  heard in time
//     │                                             └─► gone back ──► holding ──► deploying
//     └◄──────────────────────────────────────────────── hold doubles with each failure
//
// D1  A step keeps every link: after it both ends share a channel, or they shared none before. Members check that by
//     their own records.
// D2  Neighbours of who moves are members too, so nobody moves away from under a step. Who cannot answer is none, and who
//     comes meanwhile calls the step off.
// D3  Who moved and does not hear an expected neighbour on the new channel in time goes back and says so; who hears that
//     of a step it took part in goes back too, up to REVERT_MS after the switch.
// D4  A radio moves at most `retunesPerHour` times an hour for a plan; going back is free. Who has moved so often looks pinned,
//     so that plans are made around it, and a node keeps its last move for links without a channel (retune-budget.ts).
// D5  Who only observes, or stopped, or pinned the radio, or has its quiet hours, refuses.

/** Who has moved enough is asked again after so long. */
const RESTING_MS = 600_000;
const PATIENCE_ROUNDS = 40;
/** A round in which nothing can be done weighs as so many more of waiting. */
const IMPOSSIBLE_ROUNDS = 4;
const LONGEST_HOPE_ROUNDS = 40;
/** By then who was stale has said what it is now; so late in a round nobody is asked again. */
const ASK_AGAIN_MS = 300;
const LAST_ASKED_MS = 2500;
const REVERT_COPIES_MS = [0, 250, 700] as const;

interface Switch {
	readonly proposal: Proposal;
	readonly own: readonly Move[];
	readonly atMs: number;
	/** Neighbours that share no channel with us but by this step. */
	expected: readonly NodeId[];
	state: 'agreed' | 'switched' | 'held' | 'gone back';
}

export class Deployment {
	retunes = 0;
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	readonly #neighbourhood: Neighbourhood;
	readonly #agreements: Agreements;
	readonly #planner: Planner;
	#switch: Switch | undefined;
	/** Steps that may still be called off. */
	readonly #recent = new Map<string, Switch>();
	/** Nothing is asked for before, nor what brings links that have no channel together; nothing agreed to. */
	#holdUntilMs = 0;
	#holdJoinsUntilMs = 0;
	#refuseUntilMs = 0;
	#underWayUntilMs = 0;
	#failures = 0;
	#idleRounds = 0;
	readonly #returns: Returns;
	readonly #trials: Trials;
	/** Who refused for its budget or its quiet hours, and until when it is not asked. */
	readonly #restingMs = new Map<NodeId, number>();
	readonly #budget: RetuneBudget;
	readonly #hello: (radio?: number) => void;

	constructor(
		context: EngineContext,
		own: OwnNode,
		neighbourhood: Neighbourhood,
		agreements: Agreements,
		planner: Planner,
		hello: (radio?: number) => void,
	) {
		this.#context = context;
		this.#own = own;
		this.#neighbourhood = neighbourhood;
		this.#agreements = agreements;
		this.#planner = planner;
		this.#hello = hello;
		this.#budget = new RetuneBudget(context, own);
		this.#returns = new Returns(context, own, (radio, to) => this.#retune(radio, to, 'reverted'));
		this.#trials = new Trials(context, own, () => planner.mesh);
		this.#trials.onFailed = () => {
			planner.reconsider();
			this.#hold();
		};
	}

	get isSwitching(): boolean {
		return this.#switch?.state === 'agreed' || this.#switch?.state === 'switched';
	}

	/** Whether a step that we agreed to, moving or not, still needs our radios where they are. */
	get isUnderWay(): boolean {
		return this.isSwitching || this.#context.nowMs() < this.#underWayUntilMs;
	}

	/** Where the radio was before the last step, for who got lost by it. */
	get before(): readonly Channel[] {
		return this.#switch?.own.map(({from}) => from) ?? [];
	}

	round(mesh: LocalMesh, round: number): void {
		const own = this.#own;
		const {id, nowMs} = this.#context;
		this.#budget.look(mesh);
		// What may not move now must not keep others from planning.
		const moves = pendingMoves(id, own.known.record).filter(move => this.#refusalOf(move) === undefined);
		if (moves.length === 0) return this.#setDeploying(false);
		const joins = moves.some(({to}) => this.#joins(to.mhz));
		const isHeld = nowMs() < (joins ? this.#holdJoinsUntilMs : this.#holdUntilMs);
		if (this.isSwitching || this.#agreements.isBusy || isHeld) return;
		if (!own.deploying) {
			if (!joins && (!this.#isSettled(mesh) || !this.#isWorthIt(mesh))) return;
			this.#idleRounds = 0;
			this.#setDeploying(true);
		}
		// Others plan no more while we carry out: who cannot must not keep them from it.
		if (++this.#idleRounds > PATIENCE_ROUNDS) return this.#hold();
		const step = smallestStep(mesh, moves, (move, isJoining) =>
			move.node === id
				? this.#refusalOf(move) === undefined
				: this.#inReach(move.node) !== undefined && (isJoining || (this.#restingMs.get(move.node) ?? 0) < nowMs()),
		);
		if (step === undefined) {
			this.#idleRounds += IMPOSSIBLE_ROUNDS;
			return;
		}
		if (!isFirst(mesh, round, step.moves.length > 1 ? GOSSIP_HOPS : 2)) return;
		// Who is not in reach cannot answer, and no link that is there now hangs on it.
		const members = step.members.flatMap(member => this.#inReach(member) ?? []).map(({id, seq}) => ({id, seq}));
		const farthest = Math.max(1, ...step.members.map(member => mesh.hops[mesh.places.get(member) ?? 0] as number));
		this.#agreements.propose(
			{members, stamp: 0, links: [], moves: step.moves, gain: 0},
			// Where neighbours share no channel the way is longer than it looks.
			step.isJoining || isTorn(mesh, BALL_HOPS) ? GOSSIP_HOPS : Math.min(GOSSIP_HOPS, farthest),
		);
	}

	/** What a node that can be asked said last. Absent: undefined for who cannot. */
	#inReach(node: NodeId): Known | undefined {
		const {id, nowMs} = this.#context;
		const known = node === id ? this.#own.known : this.#neighbourhood.get(node);
		return known !== undefined && (node === id || (hasSpoken(known) && isFresh(known, nowMs()))) ? known : undefined;
	}

	#setDeploying(deploying: boolean): void {
		if (this.#own.deploying === deploying) return;
		this.#own.deploying = deploying;
		this.#own.changed();
	}

	/** Nobody in view hopes for a better plan any more; or they hope for very long. */
	#isSettled(mesh: LocalMesh): boolean {
		const {known, hops} = mesh;
		const {quietRounds} = this.#planner;
		if (quietRounds < QUIET_ROUNDS) return false;
		const isHoping = known.some(
			(node, place) => node !== undefined && (hops[place] as number) >= 0 && node.record.pressure > 0,
		);
		// A first plan is waited for; who has channels already and is disturbed there is not kept waiting by hopes.
		const share = this.#planner.hasDeployed ? gainShareOf(mesh) : 0;
		const patience = LONGEST_HOPE_ROUNDS * Math.min(1, this.#context.settings().leastGain / share);
		return !isHoping || quietRounds > patience || known.some(node => node?.record.deploying === true);
	}

	/** Somebody in view carries the plan out already, or it is cheaper by enough. */
	#isWorthIt(mesh: LocalMesh): boolean {
		if (mesh.known.some((node, place) => place > 0 && node?.record.deploying === true)) return true;
		const {problem, planned, live} = wholeOf(mesh);
		if (live.includes(-1)) return true;
		const [now, then] = [costOf(problem, live), costOf(problem, planned)];
		const least = now * this.#context.settings().leastGain;
		const isWorth = now > then && now - then >= least;
		if (isWorth) this.#context.explain({why: 'gain', numbers: {now, planned: then, least}});
		return isWorth;
	}

	/** Why a radio of ours may not move now. */
	#refusalOf({radio, from, to}: Move): Refusal | undefined {
		const {participation, pinned, isQuiet} = this.#context.settings();
		const live = this.#own.radios[radio];
		if (participation !== 'active') return 'observing';
		if (pinned.includes(radio)) return 'pinned';
		if (live?.mhz !== from.mhz) return 'stale';
		if (!this.#isAllowed(to.mhz)) return 'blocked';
		if (isQuiet) return 'quiet-hours';
		return this.#budget.isSpent(radio) ? 'budget' : undefined;
	}

	/** Whether a link that has no channel now would have one there: no budget stands against that. */
	#joins(mhz: number): boolean {
		return this.#own.known.record.links.some(({peer, planMhz}) => {
			if (planMhz !== mhz) return false;
			const record = this.#neighbourhood.get(peer)?.record;
			return record !== undefined && commonChannel(this.#own.known.record, record) === undefined;
		});
	}

	#isAllowed(mhz: number): boolean {
		return this.#own.channels.some(channel => channel.mhz === mhz && !channel.blocked);
	}

	judge({members, moves}: Proposal): Refusal | undefined {
		const own = this.#own;
		const {id, nowMs, agenda} = this.#context;
		if (this.isSwitching) return 'holding';
		const mine = members.find(member => member.id === id);
		if (mine === undefined) return 'unknown';
		if (!own.isCurrent(mine.seq)) {
			agenda.at(nowMs(), () => own.say());
			return 'stale';
		}
		// Links without a channel do not wait as long.
		const refuseUntilMs = joinsLink(this.#planner.mesh, moves) ? this.#holdJoinsUntilMs : this.#refuseUntilMs;
		for (const move of moves) {
			if (move.node !== id) continue;
			const refusal = nowMs() < Math.min(refuseUntilMs, this.#refuseUntilMs) ? 'holding' : this.#refusalOf(move);
			if (refusal !== undefined) return refusal;
			// Only what our own plan says.
			if (!own.known.record.links.some(({planMhz}) => planMhz === move.to.mhz)) return 'unknown';
		}
		return keepsLinks(this.#planner.mesh, 0, moves) ? undefined : 'cut-off';
	}

	apply(proposal: Proposal, atMs: number): void {
		const {id, agenda} = this.#context;
		const own = proposal.moves.filter(move => move.node === id);
		this.#underWayUntilMs = atMs + CONFIRM_MS;
		if (own.length === 0) return;
		this.#idleRounds = 0;
		const change: Switch = {proposal, own, atMs, expected: [], state: 'agreed'};
		this.#switch = change;
		this.#recent.set(keyOf(proposal.transaction), change);
		agenda.at(atMs, () => this.#carryOut(change));
	}

	failed(nodes: readonly NodeId[], refusal: Refusal | undefined): void {
		const {agenda, nowMs} = this.#context;
		// Who changed in the same moment says so at once: what was right may be right still.
		if (refusal === 'stale' && this.#planner.roundAgeMs < LAST_ASKED_MS)
			agenda.at(nowMs() + ASK_AGAIN_MS, () => this.round(this.#planner.mesh, this.#planner.round));
		if (refusal === 'locked' || refusal === 'stale' || refusal === 'holding') return;
		if (refusal === 'budget' || refusal === 'quiet-hours')
			for (const node of nodes) this.#restingMs.set(node, nowMs() + RESTING_MS);
		this.#context.explain({why: refusal === undefined ? 'unanswered' : 'refused', nodes, refusal});
		this.#hold();
	}

	#hold(): void {
		const {nowMs, random} = this.#context;
		const spread = 0.75 + random() / 2;
		this.#holdUntilMs = nowMs() + Math.min(LONGEST_HOLD_MS, HOLD_MS * 2 ** this.#failures) * spread;
		this.#holdJoinsUntilMs = nowMs() + HOLD_MS * spread;
		this.#failures++;
		if (this.#failures > 5 || this.#idleRounds > PATIENCE_ROUNDS) this.#setDeploying(false);
	}

	#carryOut(change: Switch): void {
		const {agenda, explain} = this.#context;
		if (change.state !== 'agreed') return;
		// Radar since we agreed, or the owner said no.
		if (change.own.some(({to}) => !this.#isAllowed(to.mhz))) return this.#goBack(change);
		change.expected = this.#expectedBy(change);
		// Who came since we agreed hangs on us where we are.
		const members = new Set(change.proposal.members.map(({id}) => id));
		if (change.expected.some(peer => !members.has(peer))) return this.#goBack(change);
		change.state = 'switched';
		for (const move of change.own) {
			const {radio, from, to} = move;
			this.#trials.expect(move);
			this.#budget.spend(radio);
			this.#returns.cancel(radio);
			explain({why: 'switched', radio, from, to, nodes: change.proposal.members.map(member => member.id)});
			this.#retune(radio, to, 'planned');
		}
		this.#watch(change);
		agenda.at(change.atMs + CONFIRM_MS, () => {
			if (change.state === 'switched') this.#goBack(change);
		});
		agenda.at(change.atMs + REVERT_MS, () => this.#finish(change));
	}

	/** Neighbours that no radio hears which stays where it is, at either end. A channel in common is not enough. */
	#expectedBy({proposal, own}: Switch): readonly NodeId[] {
		const moving = new Set(own.map(({radio}) => radio));
		const isMoving = (peer: NodeId, mhz: number): boolean =>
			proposal.moves.some(({node, from}) => node === peer && from.mhz === mhz);
		return this.#own.peers.filter(
			peer =>
				this.#own.isUp(peer) &&
				!this.#own.radios.some(
					({mhz}, radio) => !moving.has(radio) && this.#own.isUpOn(peer, radio) && !isMoving(peer, mhz),
				),
		);
	}

	/** Says hello often until all expected are heard. */
	#watch(change: Switch): void {
		const {agenda, nowMs} = this.#context;
		if (change.state !== 'switched') return;
		for (const {radio} of change.own) this.#hello(radio);
		if (change.expected.every(peer => this.#own.isUp(peer, change.atMs + 1))) change.state = 'held';
		else agenda.at(nowMs() + FAST_HELLO_MS, () => this.#watch(change));
	}

	#finish(change: Switch): void {
		this.#recent.delete(keyOf(change.proposal.transaction));
		if (this.#switch === change) this.#switch = undefined;
		if (change.state !== 'held') return;
		const {explain} = this.#context;
		this.#failures = 0;
		for (const move of change.own) {
			const {radio, from, to} = move;
			explain({why: 'confirmed', radio, from, to, nodes: change.expected});
			this.#trials.begin(move);
		}
	}

	/** Back to where we were, and all members with us. */
	#goBack(change: Switch): void {
		const {agenda, nowMs, send, explain} = this.#context;
		const missing = change.expected.filter(peer => !this.#own.isUp(peer, change.atMs + 1));
		explain({why: 'unconfirmed', nodes: missing});
		const transaction = change.proposal.transaction;
		for (const afterMs of REVERT_COPIES_MS)
			agenda.at(nowMs() + afterMs, () => send({kind: 'revert', transaction}, GOSSIP_HOPS - 1));
		agenda.at(nowMs() + 1, () => this.#retuneBack(change));
	}

	#retuneBack(change: Switch): void {
		if (change.state === 'gone back') return;
		const hasMoved = change.state !== 'agreed';
		change.state = 'gone back';
		if (!hasMoved) return this.#hold();
		for (const move of change.own) {
			const {radio, from, to} = move;
			this.#context.explain({why: 'reverted', radio, from: to, to: from});
			// Who left because of radar does not go back there.
			if (this.#isAllowed(from.mhz)) this.#returns.begin(move);
		}
		this.#hold();
		this.#refuseUntilMs = this.#holdUntilMs;
	}

	/** Another member of our last step goes back. */
	revert(transaction: TransactionId, origin: NodeId): void {
		const change = this.#recent.get(keyOf(transaction));
		if (change === undefined || !change.proposal.members.some(member => member.id === origin)) return;
		if (change.state === 'agreed') {
			change.state = 'gone back';
			this.#hold();
		} else {
			const {agenda, nowMs} = this.#context;
			// Who is only reached through us must be told before we leave.
			if (nowMs() <= change.atMs + REVERT_MS) agenda.at(nowMs() + LONGEST_WAIT_MS, () => this.#retuneBack(change));
		}
	}

	/** A driver did not do as told. */
	refused(radio: number): void {
		const change = this.#switch;
		// Who had nobody to wait for thought that it held.
		const isUnderWay = change?.state === 'switched' || change?.state === 'held';
		if (isUnderWay && change.own.some(move => move.radio === radio)) return this.#goBack(change);
		this.#returns.refused(radio);
	}

	#retune(radio: number, to: Channel, why: 'planned' | 'reverted'): void {
		this.retunes++;
		this.#context.decide({kind: 'retune', radio, to, why});
	}
}
