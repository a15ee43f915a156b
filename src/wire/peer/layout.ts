// SPDX-License-Identifier: Apache-2.0
import {readU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, type VarintReader} from '../../core/varint.ts';

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

/** A whole number from 0 to `most`, short where it is small. What is beyond is written as the nearest that is not. */
export function upTo(most: number): Layout<number> {
	return {
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
	const all = Object.entries(members) as [string, Layout<unknown>][];
	const bits = all.filter(([, each]) => 'isBit' in each).map(([name]) => name);
	const rest = all.filter(([, each]) => !('isBit' in each));
	return {
		read(from) {
			const value: Record<string, unknown> = {};
			let flags = 0;
			bits.forEach((name, i) => {
				if (i % 8 === 0) flags = byte(from);
				value[name] = ((flags >> (i % 8)) & 1) === 1;
			});
			for (const [name, layout] of rest) value[name] = layout.read(from);
			return value as Struct<M>;
		},
		write(out, value) {
			const given = value as Readonly<Record<string, unknown>>;
			let flags = 0;
			bits.forEach((name, i) => {
				if (given[name] === true) flags |= 1 << (i % 8);
				if (i % 8 !== 7 && i < bits.length - 1) return;
				out.push(flags);
				flags = 0;
			});
			for (const [name, layout] of rest) layout.write(out, given[name]);
		},
	};
}

function byte(from: VarintReader): number {
	const value = from.bytes[from.at];
	if (value === undefined) throw new DecodeError('truncated', from.path, from.at);
	from.at++;
	return value;
}
