// SPDX-License-Identifier: Apache-2.0
import {ballOf} from '../../engine/channel/ball.ts';
import {costOf} from '../../engine/channel/problem.ts';
import type {Engine} from '../../engine/engine.ts';
import type {NodeRecord} from '../../model/peer.ts';

/** What our links cost where they are and where the plan has them. Absent: nothing while one of them has no channel. */
export function costsOf({planner}: Engine): Readonly<Record<string, number>> {
	const {problem, live, planned} = ballOf(planner.mesh, 0);
	return live.includes(-1) ? {} : {now: costOf(problem, live), planned: costOf(problem, planned)};
}

/** What those who are heard directly last said of themselves. */
export function recordsOfNeighbours({own, records}: Engine): readonly NodeRecord[] {
	const peers = new Set(own.peers);
	return records.flatMap(({id, record}) => (peers.has(id) ? [record] : []));
}
