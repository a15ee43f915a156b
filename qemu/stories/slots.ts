// SPDX-License-Identifier: Apache-2.0
/**
 * Hidden senders on a real kernel, with the real agent, and what time slots do for them: in virtual time, over batman-adv.
 *
 * Senders that do not hear each other collide at who hears both (`hidden 1` of the bench's medium: the later frame is lost and
 * tried again, as mac80211's rate control asks). So evidence is what the kernel counts, and nothing tells the agents who is
 * hidden. All routers of a guest have one monotonic clock, by which frames are judged; their radios' clocks are apart.
 */
import {copyFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {meshAddress} from '../topology/setup.ts';
import {loadTopology, placeRadios, type Topology} from '../topology/topology.ts';
import {type AirFrame, BATMAN, captureEndScript, captureScript, copyCapture, readCapture} from './capture.ts';
import type {Figure, Story, Told} from './stories.ts';
import {agentScript, type Ended, type LogLine, markScript, tell} from './village.ts';

const PORT = 5001;
const BYTES = 1200;
const lab = '/sys/kernel/debug/ieee80211/phy0/hwsim/lab';
/** Time in which they see the losses, agree, and sure changes take hold. */
const AGREEING_S = 200;
/** Of that, for traffic without pauses, as it was before. */
const STEADY_S = 40;
/** An order is told of in the log after it is in the gate, and lines are a tenth of a second old when they are stamped. */
const SETTLE_S = 0.5;
const LEASE_S = 10;

/** When a router was held to which slots, by its log. */
interface Held {
	readonly router: string;
	readonly fromS: number;
	readonly toS: number;
	readonly slots: number;
	readonly slotUs: number;
	readonly own: ReadonlySet<number>;
	readonly open: ReadonlySet<number>;
}

const GATED = /: slots gated sends in ([\d -]*) of (\d+) slots of (\d+) us, open ([\d -]*):/;

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
const isData = ({isData, isToMany, etherType}: AirFrame) => isData && !isToMany && etherType === BATMAN;

/** Two clocks are compared, each in whole microseconds; in virtual time the first frame leaves in the very one its slot begins. */
const RESOLUTION_US = 2;

const slotAt = (atUs: number, slots: number, slotUs: number) =>
	Math.floor(((atUs + RESOLUTION_US) % (slots * slotUs)) / slotUs);

/** Frames of a stretch that began in the router's own slots, and all of them. */
function insideOf(held: Held, frames: readonly TimedFrame[]): {inside: number; all: number} {
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

interface TimedFrame {
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

interface Scene {
	readonly topology: string;
	readonly receiver: string;
	readonly senders: readonly string[];
	readonly perSecond: number;
	/** What happens once slots are there, and how long that is watched. */
	readonly fault?: readonly string[];
	readonly watchS?: number;
	readonly stepUs?: ReadonlyMap<string, number>;
	/** More agents, or other settings. */
	readonly more?: readonly string[];
}

interface Played {
	readonly ended: Ended;
	readonly frames: readonly TimedFrame[];
	readonly faultS: number;
	readonly beginS: number;
	readonly endS: number;
	/** Share of tries that were lost, of each sender's: before the agents divided time, and after. */
	readonly lossBefore: ReadonlyMap<string, number>;
	readonly lossAfter: ReadonlyMap<string, number>;
	/** Datagrams that came a second, by sender: before the agents divided time, and after. */
	readonly before: ReadonlyMap<string, number>;
	readonly after: ReadonlyMap<string, number>;
}

const BEFORE_S = 25;
const CALM_S = 20;
/** What a router writes down is its own, and the kernel's files are where routers have them. */
const READY = 'mkdir -p /var/run/astral-mesh; mount -t tmpfs none /var/run/astral-mesh';
/** Channels are another matter: who hears nobody would look for its neighbours elsewhere. */
const PINNED = 'phy0 phy1 phy2 phy3 phy4 phy5 phy6 phy7';
const READY_WITH_FILES = `mount -t debugfs none /sys/kernel/debug; ${READY}`;

/** An agent that divides time; `files`: it may read its radios' clocks. */
export const slotAgentScript = (router: string, settings: Readonly<Record<string, string>> = {}, files = true) =>
	agentScript(
		router,
		{timeDivision: 'all', pinnedRadios: PINNED, homeChannels: '', ...settings},
		files ? READY_WITH_FILES : READY,
	);

async function play({
	topology: name,
	receiver,
	senders,
	perSecond,
	fault = [],
	watchS = 0,
	stepUs,
	more = [],
}: Scene): Promise<Played> {
	const topology = await loadTopology(name);
	const {path} = await buildBinary({arch: 'x86_64', entry: 'qemu/program/flow.ts', name: 'bench-flow'});
	const seconds = BEFORE_S + AGREEING_S + CALM_S + watchS + 10;
	let air: AirFrame[] = [];
	let flows = '';
	const ended = await tell({
		topology,
		pings: [],
		prepare: async share => {
			await copyFile(path, join(share, 'flow'));
			await copyCapture(share);
		},
		read: async share => {
			air = await readCapture(join(share, 'air.pcap'));
			flows = await readFile(join(share, 'flows'), 'utf8');
		},
		lines: [
			'grep offset: /proc/timer_list | sed -n 2p',
			`echo "hidden 1" >${lab}`,
			'cp /host/flow /tmp/flow; chmod 755 /tmp/flow',
			`ip netns exec ${receiver} ping -q -c 2 ${meshAddress(topology, senders[0] ?? '')} >/dev/null`,
			`ip netns exec ${receiver} /tmp/flow receive ${PORT} ${seconds} >/host/flows 2>&1 </dev/null &`,
			...senders.map(
				sender =>
					`ip netns exec ${sender} /tmp/flow send ${meshAddress(topology, receiver)} ${PORT} ${BYTES} ${perSecond} ${seconds} ${BEFORE_S} ${BEFORE_S + AGREEING_S - STEADY_S} >/dev/null 2>&1 </dev/null &`,
			),
			'sleep 5',
			markScript('flows'),
			triesScript('flows', senders),
			`sleep ${BEFORE_S - 6}`,
			triesScript('agents', senders),
			...topology.routers.map(({name: router}) => slotAgentScript(router)),
			...more,
			markScript('agents'),
			`sleep ${AGREEING_S}`,
			captureScript('air'),
			markScript('calm'),
			triesScript('calm', senders),
			`sleep ${CALM_S}`,
			triesScript('fault', senders),
			markScript('fault'),
			...fault,
			`sleep ${watchS}`,
			markScript('end'),
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
		before: cameIn(flows, topology, mark('flows'), mark('agents') - 1),
		after: cameIn(flows, topology, mark('calm'), mark('fault')),
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
	const at = (mark: string, sender: string) =>
		new RegExp(`^tries ${mark} ${sender} (\\d+) (\\d+)`, 'm').exec(printed)?.slice(1).map(Number) ?? [];
	return new Map(
		senders.map(sender => {
			const [packets = 0, retries = 0] = at(to, sender);
			const [packetsThen = 0, retriesThen = 0] = at(from, sender);
			const again = retries - retriesThen;
			return [sender, again / Math.max(1, packets - packetsThen + again)];
		}),
	);
}

function cameIn(flows: string, topology: Topology, fromS: number, toS: number): Map<string, number> {
	const sums = new Map<string, number>();
	let seconds = 0;
	for (const line of flows.split('\n')) {
		if (!line.includes('{"atMs"')) continue;
		const {atMs, came} = JSON.parse(line.slice(line.indexOf('{'))) as {atMs: number; came: Record<string, number>};
		if (atMs < fromS * 1000 || atMs > toS * 1000) continue;
		seconds++;
		for (const {name} of topology.routers)
			sums.set(name, (sums.get(name) ?? 0) + (came[meshAddress(topology, name)] ?? 0));
	}
	return new Map([...sums].map(([name, count]) => [name, count / Math.max(1, seconds)]));
}

const n = (what: string, value: number, unit: string): Figure => ({what, value: Math.round(value * 1000) / 1000, unit});

/** The share of each gated router's frames inside its own slots between two moments, and what should not be. */
function shares({ended, frames}: Played, senders: readonly string[], fromS: number, toS: number) {
	const figures: Figure[] = [];
	const problems: string[] = [];
	for (const router of senders) {
		let [inside, all] = [0, 0];
		for (const held of heldBy(ended.log, router, toS)) {
			const clipped = {...held, fromS: Math.max(fromS, held.fromS), toS: Math.min(toS, held.toS)};
			if (clipped.toS - clipped.fromS < 2 * SETTLE_S) continue;
			const found = insideOf(clipped, frames);
			inside += found.inside;
			all += found.all;
		}
		if (all < 100) problems.push(`${router} was not gated: ${all} frames`);
		else if (inside / all < 0.99) problems.push(`${router}: only ${((100 * inside) / all).toFixed(2)} % in its slots`);
		figures.push(n(`${router}: frames in its own slots`, all === 0 ? Number.NaN : (100 * inside) / all, `% of ${all}`));
	}
	return {figures, problems};
}

/** No slot is owned by two of them at any moment, as they said themselves. */
function doubly(ended: Ended, senders: readonly string[], untilS: number): string[] {
	const all = senders.flatMap(router => heldBy(ended.log, router, untilS));
	return all.flatMap((a, i) =>
		all.slice(i + 1).flatMap(b => {
			if (a.router === b.router) return [];
			const togetherS = Math.min(a.toS, b.toS) - Math.max(a.fromS, b.fromS);
			const both = [...a.own].filter(slot => b.own.has(slot));
			return togetherS > SETTLE_S && both.length > 0
				? [`${a.router} and ${b.router} both had slots ${both.join(' ')} for ${togetherS.toFixed(1)} s`]
				: [];
		}),
	);
}

/** When the last line of a router about its slots in a stretch said so. */
const saidAt = (ended: Ended, router: string, fromS: number, what: RegExp) =>
	ended.log.find(line => line.router === router && line.atS >= fromS && what.test(line.text))?.atS;

function calm(name: string, behaviour: string, scene: Scene): Story {
	return {
		name,
		behaviour,
		async tell(): Promise<Told> {
			const played = await play(scene);
			const {ended, beginS, faultS, before, after} = played;
			const found = shares(played, scene.senders, beginS, faultS);
			const least = (rates: ReadonlyMap<string, number>) =>
				Math.min(...scene.senders.map(each => rates.get(each) ?? 0));
			const sum = (rates: ReadonlyMap<string, number>) =>
				scene.senders.reduce((all, each) => all + (rates.get(each) ?? 0), 0);
			return {
				ended,
				problems: [...found.problems, ...doubly(ended, scene.senders, faultS)],
				figures: [
					...found.figures,
					...scene.senders.flatMap(each => [
						n(`${each}: tries lost, before`, 100 * (played.lossBefore.get(each) ?? Number.NaN), '%'),
						n(`${each}: tries lost, with slots`, 100 * (played.lossAfter.get(each) ?? Number.NaN), '%'),
					]),
					n('datagrams of the worst flow that arrive, before', least(before), `/s of ${scene.perSecond}`),
					n('datagrams of the worst flow that arrive, with slots', least(after), `/s of ${scene.perSecond}`),
					n('datagrams of all flows that arrive, before', sum(before), '/s'),
					n('datagrams of all flows that arrive, with slots', sum(after), '/s'),
				],
			};
		},
	};
}

const chain: Scene = {topology: 'hidden3', receiver: 'middle', senders: ['west', 'east'], perSecond: 700};
const star: Scene = {topology: 'star5', receiver: 'hub', senders: ['north', 'east', 'south', 'west'], perSecond: 450};

/** Seconds from a moment until the last frame that was held to slots: from then on the router sends whenever it likes. */
function openAfter({ended, frames, faultS, endS}: Played, router: string): number | undefined {
	const held = heldBy(ended.log, router, endS).findLast(({fromS}) => fromS < faultS);
	if (held === undefined) return undefined;
	const {own, slots, slotUs} = held;
	const outside = frames.find(
		({frame, atUs, router: from}) =>
			from === router && isData(frame) && atUs > faultS * 1e6 && !own.has(slotAt(atUs, slots, slotUs)),
	);
	return outside === undefined ? undefined : outside.atUs / 1e6 - faultS;
}

async function killed(): Promise<Told> {
	const victim = 'west';
	const played = await play({...chain, fault: [`kill -9 $(cat /tmp/agent-${victim}.pid)`], watchS: 70});
	const {ended, beginS, faultS} = played;
	const found = shares(played, chain.senders, beginS, faultS);
	const openS = openAfter(played, victim);
	const otherS = saidAt(ended, 'east', faultS, /: slots /);
	return {
		ended,
		problems: [
			...found.problems,
			...(openS !== undefined && openS <= LEASE_S + 1 ? [] : [`its gate opened after ${openS} s`]),
		],
		figures: [
			...found.figures,
			n('agent killed to its gate open', openS ?? Number.NaN, 's'),
			n('agent killed to the other sender in new slots, or open', (otherS ?? Number.NaN) - faultS, 's'),
		],
	};
}

async function stepped(): Promise<Told> {
	const victim = 'west';
	const stepUs = 5_000_000;
	const topology = await loadTopology(chain.topology);
	const radio = placeRadios(topology).find(({router}) => router === victim);
	const file = `/sys/kernel/debug/ieee80211/phy${radio?.number}/hwsim/tsf_offset`;
	const played = await play({
		...chain,
		fault: [`echo ${(radio?.tsfOffsetUs ?? 0) + stepUs} >${file}`],
		watchS: 60,
		stepUs: new Map([[victim, stepUs]]),
	});
	const {ended, beginS, faultS, endS} = played;
	const before = shares(played, chain.senders, beginS, faultS);
	const after = shares(played, chain.senders, faultS, endS);
	const changes = ended.log.filter(({atS, text}) => atS >= faultS && /: slots /.test(text) && !GATED.test(text));
	const backS = Math.max(0, ...changes.map(({router, atS}) => (saidAt(ended, router, atS, GATED) ?? endS) - faultS));
	return {
		ended,
		problems: [...before.problems, ...after.problems, ...doubly(ended, chain.senders, endS)],
		figures: [
			...after.figures,
			n('times a gate was open for it', changes.length, ''),
			n('clock stepped to all gated as before', backS, 's'),
		],
	};
}

async function silenced(): Promise<Told> {
	const topology = await loadTopology(chain.topology);
	const played = await play({
		...chain,
		fault: topology.routers.map(
			({name}) => `echo 1 | ip netns exec ${name} tee /proc/sys/net/ipv6/conf/mesh0/disable_ipv6 >/dev/null`,
		),
		watchS: 60,
	});
	const {ended, beginS, faultS} = played;
	const found = shares(played, chain.senders, beginS, faultS);
	const opened = chain.senders.map(sender => openAfter(played, sender));
	const lastS = Math.max(...opened.map(each => each ?? Number.POSITIVE_INFINITY));
	return {
		ended,
		problems: [...found.problems, ...(lastS <= 30 + LEASE_S ? [] : [`the last gate opened after ${lastS} s`])],
		figures: [...found.figures, n('gossip stopped to the last gate open', lastS, 's')],
	};
}

async function doubled(): Promise<Told> {
	const played = await play({
		...chain,
		more: [
			'sleep 5',
			slotAgentScript('west', {engineFile: '/tmp/epoch-second'}).replaceAll('/host/log-west)', '/host/log-middle)'),
		],
	});
	const {ended, beginS, faultS} = played;
	const found = shares(played, chain.senders, beginS, faultS);
	const said = ended.log.filter(({text}) => text.includes('another program on this router'));
	return {
		ended,
		problems: [...found.problems, ...(said.length > 0 ? [] : ['the second agent did not say that it is one'])],
		figures: [...found.figures, n('lines in which the second agent says why it does not gate', said.length, '')],
	};
}

export const slotStories: readonly Story[] = [
	calm('chain', 'two hidden senders take turns, and more arrives', chain),
	calm('star', 'four hidden senders take turns', star),
	{name: 'agent killed', behaviour: 'the gate of an agent that died opens within its lease', tell: killed},
	{name: 'clock stepped', behaviour: 'a radio whose clock is set keeps to its slots, or opens', tell: stepped},
	{name: 'gossip stopped', behaviour: 'who hears nothing of the others opens', tell: silenced},
	{name: 'two agents', behaviour: 'a second agent of a router leaves gates alone, and says so', tell: doubled},
];
