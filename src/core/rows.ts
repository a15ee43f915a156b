// SPDX-License-Identifier: Apache-2.0

// Rows of numbers, all in one array of doubles: the router's host fills it without making a single object. NaN is "not
// given". The header says how to read the rest, so that whoever has the array has everything:
//
//   rows there are, the row expected next, the stamp of what is written now, numbers a row, columns that are its key
//   for each row: the stamp it was last written under, then its columns, the key's first
//
// src/runtime/quickjs/host/rows.c reads and writes the same.

export const ROWS_COUNT = 0;
export const ROWS_EXPECTED = 1;
export const ROWS_STAMP = 2;
export const ROWS_STRIDE = 3;
export const ROWS_KEYS = 4;
export const ROWS_HEADER = 5;

/** Rows that a key tells apart keep their place; without a key they are appended, and without columns only counted. */
export class Rows {
	/** Replaced when it grows. */
	values: Float64Array;
	readonly columns: number;
	readonly keys: number;
	/** Numbers a row. */
	readonly stride: number;
	/** More rows than this are refused: what strangers on the air can make must not fill the memory. */
	readonly limit: number;
	/** Rows that found no room. */
	refused = 0;

	constructor(columns: number, keys: number, limit: number) {
		this.columns = columns;
		this.keys = keys;
		this.stride = columns === 0 ? 0 : columns + 1;
		this.limit = limit;
		this.values = new Float64Array(ROWS_HEADER);
		this.values[ROWS_STRIDE] = this.stride;
		this.values[ROWS_KEYS] = keys;
	}

	/** As an integer of the engine, as everything is that elements are looked up by: with a double that is slow. */
	get count(): number {
		return (this.values[ROWS_COUNT] as number) | 0;
	}

	/** Where a row's stamp stands; its first column is one behind. */
	at(row: number): number {
		return ROWS_HEADER + row * this.stride;
	}

	/** What is written from now on carries `stamp`. Rows without a key are new each time. */
	begin(stamp: number): void {
		const values = this.values;
		values[ROWS_STAMP] = stamp;
		values[ROWS_EXPECTED] = 0;
		if (this.keys === 0) values[ROWS_COUNT] = 0;
	}

	/**
	 * Writes the first `cells.length` columns of the row with that key, or of a new one. Answers where the row's stamp
	 * stands; -1 when there was no room.
	 */
	put(cells: readonly number[]): number {
		const row = this.#find(cells);
		const to = row < 0 ? this.add() : this.at(row);
		if (to < 0) return -1;
		const values = this.values;
		if (this.keys > 0) values[ROWS_EXPECTED] = (row < 0 ? this.count - 1 : row) + 1;
		if (this.stride === 0) return to;
		values[to] = values[ROWS_STAMP] as number;
		for (let i = 0; i < cells.length; i++) values[to + 1 + i] = cells[i] as number;
		return to;
	}

	/** Makes a row of nothing and answers where its stamp stands; -1 when there is no room. */
	add(): number {
		const count = this.count;
		if (count >= this.limit && this.stride > 0) {
			this.refused++;
			return -1;
		}
		const at = this.at(count);
		if (at + this.stride > this.values.length) {
			// By halves for those that come and go at every poll, exactly for those that stay.
			const room = this.keys === 0 ? Math.max(8, count + (count >> 1)) : count + 1;
			const grown = new Float64Array(this.at(room));
			grown.set(this.values);
			this.values = grown;
		}
		this.values.fill(Number.NaN, at, at + this.stride);
		this.values[ROWS_COUNT] = count + 1;
		return at;
	}

	/** Drops a row; those behind it move up. */
	remove(row: number): void {
		const {values, count, stride} = this;
		values.copyWithin(this.at(row), this.at(row + 1), this.at(count));
		const kept = values.slice(0, this.at(count) - stride);
		kept[ROWS_COUNT] = count - 1;
		this.values = kept;
	}

	/** The row that `cells` have the key of; most often it is the one behind the last. -1 when it is new. */
	#find(cells: readonly number[]): number {
		const {values, keys, count} = this;
		if (keys === 0) return -1;
		const expected = (values[ROWS_EXPECTED] as number) | 0;
		for (let i = 0; i < count; i++) {
			const row = (expected + i) % count;
			const at = this.at(row) + 1;
			let same = 0;
			while (same < keys && values[at + same] === cells[same]) same++;
			if (same === keys) return row;
		}
		return -1;
	}
}
