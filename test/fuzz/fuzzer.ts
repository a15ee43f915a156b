// SPDX-License-Identifier: Apache-2.0

import {DecodeError} from '../../src/core/errors.ts';
import {fnv1a} from '../../src/core/hash.ts';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {mutate} from './mutate.ts';

/** A decoder that strangers can feed. Pure, so that the same list runs in every engine. */
export interface Target {
	readonly name: string;
	/** Inputs to begin with; fixtures are added to them where there is a disk. */
	readonly seeds: readonly Uint8Array[];
	/**
	 * Decodes; whatever it answers is only looked at for something new. Errors: a DecodeError is a good answer, anything
	 * else is a finding. It may throw an Error of its own where an answer breaks a promise.
	 */
	decode(bytes: Uint8Array): unknown;
}

/** An input that did what no input may do. */
export interface Finding {
	readonly target: string;
	readonly input: Uint8Array;
	readonly cause: string;
}

export interface FuzzOptions {
	readonly seed: number;
	/** Asked after every input. */
	readonly more: (runs: number) => boolean;
	/** Monotonic milliseconds. */
	readonly nowMs: () => number;
	/** An input that takes longer, three times in a row, is a finding. */
	readonly limitMs: number;
}

export interface FuzzResult {
	readonly runs: number;
	/** Different kinds of answers seen: a measure of how far the inputs reached. */
	readonly kinds: number;
	readonly findings: readonly Finding[];
}

const KEPT = 2000;
const MAX_FINDINGS = 10;

/** What kind of answer an input got. Errors: whatever is not a DecodeError. */
export function answerOf(target: Target, input: Uint8Array): string {
	try {
		return `ok ${shapeOf(target.decode(input), 3)}`;
	} catch (error) {
		if (error instanceof DecodeError) return `${error.code} ${error.path}`;
		throw error;
	}
}

/** The names in a value, not their contents. */
function shapeOf(value: unknown, depth: number): string {
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array || depth === 0) return typeof value;
	if (Array.isArray(value)) return `[${value.length === 0 ? '' : shapeOf(value[0], depth - 1)}]`;
	if (value instanceof Map) return `(${[...value.keys()].slice(0, 4).join()})`;
	return `{${Object.entries(value)
		.map(([name, each]) => `${name}:${shapeOf(each, depth - 1)}`)
		.join()}}`;
}

/** Mutates a corpus and keeps what gets an answer of a new kind, as long as `more` says. */
export function fuzz(target: Target, corpus: readonly Uint8Array[], options: FuzzOptions): FuzzResult {
	const random = seededRandom((options.seed ^ fnv1a(encodeUtf8(target.name))) >>> 0);
	const pool = [...corpus, new Uint8Array(16)];
	const kinds = new Set<string>();
	const findings: Finding[] = [];
	const anyOf = () => pool[Math.floor(random() * pool.length)] as Uint8Array;
	let runs = 0;
	const run = (input: Uint8Array) => {
		runs++;
		const cause = tryOne(target, input, options, kind => {
			if (kinds.has(kind)) return;
			kinds.add(kind);
			if (pool.length < KEPT) pool.push(input);
		});
		if (cause !== undefined) findings.push({target: target.name, input, cause});
	};
	for (const input of corpus) run(input);
	while (findings.length < MAX_FINDINGS && options.more(runs)) run(mutate(random, anyOf(), anyOf()));
	return {runs, kinds: kinds.size, findings};
}

/** Absent: undefined when the input did nothing wrong, else what it did. */
export function tryOne(
	target: Target,
	input: Uint8Array,
	options: Pick<FuzzOptions, 'nowMs' | 'limitMs'>,
	seen: (kind: string) => void = () => undefined,
): string | undefined {
	try {
		let took = 0;
		// A slow answer may be the machine's fault; three of them are not.
		for (let attempt = 0; attempt < 3; attempt++) {
			const start = options.nowMs();
			seen(answerOf(target, input));
			took = options.nowMs() - start;
			if (took <= options.limitMs) return undefined;
		}
		return `took ${Math.round(took)} ms`;
	} catch (error) {
		return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	}
}
