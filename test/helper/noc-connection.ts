// SPDX-License-Identifier: Apache-2.0
import mqttPacket, {type Packet} from 'mqtt-packet';
import type {NocClock} from '../../src/noc/clock.ts';
import {Connection} from '../../src/noc/ingest/connection.ts';
import {Intake} from '../../src/noc/ingest/intake.ts';
import {Sessions} from '../../src/noc/ingest/session.ts';
import {type CollectorLimits, defaultLimits} from '../../src/noc/options.ts';
import type {MessageLog} from '../../src/noc/store/message-log.ts';

/** A clock that only moves when it is told to. */
export class ManualClock implements NocClock {
	#nowMs = 1000;
	#tasks: {atMs: number; task: () => void}[] = [];

	nowMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return 1_700_000_000_000 + this.#nowMs;
	}

	after(delayMs: number, task: () => void): () => void {
		const entry = {atMs: this.#nowMs + delayMs, task};
		this.#tasks.push(entry);
		return () => {
			this.#tasks = this.#tasks.filter(one => one !== entry);
		};
	}

	advance(ms: number): void {
		const end = this.#nowMs + ms;
		for (;;) {
			const due = this.#tasks.filter(({atMs}) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
			if (due === undefined) break;
			this.#tasks = this.#tasks.filter(one => one !== due);
			this.#nowMs = Math.max(this.#nowMs, due.atMs);
			due.task();
		}
		this.#nowMs = end;
	}
}

/** Connections without sockets, over a log in memory that commits when it is told to. */
export class Bench {
	readonly clock = new ManualClock();
	readonly refused: number[] = [];
	readonly intake: Intake;
	readonly limits: CollectorLimits;
	appended = 0;
	throttled = 0;
	#acks = new Map<{acknowledge(ids: readonly number[]): void}, number[]>();
	readonly sessions = new Sessions();

	constructor(limits: Partial<CollectorLimits> = {}) {
		this.limits = {...defaultLimits, ...limits};
		const log = {
			append: () => {
				this.appended++;
			},
			ackList: (target: {acknowledge(ids: readonly number[]): void}) => {
				const ids = this.#acks.get(target) ?? [];
				this.#acks.set(target, ids);
				return ids;
			},
		} as unknown as MessageLog;
		this.intake = new Intake({clock: this.clock, log, maxNodes: this.limits.maxNodes, command: () => undefined});
	}

	commit(): void {
		const acks = this.#acks;
		this.#acks = new Map();
		for (const [target, ids] of acks) target.acknowledge(ids);
	}

	/** A new connection and what it sent. */
	open(version: 4 | 5 = 4): {connection: Connection; sent: Packet[]; state: {ended: boolean; paused: boolean}} {
		const sent: Packet[] = [];
		const state = {ended: false, paused: false};
		const connection = new Connection(
			{
				clock: this.clock,
				intake: this.intake,
				sessions: this.sessions,
				limits: this.limits,
				authenticate: async () => ({}),
				refused: code => this.refused.push(code),
				throttled: () => {
					this.throttled++;
				},
				newClientId: () => 'made',
			},
			{
				write: bytes => {
					const parser = mqttPacket.parser({protocolVersion: version});
					parser.on('packet', packet => sent.push(packet));
					parser.parse(Buffer.from(bytes));
				},
				end: () => {
					state.ended = true;
				},
				pause: () => {
					state.paused = true;
				},
				resume: () => {
					state.paused = false;
				},
			},
		);
		return {connection, sent, state};
	}

	/** A connection that said CONNECT and was let in. */
	async connect(version: 4 | 5, more: Record<string, unknown> = {}): Promise<ReturnType<Bench['open']>> {
		const opened = this.open(version);
		opened.connection.receive(
			mqttPacket.generate({
				cmd: 'connect',
				protocolId: 'MQTT',
				protocolVersion: version,
				clientId: 'c',
				clean: true,
				keepalive: 10,
				...more,
			} as Packet),
		);
		await new Promise(resolve => setImmediate(resolve));
		return opened;
	}
}
