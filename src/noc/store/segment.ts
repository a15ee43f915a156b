// SPDX-License-Identifier: Apache-2.0
import {
	type Entry,
	type EntryKind,
	entryBytes,
	RECORD_HEADER_BYTES,
	readEntry,
	scanRecords,
	sealRecord,
	writeEntry,
} from './entry.ts';

const FIRST_SLAB_BYTES = 65_536;
const SLAB_BYTES = 1_048_576;

/** Bytes that one commit has to write. */
export interface Span {
	readonly bytes: Buffer;
}

/**
 * One file of the message log and its copy in memory: the slabs hold exactly the file's bytes, and an index by node
 * finds a node's entries in them. So what is not rolled yet can be queried without reading the disk.
 */
export class Segment {
	readonly id: number;
	readonly openedMs: number;
	bytes = 0;
	entries = 0;
	readonly #slabs: Buffer[] = [];
	/** For each node: slab, offset, slab, offset … in order. */
	readonly #index = new Map<string, number[]>();
	#used = 0;
	#recordAt = -1;
	#spans: Span[] = [];

	constructor(id: number, openedMs: number) {
		this.id = id;
		this.openedMs = openedMs;
	}

	get nodes(): IterableIterator<string> {
		return this.#index.keys();
	}

	append(kind: EntryKind, node: string, name: Uint8Array, receivedMs: number, payload: Uint8Array): void {
		const needed = entryBytes(name.length, payload.length);
		let slab = this.#slabs[this.#slabs.length - 1];
		if (slab === undefined || this.#used + needed + RECORD_HEADER_BYTES > slab.length) {
			this.#closeRecord();
			const usual = this.#slabs.length === 0 ? FIRST_SLAB_BYTES : SLAB_BYTES;
			slab = Buffer.allocUnsafeSlow(Math.max(usual, needed + RECORD_HEADER_BYTES));
			this.#slabs.push(slab);
			this.#used = 0;
		}
		if (this.#recordAt < 0) {
			this.#recordAt = this.#used;
			this.#used += RECORD_HEADER_BYTES;
		}
		this.#note(node, this.#used);
		this.#used = writeEntry(slab, this.#used, kind, name, receivedMs, payload);
	}

	#note(node: string, offset: number): void {
		let places = this.#index.get(node);
		if (places === undefined) {
			places = [];
			this.#index.set(node, places);
		}
		places.push(this.#slabs.length - 1, offset);
		this.entries++;
	}

	#closeRecord(): void {
		const slab = this.#slabs[this.#slabs.length - 1];
		if (slab === undefined || this.#recordAt < 0) return;
		sealRecord(slab, this.#recordAt, this.#used);
		const bytes = slab.subarray(this.#recordAt, this.#used);
		this.bytes += bytes.length;
		this.#spans.push({bytes});
		this.#recordAt = -1;
	}

	/** Ends the record and hands out what was appended since the last call. */
	take(): Span[] {
		this.#closeRecord();
		const spans = this.#spans;
		this.#spans = [];
		return spans;
	}

	/** Takes the bytes of a file over and returns how many of them are whole records. */
	load(bytes: Buffer): number {
		this.#slabs.push(bytes);
		const end = scanRecords(bytes, (start, stop) => {
			let at = start;
			while (at < stop) {
				const entry = readEntry(bytes, at);
				this.#note(entry.node, at);
				at = entry.end;
			}
		});
		this.bytes += end;
		this.#used = bytes.length;
		return end;
	}

	/** Calls `visit` with every entry, each node's in order. */
	replay(visit: (kind: EntryKind, node: string, receivedMs: number, payload: Uint8Array) => void): void {
		for (const node of this.#index.keys())
			for (const entry of this.entriesOf(node)) visit(entry.kind, node, entry.receivedMs, entry.payload);
	}

	/** The node's entries in order. */
	*entriesOf(node: string): Generator<Entry> {
		const places = this.#index.get(node) ?? [];
		const count = places.length;
		for (let i = 0; i < count; i += 2) {
			const slab = this.#slabs[places[i] ?? 0];
			if (slab !== undefined) yield readEntry(slab, places[i + 1] ?? 0);
		}
	}
}
