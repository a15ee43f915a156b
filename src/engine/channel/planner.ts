// SPDX-License-Identifier: Apache-2.0
import type {NodeId, NodeRecord, PlannedLink, Proposal, Refusal} from '../../model/peer.ts';
import type {Agreements} from '../agreement/agreements.ts';
import {type EngineContext, lotOf} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {BALL_HOPS, GOSSIP_HOPS, ROUND_MS} from '../settings.ts';
import {AirNews} from '../view/air-news.ts';
import {hasSpoken, isFresh, type LocalMesh, linkTo, type Neighbourhood} from '../view/neighbourhood.ts';
import {type Ball, ballOf, commonChannel, HOMELESS_COST, wholeOf, withLinks} from './ball.ts';
import {exodus, type Found} from './exodus.ts';
import {quickestSearch} from './native-search.ts';
import {costOf} from './problem.ts';
import {
	chanceOf,
	hasGivenUp,
	hasHomeless,
	hashOf,
	hopeOf,
	isCovered,
	isFeasibleWhereChanged,
	isTorn,
	latestStamp,
	mayPlan,
	type ViewHash,
} from './prospects.ts';
import {effortFor} from './search.ts';

// The plan is made in the shadow: nobody retunes for it. In each round, of the nodes that hope to gain, the one with most
// hope times luck within reach looks for a better plan of its ball and asks all it concerns; where it finds none, the second.
//
// P1  Every commit makes the mesh cheaper: the leader's numbers are those of the members' own records (A2), and whoever
//     knows them all counts for himself. Where radios cannot do what was planned any more, it may cost the same: then it says
//     what they can.
// P2  No link is planned on a channel that one of its ends may not use, and no node on more channels than it has radios.
// P3  A node that found nothing with every heat leads no more until something changes around it.
// P4  Once a plan was carried out, who joins, leaves or has no channel is planned for by those up to three hops away, who
//     retune what is two hops farther at most: others do not look anew because of what those agree on.
// P5  While a plan is carried out near, new ones are made only for links without a channel and for what radios cannot do.

/** How hot each try looks, in sixteenths, each node beginning elsewhere; after as many a node rests. */
const HEATS = [1, 3, 2, 5, 1, 3, 2, 4, 1] as const;
/** Every search has a seed of its own, of 32 bits. */
const SEEDS = 4294967296;
/** What nodes say when a round begins has reached the leader by then. */
const SETTLE_MS = 500;
/** Whose turn is next begins so much later, where nobody found anything. */
const TURN_MS = 800;
const TURNS = 2;
/** Who changed meanwhile has said so by then; and is asked so often more in a round. */
const ASK_AGAIN_MS = 400;
const ASKED_AGAIN = 2;
/** Rounds of others are taken over so often at most: in between they come to their end. */
const FOLLOW_PAUSE_MS = 10_000;
/** So many tries more when the air changed, and not again before so long. */
const TRIES_AT_NEWS = 2;
const NEWS_PAUSE_MS = 30_000;
/** After so many rounds without a change, links without a channel are a reason to try again. */
const PATIENT_ROUNDS = 6;
/** Who refused so often in a row is planned around. */
const STUBBORN = 3;
/** Nobody carries out a plan for longer. */
const LONGEST_DEPLOYMENT_MS = 600_000;
/** A gain below this is noise: 1/64 of two links that need all the air. */
const LEAST_GAIN = 64;

export class Planner {
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	readonly #neighbourhood: Neighbourhood;
	readonly #agreements: Agreements;
	#round = 0;
	#roundStartMs = 0;
	#cancelTick = (): void => {};
	#cancelTurn = (): void => {};
	/** What was asked for last, and how often it may be asked again. */
	#wish:
		| {readonly links: readonly PlannedLink[]; readonly gain: number; readonly hops: number; left: number}
		| undefined;
	#followedMs = Number.NEGATIVE_INFINITY;
	#tries = 0;
	/** The turn in which plans are carried out. */
	#deployAt = 0;
	/** Since when others carry out. */
	readonly #deployingMs = new Map<NodeId, number>();
	/** How often in a row each refused. */
	readonly #refusals = new Map<NodeId, number>();
	#hash: ViewHash = {links: 0, plan: 0};
	readonly #airNews = new AirNews();
	#newsPauseMs = 0;
	/** A plan was carried out here. */
	#hasDeployed = false;
	quietRounds = 0;
	/** What is done in each round when planning had its turn. */
	onRound = (_mesh: LocalMesh, _round: number): void => {};
	/** Nobody plans while somebody else holds the node. */
	isHeld = (): boolean => false;

	constructor(context: EngineContext, own: OwnNode, neighbourhood: Neighbourhood, agreements: Agreements) {
		this.#context = context;
		this.#own = own;
		this.#neighbourhood = neighbourhood;
		this.#agreements = agreements;
	}

	get round(): number {
		return this.#round;
	}

	/** A plan was carried out near. */
	get hasDeployed(): boolean {
		return this.#hasDeployed;
	}

	get roundAgeMs(): number {
		return this.#context.nowMs() - this.#roundStartMs;
	}

	start(): void {
		this.#begin(this.#context.nowMs(), 1);
	}

	/** Rounds of neighbours: the one furthest ahead leads. */
	follow(round: number, ageMs: number): void {
		// What claims to be far ahead is a lie or another mesh that was on for longer; both may pull, neither to the end.
		const {nowMs} = this.#context;
		if (round <= this.#round || round > 0x7fffffff || ageMs > ROUND_MS || nowMs() < this.#followedMs + FOLLOW_PAUSE_MS)
			return;
		this.#followedMs = nowMs();
		this.#begin(this.#context.nowMs() - ageMs, round);
	}

	#begin(startMs: number, round: number): void {
		this.#cancelTick();
		this.#cancelTurn();
		this.#round = round;
		this.#roundStartMs = startMs;
		this.#cancelTick = this.#context.agenda.at(startMs + ROUND_MS, () => {
			this.#begin(startMs + ROUND_MS, round + 1);
			this.#tick();
		});
	}

	get mesh(): LocalMesh {
		return this.#neighbourhood.meshWith(this.#own.known);
	}

	#tick(): void {
		const {mesh} = this;
		const hash = hashOf(mesh);
		const isReplanned = hash.plan !== this.#hash.plan;
		this.quietRounds = isReplanned ? 0 : this.quietRounds + 1;
		if (hash.links !== this.#hash.links || (isReplanned && !this.#hasDeployed)) this.#tries = 0;
		this.#hash = hash;
		// Noise is a reason to look again, but not to begin anew: it never quite settles.
		const {nowMs} = this.#context;
		if (this.#airNews.look(mesh, BALL_HOPS + 1) && nowMs() >= this.#newsPauseMs) {
			this.#newsPauseMs = nowMs() + NEWS_PAUSE_MS;
			this.#tries = Math.min(this.#tries, HEATS.length - TRIES_AT_NEWS);
		}
		// Links without a channel are not given up.
		const isPatient = this.quietRounds % PATIENT_ROUNDS < PATIENT_ROUNDS - 1;
		if (!isPatient && (hasHomeless(mesh, BALL_HOPS) || hasGivenUp(mesh, BALL_HOPS))) {
			this.#tries = 0;
			this.#refusals.clear();
		}
		this.#updatePressure(mesh);
		const {agenda} = this.#context;
		this.#cancelTurn = agenda.at(nowMs() + SETTLE_MS, () => this.#turn(0));
	}

	#turn(turn: number): void {
		const {mesh} = this;
		const {agenda, nowMs} = this.#context;
		const isDeploying = this.#isDeploying(mesh);
		if (isDeploying) this.#hasDeployed = true;
		const isHomeless = hasHomeless(mesh, BALL_HOPS);
		if (
			turn < TURNS &&
			(!isDeploying || isHomeless || hasGivenUp(mesh, BALL_HOPS)) &&
			!this.isHeld() &&
			!this.#agreements.isBusy &&
			this.#agreements.lastAskedMs < this.#roundStartMs &&
			this.#rank(mesh) === turn
		)
			this.#lead(mesh, isDeploying);
		// Where plans are made and carried out at once they must not lock each other out, round after round.
		if (turn === 0) this.#deployAt = isHomeless ? TURNS : 0;
		if (turn === this.#deployAt) this.onRound(mesh, this.#round);
		if (turn < TURNS) this.#cancelTurn = agenda.at(nowMs() + TURN_MS, () => this.#turn(turn + 1));
	}

	#isDeploying({known}: LocalMesh): boolean {
		const {nowMs} = this.#context;
		let isAny = false;
		for (const node of known) {
			if (node === undefined) continue;
			if (!node.record.deploying) this.#deployingMs.delete(node.id);
			else {
				const sinceMs = this.#deployingMs.get(node.id) ?? nowMs();
				this.#deployingMs.set(node.id, sinceMs);
				isAny ||= nowMs() - sinceMs < LONGEST_DEPLOYMENT_MS;
			}
		}
		return isAny;
	}

	/** Said anew only when it is another order of hope: each change is a message to four hops. */
	#updatePressure(mesh: LocalMesh): void {
		const own = this.#own;
		const hope = this.#tries >= HEATS.length || isCovered(mesh) ? 0 : hopeOf(mesh);
		const isNews = (hope === 0) !== (own.pressure === 0) || hope * 2 < own.pressure || hope > own.pressure * 2;
		if (!isNews) return;
		own.pressure = hope;
		own.changed();
	}

	/** How many within reach have more hope and luck in this round. Absent: Infinity for who hopes for nothing. */
	#rank({known, hops}: LocalMesh): number {
		const {id} = this.#context;
		const {pressure} = this.#own;
		if (pressure === 0) return Number.POSITIVE_INFINITY;
		const mine = chanceOf(pressure) * lotOf(id, this.#round);
		let rank = 0;
		known.forEach((node, place) => {
			if (node === undefined || place === 0 || node.record.participation === 'stopped') return;
			if ((hops[place] as number) < 0 || (hops[place] as number) > GOSSIP_HOPS) return;
			const its = chanceOf(node.record.pressure) * lotOf(node.id, this.#round);
			if (its > mine || (its === mine && node.id < id)) rank++;
		});
		return rank;
	}

	#lead(mesh: LocalMesh, isDeploying: boolean): void {
		const isLastTry = this.#tries === HEATS.length - 1;
		const better = this.#better(mesh) ?? (isLastTry ? this.#together(mesh) : undefined);
		// What others carry out is not disturbed but for links that have no channel.
		const isRight = !isDeploying || (better?.gain ?? 0) > HOMELESS_COST / 2;
		const found = isRight && better !== undefined ? better : this.#tries > 0 ? this.#possible(mesh) : undefined;
		if (found === undefined) return this.#rest();
		const {ball, assignment, gain, hops} = found;
		const {problem, said} = ball;
		const links: PlannedLink[] = [];
		const isNear = (place: number): boolean =>
			(mesh.hops[place] as number) >= 0 && (mesh.hops[place] as number) <= hops;
		for (let e = 0; e < problem.links; e++)
			if (assignment[e] !== said[e] && isNear(mesh.ends[2 * e] as number) && isNear(mesh.ends[2 * e + 1] as number))
				// 0 MHz where nothing can be planned any more: who still meant a channel there would keep a radio for it.
				links.push({
					a: mesh.ids[mesh.ends[2 * e] as number] as NodeId,
					b: mesh.ids[mesh.ends[2 * e + 1] as number] as NodeId,
					mhz: ball.channels[assignment[e] as number]?.mhz ?? 0,
				});
		this.#wish = {links, gain, hops, left: ASKED_AGAIN};
		this.#ask(mesh, links, gain, hops);
	}

	#ask(mesh: LocalMesh, links: readonly PlannedLink[], gain: number, hops: number): void {
		const members = mesh.known.flatMap((node, place) => {
			const distance = mesh.hops[place] as number;
			const isAsked = node !== undefined && hasSpoken(node) && !this.#isOutOfReach(node.id);
			return !isAsked || distance < 0 || distance > hops ? [] : [{id: node.id, seq: node.seq}];
		});
		// Where neighbours share no channel the way is longer than it looks.
		const reach = isTorn(mesh, BALL_HOPS) ? GOSSIP_HOPS : hops;
		this.#agreements.propose({members, stamp: latestStamp(mesh) + 1, links, moves: [], gain}, reach);
	}

	/** Somebody's record was not the one we judged by: by now it is, and the plan may be as good as before. */
	#askAgain(): void {
		const wish = this.#wish;
		if (wish === undefined || wish.left === 0 || this.#agreements.isBusy || this.isHeld()) return;
		wish.left--;
		const {mesh} = this;
		const ball = ballOf(mesh, BALL_HOPS, id => this.#isOutOfReach(id));
		const next = withLinks(ball, wish.links);
		if (next === undefined || !isFeasibleWhereChanged(ball, next)) return;
		const gain = costOf(ball.problem, ball.planned) - costOf(ball.problem, next);
		if (gain < this.#leastGain(ball) && wish.gain > 0) return;
		this.#ask(mesh, wish.links, gain, wish.hops);
	}

	/** What was carried out is left alone until another plan is worth retuning for. */
	#leastGain({problem, planned, live}: Ball): number {
		const isCarriedOut = problem.free.every((free, e) => free === 0 || live[e] === planned[e]);
		const share = isCarriedOut && this.#hasDeployed ? this.#context.settings().leastGain : 0;
		return Math.max(LEAST_GAIN, costOf(problem, planned) * share);
	}

	/** A better plan of our ball. Absent: undefined where the search found none that radios can do. */
	#better(mesh: LocalMesh): Found | undefined {
		const ball = ballOf(mesh, BALL_HOPS, id => this.#isOutOfReach(id));
		const {id, random} = this.#context;
		const heat = HEATS[(this.#tries + id) % HEATS.length] as number;
		const seed = Math.floor(random() * SEEDS);
		const {assignment, gain} = quickestSearch(ball.problem, ball.planned, effortFor(ball.problem, heat), seed);
		if (gain < this.#leastGain(ball) || !isFeasibleWhereChanged(ball, assignment)) return undefined;
		return {ball, assignment, gain, hops: BALL_HOPS + 1};
	}

	#rest(): void {
		this.#tries++;
		this.#updatePressure(this.mesh);
	}

	/** All links of one channel go to another. Absent: undefined where that gains too little or cannot be asked for. */
	#together(mesh: LocalMesh): Found | undefined {
		const found = exodus(mesh, id => !this.#isOutOfReach(id));
		return found === undefined || found.gain < this.#leastGain(found.ball) ? undefined : found;
	}

	/** What radios can still do of the plan, for all to say. Absent: undefined where that is said already. */
	#possible(mesh: LocalMesh): Found | undefined {
		if (!hasGivenUp(mesh, BALL_HOPS)) return undefined;
		const ball = wholeOf(mesh);
		return {ball, assignment: ball.planned, gain: 0, hops: BALL_HOPS + 1};
	}

	/** Whether a plan may be: from our own view of it. Absent: undefined when it may. */
	judge({members, links}: Proposal): Refusal | undefined {
		const own = this.#own;
		const {id, nowMs} = this.#context;
		const mine = members.find(member => member.id === id);
		if (mine === undefined) return 'unknown';
		if (!own.isCurrent(mine.seq)) {
			this.#context.agenda.at(nowMs(), () => own.say());
			return 'stale';
		}
		const wanted = new Map<NodeId, number>();
		for (const {a, b, mhz} of links) {
			if (a === id) wanted.set(b, mhz);
			if (b === id) wanted.set(a, mhz);
		}
		const refusal = mayPlan(own.known.record, wanted);
		if (refusal !== undefined) return refusal;
		const known = members.every(member => member.id === id || this.#neighbourhood.get(member.id)?.seq === member.seq);
		return known && !this.#isCheaper(links) ? 'no-gain' : undefined;
	}

	/** Ours counts what we know, which near the leader is all; what we do not see we cannot count. */
	#isCheaper(links: readonly PlannedLink[]): boolean {
		const ball = wholeOf(this.mesh);
		const next = withLinks(ball, links);
		if (next === undefined) return true;
		const gain = costOf(ball.problem, ball.planned) - costOf(ball.problem, next);
		// Where the plan cannot be done any more, saying what can is a gain.
		return gain > 0 || (gain === 0 && next.some((channel, e) => channel !== ball.said[e]));
	}

	apply({links, stamp, members, transaction}: Proposal): void {
		const {id} = this.#context;
		for (const member of members) this.#refusals.delete(member.id);
		for (const {a, b, mhz} of links) {
			if (a === id) this.#own.plan(b, mhz, stamp);
			if (b === id) this.#own.plan(a, mhz, stamp);
		}
		if (transaction.leader === id || !this.#hasDeployed) this.#tries = 0;
		this.quietRounds = 0;
	}

	/** What was carried out is not worth what it was thought to be. */
	reconsider(): void {
		this.#tries = 0;
	}

	/** Who does not agree is asked again another time, but not for ever. */
	failed(nodes: readonly NodeId[], refusal: Refusal | undefined): void {
		for (const id of nodes) this.#refusals.set(id, (this.#refusals.get(id) ?? 0) + 1);
		const {agenda, nowMs} = this.#context;
		if (refusal === 'stale') agenda.at(nowMs() + ASK_AGAIN_MS, () => this.#askAgain());
		else if (refusal !== 'locked' && refusal !== 'holding') this.#rest();
	}

	/** Whether it is of no use to ask a node. */
	#isOutOfReach(id: NodeId): boolean {
		const known = id === this.#context.id ? undefined : this.#neighbourhood.get(id);
		return (known !== undefined && !isFresh(known, this.#context.nowMs())) || (this.#refusals.get(id) ?? 0) >= STUBBORN;
	}

	/**
	 * A neighbour's record says what is planned for our link: the later agreement holds, if our radios can. A link that
	 * nobody planned yet is planned where it is.
	 */
	reconcile(peer: NodeId, record: NodeRecord): void {
		const {id} = this.#context;
		const theirs = linkTo(record, id);
		const ours = this.#own.planOf(peer);
		if (theirs === undefined || ours === undefined) return;
		if (theirs.stamp === 0 && ours.stamp === 0) {
			const mhz = commonChannel(this.#own.known.record, record);
			if (mhz !== undefined && mhz > 0) this.#own.plan(peer, mhz, 1);
			return;
		}
		const isLater = theirs.stamp > ours.stamp || (theirs.stamp === ours.stamp && peer < id);
		if (!isLater || theirs.planMhz === 0 || (theirs.planMhz === ours.planMhz && theirs.stamp === ours.stamp)) return;
		const isPossible = mayPlan(this.#own.known.record, new Map([[peer, theirs.planMhz]])) === undefined;
		if (isPossible || theirs.planMhz === ours.planMhz) this.#own.plan(peer, theirs.planMhz, theirs.stamp);
		// Neither can what the other means: then nothing is planned, and whoever leads next plans it anew.
		else this.#own.plan(peer, 0, theirs.stamp);
	}
}
