// SPDX-License-Identifier: Apache-2.0
// Plans of slots for routers that are scattered at random and mostly conflict with a dozen others: the first of our words says
// how many plans, the second how many routers.

import {seededRandom} from '../../../src/core/random.ts';
import {planSlots} from '../../../src/engine/schedule/slots-plan.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';

const CONFLICTS = 14;
const SHARED = 30;

const runtime = quickjsRuntime();
const [plans, routers] = programArguments().map(Number) as [number, number];
const random = seededRandom(3);
const places = Array.from({length: routers}, () => [random(), random()] as const);
const reachSquared = CONFLICTS / (Math.PI * routers);
const problem = {
	ids: places.map((_, place) => Math.imul(place + 1, 0x9e3779b1) >>> 0),
	conflicts: places.map(([x, y], place) =>
		places.flatMap(([a, b], other) => (other !== place && (a - x) ** 2 + (b - y) ** 2 < reachSquared ? [other] : [])),
	),
	demand: places.map(() => SHARED),
	weight: places.map(() => 1),
	slots: SHARED,
};
let level = 0;
const startMs = runtime.clock.nowMs();
for (let i = 0; i < plans; i++) level = planSlots(problem).level;
const tookNs = Math.round((runtime.clock.nowMs() - startMs) * 1e6);
runtime.log.write('notice', `${tookNs} ns, everyone has ${level}`);
runtime.exit(level > 0 ? 0 : 1);
