// SPDX-License-Identifier: Apache-2.0
/** Radios of a bench's routers moved by the real actuator, and what traffic lost meanwhile. */
import {copyFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../scripts/build/binary.ts';
import {machine} from './machine.ts';
import {setupScript} from './topology/setup.ts';
import {type PlacedRadio, placeRadios, type Topology} from './topology/topology.ts';

/** What qemu/program/retune.ts prints of one move. Units: ms of the guest's monotonic clock. */
export interface MoveReport {
	radio: number;
	mhz: number;
	startedMs: number;
	endedMs: number;
	/** Empty: it went. */
	refusal: string;
	/** Why the radio cannot be moved at all. Empty: it can. */
	pinned: string;
}

export interface Move {
	radio: PlacedRadio;
	/** One after another. */
	mhz: number[];
	/** The next one is asked for two seconds after the one before, whatever became of it. */
	isHasty?: boolean;
	widthMhz?: number;
	/** Interfaces whose network wpa_supplicant keeps, so to speak. */
	kept?: string[];
}

/** Two routers with one radio each, well in reach of each other. */
export function pairOn(mhz: number, name: string): Topology {
	return {
		name,
		routers: ['west', 'east'].map(router => ({name: router, radios: [{mhz}]})),
		links: [{from: 'west', to: 'east', signalDbm: -60}],
	};
}

/** Builds the program for a guest and puts it where that finds it. */
export async function copyRetune(share: string, arch = 'x86_64'): Promise<void> {
	const {path} = await buildBinary({arch, entry: 'qemu/program/retune.ts', name: 'bench-retune'});
	await copyFile(path, join(share, 'retune'));
}

export function radioOf(topology: Topology, router: string, index = 0): PlacedRadio {
	const radio = placeRadios(topology).filter(each => each.router === router)[index];
	if (radio === undefined) throw new Error(`${router} has no radio ${index}`);
	return radio;
}

const program = '/tmp/retune';

/** The script that moves radios at the same moment, `leadMs` from now, and waits for all. */
export function moveScript(moves: Move[], leadMs = 1000): string {
	return [
		`[ -x ${program} ] || { cp /host/retune ${program}; chmod 755 ${program}; }`,
		"at=$(awk -v lead=$LEAD '{print int($1 * 1000) + lead}' /proc/uptime)".replace('$LEAD', String(leadMs)),
		...moves.map(
			({radio, mhz, widthMhz = 20, kept = [], isHasty = false}) =>
				`ip netns exec ${radio.router} ${program} ${radio.number} ${mhz.join(isHasty ? '+' : ',')} ${widthMhz} $at ${kept.join(' ')} >/tmp/moved-${radio.number} 2>&1 </dev/null & movers="$movers $!"`,
		),
		'wait $movers',
		...moves.map(({radio}) => `cat /tmp/moved-${radio.number}`),
	].join('\n');
}

export function readMoves(printed: string): MoveReport[] {
	return printed
		.split('\n')
		.filter(line => line.includes('{"radio"'))
		.map(line => JSON.parse(line.slice(line.indexOf('{'))) as MoveReport);
}

/** Nobody answered from here to there. Units: seconds since the guest booted. */
export interface Gap {
	fromS: number;
	toS: number;
}

/** What a ping lost. Units: in each name. */
export interface PingReport {
	sent: number;
	lost: number;
	/** Times without an answer, of three requests or more. */
	gaps: Gap[];
	/** The longest of them. */
	gapMs: number;
	/** The longest time an answer took: what is queued meanwhile is late, not lost. */
	slowestMs: number;
}

const pingMs = 20;

/** The script that sends echo requests every 20 ms in the background, from router to address, as `name`. */
export function pingScript(name: string, router: string, address: string): string {
	const lines = [
		// Answers carry the time of day; one to ourselves says what that is in seconds since boot.
		`echo "base ${name} $(cut -d" " -f1 /proc/uptime) $(ping -D -c 1 127.0.0.1 | sed -n 's/^\\[\\([0-9.]*\\)\\].*/\\1/p')"`,
		`ip netns exec ${router} ping -D -n -i ${pingMs / 1000} -s 56 ${address} >/tmp/ping-${name} 2>&1 </dev/null & echo $! >/tmp/ping-${name}.pid`,
	];
	return lines.join('\n');
}

/** Ends a ping and prints what it printed. */
export function pingEndScript(name: string): string {
	return `kill -INT $(cat /tmp/ping-${name}.pid); sleep 0.3; echo "ping ${name}"; cat /tmp/ping-${name}; echo "end ${name}"`;
}

export function readPing(printed: string, name: string): PingReport {
	const text = printed.split(`ping ${name}\n`)[1]?.split(`end ${name}`)[0] ?? '';
	const base = new RegExp(`^base ${name} (\\S+) (\\S+)$`, 'm').exec(printed);
	const summary = /(\d+) packets transmitted, (\d+) received.* time (\d+)ms/.exec(text);
	if (summary === null || base === null) throw new Error(`ping ${name} printed no summary:\n${text.slice(-500)}`);
	const [startS = 0, startDayS = 0] = base.slice(1).map(Number);
	const answers = [...text.matchAll(/^\[([\d.]+)\] .*icmp_seq=(\d+) ttl.*time=([\d.]+) ms/gm)].map(match => ({
		atS: Number(match[1]) - startDayS + startS,
		sequence: Number(match[2]),
		tookMs: Number(match[3]),
	}));
	const heard = new Set(answers.map(({sequence}) => sequence));
	const sent = Number(summary[1]);
	const durationMs = Number(summary[3]);
	const paceMs = durationMs / Math.max(1, sent - 1);
	// The first request left some time after the line before it: a busy host takes long to start a program.
	const [first] = answers.toSorted((x, y) => x.sequence - y.sequence);
	const beganS = first === undefined ? startS : first.atS - (first.tookMs + (first.sequence - 1) * paceMs) / 1000;
	const gaps: Gap[] = [];
	let lastS = beganS;
	for (const atS of [...answers.map(each => each.atS).sort((x, y) => x - y), beganS + durationMs / 1000]) {
		if ((atS - lastS) * 1000 > 3.5 * paceMs) gaps.push({fromS: lastS, toS: atS});
		lastS = Math.max(lastS, atS);
	}
	const gapMs = Math.max(0, ...gaps.map(({fromS, toS}) => Math.round((toS - fromS) * 1000)));
	const slowestMs = Math.max(0, ...answers.map(({tookMs}) => tookMs));
	return {sent, lost: sent - heard.size, gaps, gapMs, slowestMs};
}

/** What was printed without each answer to a ping. */
export function brief(printed: string): string {
	return printed
		.split('\n')
		.filter(line => !line.includes('icmp_seq'))
		.join('\n');
}

/**
 * Runs a script in a guest with virtual time, and answers what it printed. Hours pass in it while the host blinks, so all that
 * happens is in the script. `limitS`: of the host's time.
 */
export async function runInVirtualTime(
	topology: Topology,
	lines: string[],
	prepare: (share: string) => Promise<void> = share => copyRetune(share),
	read: (share: string) => Promise<void> = async () => undefined,
	limitS = 600,
): Promise<string> {
	const script = ['until [ -e /host/ready ]; do :; done', setupScript(topology, 'lab'), ...lines].join('\n');
	const radios = placeRadios(topology).length;
	const options = {radios, virtualTime: true, firstScript: script, limitS, memoryMb: 256 + 16 * radios};
	const guest = await machine('uml').boot(options);
	try {
		await prepare(guest.share);
		await writeFile(join(guest.share, 'ready'), '');
		const {output, code} = await guest.first;
		if (code !== 0) throw new Error(`the script ended with ${code}:\n${brief(output)}`);
		await read(guest.share);
		return output;
	} finally {
		await guest.stop();
	}
}
