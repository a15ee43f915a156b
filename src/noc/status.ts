// SPDX-License-Identifier: Apache-2.0
import type {StatusAnswer} from './api/schema.ts';
import type {Intake} from './ingest/intake.ts';
import type {MessageLog} from './store/message-log.ts';
import type {Store} from './store/store.ts';

export const SOFTWARE = 'mesh-noc 0.1.0';

/** What the collector knows of itself. */
export class CollectorStatus {
	readonly intake: Intake;
	readonly log: MessageLog;
	readonly store: Store;
	/** Rules broken by clients, by MQTT 5 reason code. */
	readonly refused = new Map<number, number>();
	throttled = 0;
	connections: () => number = () => 0;
	broker: (() => {connected: boolean; detail: string}) | undefined;
	readonly #startedMs: number;

	constructor(intake: Intake, log: MessageLog, store: Store, startedMs: number) {
		this.intake = intake;
		this.log = log;
		this.store = store;
		this.#startedMs = startedMs;
	}

	logBytes(): number {
		return this.log.segments.reduce((sum, segment) => sum + segment.bytes, 0);
	}

	async answer(): Promise<StatusAnswer> {
		const {log, store} = this;
		const broker = this.broker?.();
		const {rollHealth, lastRoll} = store;
		const worst = log.health.state !== 'ok' ? log.health.state : rollHealth.state;
		const size = await store.size().catch(() => undefined);
		return {
			state: worst === 'ok' && broker?.connected === false ? 'broker' : worst,
			software: SOFTWARE,
			startedMs: this.#startedMs,
			log: {...log.health, segments: log.segments.length, bytes: this.logBytes(), commits: log.commits},
			roll: {
				...rollHealth,
				times: store.rolls,
				...(lastRoll === undefined ? {} : {last: lastRoll}),
			},
			...(size === undefined ? {} : {database: size}),
			connections: this.connections(),
			...(broker === undefined ? {} : {broker}),
			refused: Object.fromEntries([...this.refused].map(([code, times]) => [`0x${code.toString(16)}`, times])),
			throttled: this.throttled,
		};
	}
}
