// SPDX-License-Identifier: Apache-2.0
import {type FileHandle, open, readdir, readFile, truncate, unlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {NocClock} from '../clock.ts';
import type {EntryKind} from './entry.ts';
import {Segment} from './segment.ts';

/** Someone whose messages are acknowledged once they are on the disk. */
export interface AckTarget {
	acknowledge(ids: readonly number[]): void;
}

interface Batch {
	readonly segment: Segment;
	readonly acks: Map<AckTarget, number[]>;
}

export interface LogHealth {
	readonly state: 'ok' | 'disk-full' | 'failing';
	readonly detail: string;
}

export interface MessageLogOptions {
	readonly folder: string;
	readonly clock: NocClock;
	/** How long a lone message may wait for company before it is committed. */
	readonly commitDelayMs: number;
	/** How long to wait before a write that failed is tried again. */
	readonly retryMs: number;
	/** Called when what may be held in memory is exceeded, and when it is not any more. */
	readonly onPressure?: (pressed: boolean) => void;
	readonly maxPendingBytes: number;
	say?(line: string): void;
}

const NAME = /^log-(\d{10})\.bin$/;

/**
 * The log of messages that are not rolled into chunks yet: append only, one fdatasync for all that arrived meanwhile.
 *
 * It stands beside the database and not in it because node-sqlite3-wasm commits synchronously: two fsyncs in the event
 * loop for each group. Here the disk works while the next group is being received.
 *
 * Invariants: 1. an acknowledgement leaves after the fdatasync that covers its message and every one before it;
 *             2. a failed write is cut off before it is tried again, so a record is whole or absent.
 */
export class MessageLog {
	/** Segments that are on the disk and not rolled yet, oldest first; the last one is being written. */
	readonly segments: Segment[] = [];
	health: LogHealth = {state: 'ok', detail: ''};
	commits = 0;
	committedBytes = 0;
	readonly #options: MessageLogOptions;
	#file: FileHandle | undefined;
	#fileBytes = 0;
	#active: Segment;
	#acks = new Map<AckTarget, number[]>();
	#dirty = false;
	#torn = false;
	#pendingBytes = 0;
	#pressed = false;
	#scheduled = false;
	#writing: Promise<void> | undefined;
	#stopped = false;
	#pending: {batch: Batch; done?: () => void}[] = [];

	private constructor(options: MessageLogOptions, active: Segment) {
		this.#options = options;
		this.#active = active;
	}

	/** Reads what a former run left (a torn last record is cut off) and starts a new segment. */
	static async open(options: MessageLogOptions): Promise<MessageLog> {
		const ids = (await readdir(options.folder))
			.map(name => Number(NAME.exec(name)?.[1] ?? -1))
			.filter(id => id >= 0)
			.sort((a, b) => a - b);
		const nowMs = options.clock.wallMs();
		const log = new MessageLog(options, new Segment((ids.at(-1) ?? 0) + 1, nowMs));
		for (const id of ids) {
			const path = log.pathOf(id);
			const bytes = await readFile(path);
			const segment = new Segment(id, nowMs);
			const end = segment.load(bytes);
			if (end < bytes.length) await truncate(path, end);
			log.segments.push(segment);
		}
		log.segments.push(log.#active);
		return log;
	}

	pathOf(id: number): string {
		return join(this.#options.folder, `log-${String(id).padStart(10, '0')}.bin`);
	}

	get active(): Segment {
		return this.#active;
	}

	append(kind: EntryKind, node: string, name: Uint8Array, receivedMs: number, payload: Uint8Array): void {
		this.#active.append(kind, node, name, receivedMs, payload);
		this.#pendingBytes += payload.length + 64;
		this.#dirty = true;
		if (this.#pendingBytes > this.#options.maxPendingBytes && !this.#pressed) {
			this.#pressed = true;
			this.#options.onPressure?.(true);
		}
		this.#schedule();
	}

	/** The list that ids of `target` go into, to be acknowledged with the next commit. It is valid until control returns to the event loop. */
	ackList(target: AckTarget): number[] {
		let ids = this.#acks.get(target);
		if (ids === undefined) {
			ids = [];
			this.#acks.set(target, ids);
			this.#schedule();
		}
		return ids;
	}

	#schedule(): void {
		if (this.#scheduled || this.#writing !== undefined || this.#stopped) return;
		this.#scheduled = true;
		this.#options.clock.after(this.#options.commitDelayMs, () => {
			this.#scheduled = false;
			void this.flush();
		});
	}

	/** Commits all that was appended. */
	async flush(): Promise<void> {
		if (this.#writing === undefined) {
			this.#writing = this.#drain();
			try {
				await this.#writing;
			} finally {
				this.#writing = undefined;
			}
			if (this.#dirty || this.#acks.size > 0) this.#schedule();
		} else {
			await this.#writing;
			if (this.#dirty || this.#acks.size > 0) await this.flush();
		}
	}

	async #drain(): Promise<void> {
		while (this.#dirty || this.#acks.size > 0 || this.#pending.length > 0) {
			if (this.#stopped) return;
			if (this.#pending.length === 0) this.#close(this.#active);
			const next = this.#pending[0];
			if (next === undefined) return;
			if (!(await this.#commit(next.batch))) continue;
			this.#pending.shift();
			this.commits++;
			for (const [target, ids] of next.batch.acks) target.acknowledge(ids);
			next.done?.();
		}
	}

	/** Ends the group that is being gathered. */
	#close(segment: Segment, done?: () => void): void {
		const batch = {segment, acks: this.#acks};
		this.#acks = new Map();
		this.#dirty = false;
		this.#pending.push(done === undefined ? {batch} : {batch, done});
	}

	readonly #unwritten = new Map<Segment, Buffer[]>();

	async #commit(batch: Batch): Promise<boolean> {
		const held = this.#unwritten.get(batch.segment) ?? [];
		for (const span of batch.segment.take()) held.push(span.bytes);
		this.#unwritten.set(batch.segment, held);
		if (held.length === 0) return true;
		let bytes = 0;
		for (const part of held) bytes += part.length;
		try {
			this.#file ??= await this.#create(batch.segment.id);
			if (this.#torn) await this.#file.truncate(this.#fileBytes);
			this.#torn = true;
			await writeAll(this.#file, held, bytes);
			await this.#file.datasync();
		} catch (error) {
			await this.#failed(error as NodeJS.ErrnoException);
			return false;
		}
		this.#torn = false;
		this.#fileBytes += bytes;
		this.committedBytes += bytes;
		this.#unwritten.delete(batch.segment);
		if (this.health.state !== 'ok') {
			this.#options.say?.('the log can be written again');
			this.health = {state: 'ok', detail: ''};
		}
		this.#relieve(bytes);
		return true;
	}

	/** A new file, whose name survives a power cut as well. */
	async #create(id: number): Promise<FileHandle> {
		const file = await open(this.pathOf(id), 'a');
		const folder = await open(this.#options.folder, 'r');
		await folder.sync().finally(() => folder.close());
		return file;
	}

	#relieve(bytes: number): void {
		this.#pendingBytes = this.#dirty ? Math.max(0, this.#pendingBytes - bytes) : 0;
		if (this.#pressed && this.#pendingBytes < this.#options.maxPendingBytes / 2) {
			this.#pressed = false;
			this.#options.onPressure?.(false);
		}
	}

	async #failed(error: NodeJS.ErrnoException): Promise<void> {
		if (this.health.state === 'ok')
			this.#options.say?.(`the log cannot be written, nothing is acknowledged: ${error.message}`);
		const full = error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EFBIG';
		this.health = {state: full ? 'disk-full' : 'failing', detail: error.message};
		await this.#file?.truncate(this.#fileBytes).catch(() => undefined); // gives a full disk its room back meanwhile
		await new Promise<void>(resolve => {
			this.#options.clock.after(this.#options.retryMs, resolve);
		});
	}

	/**
	 * Starts a new segment; `checkpoint` appends what it needs to be readable alone. Resolves when the old one is whole
	 * on the disk.
	 */
	async rotate(checkpoint: (segment: Segment) => void): Promise<void> {
		const old = this.#active;
		const done = new Promise<void>(resolve => {
			this.#close(old, () => {
				void this.#file?.close();
				this.#file = undefined;
				this.#fileBytes = 0;
				resolve();
			});
		});
		this.#active = new Segment(old.id + 1, this.#options.clock.wallMs());
		this.segments.push(this.#active);
		checkpoint(this.#active);
		this.#dirty = true;
		void this.flush();
		await done;
	}

	/** Appends to the segment in use what reading it alone needs. */
	checkpoint(write: (segment: Segment) => void): void {
		write(this.#active);
		this.#dirty = true;
		this.#schedule();
	}

	/** Forgets segments up to `id`, at once: the database holds them. Their files are gone when it resolves. */
	async drop(id: number): Promise<void> {
		const gone: Segment[] = [];
		while (this.segments.length > 1 && (this.segments[0]?.id ?? Number.POSITIVE_INFINITY) <= id) {
			const segment = this.segments.shift();
			if (segment !== undefined) gone.push(segment);
		}
		for (const segment of gone) await unlink(this.pathOf(segment.id)).catch(() => undefined);
	}

	/** Commits what can be committed and closes. What the disk does not take stays unacknowledged. */
	async close(): Promise<void> {
		if (this.health.state === 'ok') await this.flush();
		this.#stopped = true;
		await this.#file?.close().catch(() => undefined);
		this.#file = undefined;
	}
}

async function writeAll(file: FileHandle, parts: Buffer[], bytes: number): Promise<void> {
	let {bytesWritten} = await file.writev(parts);
	if (bytesWritten === bytes) return;
	// A short write: the rest one by one, so that the error that caused it comes out.
	for (const part of parts) {
		if (bytesWritten >= part.length) {
			bytesWritten -= part.length;
			continue;
		}
		let at = bytesWritten;
		bytesWritten = 0;
		while (at < part.length) at += (await file.write(part, at)).bytesWritten;
	}
}
