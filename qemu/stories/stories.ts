// SPDX-License-Identifier: Apache-2.0
/** What can happen to a village's mesh, and how long it takes to be well again. */
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {moveScript, radioOf} from '../moves.ts';
import {meshAddress} from '../topology/setup.ts';
import type {Topology} from '../topology/topology.ts';
import {forwarding} from './forwarding.ts';
import {
	agentScript,
	channelsScript,
	type Ended,
	killScript,
	markScript,
	mediumScript,
	noiseScript,
	reachable,
	tell,
	traffic,
	untilLogged,
	untilLoggedAnew,
	village,
} from './village.ts';

export interface Figure {
	readonly what: string;
	readonly value: number;
	readonly unit: string;
}

export interface Told {
	readonly figures: readonly Figure[];
	/** What should not have happened. */
	readonly problems: readonly string[];
	readonly ended: Ended;
}

export interface Story {
	readonly name: string;
	/** A sentence's end: "the village: …". */
	readonly behaviour: string;
	tell(): Promise<Told>;
}

const MOVES = / goes to \d+ MHz/;
const RADAR_MOVES = /leaves|goes to|radar/i;
const noisyMhz = 5180;
/** Routes settle within that after a change of the links. */
const SETTLE_S = 10;

const names = (topology: Topology) => topology.routers.map(({name}) => name);
const startAll = (topology: Topology) => names(topology).map(name => agentScript(name));
const s = (what: string, value: number): Figure => ({what, value: Math.round(value * 100) / 100, unit: 's'});
const n = (what: string, value: number, unit: string): Figure => ({what, value, unit});

/** What every story has to say of traffic: what it suffered from a moment to another, and when it was well again. */
function trafficFigures({pings}: Ended, name: string, sinceS: number, untilS: number): Figure[] {
	const ping = pings.get(name);
	if (ping === undefined) return [];
	const gaps = ping.gaps.filter(({fromS, toS}) => toS > sinceS && fromS < untilS);
	const last = gaps.at(-1);
	return [
		s('longest gap of traffic', Math.max(0, ...gaps.map(({fromS, toS}) => toS - fromS))),
		s('until traffic had no more gaps', last === undefined ? 0 : Math.max(0, last.toS - sinceS)),
		n('packets lost in all', ping.lost, `of ${ping.sent}`),
	];
}

function movesOf(ended: Ended, sinceS: number) {
	return ended.log.filter(({atS, text}) => atS >= sinceS && MOVES.test(text));
}

/** Everybody reaches everybody, but for those who are gone. */
function missing({topology, channels}: Ended, mark: string, gone: readonly string[] = []): string[] {
	const at = new Map([...(channels.get(mark) ?? [])].filter(([router]) => !gone.includes(router)));
	const start = names(topology).find(name => !gone.includes(name)) ?? '';
	const found = reachable(topology, at, start);
	return names(topology).flatMap(name => (found.has(name) || gone.includes(name) ? [] : [`${name} is cut off`]));
}

async function noise(): Promise<Told> {
	const topology = await village();
	const ended = await tell({
		topology,
		pings: ['far'],
		lines: [
			...startAll(topology),
			// The mesh makes its first plan, carries it out, and is used to calm air; only then somebody comes.
			untilLogged('carries out the plan', 400),
			'sleep 180',
			traffic(topology, 'far', 'mill', 'farm'),
			'sleep 5',
			channelsScript(topology, 'calm'),
			noiseScript(topology, noisyMhz, 0.8),
			markScript('noise'),
			untilLoggedAnew('carries out the plan', 300),
			'sleep 130',
			channelsScript(topology, 'end'),
		],
	});
	const noiseS = ended.marks.get('noise') ?? 0;
	const on = (mark: string) =>
		[...(ended.channels.get(mark) ?? [])].filter(([, at]) => at.includes(noisyMhz)).map(([name]) => name);
	const decided = ended.log.find(({atS, text}) => atS > noiseS && text.includes('carries out the plan'));
	const moves = movesOf(ended, noiseS);
	const [first, last] = [moves[0]?.atS ?? 0, moves.at(-1)?.atS ?? 0];
	const [disturbed, stay] = [on('calm'), on('end')];
	return {
		ended,
		problems: [
			...(disturbed.length >= 4 ? [] : [`only ${disturbed.join(', ')} were on the channel that got noisy`]),
			...(stay.length <= 2 ? [] : [`${stay.join(', ')} stay on the noisy channel`]),
			...missing(ended, 'end'),
		],
		figures: [
			s('noise to decision', (decided?.atS ?? Number.NaN) - noiseS),
			s('decision to first move', first - (decided?.atS ?? first)),
			s('decision to last move', last - (decided?.atS ?? last)),
			n('routers on the channel before', disturbed.length, `of ${topology.routers.length}`),
			n('routers left on the noisy channel', stay.length, ''),
			n('radios that moved', moves.length, ''),
			...trafficFigures(ended, 'far', decided?.atS ?? noiseS, last + SETTLE_S),
		],
	};
}

async function killed(): Promise<Told> {
	const topology = await village();
	const victim = 'orchard';
	const ended = await tell({
		topology,
		pings: ['far'],
		lines: [
			...startAll(topology),
			'sleep 45',
			traffic(topology, 'far', 'mill', 'farm'),
			'sleep 5',
			noiseScript(topology, noisyMhz, 0.8),
			markScript('noise'),
			untilLoggedAnew('goes to', 300),
			// A step is under way: switched, and not confirmed yet.
			'sleep 0.3',
			killScript(topology, victim),
			markScript('kill'),
			'sleep 150',
			channelsScript(topology, 'end'),
		],
	});
	const killS = ended.marks.get('kill') ?? 0;
	const after = movesOf(ended, killS);
	return {
		ended,
		problems: [
			...(movesOf(ended, 0).some(({atS}) => atS < killS) ? [] : ['nothing moved before the kill']),
			...missing(ended, 'end', [victim]),
		],
		figures: [
			n('moves after the kill', after.length, ''),
			s('kill to last move', (after.at(-1)?.atS ?? killS) - killS),
			n('routers cut off at the end', missing(ended, 'end', [victim]).length, ''),
			...trafficFigures(ended, 'far', killS, (after.at(-1)?.atS ?? killS) + SETTLE_S),
		],
	};
}

async function cutOff(): Promise<Told> {
	const topology = await village();
	const away = 'clinic';
	const ended = await tell({
		topology,
		pings: ['far', 'away'],
		lines: [
			...startAll(topology),
			'sleep 45',
			traffic(topology, 'far', 'mill', 'farm'),
			mediumScript(topology, {cutOff: away}),
			noiseScript(topology, noisyMhz, 0.8),
			markScript('cut'),
			'sleep 180',
			channelsScript(topology, 'cut'),
			traffic(topology, 'away', 'mill', away),
			'sleep 1',
			mediumScript(topology),
			markScript('return'),
			'sleep 120',
			channelsScript(topology, 'end'),
		],
	});
	const returnS = ended.marks.get('return') ?? 0;
	const ping = ended.pings.get('away');
	const backS = ping?.gaps.find(({toS}) => toS > returnS)?.toS ?? returnS;
	const isBack = ping !== undefined && ping.lost < ping.sent;
	return {
		ended,
		problems: [
			...missing(ended, 'end'),
			...missing(ended, 'cut', [away]),
			...(isBack && backS - returnS <= 60 ? [] : [`${away} was back only after ${(backS - returnS).toFixed(0)} s`]),
		],
		figures: [
			n(
				'moves while it was away',
				movesOf(ended, ended.marks.get('cut') ?? 0).filter(({atS}) => atS < returnS).length,
				'',
			),
			s('return to traffic with it', backS - returnS),
			n('moves after its return', movesOf(ended, returnS).length, ''),
			...trafficFigures(ended, 'far', returnS, Number.POSITIVE_INFINITY),
		],
	};
}

async function forged(): Promise<Told> {
	const base = await village();
	const stranger = 'stranger';
	const inRange = ['bakery', 'orchard', 'school'];
	const topology: Topology = {
		...base,
		routers: [...base.routers, {name: stranger, radios: [{mhz: noisyMhz}]}],
		links: [...base.links, ...inRange.map(to => ({from: stranger, to, signalDbm: -58, mhz: noisyMhz}))],
	};
	const {path} = await buildBinary({arch: 'x86_64', entry: 'qemu/program/forge.ts', name: 'bench-forge'});
	const ended = await tell({
		topology,
		pings: ['far'],
		prepare: share => copyFile(path, join(share, 'forge')),
		lines: [
			...base.routers.map(({name}) => agentScript(name)),
			'sleep 45',
			// Packets are counted on a way that is in use: the first ones of all have a gap of their own, forger or not.
			`ip netns exec mill ping -q -i 0.1 -c 30 ${meshAddress(topology, 'farm')} >/dev/null`,
			traffic(topology, 'far', 'mill', 'farm'),
			channelsScript(base, 'before'),
			markScript('forge'),
			'cp /host/forge /tmp/forge; chmod 755 /tmp/forge',
			`ip netns exec ${stranger} /tmp/forge $(ip netns exec ${stranger} cat /sys/class/net/mesh0/ifindex) 60`,
			'sleep 20',
			channelsScript(base, 'end'),
		],
	});
	const forgeS = ended.marks.get('forge') ?? 0;
	const sent = /\{"heard".*\}/.exec(ended.printed)?.[0] ?? '{}';
	const counts = JSON.parse(sent) as Partial<Record<'heard' | 'replayed' | 'changed' | 'cut' | 'invented', number>>;
	const moves = movesOf(ended, forgeS);
	const said = ended.log.filter(({atS, text}) => atS >= forgeS && text.includes('was dropped'));
	const total = (counts.replayed ?? 0) + (counts.changed ?? 0) + (counts.cut ?? 0) + (counts.invented ?? 0);
	return {
		ended,
		problems: [
			...(total > 1000 ? [] : [`the stranger sent only ${total} messages: ${ended.printed.slice(-300)}`]),
			...(moves.length === 0 ? [] : moves.map(({router, text}) => `${router} ${text}`)),
			...(said.length > 0 ? [] : ['nobody said that messages were dropped']),
			...(ended.pings.get('far')?.lost === 0 ? [] : [`${ended.pings.get('far')?.lost} packets were lost`]),
		],
		figures: [
			n('messages forged', total, `of ${counts.heard ?? 0} heard`),
			n('routers that said so', new Set(said.map(({router}) => router)).size, `of ${inRange.length} in range`),
			n('radios that moved', moves.length, ''),
			...trafficFigures(ended, 'far', forgeS, Number.POSITIVE_INFINITY),
		],
	};
}

async function radar(): Promise<Told> {
	const topology = await village();
	const radarMhz = 5260;
	const at = radioOf(topology, 'orchard');
	const ended = await tell({
		topology,
		pings: ['far'],
		lines: [
			// All listen together for the minute that the law wants.
			moveScript(names(topology).map(name => ({radio: radioOf(topology, name), mhz: [radarMhz]}))),
			...startAll(topology),
			'sleep 45',
			channelsScript(topology, 'before'),
			traffic(topology, 'far', 'mill', 'farm'),
			'sleep 5',
			`echo 1 >/sys/kernel/debug/ieee80211/phy${at.number}/hwsim/dfs_simulate_radar`,
			markScript('radar'),
			'sleep 1',
			channelsScript(topology, 'second'),
			'sleep 100',
			channelsScript(topology, 'end'),
		],
	});
	const radarS = ended.marks.get('radar') ?? 0;
	const first = ended.log.filter(
		({atS, text}) => atS >= radarS && atS < radarS + 60 && RADAR_MOVES.test(text) && text.includes('MHz'),
	);
	const on = (mark: string) =>
		[...(ended.channels.get(mark) ?? [])].filter(([, mhz]) => mhz.includes(radarMhz)).map(([router]) => router);
	return {
		ended,
		problems: [
			...(on('before').length === topology.routers.length
				? []
				: [`only ${on('before').length} were on ${radarMhz} MHz`]),
			...on('end').map(router => `${router} is on ${radarMhz} MHz`),
			...missing(ended, 'end'),
			...((first.at(-1)?.atS ?? 0) - radarS <= 10 ? [] : ['it took longer than 10 s']),
		],
		figures: [
			s('radar to first router leaving', (first[0]?.atS ?? Number.NaN) - radarS),
			s('radar to last router leaving', (first.at(-1)?.atS ?? Number.NaN) - radarS),
			n('routers there after 1 s', on('second').length, ''),
			n('routers there at the end', on('end').length, ''),
			...trafficFigures(ended, 'far', radarS, radarS + SETTLE_S),
		],
	};
}

export const stories: readonly Story[] = [
	{name: 'noise', behaviour: 'a noisy channel is left, and traffic goes on', tell: noise},
	{name: 'killed', behaviour: 'a router that dies in mid-switch leaves nobody behind', tell: killed},
	{name: 'cut-off', behaviour: 'a router that was cut off finds the mesh again where it went', tell: cutOff},
	{name: 'forged', behaviour: 'messages of a stranger move nothing', tell: forged},
	{name: 'radar', behaviour: 'radar is given way', tell: radar},
	{name: 'forwarding', behaviour: 'who is heard only through the kernel of another is no neighbour', tell: forwarding},
];
