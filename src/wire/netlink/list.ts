// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import type {ByteSink} from './byte-sink.ts';
import {type Codec, KIND_NESTED, type NestedCodec} from './field.ts';
import {copiedWords, nativeWords} from './words.ts';

// Attributes within an attribute whose types are not fields but places, keys or members.

const PATH = 'netlink.list';
const HEADER = 4;
const TYPE_MASK = 0x3fff;

type Words = Int32Array;

/** Answers the length of the attribute at `start`. Errors: DecodeError 'truncated' | 'length'. */
function lengthOf(header: number, order: ByteOrder, start: number, end: number): number {
	if (end - start < HEADER) throw new DecodeError('truncated', PATH, start);
	const length = (order === 'little' ? header : header >> 16) & 0xffff;
	if (length < HEADER) throw new DecodeError('length', PATH, start);
	if (length > end - start) throw new DecodeError('truncated', PATH, start);
	return length;
}

function typeOf(header: number, order: ByteOrder): number {
	return (order === 'little' ? header >> 16 : header) & TYPE_MASK;
}

function readElement<T>(
	codec: Codec<T>,
	bytes: Uint8Array,
	words: Words,
	index: number,
	order: ByteOrder,
	start: number,
	end: number,
): T {
	if (codec.kind === KIND_NESTED)
		return (codec as unknown as NestedCodec).table.readWords(bytes, words, index, order, start, end) as T;
	const length = end - start;
	if (codec.size >= 0 ? length !== codec.size : length % codec.step !== 0) throw new DecodeError('length', PATH, start);
	const value = codec.read(bytes, start, end, order);
	if (value === undefined || (codec.wide && Number.isNaN(value))) throw new DecodeError('range', PATH, start);
	return value;
}

function writeHeader(sink: ByteSink, type: number, length: number, order: ByteOrder): void {
	const at = sink.reserve(HEADER);
	writeU16(sink.bytes, at, length, order);
	writeU16(sink.bytes, at + 2, type, order);
}

function writeElement<T>(codec: Codec<T>, sink: ByteSink, type: number, value: T, order: ByteOrder): void {
	const start = sink.at;
	writeHeader(sink, type, 0, order);
	codec.write(sink, value, order);
	const length = sink.at - start;
	if (length > 0xffff) throw new RangeError(`${length} bytes do not fit an attribute`);
	writeU16(sink.bytes, start, length, order);
	sink.align();
}

/** A reader that has no words makes them. */
function withoutWords<T>(
	readWords: (bytes: Uint8Array, words: Words, index: number, order: ByteOrder, start: number, end: number) => T,
): Pick<Codec<T>, 'size' | 'step' | 'wide' | 'read' | 'readWords'> {
	return {
		size: -1,
		step: 1,
		wide: false,
		readWords,
		read(bytes, start, end, order) {
			const words = (start & 3) === 0 ? nativeWords(bytes, order) : undefined;
			return words === undefined
				? readWords(bytes, copiedWords(bytes, order, start, end), 0, order, start, end)
				: readWords(bytes, words, start >> 2, order, start, end);
		},
	};
}

export function listCodec<T>(element: Codec<T>, first: number): Codec<readonly T[]> {
	return {
		...withoutWords<readonly T[]>((bytes, words, firstIndex, order, start, end) => {
			const values: T[] = [];
			let index = firstIndex;
			let at = start;
			while (at < end) {
				const length = lengthOf(words[index] as number, order, at, end);
				values.push(readElement(element, bytes, words, index + 1, order, at + HEADER, at + length));
				at += (length + 3) & ~3;
				index += (length + 3) >> 2;
			}
			return values;
		}),
		write(sink, values, order) {
			let type = first;
			for (const value of values) writeElement(element, sink, type++, value, order);
		},
	};
}

export function keyedCodec<T>(element: Codec<T>): Codec<ReadonlyMap<number, T>> {
	return {
		...withoutWords<ReadonlyMap<number, T>>((bytes, words, firstIndex, order, start, end) => {
			const values = new Map<number, T>();
			let index = firstIndex;
			let at = start;
			while (at < end) {
				const header = words[index] as number;
				const length = lengthOf(header, order, at, end);
				values.set(
					typeOf(header, order),
					readElement(element, bytes, words, index + 1, order, at + HEADER, at + length),
				);
				at += (length + 3) & ~3;
				index += (length + 3) >> 2;
			}
			return values;
		}),
		write(sink, values, order) {
			for (const [type, value] of values) writeElement(element, sink, type, value, order);
		},
	};
}

/** Empty attributes whose types are the members of a set. */
export const numbersCodec: Codec<readonly number[]> = {
	...withoutWords<readonly number[]>((_bytes, words, firstIndex, order, start, end) => {
		const values: number[] = [];
		let index = firstIndex;
		let at = start;
		while (at < end) {
			const header = words[index] as number;
			const length = lengthOf(header, order, at, end);
			values.push(typeOf(header, order));
			at += (length + 3) & ~3;
			index += (length + 3) >> 2;
		}
		return values;
	}),
	write(sink, values, order) {
		for (const value of values) writeHeader(sink, value, HEADER, order);
	},
};
