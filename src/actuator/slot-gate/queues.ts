// SPDX-License-Identifier: Apache-2.0
import {fromHex, toHex} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {DECIMAL, isMadeOf} from '../../core/text.ts';
import {CLSACT, type Qdisc, ROOT} from '../../wire/rtnetlink/qdisc.ts';

/** The numbers of root queues of gates begin with this byte: by it an agent knows what another one left behind. */
export const OUR_MARK = 0xa5000000;

export function isMarked(handle: number): boolean {
	return handle >>> 24 === OUR_MARK >>> 24;
}

/** The queue that a device had before its gate. */
export interface Original {
	readonly interfaceIndex: number;
	/** Absent: the kernel's own, which comes back by itself. */
	readonly queue: {readonly kind: string; readonly handle: number; readonly options: Uint8Array} | undefined;
}

/** Queues without classes or filters of their own, whose options are read as they are told. */
const RESTORABLE: readonly string[] = ['bfifo', 'cake', 'codel', 'fq', 'fq_codel', 'fq_pie', 'pfifo', 'pie', 'sfq'];
/** What the kernel puts there without being asked, and puts back. */
export const KERNELS_OWN: readonly string[] = ['noqueue', 'mq'];
const MOST_ORIGINALS = 16;
const MOST_HANDLE = 0xffff;
const MOST_INDEX = 0x7fffffff;

/** What a device's queues mean for a gate. */
export interface Placement {
	readonly original: Original['queue'];
	/** A sentence. Absent: a gate can stand there. */
	readonly obstacle: string | undefined;
}

/** Of all devices' queues, what those of one mean. */
export function placementOf(queues: readonly Qdisc[], interfaceIndex: number, name: string): Placement {
	const here = queues.filter(each => each.interfaceIndex === interfaceIndex);
	const root = here.find(each => each.parent === ROOT);
	const blocked = (obstacle: string): Placement => ({original: undefined, obstacle});
	if (root !== undefined && isMarked(root.handle)) return blocked(`${name} has the gate of another agent`);
	const filters = here.find(each => each.parent === CLSACT);
	if (filters !== undefined)
		return blocked(
			`${name} has filters of another program (${filters.kind ?? 'unknown'}), which would not go with a gate`,
		);
	const kind = root?.kind ?? 'noqueue';
	if (root === undefined || root.handle === 0 || KERNELS_OWN.includes(kind))
		return {original: undefined, obstacle: undefined};
	if (!RESTORABLE.includes(kind)) return blocked(`${name} has a queue of its own, ${kind}, that could not be put back`);
	const original = {kind, handle: root.handle, options: root.options ?? new Uint8Array()};
	return {original, obstacle: undefined};
}

/** Shape: a line a device, `INDEX` or `INDEX <space> KIND <space> HANDLE'S UPPER HALF <space> OPTIONS IN HEX`. */
export function writeOriginals(originals: readonly Original[]): string {
	return originals
		.map(({interfaceIndex, queue}) =>
			queue === undefined
				? `${interfaceIndex}\n`
				: `${interfaceIndex} ${queue.kind} ${queue.handle / 0x10000} ${toHex(queue.options)}\n`,
		)
		.join('');
}

/** Lines that say something else are left out: their devices get the kernel's own queue. */
export function readOriginals(text: string): Original[] {
	const originals: Original[] = [];
	for (const line of text.split('\n')) {
		const [index = '', kind, half = '', hex = ''] = line.split(' ');
		const interfaceIndex = numberOf(index, MOST_INDEX);
		if (interfaceIndex === undefined || originals.length >= MOST_ORIGINALS) continue;
		if (kind === undefined) originals.push({interfaceIndex, queue: undefined});
		else if (RESTORABLE.includes(kind)) {
			const handle = numberOf(half, MOST_HANDLE);
			const options = bytesOf(hex);
			if (handle === undefined || options === undefined) continue;
			originals.push({interfaceIndex, queue: {kind, handle: handle * 0x10000, options}});
		}
	}
	return originals;
}

/** From 1 up. */
function numberOf(text: string, most: number): number | undefined {
	const number = text !== '' && text.length < 11 && isMadeOf(text, DECIMAL) ? Number(text) : 0;
	return number > 0 && number <= most ? number : undefined;
}

function bytesOf(hex: string): Uint8Array | undefined {
	try {
		return fromHex(hex);
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		return undefined;
	}
}
