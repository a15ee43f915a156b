// SPDX-License-Identifier: Apache-2.0
import type {NodeId, PeerMessage, Proposal, Refusal, TransactionId} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';
import {ANSWER_MS, LOCK_MS, SWITCH_LEAD_MS} from '../settings.ts';

// Agreement of some neighbours on one thing, by one who asks.
//
//            propose                      all agreed
//   leader:  free ───────► asking ─────────────────────► free   (verdict: commit)
//                             │ a refusal, or silence thrice
//                             └──────────────────────────► free   (verdict: abort)
//            proposal, and nothing against it    commit
//   member:  free ───────────────────────────► bound ─────► free  (done as proposed)
//                                                │ abort, or LOCK_MS passed
//                                                └──────────► free
//
// A1  A node that leads or is bound agrees to nothing else.
// A2  A member agrees only if its record is the one the leader judged by, so nobody changed meanwhile.
// A3  Nothing is done without the agreement of all members.
// A4  A member that missed the verdict does nothing; who depends on it notices and goes back (see deployment.ts).

/** What an agreement is about is known to others. */
export interface Subjects {
	/** Absent: undefined when there is nothing against it. */
	judge(proposal: Proposal): Refusal | undefined;
	/** All agreed. `atMs` is when moves are to happen. */
	apply(proposal: Proposal, atMs: number): void;
	/** We asked and it came to nothing. `refusal` undefined: they did not answer. */
	failed(proposal: Proposal, nodes: readonly NodeId[], refusal: Refusal | undefined): void;
}

interface Asking {
	readonly proposal: Proposal;
	readonly waiting: Set<NodeId>;
	readonly hops: number;
	cancel: () => void;
}

interface Bound {
	readonly proposal: Proposal;
	/** The neighbour that brought the proposal. */
	readonly from: NodeId;
	readonly cancel: () => void;
}

const TRIES = 3;
const VERDICTS = 3;
const VERDICT_PAUSE_MS = 250;

export class Agreements {
	readonly #context: EngineContext;
	readonly #subjects: Subjects;
	#asking: Asking | undefined;
	#bound: Bound | undefined;
	#number: number;
	/** The way back to a leader, for answers of others. */
	readonly #back = new Map<string, NodeId>();
	/** Called off, for a while: a verdict may come before what it is about. */
	readonly #aborted = new Set<string>();
	#lastCommitted = '';
	/** When anybody asked for anything last. */
	lastAskedMs = Number.NEGATIVE_INFINITY;

	constructor(context: EngineContext, subjects: Subjects) {
		this.#context = context;
		this.#subjects = subjects;
		// Not from 1: who starts anew must not take up numbers that others remember.
		this.#number = Math.floor(context.random() * 2 ** 30);
	}

	/** Whether we lead or are bound. */
	get isBusy(): boolean {
		return this.#asking !== undefined || this.#bound !== undefined;
	}

	/** Whether we lead or are bound for a step that moves radios. */
	get isAboutMoves(): boolean {
		return [this.#asking, this.#bound].some(each => (each?.proposal.moves.length ?? 0) > 0);
	}

	/** Asks members at most `hops` hops away. Without members it is agreed at once. */
	propose(content: Omit<Proposal, 'transaction'>, hops: number): void {
		const {id} = this.#context;
		const proposal = {...content, transaction: {leader: id, number: ++this.#number}};
		const waiting = new Set(proposal.members.map(member => member.id));
		waiting.delete(id);
		this.#asking = {proposal, waiting, hops, cancel: () => {}};
		if (waiting.size === 0) return this.#agreed();
		this.#ask(TRIES);
	}

	take(message: PeerMessage, from: NodeId): void {
		const {body} = message;
		if (body.kind === 'propose') this.#consider(body.proposal, from, message.hopsLeft);
		else if (body.kind === 'answer') this.#count(message, body.transaction, body.refusal);
		else if (body.kind === 'verdict') this.#obey(body.transaction, body.commit, body.inMs);
	}

	#ask(tries: number): void {
		const asking = this.#asking;
		if (asking === undefined) return;
		const {send, agenda, nowMs} = this.#context;
		send({kind: 'propose', proposal: asking.proposal}, asking.hops - 1);
		asking.cancel = agenda.at(nowMs() + ANSWER_MS, () => {
			if (tries > 1) this.#ask(tries - 1);
			else this.#giveUp([...asking.waiting], undefined);
		});
	}

	#giveUp(nodes: readonly NodeId[], refusal: Refusal | undefined): void {
		const asking = this.#asking;
		if (asking === undefined) return;
		asking.cancel();
		this.#asking = undefined;
		this.#context.send(
			{kind: 'verdict', transaction: asking.proposal.transaction, commit: false, inMs: 0},
			asking.hops - 1,
		);
		this.#subjects.failed(asking.proposal, nodes, refusal);
	}

	#agreed(): void {
		const asking = this.#asking;
		if (asking === undefined) return;
		asking.cancel();
		this.#asking = undefined;
		const {proposal, hops} = asking;
		const {agenda, nowMs, send} = this.#context;
		const isAlone = proposal.members.every(({id}) => id === this.#context.id);
		const leadMs = proposal.moves.length > 0 && !isAlone ? SWITCH_LEAD_MS : 0;
		const atMs = nowMs() + leadMs;
		const tell = (left: number): void => {
			const inMs = Math.max(0, Math.round(atMs - nowMs()));
			send({kind: 'verdict', transaction: proposal.transaction, commit: true, inMs}, hops - 1);
			if (left > 1) agenda.at(nowMs() + VERDICT_PAUSE_MS, () => tell(left - 1));
		};
		if (!isAlone) tell(VERDICTS);
		this.#subjects.apply(proposal, atMs);
	}

	#consider(proposal: Proposal, from: NodeId, hopsLeft: number): void {
		const {id, send, agenda, nowMs} = this.#context;
		const key = keyOf(proposal.transaction);
		this.lastAskedMs = nowMs();
		if (!this.#back.has(key)) {
			this.#back.set(key, from);
			agenda.at(nowMs() + LOCK_MS, () => this.#back.delete(key));
		}
		if (!proposal.members.some(member => member.id === id) || this.#aborted.has(key)) return;
		// Who asks for something else has given up what it asked before.
		if (this.#bound?.proposal.transaction.leader === proposal.transaction.leader) this.#unbind(proposal.transaction);
		const isAgain = this.#bound !== undefined && keyOf(this.#bound.proposal.transaction) === key;
		const refusal = isAgain ? undefined : this.isBusy ? 'locked' : this.#subjects.judge(proposal);
		if (!isAgain && refusal === undefined) {
			const cancel = agenda.at(nowMs() + LOCK_MS, () => {
				this.#bound = undefined;
			});
			this.#bound = {proposal, from, cancel};
		}
		const back = this.#back.get(key) ?? from;
		// As many hops back as it came.
		send({kind: 'answer', transaction: proposal.transaction, refusal}, Math.max(8 - hopsLeft, 4), back);
	}

	#count({origin, ...message}: PeerMessage, transaction: TransactionId, refusal: Refusal | undefined): void {
		const {id, forward} = this.#context;
		if (transaction.leader !== id) {
			const via = this.#back.get(keyOf(transaction));
			if (via !== undefined && message.hopsLeft > 0) forward({...message, origin, hopsLeft: message.hopsLeft - 1, via});
			return;
		}
		const asking = this.#asking;
		if (asking === undefined || asking.proposal.transaction.number !== transaction.number) return;
		if (refusal !== undefined) return this.#giveUp([origin], refusal);
		asking.waiting.delete(origin);
		if (asking.waiting.size === 0) this.#agreed();
	}

	#unbind({number}: TransactionId): void {
		if (this.#bound === undefined || this.#bound.proposal.transaction.number >= number) return;
		this.#bound.cancel();
		this.#bound = undefined;
	}

	#obey(transaction: TransactionId, commit: boolean, inMs: number): void {
		const bound = this.#bound;
		const key = keyOf(transaction);
		if (!commit && !this.#aborted.has(key)) {
			const {agenda, nowMs} = this.#context;
			this.#aborted.add(key);
			agenda.at(nowMs() + LOCK_MS, () => this.#aborted.delete(key));
		}
		if (bound === undefined || keyOf(bound.proposal.transaction) !== key || this.#lastCommitted === key) return;
		bound.cancel();
		this.#bound = undefined;
		if (!commit) return;
		this.#lastCommitted = key;
		this.#subjects.apply(bound.proposal, this.#context.nowMs() + inMs);
	}
}

export function keyOf({leader, number}: TransactionId): string {
	return `${leader} ${number}`;
}
