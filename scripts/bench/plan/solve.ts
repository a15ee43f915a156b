// SPDX-License-Identifier: Apache-2.0
// One leader's work: the first of our words says how often, `script` as the second leaves the host's search out.

import {ballOf} from '../../../src/engine/channel/ball.ts';
import {quickestSearch} from '../../../src/engine/channel/native-search.ts';
import {effortFor, search} from '../../../src/engine/channel/search.ts';
import {BALL_HOPS} from '../../../src/engine/settings.ts';
import {type Known, Neighbourhood} from '../../../src/engine/view/neighbourhood.ts';
import topology from '../../../src/lab/topology/data/freifunk-aachen.json';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';

const runtime = quickjsRuntime();
const CHANNELS = 8;

/** Every node of the densest given topology, as its record says it: two radios, all on the same channels. */
const nodes: Known[] = topology.nodes.map(({id}) => ({
	id: id + 1,
	epoch: 1,
	seq: 1,
	heardMs: 0,
	record: {
		radios: [0, 1].map(radio => ({live: {mhz: 5180 + 80 * radio, widthMhz: 20}, pinned: false})),
		links: topology.links.flatMap(({a, b}) =>
			a === id || b === id ? [{peer: (a === id ? b : a) + 1, weight: 16, planMhz: 0, stamp: 0}] : [],
		),
		channels: Array.from({length: CHANNELS}, (_, c) => ({
			mhz: 5180 + 80 * c,
			widthMhz: 20,
			busy: 0,
			blocked: false,
			radar: false,
		})),
		pressure: 1,
		deploying: false,
		participation: 'active',
		backupMhz: 0,
	},
}));
const [own, ...others] = [...nodes].sort((a, b) => b.record.links.length - a.record.links.length) as [
	Known,
	...Known[],
];
const neighbourhood = new Neighbourhood();
for (const each of others) neighbourhood.take(each);
const [count, which] = programArguments();
const find = which === 'script' ? search : quickestSearch;
const startMs = runtime.clock.nowMs();
let gain = 0;
for (let i = 0; i < Number(count); i++) {
	const {problem, planned} = ballOf(neighbourhood.meshWith({...own, seq: i + 2}), BALL_HOPS);
	gain += find(problem, planned, effortFor(problem, 2), i + 1).gain;
}
runtime.log.write('notice', `${Math.round((runtime.clock.nowMs() - startMs) * 1e6)} ns, gained ${gain}`);
runtime.exit(gain > 0 ? 0 : 1);
