// SPDX-License-Identifier: Apache-2.0
import {agentBinaryArchitecture} from '../../qemu/case/agent-on-machine.ts';
import {
	awaitWays,
	hiddenEnds,
	MIDDLE,
	measureShare,
	orderFor,
	type ShareOptions,
	type ShareResult,
} from '../../qemu/gate-share.ts';
import {type BenchOrder, copyGate, gateScript, installScript} from '../../qemu/gates.ts';
import {type Mesh, startMesh} from '../../qemu/mesh.ts';
import {openAfterKillS, type Report, worst} from './gate/measured.ts';
import {taprio, taprioAgents} from './gate/taprio.ts';
import {measureInstruction} from './measure/busy-router.ts';
import type {Row} from './row.ts';

export const name = 'gate';
export const about =
	'frames kept to their slots on real kernels: share, edges, latency, cost a packet, and what an open gate costs';

/** Some hundred runs of slots. */
const LONG_S = 20;

/** The ends of a chain, with gates and without; the baseline is without. */
async function share(
	report: Report,
	title: string,
	options: Omit<ShareOptions, 'gated'>,
	hasBaseline = true,
): Promise<void> {
	const gated = await measureShare({...options, gated: true});
	const free = hasBaseline ? await measureShare({...options, gated: false}) : undefined;
	const percent = (result: ShareResult): number => 100 * worst(result, each => each.inSlotShare, Math.min);
	report(`${title}: frames of data in their slot`, percent(gated), '%', free && percent(free));
	report(
		`${title}: first frame after a slot's start, p50`,
		worst(gated, each => each.firstFrameUs.p50, Math.max),
		'µs',
	);
	report(
		`${title}: first frame after a slot's start, p99`,
		worst(gated, each => each.firstFrameUs.p99, Math.max),
		'µs',
	);
	report(
		`${title}: slot-edge error, p99`,
		worst(gated, each => each.edgeErrorP99Us, Math.max),
		'µs',
	);
	report(`${title}: the machine's own timers late, p50`, gated.noise.p50, 'µs');
	report(`${title}: the machine's own timers late, p99`, gated.noise.p99, 'µs');
	// hwsim's medium takes no time: what comes across without gates is the processor's figure, and no baseline.
	if (options.traffic === 'full') report(`${title}: data across`, gated.megabitsPerS, 'Mbit/s');
}

/** An agent killed as it holds frames: how long until one of them leaves outside of its slots. */
async function killed(report: Report): Promise<void> {
	report('an agent killed: all is open after', await openAfterKillS('fq'), 's', orderFor('west').leaseMs / 1000);
}

const marks = (mark: string): string => mark.repeat(32);
const openOrder: BenchOrder = {slotUs: 5000, own: marks('0'), open: marks('1'), guardUs: 2000, leaseMs: 60_000};
const median = (values: readonly number[]): number =>
	[...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const raise = (mesh: Mesh, order: BenchOrder): string =>
	[...mesh.topology.routers.map(router => gateScript(router.name, order, 1000)), 'sleep 2'].join('\n');
const drop = (mesh: Mesh): string =>
	[...mesh.topology.routers.map(router => `kill $(cat /tmp/gate-${router.name}.pid)`), 'sleep 1'].join('\n');

/** More than a mesh's radio of 802.11n carries. */
const RADIO = '60M';
const ROUNDS = 5;

/**
 * TCP from an end to the middle at a radio's rate: without a gate, with one whose order has all slots open, and with one whose agents
 * are gone and whose lease is over; in turns. What it costs the processor is below.
 */
async function openThroughput(report: Report): Promise<void> {
	const mesh = await startMesh('uml', hiddenEnds);
	try {
		await copyGate(mesh.guest.share);
		await mesh.guest.check([installScript, awaitWays, 'ip netns exec middle iperf3 -s -D', 'sleep 1'].join('\n'));
		const run = async (): Promise<number> => {
			const printed = await mesh.inRouter('west', `iperf3 -c ${MIDDLE} -t 3 -f k -b ${RADIO}`);
			return Number(/([\d.]+) Kbits\/sec.*receiver/.exec(printed)?.[1]) / 1000;
		};
		const [none, open, over]: [number[], number[], number[]] = [[], [], []];
		for (let round = 0; round < ROUNDS; round++) {
			none.push(await run());
			await mesh.guest.check(raise(mesh, openOrder));
			open.push(await run());
			await mesh.guest.check(drop(mesh));
			await mesh.guest.check(raise(mesh, {...openOrder, leaseMs: 500}));
			const kill = mesh.topology.routers.map(each => `kill -9 $(cat /tmp/gate-${each.name}.pid)`);
			await mesh.guest.check([...kill, 'sleep 1'].join('\n'));
			over.push(await run());
			// The next agent takes away what the one before left.
			await mesh.guest.check(`${raise(mesh, openOrder)}\n${drop(mesh)}`);
		}
		report(`TCP at ${RADIO}bit/s, a gate whose lease is over`, median(over), 'Mbit/s', median(none));
		report(`TCP at ${RADIO}bit/s, a gate with all slots open`, median(open), 'Mbit/s', median(none));
	} finally {
		await mesh.stop();
	}
}

const PACKETS = 2000;

/** Instructions a datagram on a big-endian MIPS processor, from the socket to the other router's: its clock counts them. */
async function cost(report: Report): Promise<void> {
	const mesh = await startMesh('malta', 'pair', {countInstructions: true});
	try {
		await copyGate(mesh.guest.share, agentBinaryArchitecture('malta'));
		await mesh.guest.check(installScript);
		const nsPerInstruction = await measureInstruction(mesh);
		const send = async (): Promise<number> => {
			const figures: number[] = [];
			for (let i = 0; i < 5; i++) {
				const printed = await mesh.inRouter(
					'west',
					`/tmp/slot-probe send ${mesh.address('east')} 5001 0 ${PACKETS} 200`,
				);
				figures.push(Number(/ ns (\d+)/.exec(printed)?.[1]) / PACKETS / nsPerInstruction);
			}
			return Math.min(...figures);
		};
		// The first datagram waits for its neighbour's address, and those behind it with it.
		await mesh.inRouter('west', `ping -c 2 ${mesh.address('east')}`);
		const none = await send();
		const gate = async (translated: number, order: BenchOrder, lead: string): Promise<number> => {
			await mesh.guest.check(
				`echo ${translated} >/proc/sys/net/core/bpf_jit_enable\n${gateScript('west', order, 1000)}\n${lead}`,
			);
			const figure = await send();
			await mesh.guest.check('kill $(cat /tmp/gate-west.pid); sleep 1');
			return figure;
		};
		// All slots are its own, so nothing waits: what is counted is work.
		const own: BenchOrder = {...openOrder, own: marks('1')};
		const translated = await gate(1, own, 'sleep 3');
		const interpreted = await gate(0, own, 'sleep 3');
		report('a datagram through a gate, translated program (big-endian MIPS)', translated, 'instructions', none);
		report('a datagram through a gate, interpreted program', interpreted, 'instructions', none);
		report('what the gate adds, translated', translated - none, 'instructions');
		report('what the gate adds, interpreted', interpreted - none, 'instructions');
	} finally {
		await mesh.stop();
	}
}

/** A part's name behind `gate` in the environment runs that alone: MESH_NOC_GATE=cost. */
export async function run(report: (row: Row) => void): Promise<void> {
	const say: Report = (metric, value, unit, baseline) =>
		report({bench: name, metric, value, unit, ...(baseline !== undefined && {baseline, ratio: value / baseline})});
	const wanted = process.env.MESH_NOC_GATE;
	const counted = {machine: 'tcg', seconds: LONG_S, countInstructions: true} as const;
	const parts: Readonly<Record<string, () => Promise<void>>> = {
		virtual: () => share(say, 'UML, virtual time', {machine: 'uml', virtualTime: true, traffic: 'steady'}),
		uml: () => share(say, 'UML, real time', {machine: 'uml', traffic: 'steady', seconds: LONG_S}),
		full: () => share(say, 'UML, real time, TCP', {machine: 'uml', traffic: 'full', seconds: LONG_S}),
		tcg: () => share(say, 'Debian’s kernel, emulated', {machine: 'tcg', traffic: 'steady', seconds: LONG_S}),
		icount: () => share(say, 'Debian’s kernel, time by instructions', {...counted, traffic: 'steady'}, false),
		icountFull: () => share(say, 'Debian’s kernel, time by instructions, TCP', {...counted, traffic: 'full'}, false),
		killed: () => killed(say),
		taprio: () => taprio(say, LONG_S),
		'taprio-agents': () => taprioAgents(say),
		open: () => openThroughput(say),
		cost: () => cost(say),
	};
	for (const [part, body] of Object.entries(parts)) if (wanted === undefined || wanted === part) await body();
}
