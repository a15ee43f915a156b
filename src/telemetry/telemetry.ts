// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../core/errors.ts';
import {encodeUtf8} from '../core/text.ts';
import type {Telemetry as TelemetryStatus} from '../model/agent-object.ts';
import type {Board} from '../model/board.ts';
import type {EventObservation, FailureObservation} from '../model/observation.ts';
import type {PrivacyClass} from '../model/series.ts';
import type {Clock, Log} from '../port/port.ts';
import {decodeFrameHeader, FrameEncoder, isClockUnset, rewriteFrameTime} from '../wire/report/frame.ts';
import {parseObject, writeHello} from '../wire/report/hello.ts';
import {topicFor} from '../wire/report/topic.ts';
import {WallClock} from './clock.ts';
import {type EntryKind, FrameQueue} from './queue.ts';
import {Recorder} from './recorder.ts';
import {MqttSession, type SessionOptions, type SessionPort} from './session.ts';

// Listens to what the agent observes, and reports it. Nothing imports this but the agent's wiring: without a collector
// the router does everything it does with one.

export interface TelemetryOptions {
	readonly node: string;
	readonly software: string;
	/** Draws the boot id: the same number must not come back at the next start. */
	readonly boot: number;
	readonly intervalMs: number;
	readonly keyframeMs: number;
	readonly queueBytes: number;
	readonly published: readonly PrivacyClass[];
	readonly connection: Omit<SessionOptions, 'will' | 'subscribeTo' | 'clientId'>;
}

export interface TelemetryPort extends SessionPort {
	readonly clock: Clock;
	readonly log: Log;
	memoryBytes(): number | undefined;
}

const HELLO_MARK = 0x7b; // '{'
const EVENTS_HELD = 32;

export class Telemetry {
	readonly #port: TelemetryPort;
	readonly #options: TelemetryOptions;
	readonly #board: Board;
	readonly #recorder: Recorder;
	readonly #queue: FrameQueue;
	readonly #session: MqttSession;
	readonly #wallClock: WallClock;
	readonly #frameTopic: string;
	#encoder: FrameEncoder | undefined;
	#sequence = 0;
	#keyframeAtMs = 0;
	#events: Uint8Array[] = [];
	#decodeErrors = 0;
	#failureLogged = new Set<string>();
	#offlineSaid = false;
	#offlineReason = 'no attempt yet';
	#sentFrames = 0;
	#sentAtMs: number | undefined;

	/** Everything measured is read off `board`. */
	constructor(port: TelemetryPort, board: Board, options: TelemetryOptions) {
		this.#port = port;
		this.#options = options;
		this.#board = board;
		this.#recorder = new Recorder(board, options.published);
		this.#queue = new FrameQueue(options.queueBytes, kindOf);
		this.#wallClock = new WallClock(port.clock);
		this.#frameTopic = this.#topic('t');
		this.#session = new MqttSession(
			port,
			{
				...options.connection,
				clientId: options.node,
				will: {topic: this.#topic('state'), payload: this.#state(false)},
				subscribeTo: this.#topic('cmd'),
			},
			{
				connected: () => this.#connected(),
				disconnected: (reason, retryMs) => this.#disconnected(reason, retryMs),
				message: (_topic, payload) => this.#command(payload),
				ready: () => this.#pump(),
			},
		);
	}

	get connected(): boolean {
		return this.#session.connected;
	}

	/** What the owner of the router is told of it. */
	get status(): Omit<TelemetryStatus, 'broker'> {
		const sentAtMs = this.#sentAtMs;
		return {
			state: this.connected ? 'connected' : 'waiting',
			reason: this.connected ? '' : this.#offlineReason,
			queueBytes: this.#queue.bytes,
			queueLimitBytes: this.#queue.capacityBytes,
			queuedFrames: this.#queue.length,
			sentFrames: this.#sentFrames,
			droppedFrames: this.#queue.dropped,
			...(sentAtMs === undefined ? {} : {lastSentS: Math.floor((this.#port.clock.nowMs() - sentAtMs) / 1000)}),
		};
	}

	start(): void {
		this.#session.start();
	}

	stop(): void {
		if (this.#session.hasRoom) this.#session.publish(this.#topic('state'), this.#state(false), true);
		this.#session.stop();
	}

	/** Takes what happened, or failed. */
	observe(observation: EventObservation | FailureObservation): void {
		if (observation.kind === 'event') return this.#event(observation);
		this.#decodeErrors++;
		const key = `${observation.source}: ${observation.code}: ${observation.detail}`;
		if (this.#failureLogged.has(key) || this.#failureLogged.size >= EVENTS_HELD) return;
		this.#failureLogged.add(key);
		this.#port.log.write('warning', `${key} (said once)`);
	}

	/**
	 * Everything measured in the interval under way becomes a frame. Its time is when the measuring began, by the monotonic
	 * clock: what is in it was read from then on, however long a source took.
	 */
	sample(beganMs: number): void {
		const step = this.#wallClock.step();
		if (step !== undefined)
			this.#event({kind: 'event', event: 'clock-step', subject: 'system', detail: `${Math.round(step)} ms`});
		const nowMs = this.#port.clock.nowMs();
		this.#board.record('agent', {
			memoryBytes: this.#port.memoryBytes(),
			queueBytes: this.#queue.bytes,
			droppedFrames: this.#queue.dropped,
			pollMs: nowMs - beganMs,
			decodeErrors: this.#decodeErrors,
		});
		const values = this.#recorder.take();
		const changed = this.#changeSchema();
		const keyframe = changed || nowMs >= this.#keyframeAtMs;
		if (keyframe) this.#keyframeAtMs = nowMs + this.#options.keyframeMs;
		const frame = this.#encoder?.encode(values, {
			...this.#wallClock.stamp(beganMs),
			sequence: this.#sequence++,
			keyframe,
		});
		if (frame !== undefined) this.#queue.push(frame);
		this.#pump();
	}

	#changeSchema(): boolean {
		const recorder = this.#recorder;
		if (!recorder.changed()) return false;
		const {schema, bytes} = this.#hello();
		this.#encoder = new FrameEncoder(recorder.count, schema, this.#options.boot);
		this.#queue.push(bytes);
		return true;
	}

	/** Made anew each time it is needed, which is seldom: kept, it would be the largest thing in memory. */
	#hello(): {schema: number; bytes: Uint8Array} {
		const recorder = this.#recorder;
		return writeHello(this.#options, recorder.count, index => recorder.series(index));
	}

	#pump(): void {
		const session = this.#session;
		while (session.hasRoom) {
			const event = this.#events.shift();
			if (event !== undefined) {
				session.publish(this.#topic('ev'), event, false);
				continue;
			}
			const entry = this.#queue.next();
			if (entry === undefined) return;
			const isHello = kindOf(entry.bytes) === 'hello';
			const delivered = (): void => {
				this.#queue.acknowledge(entry.id);
				if (isHello) return;
				this.#sentFrames++;
				this.#sentAtMs = this.#port.clock.nowMs();
			};
			if (isHello) {
				session.publish(this.#topic('hello'), entry.bytes, true, delivered);
				continue;
			}
			if (isClockUnset(entry.bytes) && this.#wallClock.set) {
				const {timeMs} = decodeFrameHeader(entry.bytes);
				rewriteFrameTime(entry.bytes, this.#wallClock.wallAtMs(timeMs), false);
			}
			session.publish(this.#frameTopic, entry.bytes, false, delivered);
		}
	}

	#connected(): void {
		this.#port.log.write('notice', 'connected to the collector');
		this.#offlineSaid = false;
		this.#keyframeAtMs = 0;
		if (this.#session.hasRoom) this.#session.publish(this.#topic('state'), this.#state(true), true);
		if (this.#encoder !== undefined && this.#session.hasRoom)
			this.#session.publish(this.#topic('hello'), this.#hello().bytes, true);
		this.#pump();
	}

	#disconnected(reason: string, retryMs: number): void {
		this.#port.log.write(
			this.#offlineSaid ? 'debug' : 'warning',
			`no connection to the collector (${reason}); trying again in ${Math.round(retryMs / 1000)} s, and on`,
		);
		this.#offlineSaid = true;
		this.#offlineReason = reason;
	}

	#event(observation: EventObservation): void {
		const {event, subject, detail} = observation;
		if (this.#events.length >= EVENTS_HELD) this.#events.shift();
		this.#events.push(encodeUtf8(JSON.stringify({version: 1, ...this.#wallClock.stamp(), event, subject, detail})));
		this.#pump();
	}

	/** Requests a collector may make. None touches a radio. */
	#command(payload: Uint8Array): void {
		let answer: {id: unknown; ok: boolean; error?: string};
		try {
			const request = parseObject(payload, 'report.command');
			const known = request.command === 'keyframe';
			answer = known ? {id: request.id, ok: true} : {id: request.id, ok: false, error: 'there is no such command'};
			if (known) this.#keyframeAtMs = 0;
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#decodeErrors++;
			return;
		}
		if (this.#session.hasRoom) this.#session.publish(this.#topic('res'), encodeUtf8(JSON.stringify(answer)), false);
	}

	#topic(kind: Parameters<typeof topicFor>[1]): string {
		return topicFor(this.#options.node, kind);
	}

	#state(online: boolean): Uint8Array {
		const {node, boot, software, intervalMs} = this.#options;
		return encodeUtf8(JSON.stringify({version: 1, node, boot, online, software, intervalMs}));
	}
}

function kindOf(bytes: Uint8Array): EntryKind {
	if (bytes[0] === HELLO_MARK) return 'hello';
	return ((bytes[1] ?? 0) & 1) === 1 ? 'keyframe' : 'delta';
}
