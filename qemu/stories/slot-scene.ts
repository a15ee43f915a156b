// SPDX-License-Identifier: Apache-2.0
/** Hidden senders on a real kernel: what is played, and what was in the air meanwhile. */
import {copyFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {meshAddress} from '../topology/setup.ts';
import {loadTopology, placeRadios, type Topology} from '../topology/topology.ts';
import {type AirFrame, BATMAN, captureEndScript, captureScript, copyCapture, readCapture} from './capture.ts';
import type {Figure} from './stories.ts';
import {agentScript, type Ended, type LogLine, markScript, tell} from './village.ts';

const PORT = 5001;
const BYTES = 1200;
const lab = '/sys/kernel/debug/ieee80211/phy0/hwsim/lab';
/** Time in which they see the losses, agree, and sure changes take hold. */
const AGREEING_S = 200;
/** Of that, for traffic without pauses, as it was before. */
const STEADY_S = 40;
/** An order is told of in the log after it is in the gate, and lines are a tenth of a second old when they are stamped. */
export const SETTLE_S = 0.5;
export const LEASE_S = 10;

/** When a router was held to which slots, by its log. */
export interface Held {
	readonly router: string;
	readonly fromS: number;
	readonly toS: number;
	readonly slots: number;
	readonly slotUs: number;
	readonly own: ReadonlySet<number>;
	readonly open: ReadonlySet<number>;
}

export const GATED = /: slots gated sends in ([\d -]*) of (\d+) slots of (\d+) us, open ([\d -]*):/;

function slotsOf(runs: string): Set<number> {
	const slots = new Set<number>();
	for (const run of runs.split(' ').filter(word => word !== '')) {
		const [first = 0, last = first] = run.split('-').map(Number);
		for (let slot = first; slot <= last; slot++) slots.add(slot);
	}
	return slots;
}

/** Stretches between two lines about slots; what is no gate is none. */
export function heldBy(log: readonly LogLine[], router: string, untilS: number): Held[] {
	const lines = log.filter(line => line.router === router && /: slots [a-z-]+/.test(line.text));
	return lines.flatMap(({atS, text}, i) => {
		const match = GATED.exec(text);
		if (match === null) return [];
		const [, own = '', slots, slotUs, open = ''] = match;
		const toS = lines[i + 1]?.atS ?? untilS;
		return [
			{router, fromS: atS, toS, slots: Number(slots), slotUs: Number(slotUs), own: slotsOf(own), open: slotsOf(open)},
		];
	});
}

/** Data to one neighbour that batman-adv sent. */
export const isData = ({isData, isToMany, etherType}: AirFrame) => isData && !isToMany && etherType === BATMAN;

/** Two clocks are compared, each in whole microseconds; in virtual time the first frame leaves in the very one its slot begins. */
export const RESOLUTION_US = 2;

export const slotAt = (atUs: number, slots: number, slotUs: number) =>
	Math.floor(((atUs + RESOLUTION_US) % (slots * slotUs)) / slotUs);

/** Frames of a stretch that began in the router's own slots, and all of them. */
export function insideOf(held: Held, frames: readonly TimedFrame[]): {inside: number; all: number} {
	const {slots, slotUs, own} = held;
	const [fromUs, toUs] = [(held.fromS + SETTLE_S) * 1e6, (held.toS - SETTLE_S) * 1e6];
	let [inside, all] = [0, 0];
	for (const {frame, atUs, router} of frames) {
		if (router !== held.router || !isData(frame) || atUs < fromUs || atUs > toUs) continue;
		all++;
		if (own.has(slotAt(atUs, slots, slotUs))) inside++;
	}
	return {inside, all};
}

export interface TimedFrame {
	readonly frame: AirFrame;
	readonly router: string;
	/** By the monotonic clock of the guest. */
	readonly atUs: number;
}

/** Frames with their senders' names; how far a radio's clock is ahead of the monotonic one, the guest printed and the topology says. */
function timed(ended: Ended, frames: readonly AirFrame[], steppedUs: ReadonlyMap<string, number>): TimedFrame[] {
	const radios = new Map(placeRadios(ended.topology).map(radio => [hardwareOf(radio.number), radio]));
	const aheadUs = Math.round(Number(/offset:\s+(\d+) nsecs/.exec(ended.printed)?.[1] ?? Number.NaN) / 1000);
	const lastUs = new Map<string, number>();
	return frames.flatMap(frame => {
		const radio = radios.get(frame.from);
		if (radio === undefined) return [];
		const stepUs = steppedUs.get(radio.router) ?? 0;
		let atUs = frame.tsfUs - aheadUs - radio.tsfOffsetUs;
		// A radio's clock was set while all was written down: from then on it is ahead by that too.
		if (stepUs !== 0 && atUs - (lastUs.get(radio.router) ?? atUs) > stepUs / 2) atUs -= stepUs;
		lastUs.set(radio.router, atUs);
		return [{frame, router: radio.router, atUs}];
	});
}

/** What hwsim gives the radio of a number. */
const hardwareOf = (number: number) => `02000000${number.toString(16).padStart(2, '0')}00`;

/** A steady stream of datagrams over the mesh, with pauses while the routers find out who disturbs whom. */
export interface Flow {
	readonly from: string;
	readonly to: string;
	readonly perSecond: number;
}

export interface Scene {
	readonly topology: string;
	readonly flows: readonly Flow[];
	/** Who sends to somebody who also hears one that it does not hear itself: these are to be gated. */
	readonly senders: readonly string[];
	/** Time to find each other and to agree. Absent: what is enough for two or three. */
	readonly agreeingS?: number;
	/** What happens once slots are there, and how long that is watched. */
	readonly fault?: readonly string[];
	readonly watchS?: number;
	readonly stepUs?: ReadonlyMap<string, number>;
	/** More agents, or other settings. */
	readonly more?: readonly string[];
}

export interface Played {
	readonly ended: Ended;
	readonly frames: readonly TimedFrame[];
	readonly faultS: number;
	readonly beginS: number;
	readonly endS: number;
	/** Share of tries that were lost, of each sender's: before the agents divided time, and after. */
	readonly lossBefore: ReadonlyMap<string, number>;
	readonly lossAfter: ReadonlyMap<string, number>;
	/** Datagrams that came a second, in the order of the flows: before the agents divided time, and after. */
	readonly before: readonly number[];
	readonly after: readonly number[];
}

/** A busy host takes long for what is eight routers' virtual minutes. */
const LIMIT_S = 2400;
const BEFORE_S = 25;
const CALM_S = 20;
/** What a router writes down is its own, and outlives its agent. */
export const withFolder = (router: string) =>
	`mkdir -p /var/run/astral-mesh /tmp/run-${router}; mount -o bind /tmp/run-${router} /var/run/astral-mesh`;
/** Channels are another matter: who hears nobody would look for its neighbours elsewhere. */
const PINNED = 'phy0 phy1 phy2 phy3 phy4 phy5 phy6 phy7';

export interface AgentOptions {
	/** It may read its radios' clocks. */
	readonly files?: boolean;
	/** Its name in the log. */
	readonly as?: string;
	/** Words of its command line before the settings. */
	readonly words?: string;
}

/** An agent that divides time. */
export function slotAgentScript(
	router: string,
	settings: Readonly<Record<string, string>> = {},
	{files = true, as = router, words = ''}: AgentOptions = {},
): string {
	// The kernel's files are where routers have them.
	const debug = files ? 'mount -t debugfs none /sys/kernel/debug; ' : '';
	return agentScript(
		router,
		{timeDivision: 'all', pinnedRadios: PINNED, homeChannels: '', ...settings},
		`${debug}${withFolder(router)}; set -- ${words} "$@"`,
		as,
	);
}

export async function play({
	topology: name,
	flows,
	senders,
	agreeingS = AGREEING_S,
	fault = [],
	watchS = 0,
	stepUs,
	more = [],
}: Scene): Promise<Played> {
	const topology = await loadTopology(name);
	const {path} = await buildBinary({arch: 'x86_64', entry: 'qemu/program/flow.ts', name: 'bench-flow'});
	const seconds = BEFORE_S + agreeingS + CALM_S + watchS + 10;
	let air: AirFrame[] = [];
	const receivers = [...new Set(flows.map(({to}) => to))];
	const came = new Map<string, string>();
	const ended = await tell({
		topology,
		pings: [],
		limitS: LIMIT_S,
		prepare: async share => {
			await copyFile(path, join(share, 'flow'));
			await copyCapture(share);
		},
		read: async share => {
			air = await readCapture(join(share, 'air.pcap'));
			for (const each of receivers) came.set(each, await readFile(join(share, `flows-${each}`), 'utf8'));
		},
		lines: [
			'grep offset: /proc/timer_list | sed -n 2p',
			`echo "hidden 1" >${lab}`,
			'cp /host/flow /tmp/flow; chmod 755 /tmp/flow',
			...flows.map(({from, to}) => `ip netns exec ${to} ping -q -c 2 ${meshAddress(topology, from)} >/dev/null`),
			...receivers.map(
				each => `ip netns exec ${each} /tmp/flow receive ${PORT} ${seconds} >/host/flows-${each} 2>&1 </dev/null &`,
			),
			...flows.map(
				({from, to, perSecond}) =>
					`ip netns exec ${from} /tmp/flow send ${meshAddress(topology, to)} ${PORT} ${BYTES} ${perSecond} ${seconds} ${BEFORE_S} ${BEFORE_S + agreeingS - STEADY_S} >/dev/null 2>&1 </dev/null &`,
			),
			'sleep 5',
			markScript('flows'),
			triesScript('flows', senders),
			`sleep ${BEFORE_S - 6}`,
			triesScript('agents', senders),
			...topology.routers.map(({name: router}) => slotAgentScript(router)),
			...more,
			markScript('agents'),
			`sleep ${agreeingS}`,
			captureScript('air'),
			markScript('calm'),
			triesScript('calm', senders),
			`sleep ${CALM_S}`,
			triesScript('fault', senders),
			markScript('fault'),
			...fault,
			`sleep ${watchS}`,
			markScript('end'),
			...topology.routers.map(({name: router}) => `echo "number ${router} $(cat /tmp/epoch-${router})"`),
			captureEndScript,
		],
	});
	const mark = (of: string) => ended.marks.get(of) ?? Number.NaN;
	return {
		ended,
		frames: timed(ended, air, stepUs ?? new Map()),
		beginS: mark('calm'),
		faultS: mark('fault'),
		endS: mark('end'),
		lossBefore: lossBetween(ended.printed, senders, 'flows', 'agents'),
		lossAfter: lossBetween(ended.printed, senders, 'calm', 'fault'),
		before: flows.map(flow => cameIn(came, topology, flow, mark('flows'), mark('agents') - 1)),
		after: flows.map(flow => cameIn(came, topology, flow, mark('calm'), mark('fault'))),
	};
}

/** Prints what the kernel counted of a sender's frames. */
const triesScript = (mark: string, senders: readonly string[]) =>
	senders
		.map(
			sender =>
				`echo "tries ${mark} ${sender} $(ip netns exec ${sender} iw dev mesh0 station dump | sed -n 's/.*tx \\(packets\\|retries\\):[^0-9]*//p' | tr '\\n' ' ')"`,
		)
		.join('\n');

function lossBetween(printed: string, senders: readonly string[], from: string, to: string): Map<string, number> {
	/** Packets and retries to each neighbour in turn. */
	const at = (mark: string, sender: string) => {
		const line = new RegExp(`^tries ${mark} ${sender} (.*)$`, 'm').exec(printed)?.[1] ?? '';
		const words = line.trim().split(' ').map(Number);
		const sum = (first: number) => words.filter((_, i) => i % 2 === first).reduce((all, each) => all + each, 0);
		return {packets: sum(0), retries: sum(1)};
	};
	return new Map(
		senders.map(sender => {
			const [now, then] = [at(to, sender), at(from, sender)];
			const again = now.retries - then.retries;
			return [sender, again / Math.max(1, now.packets - then.packets + again)];
		}),
	);
}

/** How much of a flow came a second. */
function cameIn(
	files: ReadonlyMap<string, string>,
	topology: Topology,
	{from, to}: Flow,
	fromS: number,
	toS: number,
): number {
	const address = meshAddress(topology, from);
	let [sum, seconds] = [0, 0];
	for (const line of files.get(to)?.split('\n') ?? []) {
		if (!line.includes('{"atMs"')) continue;
		const {atMs, came} = JSON.parse(line.slice(line.indexOf('{'))) as {atMs: number; came: Record<string, number>};
		if (atMs < fromS * 1000 || atMs > toS * 1000) continue;
		seconds++;
		sum += came[address] ?? 0;
	}
	return sum / Math.max(1, seconds);
}

export const n = (what: string, value: number, unit: string): Figure => ({
	what,
	value: Math.round(value * 1000) / 1000,
	unit,
});
