// SPDX-License-Identifier: Apache-2.0
/** Eight routers with two radios each and the real agent, in virtual time: what happens to them, and what they do about it. */
import {copyFile, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {copyRetune, type PingReport, pingEndScript, pingScript, readPing, runInVirtualTime} from '../moves.ts';
import {awaitMeshScript, meshAddress} from '../topology/setup.ts';
import {loadTopology, type PlacedRadio, placeRadios, type Topology} from '../topology/topology.ts';

/** A line of an agent's log, at the guest's seconds since it booted. */
export interface LogLine {
	readonly atS: number;
	readonly router: string;
	readonly text: string;
}

export interface Ended {
	readonly topology: Topology;
	readonly log: readonly LogLine[];
	/** When something was marked in the script. */
	readonly marks: ReadonlyMap<string, number>;
	/** Where each router's radios were at a mark, in the radios' order. */
	readonly channels: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
	readonly pings: ReadonlyMap<string, PingReport>;
	readonly printed: string;
}

export interface Telling {
	readonly topology: Topology;
	/** What is to happen once the mesh is complete. */
	readonly lines: readonly string[];
	/** Names of the pings that the script starts. */
	readonly pings: readonly string[];
	/** More files of the share. */
	readonly prepare?: (share: string) => Promise<void>;
	/** Reads what the script left in the share. */
	readonly read?: (share: string) => Promise<void>;
	/** It is ended after so long of the host's time. */
	readonly limitS?: number;
}

const key = '000102030405060708090a0b0c0d0e0f';
const lab = '/sys/kernel/debug/ieee80211/phy0/hwsim/lab';
const uptime = 'cut -d" " -f1 /proc/uptime';
const unheardDbm = -128;

export const village = () => loadTopology('village8');

/** Every radio of a router hears every radio of its neighbour, whatever channel both are on. Cut off, nobody. */
export function mediumScript(topology: Topology, options: {readonly cutOff?: string} = {}): string {
	const radios = placeRadios(topology);
	const of = (router: string) => radios.filter(each => each.router === router);
	const line = (a: PlacedRadio, b: PlacedRadio, dbm: number) => `link ${a.number} ${b.number} ${dbm} 0`;
	const lines = topology.links.flatMap(({from, to, signalDbm}) => {
		const isCut = from === options.cutOff || to === options.cutOff;
		const dbm = isCut ? unheardDbm : signalDbm;
		return of(from).flatMap(a => of(to).flatMap(b => [line(a, b, dbm), line(b, a, dbm)]));
	});
	return [`cat >${lab} <<'END'`, ...lines, 'END'].join('\n');
}

/** Strangers keep a channel busy for such a share of the time, for every radio. */
export function noiseScript(topology: Topology, mhz: number, busyShare: number): string {
	const lines = placeRadios(topology).map(({number}) => `channel ${number} ${mhz} ${Math.round(busyShare * 1000)} -90`);
	return [`cat >${lab} <<'END'`, ...lines, 'END'].join('\n');
}

/**
 * Starts a router's agent; each line of its log gets its time. `first`: a command that its namespace is made ready with; `as`: its
 * name in the log, where a router has two.
 */
export function agentScript(
	router: string,
	settings: Readonly<Record<string, string>> = {},
	first = 'true',
	as = router,
): string {
	const all = {
		node: router,
		participation: 'active',
		meshKeys: key,
		intervalS: '5',
		engineFile: `/tmp/epoch-${router}`,
		homeChannels: '5180',
		retunesPerHour: '6',
		...settings,
	};
	const words = Object.entries(all).map(([name, value]) => `--set "${name}=${value}"`);
	return [
		`(ip netns exec ${router} sh -c '${first}; echo $$ >/tmp/agent-${as}.pid; exec /tmp/astral-mesh "$@"' agent ${words.join(' ')} 2>&1 </dev/null |`,
		`	while read -r line; do echo "$(${uptime}) ${as} $line"; done >>/host/log-${router}) &`,
	].join('\n');
}

/** Ends a router as a power cut would. */
export function killScript(topology: Topology, router: string): string {
	const radios = placeRadios(topology).filter(each => each.router === router);
	return [
		`kill -9 $(cat /tmp/agent-${router}.pid)`,
		...radios.map(({interfaceName}) => `ip netns exec ${router} ip link set ${interfaceName} down`),
		`ip netns exec ${router} ip link set bat0 down`,
	].join('\n');
}

export const markScript = (name: string) => `echo "mark ${name} $(${uptime})"`;

/** Prints where all radios are. */
export function channelsScript(topology: Topology, name: string): string {
	const lines = placeRadios(topology).map(
		({router, interfaceName}) =>
			`echo "channel ${name} ${router} $(ip netns exec ${router} iw dev ${interfaceName} info | sed -n 's/.*channel.*(\\([0-9]*\\) MHz).*/\\1/p')"`,
	);
	return lines.join('\n');
}

/** Waits until a line with such words is in a log, at most so long. */
export function untilLogged(words: string, limitS: number): string {
	return `for i in $(seq ${limitS * 4}); do grep -q '${words}' /host/log-* && break; sleep 0.25; done`;
}

/** Waits until so many more lines with such words are in the logs than when it began, at most so long. */
export function untilLoggedAnew(words: string, limitS: number): string {
	const count = `cat /host/log-* | grep -c '${words}'`;
	return `had=$(${count}); for i in $(seq ${limitS * 4}); do [ "$(${count})" -gt "$had" ] && break; sleep 0.25; done`;
}

export function traffic(topology: Topology, name: string, from: string, to: string): string {
	return [markScript(`ping-${name}`), pingScript(name, from, meshAddress(topology, to))].join('\n');
}

/** Tells a story to its end. */
export async function tell({topology, lines, pings, prepare, read, limitS}: Telling): Promise<Ended> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'});
	const log: LogLine[] = [];
	const printed = await runInVirtualTime(
		topology,
		[
			'set +e',
			'iw reg set US',
			mediumScript(topology),
			awaitMeshScript(topology, 60),
			'cp /host/astral-mesh /host/astral-mesh-extras /tmp/; chmod 755 /tmp/astral-mesh',
			...lines,
			...pings.map(pingEndScript),
			'true',
		],
		async share => {
			await copyFile(path, join(share, 'astral-mesh'));
			await copyFile(`${path}-extras`, join(share, 'astral-mesh-extras'));
			await copyRetune(share);
			await prepare?.(share);
			await writeFile(join(share, 'ready'), '');
		},
		async share => {
			for (const {name} of topology.routers)
				log.push(...readLog(await readFile(join(share, `log-${name}`), 'utf8').catch(() => '')));
			await read?.(share);
		},
		limitS,
	);
	const marks = new Map<string, number>();
	for (const [, name = '', at] of printed.matchAll(/^mark (\S+) (\S+)$/gm)) marks.set(name, Number(at));
	const channels = new Map<string, Map<string, number[]>>();
	for (const [, name = '', router = '', mhz] of printed.matchAll(/^channel (\S+) (\S+) ?(\d*)$/gm)) {
		const at = channels.get(name) ?? new Map<string, number[]>();
		channels.set(name, at.set(router, [...(at.get(router) ?? []), Number(mhz)]));
	}
	return {
		topology,
		log: log.sort((a, b) => a.atS - b.atS),
		marks,
		channels,
		pings: new Map(pings.map(name => [name, readPing(printed, name)])),
		printed,
	};
}

function readLog(text: string): LogLine[] {
	return text.split('\n').flatMap(line => {
		const [, atS, router, rest] = /^([\d.]+) (\S+) (.*)$/.exec(line) ?? [];
		return router === undefined || rest === undefined ? [] : [{atS: Number(atS), router, text: rest}];
	});
}

/** Routers that can reach each other over channels that both ends of a link have, from `start`. */
export function reachable(topology: Topology, at: ReadonlyMap<string, readonly number[]>, start: string): Set<string> {
	const found = new Set([start]);
	for (const router of found)
		for (const {from, to} of topology.links) {
			const other = from === router ? to : to === router ? from : undefined;
			if (other === undefined) continue;
			if ((at.get(other) ?? []).some(mhz => mhz > 0 && at.get(router)?.includes(mhz))) found.add(other);
		}
	return found;
}
