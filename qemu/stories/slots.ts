// SPDX-License-Identifier: Apache-2.0
/**
 * Hidden senders on a real kernel, with the real agent, and what time slots do for them: in virtual time, over batman-adv.
 *
 * Senders that do not hear each other collide at who hears both (`hidden 1` of the bench's medium: the later frame is lost and
 * tried again, as mac80211's rate control asks). So evidence is what the kernel counts, and nothing tells the agents who is
 * hidden. All routers of a guest have one monotonic clock, by which frames are judged; their radios' clocks are apart.
 */
import {loadTopology, placeRadios, type Topology} from '../topology/topology.ts';
import {refused, restored} from './slot-commands.ts';
import {
	GATED,
	heldBy,
	insideOf,
	isData,
	LEASE_S,
	n,
	type Played,
	play,
	type Scene,
	SETTLE_S,
	slotAgentScript,
	slotAt,
} from './slot-scene.ts';
import type {Figure, Story, Told} from './stories.ts';
import type {Ended} from './village.ts';

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

/** Whether two do not hear each other, and somebody hears both. */
function areHidden({links}: Topology, a: string, b: string): boolean {
	const near = (of: string) => links.flatMap(({from, to}) => (from === of ? [to] : to === of ? [from] : []));
	return !near(a).includes(b) && near(a).some(each => near(b).includes(each));
}

/** Pairs of them that do not hear each other but are heard by one, and since when both know; Infinity for never. */
function hiddenPairs({topology, log, printed}: Ended, senders: readonly string[]) {
	const numbers = new Map(
		[...printed.matchAll(/^number (\S+) .*id (\d+)$/gm)].map(([, router = '', id]) => [router, id]),
	);
	const word = (router: string) => Number(numbers.get(router)).toString(16).padStart(8, '0');
	const knownS = (router: string, other: string) =>
		log.find(
			({router: who, text}) =>
				who === router &&
				text.includes('found hidden senders') &&
				[router, other].every(each => text.includes(word(each))),
		)?.atS ?? Number.POSITIVE_INFINITY;
	return senders.flatMap((a, i) =>
		senders
			.slice(i + 1)
			.filter(b => areHidden(topology, a, b))
			.map(b => ({a, b, knownS: Math.max(knownS(a, b), knownS(b, a))})),
	);
}

/** They are partners so long after both know: what is said of slots goes two hops, and is said again where it got lost. */
const PARTNERS_S = 5;

/** Slots that two own who know of each other, as they said themselves, and for how long; who does not know yet shares slots. */
function doubly(ended: Ended, senders: readonly string[], untilS: number) {
	const found = hiddenPairs(ended, senders).flatMap(({a, b, knownS}) =>
		heldBy(ended.log, a, untilS).flatMap(one =>
			heldBy(ended.log, b, untilS).flatMap(other => {
				const fromS = Math.max(one.fromS, other.fromS, knownS);
				const toS = Math.min(one.toS, other.toS);
				const both = [...one.own].filter(slot => other.own.has(slot));
				return toS - fromS > SETTLE_S && both.length > 0 ? [{a, b, both, knownS, fromS, toS}] : [];
			}),
		),
	);
	return {
		longestS: Math.max(0, ...found.map(({fromS, toS}) => toS - fromS)),
		problems: found.flatMap(({a, b, both, knownS, fromS, toS}) => {
			const togetherS = toS - Math.max(fromS, knownS + PARTNERS_S);
			return togetherS > SETTLE_S
				? [`${a} and ${b} both had slots ${both.join(' ')} for ${togetherS.toFixed(1)} s`]
				: [];
		}),
	};
}

/** When the last line of a router about its slots in a stretch said so. */
const saidAt = (ended: Ended, router: string, fromS: number, what: RegExp) =>
	ended.log.find(line => line.router === router && line.atS >= fromS && what.test(line.text))?.atS;

/** `isLong`: told only where it is asked for, or all are. */
export type SlotStory = Story & {readonly isLong?: boolean};

/** What slots did until anything was broken. */
function untilFault(scene: Scene, played: Played): Pick<Told, 'figures' | 'problems'> {
	const {ended, beginS, faultS, before, after} = played;
	const found = shares(played, scene.senders, beginS, faultS);
	// Flows may want different rates: what came is told as a share of it.
	const least = (rates: readonly number[]) =>
		Math.min(...rates.map((rate, i) => (100 * rate) / (scene.flows[i]?.perSecond ?? 0)));
	const sum = (rates: readonly number[]) => rates.reduce((all, each) => all + each, 0);
	const pairs = hiddenPairs(ended, scene.senders);
	const twice = doubly(ended, scene.senders, faultS);
	const known = pairs.filter(({knownS}) => knownS < faultS);
	return {
		problems: [...found.problems, ...twice.problems],
		figures: [
			...found.figures,
			n('hidden pairs that know of each other', known.length, `of ${pairs.length}`),
			n('longest that two that know of each other had a slot both', twice.longestS, 's'),
			...scene.senders.flatMap(each => [
				n(`${each}: tries lost, before`, 100 * (played.lossBefore.get(each) ?? Number.NaN), '%'),
				n(`${each}: tries lost, with slots`, 100 * (played.lossAfter.get(each) ?? Number.NaN), '%'),
			]),
			n('datagrams of the worst flow that arrive, before', least(before), '%'),
			n('datagrams of the worst flow that arrive, with slots', least(after), '%'),
			n('datagrams of all flows that arrive, before', sum(before), '/s'),
			n('datagrams of all flows that arrive, with slots', sum(after), '/s'),
		],
	};
}

function calm(name: string, behaviour: string, scene: Scene, isLong = false): SlotStory {
	return {
		name,
		behaviour,
		isLong,
		async tell(): Promise<Told> {
			const played = await play(scene);
			return {ended: played.ended, ...untilFault(scene, played)};
		},
	};
}

/** All these to one. */
const towards = (to: string, senders: readonly string[], perSecond: number) =>
	senders.map(from => ({from, to, perSecond}));

const chain: Scene = {
	topology: 'hidden3',
	flows: towards('middle', ['west', 'east'], 700),
	senders: ['west', 'east'],
};

/** Everyone sends to the next one, and the last one back: whom the next but one disturbs, and whom its answers do. */
function longChain(routers: number, perSecond: number): Scene {
	const names = Array.from({length: routers}, (_, i) => `r${i + 1}`);
	const flows = names.map((from, i) => ({from, to: names[i + 1] ?? names[i - 1] ?? '', perSecond}));
	return {topology: `hidden${routers}`, flows, senders: names, agreeingS: 40 * routers};
}

const leaves = ['north', 'east', 'south', 'west', 'northeast', 'southeast', 'southwest'];
function star(routers: number, senders: number, perSecond: number, agreeingS: number): Scene {
	const all = leaves.slice(0, senders);
	return {topology: `star${routers}`, flows: towards('hub', all, perSecond), senders: all, agreeingS};
}

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
	const {ended, faultS} = played;
	const found = untilFault(chain, played);
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
		problems: [...before.problems, ...after.problems, ...doubly(ended, chain.senders, endS).problems],
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
	const {ended} = played;
	const found = untilFault(chain, played);
	const opened = chain.senders.map(sender => openAfter(played, sender));
	const lastS = Math.max(...opened.map(each => each ?? Number.POSITIVE_INFINITY));
	return {
		ended,
		problems: [...found.problems, ...(lastS <= LEASE_S + 1 ? [] : [`the last gate opened after ${lastS} s`])],
		figures: [...found.figures, n('gossip stopped to the last gate open', lastS, 's')],
	};
}

/** Two agents of one router have one number. The second one says so once and has no part; the first goes on as if nothing were. */
async function doubled(): Promise<Told> {
	const second = 'west-second';
	const played = await play({
		...chain,
		more: ['sleep 5', slotAgentScript('west', {engineFile: '/tmp/epoch-second'}, {as: second})],
	});
	const {ended, beginS, faultS} = played;
	const found = shares(played, chain.senders, beginS, faultS);
	const lines = (words: string) => ended.log.filter(({text}) => text.includes(words));
	const silent = lines('takes no part in the mesh');
	const anew = lines('begins anew');
	return {
		ended,
		problems: [
			...found.problems,
			...doubly(ended, chain.senders, faultS).problems,
			...(silent.length === 1 && silent[0]?.router === second
				? []
				: [`said to have no part: ${silent.map(({router}) => router).join(' ')}`]),
			...(anew.length === 0 ? [] : [`${anew.length} times one of them began anew`]),
		],
		figures: [
			...found.figures,
			n('times the second agent says that it has no part', silent.length, ''),
			n('times one of the two began anew', anew.length, ''),
		],
	};
}

export const slotStories: readonly SlotStory[] = [
	calm('chain', 'two hidden senders take turns, and more arrives', chain),
	calm('chain of five', 'in a chain all disturb the next but one, and take turns', longChain(5, 500)),
	calm('chain of eight', 'in a long chain slots are used again far away', longChain(8, 500), true),
	calm('star', 'three hidden senders take turns', star(5, 3, 300, 200)),
	calm('star of five', 'four hidden senders around one take turns', star(5, 4, 220, 400)),
	calm('star of eight', 'seven hidden senders around one take turns', star(8, 7, 230, 400), true),
	{name: 'agent killed', behaviour: 'the gate of an agent that died opens within its lease', tell: killed},
	{name: 'clock stepped', behaviour: 'a radio whose clock is set keeps to its slots, or opens', tell: stepped},
	{name: 'gossip stopped', behaviour: 'who hears nothing of the others opens', tell: silenced},
	{name: 'refused', behaviour: 'who cannot be gated says why, once, and is open', tell: refused},
	{name: 'restored', behaviour: 'restore takes gates away and puts back what was there', tell: () => restored(chain)},
	{name: 'two agents', behaviour: 'a second agent of a router has no part, and says so once', tell: doubled},
];
