// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {Hello} from '../../wire/report/hello.ts';
import type {TopicKind} from '../../wire/report/topic.ts';
import type {NocClock} from '../clock.ts';
import type {AckTarget, MessageLog} from '../store/message-log.ts';
import type {Segment} from '../store/segment.ts';
import {decisionOf, keepDecision, type ToldDecision} from './decisions.ts';
import {decodeJsonSamples, type Sample} from './json-samples.ts';
import {NodeStream} from './node-stream.ts';
import {sampleTimeMs} from './sample-time.ts';
import {keepSlots, slotsOf, type ToldSlots} from './slots.ts';

/** What the collector believes about one node. */
export interface NodeRecord {
	readonly name: string;
	readonly nameBytes: Uint8Array;
	readonly stream: NodeStream;
	/** Values of third-party JSON, by name and labels. */
	readonly jsonLatest: Map<string, {series: Sample['series'][number]; value: number; timeMs: number}>;
	/** MQTT connections that are open for it. */
	connections: number;
	/** The last ones it told of since the collector started, the newest last. */
	readonly decisions: ToldDecision[];
	/** Who sends when, by radio, as it was told last. */
	readonly slots: Map<string, ToldSlots>;
	/** The last text on its state topic. */
	stateText: string | undefined;
	firstSeenMs: number;
	lastSeenMs: number;
	/** Time the last sample carries, and how far it was from our clock then. */
	lastSampleMs: number | undefined;
	clockSkewMs: number | undefined;
	clockUnset: boolean;
	readonly counts: {samples: number; duplicates: number; gaps: number; decodeErrors: number; keyframeRequests: number};
	keyframeAskedMs: number;
}

export interface IntakeEvent {
	readonly kind: 'sample' | 'node' | 'event' | 'result';
	readonly node: string;
	readonly text?: string;
}

export interface IntakeOptions {
	readonly clock: NocClock;
	readonly log: MessageLog;
	readonly maxNodes: number;
	/** Sends a command to the node's own cmd topic. */
	command(node: string, payload: string): void;
	onEvent?(event: IntakeEvent): void;
}

/** `undefined` is accepted; a word says why not, the same in metrics and in the protocol's reason. */
export type Verdict = undefined | 'payload' | 'quota';

const KEYFRAME_PAUSE_MS = 5000;
const MAX_JSON_SERIES = 4096;
const MAX_STATE_BYTES = 65_536;
const BRACE = 0x7b;

/** Takes the messages of all nodes, keeps what is believed of each, and hands what is worth keeping to the log. */
export class Intake {
	readonly nodes = new Map<string, NodeRecord>();
	readonly #options: IntakeOptions;
	#commandId = 0;

	constructor(options: IntakeOptions) {
		this.#options = options;
	}

	/** The node's record; made on first sight. Absent: undefined when there are too many nodes. */
	node(name: string): NodeRecord | undefined {
		let record = this.nodes.get(name);
		if (record !== undefined || this.nodes.size >= this.#options.maxNodes) return record;
		const nowMs = this.#options.clock.wallMs();
		record = {
			name,
			nameBytes: encodeUtf8(name),
			stream: new NodeStream(),
			jsonLatest: new Map(),
			decisions: [],
			slots: new Map(),
			connections: 0,
			stateText: undefined,
			firstSeenMs: nowMs,
			lastSeenMs: nowMs,
			lastSampleMs: undefined,
			clockSkewMs: undefined,
			clockUnset: false,
			counts: {samples: 0, duplicates: 0, gaps: 0, decodeErrors: 0, keyframeRequests: 0},
			keyframeAskedMs: Number.NEGATIVE_INFINITY,
		};
		this.nodes.set(name, record);
		return record;
	}

	/** Takes one message of a node. A message that means nothing is counted and changes nothing. */
	take(record: NodeRecord, kind: TopicKind, payload: Uint8Array): Verdict {
		const nowMs = this.#options.clock.wallMs();
		record.lastSeenMs = nowMs;
		try {
			if (kind === 't')
				return payload[0] === BRACE ? this.#json(record, payload, nowMs) : this.#frame(record, payload, nowMs);
			if (kind === 'hello') this.#hello(record, payload, nowMs);
			else if (kind === 'state') this.#state(record, payload, nowMs);
			else this.#tell(kind === 'ev' ? 'event' : 'result', record, decodeUtf8(payload));
			const decision = kind === 'ev' ? decisionOf(payload, nowMs) : undefined;
			if (decision !== undefined) keepDecision(record.decisions, decision);
			const slots = kind === 'ev' ? slotsOf(payload, nowMs) : undefined;
			if (slots !== undefined) keepSlots(record.slots, slots);
			return undefined;
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			record.counts.decodeErrors++;
			return error.code === 'limit' ? 'quota' : 'payload';
		}
	}

	/** Puts a message id among those that the next commit acknowledges. */
	acknowledgeLater(target: AckTarget, messageId: number): void {
		this.#options.log.ackList(target).push(messageId);
	}

	#frame(record: NodeRecord, payload: Uint8Array, nowMs: number): Verdict {
		let outcome: ReturnType<NodeStream['frame']>;
		try {
			outcome = record.stream.frame(payload);
		} catch (error) {
			this.#askKeyframe(record);
			throw error;
		}
		switch (outcome.kind) {
			case 'sample':
				this.#note(record, outcome.frame.timeMs, outcome.frame.clockUnset, nowMs);
				break;
			case 'waiting':
				this.#askKeyframe(record);
				break;
			case 'duplicate':
				record.counts.duplicates++;
				return undefined;
			case 'gap':
				record.counts.gaps++;
				this.#askKeyframe(record);
				return undefined;
		}
		this.#options.log.append('frame', record.name, record.nameBytes, nowMs, payload);
		return undefined;
	}

	#note(record: NodeRecord, timeMs: number, clockUnset: boolean, nowMs: number): void {
		record.counts.samples++;
		record.lastSampleMs = sampleTimeMs(timeMs, clockUnset, nowMs);
		record.clockUnset = clockUnset;
		record.clockSkewMs = clockUnset ? undefined : timeMs - nowMs;
		this.#tell('sample', record);
	}

	#json(record: NodeRecord, payload: Uint8Array, nowMs: number): Verdict {
		const sample = decodeJsonSamples(payload, nowMs);
		const keys = sample.series.map(series => `${series.name}${JSON.stringify(series.labels)}`);
		const fresh = new Set(keys.filter(key => !record.jsonLatest.has(key))).size;
		if (record.jsonLatest.size + fresh > MAX_JSON_SERIES) throw new DecodeError('limit', 'report.json.values', 0);
		const timeMs = sampleTimeMs(sample.timeMs, false, nowMs);
		for (const [i, series] of sample.series.entries())
			record.jsonLatest.set(keys[i] ?? '', {series, value: sample.values[i] ?? 0, timeMs});
		this.#note(record, sample.timeMs, false, nowMs);
		this.#options.log.append('json', record.name, record.nameBytes, nowMs, payload);
		return undefined;
	}

	#hello(record: NodeRecord, payload: Uint8Array, nowMs: number): Hello {
		const before = record.stream.latestHello;
		const {hello, released} = record.stream.hello(payload);
		for (const outcome of released) {
			if (outcome.kind === 'sample') this.#note(record, outcome.frame.timeMs, outcome.frame.clockUnset, nowMs);
			else if (outcome.kind === 'gap') record.counts.gaps++;
		}
		// A broker hands the retained hello out at every reconnect: the same one twice need not be kept twice.
		if (
			before?.schema !== hello.schema ||
			before.boot !== hello.boot ||
			before.intervalMs !== hello.intervalMs ||
			released.length > 0
		)
			this.#options.log.append('hello', record.name, record.nameBytes, nowMs, payload);
		this.#tell('node', record);
		return hello;
	}

	#state(record: NodeRecord, payload: Uint8Array, nowMs: number): void {
		if (payload.length > MAX_STATE_BYTES) throw new DecodeError('limit', 'report.state', 0);
		const text = decodeUtf8(payload);
		if (text === record.stateText) return;
		record.stateText = text;
		this.#options.log.append('state', record.name, record.nameBytes, nowMs, payload);
		this.#tell('node', record);
	}

	/** A connection of the node opened or closed. */
	connected(record: NodeRecord, change: 1 | -1): void {
		record.connections += change;
		this.#tell('node', record);
	}

	#askKeyframe(record: NodeRecord): void {
		const nowMs = this.#options.clock.nowMs();
		if (nowMs - record.keyframeAskedMs < KEYFRAME_PAUSE_MS) return;
		record.keyframeAskedMs = nowMs;
		record.counts.keyframeRequests++;
		this.#options.command(record.name, JSON.stringify({id: `k${++this.#commandId}`, command: 'keyframe'}));
	}

	#tell(kind: IntakeEvent['kind'], record: NodeRecord, text?: string): void {
		this.#options.onEvent?.(text === undefined ? {kind, node: record.name} : {kind, node: record.name, text});
	}

	/** Reads back one entry of the log at start, without writing it again. */
	replay(
		kind: 'hello' | 'frame' | 'json' | 'state' | 'checkpoint',
		name: string,
		receivedMs: number,
		payload: Uint8Array,
	): void {
		const record = this.node(name);
		if (record === undefined) return;
		record.lastSeenMs = receivedMs;
		try {
			if (kind === 'hello') record.stream.hello(payload);
			else if (kind === 'state') record.stateText = decodeUtf8(payload);
			else if (kind === 'json') {
				const sample = decodeJsonSamples(payload, receivedMs);
				for (const [i, series] of sample.series.entries())
					record.jsonLatest.set(`${series.name}${JSON.stringify(series.labels)}`, {
						series,
						value: sample.values[i] ?? 0,
						timeMs: sample.timeMs,
					});
				record.lastSampleMs = sample.timeMs;
			} else {
				const outcome = record.stream.frame(payload);
				if (outcome.kind === 'sample')
					record.lastSampleMs = sampleTimeMs(outcome.frame.timeMs, outcome.frame.clockUnset, receivedMs);
			}
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			record.counts.decodeErrors++;
		}
	}

	/** Writes into a new segment all that reading it alone needs. */
	checkpoint(segment: Segment): void {
		for (const record of this.nodes.values()) {
			const {hellos, keyframe, waiting} = record.stream.checkpoint();
			const put = (kind: 'hello' | 'frame' | 'state' | 'checkpoint', payload: Uint8Array) =>
				segment.append(kind, record.name, record.nameBytes, record.lastSeenMs, payload);
			for (const hello of hellos) put('hello', hello);
			if (keyframe !== undefined) put('checkpoint', keyframe);
			for (const frame of waiting) put('frame', frame);
			if (record.stateText !== undefined) put('state', encodeUtf8(record.stateText));
		}
	}
}
