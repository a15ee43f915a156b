// SPDX-License-Identifier: Apache-2.0
import {readU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, unzigzag, type VarintReader, zigzag} from '../../core/varint.ts';

// How the parts of a peer message stand in bytes, said once: reader, writer and type follow from a layout.

/** Reads a value from untrusted bytes, and writes one. What is written is always what can be read. */
export interface Layout<T> {
	/** Errors: DecodeError. */
	read(from: VarintReader): T;
	write(out: number[], value: T): void;
}

export type Of<L> = L extends Layout<infer T> ? T : never;

/** A byte of eight yes or no; neighbouring bits of a struct share one. */
interface Bit extends Layout<boolean> {
	readonly isBit: true;
}

/** A whole number; `most` lets a struct read it without a call, of which a record would need hundreds. */
interface Count extends Layout<number> {
	readonly most: number;
}

/** A whole number from 0 to `most`, short where it is small. What is beyond is written as the nearest that is not. */
export function upTo(most: number): Count {
	return {
		most,
		read(from) {
			const start = from.at;
			const value = from.next();
			if (value > most) throw new DecodeError('range', from.path, start);
			return value;
		},
		write(out, value) {
			pushVarint(out, value > 0 ? Math.min(most, Math.round(value)) : 0);
		},
	};
}

/** A whole number from -`most` to `most`, short where it is near 0. What is beyond is written as the nearest that is not. */
export function signed(most: number): Layout<number> {
	return {
		read(from) {
			const start = from.at;
			const value = unzigzag(from.next());
			if (value > most || value < -most) throw new DecodeError('range', from.path, start);
			return value;
		},
		write(out, value) {
			pushVarint(out, Number.isNaN(value) ? 0 : zigzag(Math.max(-most, Math.min(most, Math.round(value)))));
		},
	};
}

/** A number of 32 bits that has no size to speak of, as those of nodes. */
export const u32: Layout<number> = {
	read(from) {
		const {at, bytes} = from;
		if (at + 4 > bytes.length) throw new DecodeError('truncated', from.path, at);
		from.at = at + 4;
		return readU32(bytes, at, 'big');
	},
	write(out, value) {
		out.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
	},
};

export const bit: Bit = {
	isBit: true,
	read: from => from.next() !== 0,
	write: (out, value) => void out.push(value ? 1 : 0),
};

/** One of some words. A number that this release has no word for reads as `other`. */
export function word<const W extends string>(words: readonly W[], other: W): Layout<W> {
	return {
		read: from => words[from.next()] ?? other,
		write: (out, value) => pushVarint(out, Math.max(0, words.indexOf(value))),
	};
}

/** A word, or none. */
export function wordOrNone<const W extends string>(words: readonly W[], other: W): Layout<W | undefined> {
	return {
		read(from) {
			const number = from.next();
			return number === 0 ? undefined : (words[number - 1] ?? other);
		},
		write: (out, value) => pushVarint(out, value === undefined ? 0 : words.indexOf(value) + 1),
	};
}

/** Values of one kind. Errors: DecodeError 'limit' for more than `most`; a writer leaves the rest out. */
export function listOf<T>(of: Layout<T>, most: number): Layout<readonly T[]> {
	return {
		read(from) {
			const start = from.at;
			const count = from.next();
			if (count > most) throw new DecodeError('limit', from.path, start);
			const values: T[] = [];
			for (let i = 0; i < count; i++) values.push(of.read(from));
			return values;
		},
		write(out, values) {
			const count = Math.min(most, values.length);
			pushVarint(out, count);
			for (let i = 0; i < count; i++) of.write(out, values[i] as T);
		},
	};
}

type Members = Readonly<Record<string, Layout<never> | Layout<unknown>>>;
type Struct<M extends Members> = {readonly [K in keyof M]: M[K] extends Layout<infer T> ? T : never};

/** Members one after another; first their bits, eight a byte, the first member's the lowest. */
export function struct<const M extends Members>(members: M): Layout<Struct<M>> {
	const bits: string[] = [];
	const names: string[] = [];
	const layouts: Layout<unknown>[] = [];
	/** -1 for what is no number. */
	const most: number[] = [];
	for (const [name, layout] of Object.entries(members) as [string, Layout<unknown>][]) {
		if ('isBit' in layout) bits.push(name);
		else {
			names.push(name);
			layouts.push(layout);
			most.push((layout as Partial<Count>).most ?? -1);
		}
	}
	const [bitCount, count] = [bits.length, names.length];
	return {
		read(from) {
			const value: Record<string, unknown> = {};
			const bytes = from.bytes;
			let flags = 0;
			for (let i = 0; i < bitCount; i++) {
				if (i % 8 === 0) flags = byte(from);
				value[bits[i] as string] = ((flags >> (i % 8)) & 1) === 1;
			}
			for (let i = 0; i < count; i++) {
				const at = from.at;
				const first = bytes[at] as number;
				const second = bytes[at + 1] as number;
				// One byte, or two: most numbers. Others, and what ends too early, are read as everywhere else.
				if (first < 128 && first <= (most[i] as number)) {
					from.at = at + 1;
					value[names[i] as string] = first;
				} else if (second < 128 && (first & 127) + second * 128 <= (most[i] as number)) {
					from.at = at + 2;
					value[names[i] as string] = (first & 127) + second * 128;
				} else value[names[i] as string] = (layouts[i] as Layout<unknown>).read(from);
			}
			return value as Struct<M>;
		},
		write(out, value) {
			const given = value as Readonly<Record<string, unknown>>;
			let flags = 0;
			for (let i = 0; i < bitCount; i++) {
				if (given[bits[i] as string] === true) flags |= 1 << (i % 8);
				if (i % 8 !== 7 && i < bitCount - 1) continue;
				out.push(flags);
				flags = 0;
			}
			for (let i = 0; i < count; i++) {
				const member = given[names[i] as string];
				const small = (most[i] as number) < 0 ? -1 : (member as number) | 0;
				// A small whole number; what is large, broken or negative is written as everywhere else.
				if (small !== member || small < 0 || small > 16_383 || small > (most[i] as number))
					(layouts[i] as Layout<unknown>).write(out, member);
				else if (small < 128) out.push(small);
				else out.push((small & 127) | 128, small >> 7);
			}
		},
	};
}

function byte(from: VarintReader): number {
	const value = from.bytes[from.at];
	if (value === undefined) throw new DecodeError('truncated', from.path, from.at);
	from.at++;
	return value;
}
