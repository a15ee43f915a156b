// SPDX-License-Identifier: Apache-2.0
import {writeU16, writeU32} from '../../src/core/bytes.ts';

/** The longest input that is made: what one netlink datagram or one MQTT message of ours can be. */
const MAX_BYTES = 65536;
const bytesOfInterest = [0, 1, 3, 4, 5, 7, 8, 0x7f, 0x80, 0xfe, 0xff];
const shortsOfInterest = [0, 1, 3, 4, 5, 8, 12, 0x3fff, 0x7fff, 0x8000, 0xfffc, 0xffff];
const wordsOfInterest = [0, 1, 15, 16, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

type Random = () => number;

function below(random: Random, limit: number): number {
	return Math.floor(random() * limit);
}

function pick<T>(random: Random, items: readonly T[]): T {
	return items[below(random, items.length)] as T;
}

type Mutation = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

function replaceRange(bytes: Uint8Array, start: number, end: number, middle: Uint8Array): Uint8Array {
	const joined = new Uint8Array(start + middle.length + bytes.length - end);
	joined.set(bytes.subarray(0, start));
	joined.set(middle, start);
	joined.set(bytes.subarray(end), start + middle.length);
	return joined.length > MAX_BYTES ? joined.slice(0, MAX_BYTES) : joined;
}

function range(random: Random, length: number): [number, number] {
	const start = below(random, length + 1);
	return [start, start + below(random, Math.min(64, length - start) + 1)];
}

const mutations: readonly Mutation[] = [
	// Flip one bit.
	(random, bytes) => {
		const at = below(random, bytes.length);
		bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
		return bytes;
	},
	// A byte that decoders stumble over.
	(random, bytes) => {
		bytes[below(random, bytes.length)] = pick(random, bytesOfInterest);
		return bytes;
	},
	// A length or a type that is not the one there: aligned, as netlink's are, or anywhere.
	(random, bytes) => {
		const at = below(random, bytes.length - 1) & (random() < 0.8 ? ~3 : ~0);
		const value = random() < 0.5 ? pick(random, shortsOfInterest) : below(random, bytes.length + 8);
		writeU16(bytes, at, value, random() < 0.5 ? 'little' : 'big');
		return bytes;
	},
	(random, bytes) => {
		const at = below(random, bytes.length) & ~3;
		if (at + 4 > bytes.length) return bytes;
		const value = random() < 0.5 ? pick(random, wordsOfInterest) : below(random, bytes.length + 8);
		writeU32(bytes, at, value, random() < 0.5 ? 'little' : 'big');
		return bytes;
	},
	// Cut anywhere, at either end.
	(random, bytes) => bytes.slice(0, below(random, bytes.length)),
	(random, bytes) => bytes.slice(below(random, bytes.length)),
	// Take out, put in, repeat.
	(random, bytes) => replaceRange(bytes, ...range(random, bytes.length), new Uint8Array()),
	(random, bytes) => {
		const at = below(random, bytes.length + 1);
		return replaceRange(
			bytes,
			at,
			at,
			Uint8Array.from({length: 1 + below(random, 8)}, () => below(random, 256)),
		);
	},
	(random, bytes) => {
		const [start, end] = range(random, bytes.length);
		return replaceRange(bytes, end, end, bytes.slice(start, end));
	},
	// The head of one and the tail of another, and a piece of another in the midst.
	(random, bytes, other) => {
		const at = below(random, bytes.length);
		return replaceRange(bytes, at, bytes.length, other.subarray(below(random, other.length + 1)));
	},
	(random, bytes, other) => {
		const [start, end] = range(random, other.length);
		const [from, to] = range(random, bytes.length);
		return replaceRange(bytes, from, to, other.slice(start, end));
	},
];

/** A copy of `bytes` with one to four mutations, some of which mix in `other`. */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
	let mutant: Uint8Array = bytes.slice();
	const count = 1 + below(random, 4);
	for (let i = 0; i < count; i++) {
		if (mutant.length < 4) mutant = replaceRange(mutant, 0, mutant.length, other.slice(0, 64));
		if (mutant.length < 2) return mutant;
		mutant = pick(random, mutations)(random, mutant, other);
	}
	return mutant;
}
