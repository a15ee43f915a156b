// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {decodeHello, type Hello, type Series} from '../../wire/report/hello.ts';
import {decodeJsonSamples} from '../ingest/json-samples.ts';
import {type FrameOutcome, NodeStream} from '../ingest/node-stream.ts';
import {sampleTimeMs} from '../ingest/sample-time.ts';
import type {Entry} from './entry.ts';

export interface LoggedSample {
	readonly timeMs: number;
	/** The same array for all samples of a schema. */
	readonly series: readonly Series[];
	readonly values: readonly (number | undefined)[];
	/** False for what a checkpoint repeats: counters continue from it, and it is no sample. */
	readonly stored: boolean;
}

/** Hellos by where they stand in a slab. Reading one costs as much as a hundred frames, and pages ask again and again. */
const hellos = new WeakMap<ArrayBufferLike, Map<number, Hello>>();

function helloAt({buffer, byteOffset, byteLength}: Uint8Array): Hello {
	let known = hellos.get(buffer);
	if (known === undefined) {
		known = new Map();
		hellos.set(buffer, known);
	}
	let hello = known.get(byteOffset);
	if (hello === undefined) {
		hello = decodeHello(new Uint8Array(buffer, byteOffset, byteLength));
		known.set(byteOffset, hello);
	}
	return hello;
}

/** The samples in one node's entries, read as they were read when they came. */
export function* loggedSamples(entries: Iterable<Entry>): Generator<LoggedSample> {
	const stream = new NodeStream();
	for (const {kind, receivedMs, payload} of entries) {
		try {
			if (kind === 'json') {
				const {timeMs, series, values} = decodeJsonSamples(payload, receivedMs);
				yield {timeMs: sampleTimeMs(timeMs, false, receivedMs), series, values, stored: true};
			} else if (kind === 'hello') {
				for (const outcome of stream.learn(helloAt(payload))) yield* samplesOf(outcome, receivedMs, true);
			} else if (kind !== 'state') yield* samplesOf(stream.frame(payload), receivedMs, kind === 'frame');
		} catch (error) {
			// What is in the log was read once; what another release wrote is passed over.
			if (!(error instanceof DecodeError)) throw error;
		}
	}
}

function* samplesOf(outcome: FrameOutcome, receivedMs: number, stored: boolean): Generator<LoggedSample> {
	if (outcome.kind !== 'sample') return;
	const {timeMs, clockUnset, values} = outcome.frame;
	yield {timeMs: sampleTimeMs(timeMs, clockUnset, receivedMs), series: outcome.hello.series, values, stored};
}
