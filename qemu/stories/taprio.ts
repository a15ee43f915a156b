// SPDX-License-Identifier: Apache-2.0
/**
 * Hidden senders whose agents may not use eBPF: batman-adv is on a VLAN with two transmit queues, and taprio holds its frames.
 * All is the real agent's: that it finds another way, the slots, and what is left of them when it is killed.
 */
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {VLAN, vlanScript} from '../gate-share.ts';
import {type AirFrame, copyGate, installScript, readAir} from '../gates.ts';
import {meshAddress} from '../topology/setup.ts';
import {loadTopology, placeRadios} from '../topology/topology.ts';
import {type Held, heldBy, LEASE_S, n, SETTLE_S, slotAgentScript, slotAt} from './slot-scene.ts';
import type {Story, Told} from './stories.ts';
import {markScript, tell} from './village.ts';

const PORT = 5001;
const BYTES = 1200;
const PER_SECOND = 700;
const WITHOUT_S = 15;
const AGREEING_S = 200;
const STEADY_S = 40;
const CALM_S = 20;
const AFTER_S = 20;
const senders = ['west', 'east'];
/** Without a plus: it keeps CAP_NET_ADMIN and loses CAP_BPF. */
const powerless = {words: '--user 65534:65533'};

function insideOf(held: Held, frames: readonly AirFrame[]): {inside: number; all: number} {
	let [inside, all] = [0, 0];
	for (const {timeUs, isShared} of frames) {
		if (isShared || timeUs < (held.fromS + SETTLE_S) * 1e6 || timeUs > (held.toS - SETTLE_S) * 1e6) continue;
		all++;
		if (held.own.has(slotAt(timeUs, held.slots, held.slotUs))) inside++;
	}
	return {inside, all};
}

async function told(): Promise<Told> {
	const topology = await loadTopology('hidden3');
	const flow = await buildBinary({arch: 'x86_64', entry: 'qemu/program/flow.ts', name: 'bench-flow'});
	const seconds = WITHOUT_S + AGREEING_S + CALM_S + AFTER_S + 10;
	const air = new Map<string, AirFrame[]>();
	const to = meshAddress(topology, 'middle');
	const queuesScript = (word: string): string =>
		senders
			.map(each => `echo "${word} ${each} $(ip netns exec ${each} tc qdisc show dev ${VLAN} root | head -1)"`)
			.join('\n');
	const ended = await tell({
		topology,
		pings: [],
		limitS: 1800,
		prepare: async share => {
			await copyFile(flow.path, join(share, 'flow'));
			await copyGate(share);
		},
		read: async share => {
			const frames = await readAir(join(share, 'air'));
			for (const {router, number, tsfOffsetUs} of placeRadios(topology)) {
				const mac = `02:00:00:00:${number.toString(16).padStart(2, '0')}:00`;
				air.set(
					router,
					frames.flatMap(each => (each.sender === mac ? [{...each, timeUs: each.timeUs - tsfOffsetUs}] : [])),
				);
			}
		},
		lines: [
			installScript,
			'ip link set hwsim0 up',
			'echo "hidden 1" >/sys/kernel/debug/ieee80211/phy0/hwsim/lab',
			vlanScript,
			'cp /host/flow /tmp/flow; chmod 755 /tmp/flow',
			...senders.map(
				each =>
					`for i in $(seq 50); do ip netns exec ${each} ping -q -c 1 -W 1 ${to} >/dev/null && break; sleep 0.2; done`,
			),
			`ip netns exec middle /tmp/flow receive ${PORT} ${seconds} >/dev/null 2>&1 </dev/null &`,
			...senders.map(
				each =>
					`ip netns exec ${each} /tmp/flow send ${to} ${PORT} ${BYTES} ${PER_SECOND} ${seconds} ${WITHOUT_S} ${WITHOUT_S + AGREEING_S - STEADY_S} >/dev/null 2>&1 </dev/null &`,
			),
			`sleep ${WITHOUT_S}`,
			...topology.routers.map(({name}) => slotAgentScript(name, {}, powerless)),
			`sleep ${AGREEING_S}`,
			`/tmp/slot-probe watch hwsim0 ${CALM_S + AFTER_S} /host/air >/dev/null 2>&1 </dev/null & watcher=$!`,
			markScript('calm'),
			`sleep ${CALM_S}`,
			markScript('killed'),
			'kill -9 $(cat /tmp/agent-west.pid)',
			queuesScript('left'),
			`sleep ${AFTER_S}`,
			'wait $watcher',
			'kill $(cat /tmp/agent-east.pid); sleep 1',
			`ip netns exec west sh -c 'mount -o bind /tmp/run-west /var/run/astral-mesh; exec timeout 60 /tmp/astral-mesh restore' 2>&1`,
			queuesScript('end'),
		],
	});
	const [beginS = 0, killedS = 0] = ['calm', 'killed'].map(name => ended.marks.get(name));
	const problems: string[] = [];
	const figures = senders.map(router => {
		let [inside, all] = [0, 0];
		for (const held of heldBy(ended.log, router, killedS)) {
			const clipped = {...held, fromS: Math.max(beginS, held.fromS), toS: Math.min(killedS, held.toS)};
			if (clipped.toS - clipped.fromS < 2 * SETTLE_S) continue;
			const found = insideOf(clipped, air.get(router) ?? []);
			inside += found.inside;
			all += found.all;
		}
		if (all < 1000) problems.push(`${router} was not gated: ${all} frames`);
		else if (inside / all < 0.99) problems.push(`${router}: only ${((100 * inside) / all).toFixed(2)} % in its slots`);
		if (
			!ended.log.some(each => each.router === router && /held by the queue taprio of mesh0_29.*CAP_BPF/.test(each.text))
		)
			problems.push(`${router} does not say what holds its frames`);
		return n(`${router}: frames in its own slots`, all === 0 ? Number.NaN : (100 * inside) / all, `% of ${all}`);
	});
	const last = heldBy(ended.log, 'west', killedS).at(-1);
	const free = (air.get('west') ?? []).find(
		({timeUs, isShared}) =>
			!isShared && timeUs > killedS * 1e6 && last?.own.has(slotAt(timeUs, last.slots, last.slotUs)) === false,
	);
	const openS = (free?.timeUs ?? Number.NaN) / 1e6 - killedS;
	if (!(openS <= LEASE_S)) problems.push(`the gate of a killed agent was open after ${openS} s`);
	for (const each of senders) {
		if (!new RegExp(`^left ${each} qdisc taprio a5`, 'm').test(ended.printed)) problems.push(`${each} had no taprio`);
		if (!new RegExp(`^end ${each} qdisc noqueue`, 'm').test(ended.printed)) problems.push(`${each} keeps a queue`);
	}
	figures.push(n('an agent killed: all is open after', openS, 's'));
	return {ended, figures, problems};
}

export const taprioStory: Story = {
	name: 'taprio',
	behaviour: 'hidden ends without eBPF are held by taprio on a VLAN, and a killed agent’s gate opens and is taken away',
	tell: told,
};
