// SPDX-License-Identifier: Apache-2.0
/** Gates on a bench's routers, put up by the real actuator, and what their frames did on the air. */
import {copyFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../scripts/build/binary.ts';
import {machineFlags, run} from '../scripts/build/compiler.ts';
import {targetOf} from '../scripts/build/targets.ts';

/** Builds the programs for a guest and puts them where it finds them. */
export async function copyGate(share: string, arch = 'x86_64'): Promise<void> {
	const {path} = await buildBinary({arch, entry: 'qemu/program/gate.ts', name: 'bench-gate'});
	await copyFile(path, join(share, 'gate'));
	const source = join(import.meta.dirname, 'program/slot-probe.c');
	const target = targetOf(arch);
	await run(['cc', ...machineFlags(target), '-static', '-Os', '-s', '-o', join(share, 'slot-probe'), source]);
}

/** Before the first of the scripts below. */
export const installScript =
	'for each in gate slot-probe; do cp /host/$each /tmp/ && chmod 755 /tmp/$each; done; mkdir -p /var/run/astral-mesh';

/** An order as qemu/program/gate.ts takes it. */
export interface BenchOrder {
	slotUs: number;
	/** Rows of 0 and 1, one mark a slot; of its own several with commas between, by renewal. */
	own: string;
	open: string;
	guardUs: number;
	leaseMs: number;
	frameUs?: number;
	nsPerByte?: number;
	/** How much slower the mesh's clock is than the router's. */
	ppm?: number;
}

/** The words behind the program's name; `renewals` happen five times a lease. */
export function gateWords(order: BenchOrder, renewals: number): string {
	const {slotUs, own, open, guardUs, leaseMs, frameUs, nsPerByte, ppm} = order;
	const words = [open.length, slotUs, own, open, guardUs, leaseMs, renewals];
	if (frameUs !== undefined && nsPerByte !== undefined)
		words.push(frameUs, nsPerByte, ...(ppm === undefined ? [] : [ppm]));
	return words.join(' ');
}

/** Which gate is used: the usual one, or the one that is used where a kernel lacks eBPF. */
export type GateKind = 'fq' | 'taprio';

/** Before the words of `gateWords`. */
export function gateWord(kind: GateKind): string {
	return kind === 'taprio' ? 'no-ebpf ' : '';
}

/** Starts a gate in a router in the background, with its output in /tmp/gate-ROUTER; or looks only, with 0 renewals. */
export function gateScript(router: string, order: BenchOrder, renewals: number, kind: GateKind = 'fq'): string {
	const device = 'mesh0';
	const inside = `ip netns exec ${router}`;
	return [
		`index=$(${inside} cat /sys/class/net/${device}/ifindex)`,
		`${inside} /tmp/gate ${gateWord(kind)}${device} $index ${gateWords(order, renewals)} >/tmp/gate-${router} 2>&1 </dev/null & echo $! >/tmp/gate-${router}.pid`,
	].join('\n');
}

/** The lines that the program printed, by what they tell. */
export interface GateReport {
	able?: string;
	applied?: string;
	means?: string;
	counts?: Record<string, number> | null;
}

export function readGate(printed: string): GateReport {
	const lines = printed.split('\n').filter(line => line.includes('{'));
	return Object.assign({}, ...lines.map(line => JSON.parse(line.slice(line.indexOf('{'))))) as GateReport;
}

/** One frame on the air. */
export interface AirFrame {
	/** By the guest's monotonic clock. */
	timeUs: number;
	sender: string;
	isGroup: boolean;
	/** What the gate takes it for. */
	isShared: boolean;
	bytes: number;
}

const BATMAN = '4305';
const routingTypes = ['00', '01', '03', '04', '44'];

export async function readAir(path: string): Promise<AirFrame[]> {
	const text = await readFile(path, 'utf8');
	return text
		.split('\n')
		.filter(line => line !== '')
		.map(line => {
			const [time = '', sender = '', kind, type, first = '', length] = line.split(' ');
			const isGroup = kind === 'm';
			const isShared = isGroup || (type === BATMAN && routingTypes.includes(first));
			return {timeUs: Number(time), sender, isGroup, isShared, bytes: Number(length)};
		});
}

/** How frames kept to their slots. */
export interface Discipline {
	frames: number;
	/** 0 to 1. */
	inSlotShare: number;
	/** From a run's start to the first frame in it. */
	firstFrameUs: {p50: number; p99: number};
	/** By run: how late it began, or how far beyond its end a frame was, whichever is more. */
	edgeErrorP99Us: number;
}

export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Where a frame is in the runs of a row of marks: since the start of the last run to begin, which is so long. */
function runAt(marks: string, slotUs: number, timeUs: number): {run: number; sinceUs: number; lengthUs: number} {
	const count = marks.length;
	const slot = Math.floor(timeUs / slotUs);
	const isMarked = (at: number): boolean => marks[((at % count) + count) % count] === '1';
	let start = slot;
	while (!(isMarked(start) && !isMarked(start - 1))) start--;
	let end = start;
	while (isMarked(end)) end++;
	return {run: start, sinceUs: timeUs - start * slotUs, lengthUs: (end - start) * slotUs};
}

/** Of one sender's frames, all of one kind, against the slots of that kind. Superframes begin at multiples of their length. */
export function disciplineOf(frames: readonly AirFrame[], marks: string, slotUs: number): Discipline {
	const firsts = new Map<number, number>();
	const errors = new Map<number, number>();
	const note = (run: number, errorUs: number): void => void errors.set(run, Math.max(errors.get(run) ?? 0, errorUs));
	let inSlot = 0;
	const periodUs = marks.length * slotUs;
	// The first run was under way when the watch began: what is first in it says nothing.
	const begun = frames[0] === undefined ? 0 : runAt(marks, slotUs, frames[0].timeUs).run;
	for (const {timeUs} of frames) {
		const {run, sinceUs, lengthUs} = runAt(marks, slotUs, timeUs);
		if (sinceUs < lengthUs) {
			inSlot++;
			if (run !== begun && !firsts.has(run)) {
				firsts.set(run, sinceUs);
				note(run, sinceUs);
			}
		} else note(run, Math.min(sinceUs - lengthUs, periodUs - sinceUs));
	}
	return {
		frames: frames.length,
		inSlotShare: inSlot / Math.max(1, frames.length),
		firstFrameUs: {p50: percentile([...firsts.values()], 0.5), p99: percentile([...firsts.values()], 0.99)},
		edgeErrorP99Us: percentile([...errors.values()], 0.99),
	};
}
