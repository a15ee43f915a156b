// SPDX-License-Identifier: Apache-2.0
import type {Board, Section} from '../model/board.ts';
import {labelNames} from '../model/labels.ts';
import {type PrivacyClass, type SeriesDefinition, type SeriesName, seriesDefinitions} from '../model/series.ts';
import {gatherColumns, MARK_PLACED, MARK_UNSEEN, MARK_UNSENT, scaledValue} from '../wire/report/columns.ts';
import {MAX_SERIES, type Series} from '../wire/report/hello.ts';

// Turns what stands on the board into the columns of telemetry frames.
//
// Invariants
// 1. A series whose class is not published never has a place: it is dropped here, before any queue.
// 2. A series keeps its place until a thing is forgotten or a new one comes, which `changed` tells: frames between two
//    schemas stay decodable.
// 3. A value that was not measured in an interval is absent in its `take`.

/** What the columns of sections of one kind are in a frame. */
interface Kind {
	/** Absent: undefined where a column is no series, or one that is not published. */
	readonly names: readonly (SeriesName | undefined)[];
	readonly scales: Float64Array;
}

/** A section of the board, and which of its numbers are sent. */
interface Taken {
	readonly section: Section;
	readonly kind: Kind;
	/** One for each column of each row. */
	marks: Uint8Array;
	/** The labels that the marks were made for: they move when a row goes. */
	rows: readonly (readonly unknown[] | undefined)[];
}

// A place is told by one number: section, row and column.
const SECTION_STEP = 1 << 16;
const ROW_STEP = 1 << 8;

export class Recorder {
	readonly #board: Board;
	readonly #published: readonly PrivacyClass[];
	readonly #kinds = new Map<readonly string[], Kind>();
	#taken: Taken[] = [];
	#version = -1;
	#places = new Uint32Array(0);
	#values = new Float64Array(0);
	#changed = true;
	/** Series left out because there were too many. */
	overflows = 0;

	constructor(board: Board, published: readonly PrivacyClass[]) {
		this.#board = board;
		this.#published = published;
	}

	/** Series there are, in the order of `take`'s values. */
	get count(): number {
		return this.#places.length;
	}

	/** The series at a place of `take`'s values. */
	series(index: number): Series {
		const place = this.#places[index] as number;
		const {section, kind: of} = this.#taken[Math.floor(place / SECTION_STEP)] as Taken;
		const row = section.labels[(place % SECTION_STEP) >> 8] ?? [];
		const name = of.names[place % ROW_STEP] as SeriesName;
		const labels: Record<string, string> = {};
		labelNames[section.subject].forEach((label, i) => {
			if (row[i] !== undefined) labels[label] = String(row[i]);
		});
		const {unit, scale, kind, class: privacy} = seriesDefinitions[name] as SeriesDefinition;
		return {name, labels, unit, scale, kind, class: privacy};
	}

	/** Whether `series` answers otherwise than at the last call. */
	changed(): boolean {
		const changed = this.#changed;
		this.#changed = false;
		return changed;
	}

	/** What was measured in the interval under way, as integers; NaN for what was not. Good until the next call. */
	take(): Float64Array {
		if (this.#version !== this.#board.version) this.#arrange();
		if (!this.#gather()) {
			this.#arrange();
			this.#gather();
		}
		return this.#values;
	}

	#gather(): boolean {
		const taken = this.#taken;
		const stamp = this.#board.interval;
		const values = this.#values;
		let at = 0;
		for (let i = 0; i < taken.length && at >= 0; i++) {
			const {section, marks, kind} = taken[i] as Taken;
			at = gatherColumns(section.rows.values, stamp, marks, kind.scales, values, at);
		}
		return at >= 0;
	}

	/** Gives what is new a place behind what it belongs to. */
	#arrange(): void {
		const {sections, version, interval} = this.#board;
		this.#version = version;
		this.#taken = sections.map(section => this.#taken.find(known => known.section === section) ?? this.#begin(section));
		const places: number[] = [];
		this.#taken.forEach((taken, index) => {
			this.#mark(taken, interval, MAX_SERIES - places.length);
			const columns = taken.kind.names.length;
			taken.marks.forEach((mark, i) => {
				if (mark !== MARK_PLACED) return;
				places.push(index * SECTION_STEP + Math.floor(i / columns) * ROW_STEP + (i % columns));
			});
		});
		if (places.length !== this.#places.length) this.#changed = true;
		this.#places = Uint32Array.from(places);
		this.#values = new Float64Array(places.length);
	}

	#mark(taken: Taken, interval: number, room: number): void {
		const {section, kind, marks: before, rows: rowsBefore} = taken;
		const {rows, labels} = section;
		const columns = kind.names.length;
		const marks = new Uint8Array(rows.count * columns);
		let placed = 0;
		for (let row = 0; row < labels.length; row++) {
			const of = labels[row];
			if (of === undefined) continue;
			const from = rowsBefore.indexOf(of);
			const at = rows.at(row);
			const fresh = rows.values[at] === interval;
			for (let i = 0; i < columns; i++) {
				if (kind.names[i] === undefined) continue;
				const had = from >= 0 && before[from * columns + i] === MARK_PLACED;
				const value = rows.values[at + 1 + i] as number;
				const wants = had || (fresh && !Number.isNaN(scaledValue(value, kind.scales[i] as number)));
				if (wants && placed >= room) this.overflows++;
				const mark = !wants ? MARK_UNSEEN : placed < room ? MARK_PLACED : MARK_UNSENT;
				marks[row * columns + i] = mark;
				if (mark !== MARK_PLACED) continue;
				placed++;
				if (!had || from !== row) this.#changed = true;
			}
		}
		taken.marks = marks;
		taken.rows = [...labels];
	}

	#begin(section: Section): Taken {
		const {columns, subject} = section;
		const kind = this.#kinds.get(columns) ?? this.#kindOf(columns, subject);
		this.#kinds.set(columns, kind);
		return {section, kind, marks: new Uint8Array(0), rows: []};
	}

	#kindOf(columns: readonly string[], subject: string): Kind {
		const names = columns.map(column => {
			const name = `${subject}.${column}` as SeriesName;
			const definition = seriesDefinitions[name] as SeriesDefinition | undefined;
			return definition !== undefined && this.#published.includes(definition.class) ? name : undefined;
		});
		return {names, scales: Float64Array.from(names, name => (name === undefined ? 1 : seriesDefinitions[name].scale))};
	}
}
