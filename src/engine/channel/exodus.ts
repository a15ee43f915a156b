// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import {GOSSIP_HOPS, LARGEST_CLOSURE} from '../settings.ts';
import type {LocalMesh} from '../view/neighbourhood.ts';
import {type Ball, ballOf} from './ball.ts';
import {costOf, isFeasible} from './problem.ts';

/** A better plan. Units: `gain` is in those of the ball's problem. */
export interface Found {
	readonly ball: Ball;
	readonly assignment: Int32Array;
	readonly gain: number;
	/** How far away the members are. */
	readonly hops: number;
}

/**
 * All links that are on one channel go to another together: what nodes with one radio can do and a ball within them cannot.
 *
 * Absent: undefined where the mesh is not wholly in view, somebody in it cannot be asked, or it gains nothing.
 */
export function exodus(mesh: LocalMesh, isAskable: (id: NodeId) => boolean): Found | undefined {
	const {known, hops} = mesh;
	if (known.length > LARGEST_CLOSURE) return undefined;
	if (known.some((node, place) => node === undefined || (hops[place] as number) < 0 || !isAskable(node.id)))
		return undefined;
	const ball = ballOf(mesh, GOSSIP_HOPS);
	const {problem, planned} = ball;
	const now = costOf(problem, planned);
	let best: Found | undefined;
	for (let from = 0; from < problem.channels; from++)
		for (let to = 0; to < problem.channels; to++) {
			if (from === to || !planned.includes(from)) continue;
			const assignment = planned.map((own, e) => (own === from && problem.free[e] === 1 ? to : own));
			const gain = now - costOf(problem, assignment);
			if (gain > (best?.gain ?? 0) && isFeasible(problem, assignment))
				best = {ball, assignment, gain, hops: GOSSIP_HOPS};
		}
	return best;
}
