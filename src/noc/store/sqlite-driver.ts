// SPDX-License-Identifier: Apache-2.0
import sqlite from 'node-sqlite3-wasm';
import type {Series} from '../../wire/report/hello.ts';
import {
	type ChunkRow,
	NO_SERIES,
	type RollupRow,
	type RollWrite,
	type StoreDriver,
	type StoredSeries,
	type StoreSize,
} from './driver.ts';

type Statement = ReturnType<InstanceType<typeof sqlite.Database>['prepare']>;
type Value = string | number | Uint8Array;

const LAYOUT = 1;
/** More than a router's interfaces and peers make in years; a node that invents names is not given more. */
const MAX_SERIES_OF_NODE = 50_000;
// One connection in one process: the exclusive lock spares a folder made and removed around every statement. Rollups are
// found by an index and lie in the order they were written: a roll replaces whole pages of them and leaves none half full.
const OPEN = `
PRAGMA page_size = 4096;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -32768;
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS series (
	id INTEGER PRIMARY KEY, node INTEGER NOT NULL, name INTEGER NOT NULL, labels TEXT NOT NULL,
	unit TEXT NOT NULL, scale REAL NOT NULL, kind TEXT NOT NULL, class TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS series_node ON series (node);
CREATE INDEX IF NOT EXISTS series_name ON series (name, node);
CREATE TABLE IF NOT EXISTS chunk (
	id INTEGER PRIMARY KEY, node INTEGER NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunk_node ON chunk (node, start);
CREATE TABLE IF NOT EXISTS rollup (
	id INTEGER PRIMARY KEY, tier INTEGER NOT NULL, family INTEGER NOT NULL, node INTEGER NOT NULL, start INTEGER NOT NULL,
	bytes BLOB NOT NULL, UNIQUE (tier, family, node, start));
`;

/** The store on SQLite compiled to WebAssembly: no native code, one file. */
export class SqliteDriver implements StoreDriver {
	readonly #database: InstanceType<typeof sqlite.Database>;
	readonly #statements = new Map<string, Statement>();
	readonly #nodes = new Map<string, number>();
	readonly #names = new Map<string, number>();
	/** node → what a series is → id */
	readonly #series = new Map<number, Map<string, number>>();

	/** Errors: Error when the file is not ours or of a later release. */
	constructor(path: string) {
		this.#database = new sqlite.Database(path);
		this.#database.exec(OPEN);
		const layout = this.#number("SELECT value FROM meta WHERE key = 'layout'", []);
		if (layout === undefined) this.#run("INSERT INTO meta VALUES ('layout', ?)", [LAYOUT]);
		else if (layout !== LAYOUT) throw new Error(`${path} has layout ${layout}; this release reads layout ${LAYOUT}`);
		for (const row of this.#all('SELECT id, name FROM node', [])) this.#nodes.set(String(row.name), Number(row.id));
		for (const row of this.#all('SELECT id, text FROM name', [])) this.#names.set(String(row.text), Number(row.id));
	}

	#statement(sql: string): Statement {
		let statement = this.#statements.get(sql);
		if (statement === undefined) {
			statement = this.#database.prepare(sql);
			this.#statements.set(sql, statement);
		}
		return statement;
	}

	#all(sql: string, values: Value[]): Record<string, unknown>[] {
		return this.#statement(sql).all(values) as Record<string, unknown>[];
	}

	#number(sql: string, values: Value[]): number | undefined {
		const row = this.#statement(sql).get(values) as Record<string, unknown> | null | undefined;
		return row === null || row === undefined ? undefined : Number(Object.values(row)[0]);
	}

	#run(sql: string, values: Value[]): number {
		return this.#statement(sql).run(values).changes;
	}

	lastSegment(): number {
		return this.#number("SELECT value FROM meta WHERE key = 'segment'", []) ?? 0;
	}

	nodes(): string[] {
		return [...this.#nodes.keys()];
	}

	#nodeId(name: string): number {
		return this.#id(this.#nodes, 'INSERT INTO node (name) VALUES (?)', name);
	}

	#nameId(text: string): number {
		return this.#id(this.#names, 'INSERT INTO name (text) VALUES (?)', text);
	}

	#id(known: Map<string, number>, insert: string, text: string): number {
		let id = known.get(text);
		if (id === undefined) {
			id = Number(this.#statement(insert).run([text]).lastInsertRowid);
			known.set(text, id);
		}
		return id;
	}

	seriesIds(node: string, series: readonly Series[]): number[] {
		const nodeId = this.#nodeId(node);
		let known = this.#series.get(nodeId);
		if (known === undefined) {
			known = new Map(this.seriesOfNode(node).map(one => [identity(one), one.id]));
			this.#series.set(nodeId, known);
		}
		const ids: number[] = [];
		for (const one of series) {
			const key = identity(one);
			let id = known.get(key);
			if (id === undefined && known.size >= MAX_SERIES_OF_NODE) id = NO_SERIES;
			if (id === undefined) {
				const {labels, unit, scale, kind, class: privacy} = one;
				const values = [nodeId, this.#nameId(one.name), JSON.stringify(labels), unit, scale, kind, privacy];
				id = Number(this.#statement(INSERT_SERIES).run(values).lastInsertRowid);
				known.set(key, id);
			}
			ids.push(id);
		}
		return ids;
	}

	/** Forgets ids that a transaction which failed had made. */
	#forgetIds(): void {
		this.#series.clear();
		this.#nodes.clear();
		this.#names.clear();
		for (const row of this.#all('SELECT id, name FROM node', [])) this.#nodes.set(String(row.name), Number(row.id));
		for (const row of this.#all('SELECT id, text FROM name', [])) this.#names.set(String(row.text), Number(row.id));
	}

	seriesByName(name: string, nodes: readonly string[] | undefined): StoredSeries[] {
		const nameId = this.#names.get(name);
		if (nameId === undefined) return [];
		return this.#eachNode(nodes, 'series.node', (filter, values) =>
			this.#all(`${SERIES} WHERE series.name = ?${filter}`, [nameId, ...values]).map(readSeries),
		);
	}

	seriesOfNode(node: string): StoredSeries[] {
		const nodeId = this.#nodes.get(node);
		return nodeId === undefined ? [] : this.#all(`${SERIES} WHERE series.node = ?`, [nodeId]).map(readSeries);
	}

	chunks(node: string, fromMs: number, toMs: number): ChunkRow[] {
		const nodeId = this.#nodes.get(node);
		if (nodeId === undefined) return [];
		return this.#all('SELECT start, bytes FROM chunk WHERE node = ? AND start >= ? AND start < ? ORDER BY start, id', [
			nodeId,
			fromMs,
			toMs,
		]).map(row => ({node, startMs: Number(row.start), bytes: row.bytes as Uint8Array}));
	}

	rollups(
		tier: number,
		family: string,
		nodes: readonly string[] | undefined,
		fromMs: number,
		toMs: number,
	): RollupRow[] {
		const familyId = this.#names.get(family);
		if (familyId === undefined) return [];
		const rows: RollupRow[] = [];
		for (const node of nodes ?? this.#nodes.keys()) {
			const nodeId = this.#nodes.get(node);
			if (nodeId === undefined) continue;
			for (const row of this.#all(
				'SELECT start, bytes FROM rollup WHERE tier = ? AND family = ? AND node = ? AND start >= ? AND start < ?',
				[tier, familyId, nodeId, fromMs, toMs],
			))
				rows.push({node, spanStartMs: Number(row.start), bytes: row.bytes as Uint8Array});
		}
		return rows;
	}

	rollup(tier: number, family: string, node: string, spanStartMs: number): Uint8Array | undefined {
		const familyId = this.#names.get(family);
		const nodeId = this.#nodes.get(node);
		if (familyId === undefined || nodeId === undefined) return undefined;
		const row = this.#statement(
			'SELECT bytes FROM rollup WHERE tier = ? AND family = ? AND node = ? AND start = ?',
		).get([tier, familyId, nodeId, spanStartMs]) as {bytes?: Uint8Array} | null | undefined;
		return row?.bytes;
	}

	write(roll: RollWrite): void {
		for (const {node, startMs, bytes} of roll.chunks)
			this.#run('INSERT INTO chunk (node, start, bytes) VALUES (?, ?, ?)', [this.#nodeId(node), startMs, bytes]);
		for (const {tier, family, node, spanStartMs, bytes} of roll.rollups)
			this.#run('INSERT OR REPLACE INTO rollup (tier, family, node, start, bytes) VALUES (?, ?, ?, ?, ?)', [
				tier,
				this.#nameId(family),
				this.#nodeId(node),
				spanStartMs,
				bytes,
			]);
		this.#run("INSERT OR REPLACE INTO meta VALUES ('segment', ?)", [roll.segment]);
	}

	removeBefore(tier: number, timeMs: number): number {
		const removed =
			tier === 0
				? this.#run('DELETE FROM chunk WHERE start < ?', [timeMs])
				: this.#run('DELETE FROM rollup WHERE tier = ? AND start < ?', [tier, timeMs]);
		if (removed > 0) this.#database.exec('PRAGMA incremental_vacuum');
		return removed;
	}

	async atomically<T>(work: () => Promise<T>): Promise<T> {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const result = await work();
			this.#database.exec('COMMIT');
			return result;
		} catch (error) {
			if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
			this.#forgetIds();
			throw error;
		}
	}

	#eachNode<T>(
		nodes: readonly string[] | undefined,
		column: string,
		query: (filter: string, values: number[]) => T[],
	): T[] {
		if (nodes === undefined) return query('', []);
		return nodes.flatMap(node => {
			const id = this.#nodes.get(node);
			return id === undefined ? [] : query(` AND ${column} = ?`, [id]);
		});
	}

	size(): StoreSize {
		const pages = this.#number('PRAGMA page_count', []) ?? 0;
		const pageBytes = this.#number('PRAGMA page_size', []) ?? 0;
		return {
			bytes: pages * pageBytes,
			chunkBytes: this.#number('SELECT coalesce(sum(length(bytes)), 0) FROM chunk', []) ?? 0,
			rollupBytes: this.#number('SELECT coalesce(sum(length(bytes)), 0) FROM rollup', []) ?? 0,
		};
	}

	close(): void {
		for (const statement of this.#statements.values()) statement.finalize();
		this.#statements.clear();
		this.#database.close();
	}
}

const INSERT_SERIES = 'INSERT INTO series (node, name, labels, unit, scale, kind, class) VALUES (?, ?, ?, ?, ?, ?, ?)';
const SERIES =
	'SELECT series.id AS id, node.name AS node, name.text AS name, labels, unit, scale, kind, class FROM series JOIN node ON node.id = series.node JOIN name ON name.id = series.name';

function identity({name, labels, unit, scale, kind}: Series): string {
	return `${name} ${JSON.stringify(labels)} ${unit} ${scale} ${kind}`;
}

function readSeries(row: Record<string, unknown>): StoredSeries {
	return {
		id: Number(row.id),
		node: String(row.node),
		name: String(row.name),
		labels: JSON.parse(String(row.labels)) as Record<string, string>,
		unit: String(row.unit),
		scale: Number(row.scale),
		kind: row.kind === 'counter' ? 'counter' : 'gauge',
		class: row.class as Series['class'],
	};
}
