// SPDX-License-Identifier: Apache-2.0
/** Whole commands on a kernel: a router that cannot be gated, and gates that are taken away. */
import {loadTopology} from '../topology/topology.ts';
import {n, play, type Scene, slotAgentScript, withFolder} from './slot-scene.ts';
import type {Told} from './stories.ts';
import {type Ended, markScript, tell} from './village.ts';

/** Longer than until a kernel is asked again. */
const WATCH_S = 75;

/** A router whose kernel forwards by itself, one whose agent may not load programs, and one that can. */
export async function refused(): Promise<Told> {
	const topology = await loadTopology('hidden3');
	const ended = await tell({
		topology,
		pings: [],
		lines: [
			'ip netns exec west iw dev mesh0 set mesh_param mesh_fwding 1',
			slotAgentScript('west'),
			slotAgentScript('middle'),
			// As the service starts it where no radio's time is divided: without CAP_BPF.
			slotAgentScript('east', {}, {words: '--user 65534:65533'}),
			`sleep ${WATCH_S}`,
			markScript('end'),
		],
	});
	const said = (router: string, words: RegExp) =>
		ended.log.filter(line => line.router === router && /cannot be gated/.test(line.text) && words.test(line.text));
	const states = (router: string) =>
		ended.log.flatMap(line => (line.router === router ? (/: slots (\S+)/.exec(line.text)?.[1] ?? []) : []));
	const cases = [
		['west', /^warning: mesh0 cannot be gated: .*mesh_fwding 1/],
		['east', /^warning: mesh0 cannot be gated: .*CAP_BPF/],
	] as const;
	return {
		ended,
		problems: [
			...cases.flatMap(([router, words]) =>
				said(router, words).length === 1 && states(router).at(-1)?.replace(':', '') === 'unable'
					? []
					: [`${router} says ${said(router, /./).length} lines, and is ${states(router).join(' ')}`],
			),
			...(said('middle', /./).length === 0 ? [] : ['the one that can be gated says that it cannot']),
		],
		figures: [
			n('mesh_fwding 1: times the agent says why it does not gate', said('west', cases[0][1]).length, ''),
			n('no CAP_BPF: times the agent says why it does not gate', said('east', cases[1][1]).length, ''),
		],
	};
}

const queuesScript = (word: string, router: string) =>
	`echo "<${word} ${router}>"; ip netns exec ${router} tc qdisc show dev mesh0; ip netns exec ${router} tc filter show dev mesh0 egress; echo "</${word} ${router}>"`;
const queuesOf = ({printed}: Ended, word: string, router: string): string =>
	printed.split(`<${word} ${router}>\n`)[1]?.split(`</${word} ${router}>`)[0] ?? 'nothing was printed';

/** Agents with gates are killed, and `astral-mesh restore` does what removing the package does. */
export async function restored(chain: Scene): Promise<Told> {
	const {senders} = chain;
	const [first = ''] = senders;
	const {ended} = await play({
		...chain,
		more: [
			`ip netns exec ${first} tc qdisc replace dev mesh0 root handle 8: fq_codel limit 555 target 7ms`,
			...senders.map(each => queuesScript('before', each)),
		],
		fault: [
			...senders.flatMap(each => [
				`kill -9 $(cat /tmp/agent-${each}.pid)`,
				queuesScript('gated', each),
				`ip netns exec ${each} sh -c '${withFolder(each)}; /tmp/astral-mesh restore'; echo "restored ${each} $?"`,
				queuesScript('after', each),
			]),
		],
		watchS: 2,
	});
	const problems = senders.flatMap(each => {
		const [before, gated, after] = ['before', 'gated', 'after'].map(word => queuesOf(ended, word, each));
		return [
			...(/qdisc fq a5.*\n[\s\S]*clsact/.test(gated ?? '') ? [] : [`${each} had no gate: ${gated}`]),
			...(before === after && before !== '' ? [] : [`${each} had before:\n${before}and has now:\n${after}`]),
			...(ended.printed.includes(`restored ${each} 0`) ? [] : [`restore of ${each} failed`]),
		];
	});
	return {
		ended,
		problems,
		figures: [
			n('routers whose queues are again what they were', senders.length - problems.length, `of ${senders.length}`),
		],
	};
}
