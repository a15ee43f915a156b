// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {Move, NodeId} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {TRIAL_MS} from '../settings.ts';
import {type LocalMesh, linkTo} from '../view/neighbourhood.ts';
import {wholeOf} from './ball.ts';
import {costOf, FORBIDDEN} from './problem.ts';

// A radio that moved for a gain has to show it: before, what the new channel costs was believed; a minute later it was measured
// there. What held is kept over a restart. What did not is not: it is planned anew by what was measured, as any other plan, so
// that no link is lost on the way; neighbours may have moved on since.

/** Of what was expected, a change must have brought so much. */
const LEAST_SHARE = 0.25;

interface Trial {
	readonly from: Channel;
	readonly to: Channel;
	readonly cancel: () => void;
}

/** Own links that change their channel by a move, and what that brings. Units: costs of the problem. */
interface Expectation {
	/** Of each peer, what its link weighed. */
	readonly weights: ReadonlyMap<NodeId, number>;
	readonly gain: number;
	/** What foreign signals were believed to cost these links there. */
	readonly foreign: number;
}

export class Trials {
	/** A change did not bring what was expected. */
	onFailed = (): void => {};
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	readonly #mesh: () => LocalMesh;
	readonly #running = new Map<number, Trial>();
	readonly #expected = new Map<number, Expectation>();

	constructor(context: EngineContext, own: OwnNode, mesh: () => LocalMesh) {
		this.#context = context;
		this.#own = own;
		this.#mesh = mesh;
	}

	/** Before a radio moves. */
	expect({radio, to}: Move): void {
		const mesh = this.#mesh();
		const {problem, channels, live, planned} = wholeOf(mesh);
		const weights = new Map<NodeId, number>();
		const before = live.map((channel, e) => (channel < 0 ? (planned[e] as number) : channel));
		const after = before.slice();
		const channel = channels.findIndex(({mhz}) => mhz === to.mhz);
		for (const e of mesh.linksAt[0] ?? []) {
			const peer = peerOf(mesh, e);
			if (channel < 0 || (live[e] as number) < 0 || live[e] === channel) continue;
			if (linkTo(this.#own.known.record, peer)?.planMhz !== to.mhz) continue;
			weights.set(peer, problem.weights[e] as number);
			after[e] = channel;
		}
		const now = costOf(problem, before);
		// Who only moves along is to gain what makes any plan worth it.
		const gain = Math.max(now - costOf(problem, after), now * this.#context.settings().leastGain);
		this.#expected.set(radio, {weights, gain, foreign: foreignCost(mesh, weights, to.mhz)});
	}

	/** The radio moved, and all who were to hear it there do. */
	begin({radio, from, to}: Move): void {
		const {agenda, nowMs} = this.#context;
		this.#running.get(radio)?.cancel();
		const cancel = agenda.at(nowMs() + TRIAL_MS, () => this.#judge(radio));
		this.#running.set(radio, {from, to, cancel});
	}

	#judge(radio: number): void {
		const {explain, decide} = this.#context;
		const trial = this.#running.get(radio);
		this.#running.delete(radio);
		if (trial === undefined || this.#own.radios[radio]?.mhz !== trial.to.mhz) return;
		const {from, to} = trial;
		const expected = this.#expected.get(radio);
		if (expected === undefined) return;
		const {weights, gain, foreign} = expected;
		const measured = gain + foreign - foreignCost(this.#mesh(), weights, to.mhz);
		const numbers = {expected: gain, measured};
		if (measured >= gain * LEAST_SHARE) {
			explain({why: 'trial-held', radio, from, to, numbers});
			return decide({kind: 'keep', radio, channel: to});
		}
		explain({why: 'trial-failed', radio, from, to, numbers});
		this.onFailed();
	}
}

function peerOf({ends, ids}: LocalMesh, link: number): NodeId {
	const place = ends[2 * link] === 0 ? ends[2 * link + 1] : ends[2 * link];
	return ids[place as number] as NodeId;
}

/** What foreign signals cost our links to some peers on a channel, by what is known now, as if they weighed that much. */
function foreignCost(mesh: LocalMesh, weights: ReadonlyMap<NodeId, number>, mhz: number): number {
	const {problem, channels} = wholeOf(mesh);
	const channel = channels.findIndex(each => each.mhz === mhz);
	let cost = 0;
	for (const e of mesh.linksAt[0] ?? []) {
		const one = problem.foreign[e * problem.channels + channel] ?? 0;
		const weight = weights.get(peerOf(mesh, e)) ?? 0;
		if (channel >= 0 && one < FORBIDDEN) cost += (one * weight) / (problem.weights[e] as number);
	}
	return cost;
}
