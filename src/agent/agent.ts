// SPDX-License-Identifier: Apache-2.0

import {fromHex, toHex} from '../core/bytes.ts';
import {encodeUtf8} from '../core/text.ts';
import {Board} from '../model/board.ts';
import type {Configuration} from '../model/configuration.ts';
import type {Observation, Observe} from '../model/observation.ts';
import type {Crypto, Log, Runtime} from '../port/port.ts';
import {Interfaces} from '../source/interfaces.ts';
import {observeSystem} from '../source/system.ts';
import {Wireless} from '../source/wireless.ts';
import {Telemetry} from '../telemetry/telemetry.ts';
import {connectionOf} from './connection.ts';
import {type AgentView, Parts} from './optional.ts';
import {optionalParts} from './parts.ts';

// Wiring only: sources are drained once an interval, what they saw goes to everyone who listens.

/** A source that never answers must not keep the others' values back. */
const POLL_LIMIT_MS = 10_000;
/** When optional parts are looked for again, each time after the one before. */
const LOOK_AGAIN_MS = [30_000, 120_000, 600_000];
/** On a survey walk; a full queue loses what is up to the next frame that can be read alone. */
const WALK_INTERVAL_MS = 1000;
const WALK_KEYFRAME_MS = 60_000;

export interface AgentOptions {
	readonly node: string;
	readonly software: string;
	readonly configuration: Configuration;
	readonly log: Log;
	/** What the program knows of itself. Absent: it began now, nothing was refused, and it cannot be asked to read again. */
	readonly program?: Pick<AgentView, 'startedMs' | 'reload' | 'problems'>;
}

export class Agent {
	readonly #runtime: Runtime;
	readonly #intervalMs: number;
	/** What was measured, the latest of everything: `board.latest()` makes records of it for who wants them. */
	readonly board = new Board();
	readonly #wireless: Wireless;
	readonly #interfaces: Interfaces;
	readonly #parts: Parts;
	readonly #telemetry: Telemetry | undefined;
	readonly #listeners: Observe[] = [];
	#cancelTick = (): void => {};
	#cancelLook = (): void => {};
	#nextTickMs = 0;
	#polling = false;

	/** Errors: PortError when a file that the configuration names cannot be read. */
	constructor(runtime: Runtime, options: AgentOptions) {
		const {configuration} = options;
		const observe = (observation: Observation): void => this.#observe(observation);
		this.#runtime = runtime;
		const isWalking = configuration.surveyWalk === '1';
		this.#intervalMs = isWalking ? WALK_INTERVAL_MS : configuration.intervalS * 1000;
		const keyframeMs = configuration.keyframeS * 1000;
		const pseudonym = pseudonyms(runtime.crypto, configuration.pseudonymKey);
		this.#wireless = new Wireless(runtime, this.board, observe, pseudonym);
		this.#interfaces = new Interfaces(runtime, this.board, observe);
		const {node, program = {startedMs: runtime.clock.nowMs(), reload: () => {}, problems: () => []}} = options;
		const agent: AgentView = {
			...program,
			node,
			board: this.board,
			parts: () => this.#parts.states,
			sources: () => this.#parts.sources,
			telemetry: () => ({broker: configuration.broker, ...(this.#telemetry?.status ?? silent)}),
			listen: listener => this.#listeners.push(listener),
		};
		this.#parts = new Parts({runtime, configuration, observe, log: options.log, pseudonym, agent});
		const connection = connectionOf(configuration, runtime.files);
		if (connection === undefined) return;
		const port = {
			clock: runtime.clock,
			random: runtime.random,
			log: options.log,
			stream: runtime.stream.bind(runtime),
			memoryBytes: runtime.memoryBytes.bind(runtime),
		};
		this.#telemetry = new Telemetry(port, this.board, {
			node,
			software: options.software,
			boot: Math.floor(runtime.random() * 2 ** 32),
			intervalMs: this.#intervalMs,
			keyframeMs: isWalking ? Math.min(keyframeMs, WALK_KEYFRAME_MS) : keyframeMs,
			queueBytes: configuration.queueBytes,
			published: configuration.publish === 'public' ? ['public'] : ['public', 'community'],
			connection,
		});
	}

	start(): void {
		this.#wireless.start();
		this.#interfaces.start();
		this.#openParts(0);
		this.#telemetry?.start();
		this.#nextTickMs = this.#runtime.clock.nowMs();
		this.#schedule();
	}

	/** At the start, and again while the router may still be starting others. */
	#openParts(attempt: number): void {
		this.#parts.start(optionalParts);
		const delayMs = LOOK_AGAIN_MS[attempt];
		if (delayMs !== undefined)
			this.#cancelLook = this.#runtime.clock.after(delayMs, () => this.#openParts(attempt + 1));
	}

	stop(): void {
		this.#cancelTick();
		this.#cancelLook();
		this.#telemetry?.stop();
		this.#wireless.stop();
		this.#interfaces.stop();
		this.#parts.stop();
	}

	/** Ticks keep their rhythm: one that comes late does not move those after it. */
	#schedule(): void {
		const nowMs = this.#runtime.clock.nowMs();
		if (this.#nextTickMs <= nowMs)
			this.#nextTickMs += Math.ceil((nowMs - this.#nextTickMs + 1) / this.#intervalMs) * this.#intervalMs;
		this.#cancelTick = this.#runtime.clock.after(this.#nextTickMs - nowMs, () => this.#tick());
	}

	#tick(): void {
		this.#schedule();
		if (this.#polling) return;
		this.#polling = true;
		const beganMs = this.#runtime.clock.nowMs();
		const {sources} = this.#parts;
		let waiting = 2 + sources.length;
		const finish = (): void => {
			if (!this.#polling) return;
			cancelLimit();
			this.#polling = false;
			this.#telemetry?.sample(beganMs);
			this.board.close();
		};
		const cancelLimit = this.#runtime.clock.after(POLL_LIMIT_MS, finish);
		const done = (): void => {
			waiting--;
			if (waiting === 0) finish();
		};
		observeSystem(this.#runtime, observation => this.#observe(observation));
		this.#wireless.poll(done);
		this.#interfaces.poll(done);
		for (const source of sources) source.poll(done);
	}

	#observe(observation: Observation): void {
		const {kind} = observation;
		for (const listener of this.#listeners) listener(observation);
		if (kind === 'event' || kind === 'failure') this.#telemetry?.observe(observation);
		else if (kind !== 'route') this.board.record(kind, observation as unknown as Readonly<Record<string, unknown>>);
	}
}

/** Of telemetry where no broker is set. */
const silent = {
	state: 'off',
	reason: 'no broker is set',
	queueBytes: 0,
	queueLimitBytes: 0,
	queuedFrames: 0,
	sentFrames: 0,
	droppedFrames: 0,
} as const;

const KEY_BYTES = 16;
const NAME_BYTES = 6;

/** Names for addresses that tell nobody the address: the start of an HMAC-SHA-256 under the owner's key. */
function pseudonyms(crypto: Crypto, key: string): (text: string) => string {
	const secret = key === '' ? crypto.randomBytes(KEY_BYTES) : fromHex(key);
	return text => toHex(crypto.hmacSha256(secret, encodeUtf8(text)).subarray(0, NAME_BYTES));
}
