// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {decodeFrameHeader, type Frame, FrameDecoder, FrameEncoder} from '../../wire/report/frame.ts';
import {decodeHello, encodeHello, type Hello} from '../../wire/report/hello.ts';

/** What became of one telemetry frame. */
export type FrameOutcome =
	| {readonly kind: 'sample'; readonly hello: Hello; readonly frame: Frame}
	/** Seen before: acknowledged again, stored once. */
	| {readonly kind: 'duplicate'}
	/** It does not follow what we have: only a keyframe helps. */
	| {readonly kind: 'gap'}
	/** Its hello is not here yet; it is kept and comes out of `hello()`. */
	| {readonly kind: 'waiting'};

const DUPLICATE: FrameOutcome = {kind: 'duplicate'};
const GAP: FrameOutcome = {kind: 'gap'};
const WAITING: FrameOutcome = {kind: 'waiting'};
const MAX_SCHEMAS = 4;
const MAX_BOOTS = 8;
const MAX_WAITING = 64;
const MAX_WAITING_BYTES = 65_536;

export interface NodeCheckpoint {
	readonly hellos: readonly Uint8Array[];
	/** A keyframe of the last values, which is no sample. Absent: no frame was read. */
	readonly keyframe?: Uint8Array;
	readonly waiting: readonly Uint8Array[];
}

/**
 * Follows one node's hellos and frames. Pure: fed the same bytes in the same order it gives the same samples, which is
 * how the message log is read again after a crash, when hours are rolled, and when they are queried before that.
 *
 * Invariants: 1. a frame that fails changes nothing; 2. a (boot, sequence) is given out once at most;
 *             3. what waits is bounded.
 */
export class NodeStream {
	readonly #schemas = new Map<number, Hello>();
	/** Hellos as they came: a checkpoint of a thousand nodes is copied, not written anew. */
	readonly #texts = new WeakMap<Hello, Uint8Array>();
	readonly #lastSequence = new Map<number, number>();
	#waiting: Uint8Array[] = [];
	#waitingBytes = 0;
	#decoder: FrameDecoder | undefined;
	#hello: Hello | undefined;
	#decoderHello: Hello | undefined;
	#boot = 0;
	#last: Frame | undefined;

	/** The node's last hello. */
	get latestHello(): Hello | undefined {
		return this.#hello;
	}

	/** The last frame read and the hello that names its values. */
	get latest(): {hello: Hello; frame: Frame} | undefined {
		return this.#decoderHello === undefined || this.#last === undefined
			? undefined
			: {hello: this.#decoderHello, frame: this.#last};
	}

	/** Takes a hello and gives the outcomes of frames that waited for it. Errors: as decodeHello. */
	hello(bytes: Uint8Array): {hello: Hello; released: FrameOutcome[]} {
		const hello = decodeHello(bytes);
		this.#texts.set(hello, bytes.slice());
		return {hello, released: this.learn(hello)};
	}

	/** Takes a hello that was read before, and gives the outcomes of frames that waited for it. */
	learn(hello: Hello): FrameOutcome[] {
		this.#schemas.delete(hello.schema);
		this.#schemas.set(hello.schema, hello);
		this.#hello = hello;
		trim(this.#schemas, MAX_SCHEMAS);
		const waiting = this.#waiting;
		this.#waiting = [];
		this.#waitingBytes = 0;
		const released: FrameOutcome[] = [];
		for (const frame of waiting) {
			try {
				const outcome = this.frame(frame);
				if (outcome.kind !== 'waiting') released.push(outcome);
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
				released.push(GAP);
			}
		}
		return released;
	}

	/** Takes a frame. Errors: DecodeError when its bytes mean nothing. */
	frame(bytes: Uint8Array): FrameOutcome {
		const header = decodeFrameHeader(bytes);
		const {boot, schema, sequence} = header;
		const last = this.#lastSequence.get(boot);
		if (last !== undefined && sequence <= last) return DUPLICATE;
		const hello = this.#schemas.get(schema);
		if (hello === undefined) return this.#wait(bytes);
		const decoder = this.#decoder;
		const follows = decoder !== undefined && this.#decoderHello?.schema === schema && this.#boot === boot;
		if (!header.keyframe && (!follows || sequence !== decoder.sequence + 1)) return GAP;
		const reader = follows ? decoder : new FrameDecoder(hello.series.length, schema, boot);
		const frame = reader.decode(bytes);
		this.#decoder = reader;
		this.#decoderHello = hello;
		this.#boot = boot;
		this.#last = frame;
		if (last === undefined) {
			this.#lastSequence.set(boot, sequence);
			trim(this.#lastSequence, MAX_BOOTS);
		} else this.#lastSequence.set(boot, sequence);
		return {kind: 'sample', hello, frame};
	}

	#wait(bytes: Uint8Array): FrameOutcome {
		if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) return GAP;
		this.#waiting.push(bytes.slice());
		this.#waitingBytes += bytes.length;
		return WAITING;
	}

	/** What a fresh NodeStream must be fed to continue here. */
	checkpoint(): NodeCheckpoint {
		// The hello of the decoder last but one, the newest last: `latestHello` must come out the same.
		const hellos = [...this.#schemas.values()].filter(hello => hello !== this.#hello);
		if (this.#hello !== undefined) hellos.push(this.#hello);
		const base = {hellos: hellos.map(hello => this.#texts.get(hello) ?? encodeHello(hello)), waiting: this.#waiting};
		const latest = this.latest;
		if (latest === undefined) return base;
		const {hello, frame} = latest;
		const encoder = new FrameEncoder(hello.series.length, hello.schema, frame.boot);
		return {...base, keyframe: encoder.encode(frame.values, {...frame, keyframe: true})};
	}
}

function trim<K>(map: Map<K, unknown>, most: number): void {
	for (const key of map.keys()) {
		if (map.size <= most) return;
		map.delete(key);
	}
}
