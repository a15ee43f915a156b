// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {DECIMAL, HEXADECIMAL, isMadeOf} from '../../core/text.ts';
import type {Codec} from '../netlink/field.ts';

/**
 * Writes four bytes as dotted decimal and sixteen as RFC 5952 says: lower case, the longest run of zeroes as '::'.
 *
 * Errors: DecodeError 'length' for any other length.
 */
export function formatIpAddress(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
	if (end - start === 4) return bytes.subarray(start, end).join('.');
	if (end - start !== 16) throw new DecodeError('length', 'rtnetlink.ipAddress', start);
	const groups: number[] = [];
	for (let at = start; at < end; at += 2) groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
	const run = longestZeroRun(groups);
	const words = groups.map(group => group.toString(16));
	if (run.length < 2) return words.join(':');
	return `${words.slice(0, run.start).join(':')}::${words.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): {start: number; length: number} {
	let best = {start: 0, length: 0};
	let start = 0;
	for (let i = 0; i <= groups.length; i++) {
		if (groups[i] === 0) continue;
		if (i - start > best.length) best = {start, length: i - start};
		start = i + 1;
	}
	return best;
}

/** Reads what `formatIpAddress` writes, and other forms of the same. Errors: DecodeError 'syntax'. */
export function parseIpAddress(text: string): Uint8Array {
	if (!text.includes(':')) return parseIpv4(text);
	const [head, tail, ...rest] = text.split('::');
	if (head === undefined || rest.length > 0) throw new DecodeError('syntax', 'rtnetlink.ipAddress', 0, text);
	const before = parseGroups(head, text);
	const after = tail === undefined ? [] : parseGroups(tail, text);
	const missing = 16 - before.length - after.length;
	if (tail === undefined ? missing !== 0 : missing < 2) throw new DecodeError('syntax', 'rtnetlink.ipAddress', 0, text);
	return Uint8Array.from([...before, ...new Array<number>(missing).fill(0), ...after]);
}

function parseIpv4(text: string): Uint8Array {
	const parts = text.split('.');
	if (
		parts.length !== 4 ||
		parts.some(part => String(Number(part)) !== part || !isMadeOf(part, DECIMAL) || Number(part) > 255)
	)
		throw new DecodeError('syntax', 'rtnetlink.ipAddress', 0, text);
	return Uint8Array.from(parts, Number);
}

function parseGroups(part: string, whole: string): number[] {
	if (part === '') return [];
	return part.split(':').flatMap((group, i, all) => {
		if (i === all.length - 1 && group.includes('.')) return [...parseIpv4(group)];
		if (group.length < 1 || group.length > 4 || !isMadeOf(group, HEXADECIMAL))
			throw new DecodeError('syntax', 'rtnetlink.ipAddress', 0, whole);
		const value = Number.parseInt(group, 16);
		return [value >> 8, value & 0xff];
	});
}

/** An IPv4 or IPv6 address as text. */
export const ipAddressCodec: Codec<string> = {
	size: -1,
	step: 4,
	wide: false,
	read: (bytes, start, end) => formatIpAddress(bytes, start, end),
	write: (sink, value) => sink.push(parseIpAddress(value)),
};
