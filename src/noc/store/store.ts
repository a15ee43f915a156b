// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import type {NocClock} from '../clock.ts';
import type {Retention} from '../options.ts';
import {DatabaseError, DatabaseThread} from './database-thread.ts';
import type {StoreSize} from './driver.ts';
import {loggedSamples} from './logged-samples.ts';
import type {LogHealth, MessageLog} from './message-log.ts';
import {alignRange, hasLabels, type Range, RangeAnswer, type RangeSeries, type SeriesRange} from './range.ts';
import {entriesOf, HOUR_MS, type RollResult} from './roll.ts';
import type {Segment} from './segment.ts';

export interface StoreOptions {
	readonly folder: string;
	readonly clock: NocClock;
	readonly log: MessageLog;
	readonly retention: Retention;
	readonly hourly: boolean;
	readonly maxLogBytes: number;
	/** Appends to a new segment what reading it alone needs. */
	checkpoint(segment: Segment): void;
	say(line: string): void;
	/** Called when rolling lags so far behind that nothing more should come, and when it has caught up. */
	onPressure(pressed: boolean): void;
}

export const DATABASE = 'mesh-noc.db';
const DAY_MS = 86_400_000;
/** After the full hour, so that what is on its way then is in the same roll. */
const ROLL_DELAY_MS = 60_000;
const CHECK_MS = 1000;
const SLICE_MS = 8;
/** As many full logs may wait in memory to be rolled. */
const BACKLOG = 4;

/** Everything that was ever measured: the database, and the log in front of it. */
export class Store {
	rollHealth: LogHealth = {state: 'ok', detail: ''};
	lastRoll: (RollResult & {readonly tookMs: number; readonly atMs: number}) | undefined;
	rolls = 0;
	readonly #options: StoreOptions;
	readonly #thread: DatabaseThread;
	#rolling: Promise<RollResult | undefined> | undefined;
	#cancelCheck: (() => void) | undefined;
	#nextRollMs: number;
	#closed = false;
	#pressed = false;

	private constructor(options: StoreOptions, thread: DatabaseThread) {
		this.#options = options;
		this.#thread = thread;
		this.#nextRollMs = nextRoll(options.clock.wallMs());
		this.#check();
	}

	static async open(options: StoreOptions): Promise<Store> {
		const thread = new DatabaseThread(join(options.folder, DATABASE));
		try {
			// A crash between a roll and the removal of its segments: they are in the database already.
			await options.log.drop(await thread.ask({kind: 'open'}));
		} catch (error) {
			await thread.close().catch(() => undefined);
			throw error;
		}
		return new Store(options, thread);
	}

	#check(): void {
		this.#cancelCheck = this.#options.clock.after(CHECK_MS, () => {
			const {clock, log, maxLogBytes, hourly} = this.#options;
			const due = hourly && clock.wallMs() >= this.#nextRollMs;
			const bytes = log.segments.reduce((sum, segment) => sum + segment.bytes, 0);
			if (due || bytes > maxLogBytes) void this.roll().catch(() => undefined);
			this.#press(bytes > maxLogBytes * (this.#pressed ? BACKLOG / 2 : BACKLOG));
			this.#check();
		});
	}

	#press(pressed: boolean): void {
		if (pressed === this.#pressed) return;
		this.#pressed = pressed;
		this.#options.onPressure(pressed);
	}

	/** Rolls all that is in the log into the database. Absent: undefined when there was nothing, or it failed (see `rollHealth`). */
	async roll(): Promise<RollResult | undefined> {
		if (this.#rolling !== undefined) return this.#rolling;
		this.#rolling = this.#roll();
		try {
			return await this.#rolling;
		} finally {
			this.#rolling = undefined;
		}
	}

	async #roll(): Promise<RollResult | undefined> {
		const {clock, log, checkpoint, retention, say} = this.#options;
		const startedMs = clock.nowMs();
		// A segment ends when it is whole on the disk, which would be waited for here as long as the disk takes nothing.
		if (log.health.state !== 'ok') return undefined;
		try {
			await log.rotate(checkpoint);
			await log.flush(); // the checkpoint is on the disk before what it repeats goes away
			const sealed = log.segments.slice(0, -1);
			const last = sealed.at(-1);
			if (last === undefined) return undefined;
			const segments = sealed.map(({id}) => ({id, path: log.pathOf(id)}));
			const result = await this.#thread.ask({kind: 'roll', segments});
			// In the same turn as the answer: a range that is read after this must not find them twice.
			await log.drop(last.id);
			const wallMs = clock.wallMs();
			this.#nextRollMs = nextRoll(wallMs);
			this.rolls++;
			this.lastRoll = {...result, tookMs: clock.nowMs() - startedMs, atMs: wallMs};
			this.rollHealth = {state: 'ok', detail: ''};
			const before = [retention.rawDays, retention.fiveMinuteDays, retention.hourDays].map((days, tier) => ({
				tier,
				timeMs: wallMs - days * DAY_MS,
			}));
			await this.#thread.ask({kind: 'retain', before});
			return result;
		} catch (error) {
			const full = error instanceof DatabaseError && error.full;
			const detail = error instanceof Error ? error.message : String(error);
			if (this.rollHealth.state === 'ok' && !this.#closed) say(`rolling failed and will be tried again: ${detail}`);
			this.rollHealth = {state: full ? 'disk-full' : 'failing', detail};
			this.#nextRollMs = clock.wallMs() + ROLL_DELAY_MS;
			return undefined;
		}
	}

	/** Reads a range, widened to whole buckets of what is kept for its time. */
	async range(asked: Range): Promise<{range: Range; series: RangeSeries[]}> {
		const {clock, retention} = this.#options;
		const wallMs = clock.wallMs();
		const range = alignRange(asked, {
			rawMs: wallMs - retention.rawDays * DAY_MS,
			fiveMinuteMs: wallMs - retention.fiveMinuteDays * DAY_MS,
		});
		const answer = new RangeAnswer(range);
		const stored = await this.#thread.ask({kind: 'range', range});
		// What was not rolled when the database answered, taken now: later a roll may finish.
		const segments = [...this.#options.log.segments];
		answer.merge(stored);
		await this.#readLog(segments, range, answer);
		return {range, series: answer.list()};
	}

	async #readLog(segments: readonly Segment[], range: Range, answer: RangeAnswer): Promise<void> {
		const {clock} = this.#options;
		const nodes = range.nodes ?? new Set(segments.flatMap(segment => [...segment.nodes]));
		let sinceMs = clock.nowMs();
		for (const node of nodes) {
			readNode(segments, node, range, answer);
			if (clock.nowMs() - sinceMs < SLICE_MS) continue;
			await new Promise<void>(resolve => clock.after(0, resolve));
			sinceMs = clock.nowMs();
		}
	}

	size(): Promise<StoreSize> {
		return this.#thread.ask({kind: 'size'});
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#cancelCheck?.();
		await this.#thread.close();
	}
}

function nextRoll(wallMs: number): number {
	return wallMs - (wallMs % HOUR_MS) + HOUR_MS + ROLL_DELAY_MS;
}

/** Puts a node's samples in the log into an answer. */
function readNode(segments: readonly Segment[], node: string, range: Range, answer: RangeAnswer): void {
	let schema: unknown;
	let targets: [index: number, scale: number, into: SeriesRange][] = [];
	for (const {series, timeMs, values, stored} of loggedSamples(entriesOf(segments, node))) {
		if (series !== schema) {
			schema = series;
			targets = [];
			for (const [i, one] of series.entries())
				if (range.names.includes(one.name) && hasLabels(one.labels, range.labels))
					targets.push([i, one.scale, answer.series(node, one)]);
		}
		for (const [i, scale, into] of targets) {
			const value = values[i];
			if (value !== undefined) into.add(timeMs, value / scale, stored);
		}
	}
}
