// SPDX-License-Identifier: Apache-2.0
import {ROWS_EXPECTED, Rows} from '../core/rows.ts';
import {labelNames, type Subject} from './labels.ts';
import type {Measurement} from './observation.ts';
import {seriesDefinitions} from './series.ts';

// The latest measurements of everything there is, as rows of numbers. A source writes here, telemetry reads here, and who
// wants records gets them made on demand: a router that nobody asks makes none.
//
// Invariants
// 1. A row that was not written in an interval is no measurement of that interval.
// 2. A thing keeps its row until it was absent for FORGET_AFTER intervals.

/** Intervals a thing may be absent before it is forgotten: a peer that flaps must not be a new one each time. */
const FORGET_AFTER = 30;
/** How often is looked for what to forget. */
const FORGET_EVERY = 8;
/** Things of a section beyond this are not recorded: a stranger with a random address a second must not fill the memory. */
export const ROW_LIMIT = 128;
/** Quantities that are true or false in a record, 1 or not there in a row. */
const flags: readonly string[] = ['inUse'];

export interface SectionOptions {
	readonly subject: Subject;
	/** What each column is in a record. Empty: nothing, as a key or what a source keeps for itself. */
	readonly columns: readonly string[];
	/** How many of the columns tell a row from the others. */
	readonly keys: number;
}

/** Things of one kind that are measured together: an interface's peers, a radio's channels. */
export class Section {
	readonly subject: Subject;
	readonly columns: readonly string[];
	readonly rows: Rows;
	/** The labels of each row, in the order of `labelNames`. Absent: undefined for a row that is nobody's business. */
	readonly labels: (readonly unknown[] | undefined)[] = [];

	constructor({subject, columns, keys}: SectionOptions) {
		this.subject = subject;
		this.columns = columns;
		this.rows = new Rows(columns.length, keys, ROW_LIMIT);
	}

	/** The first row that has no labels yet; the number of rows when all have. */
	get unlabelled(): number {
		return this.labels.length;
	}
}

export class Board {
	/** The number of the interval under way: the stamp of what is measured in it. */
	interval = 1;
	/** Changes when a section, a row or its labels come or go. */
	version = 0;
	readonly sections: Section[] = [];
	readonly #recorded = new Map<Subject, Section>();

	/** Makes a section. The same place is written to in every interval. */
	add(options: SectionOptions): Section {
		const section = new Section(options);
		this.sections.push(section);
		this.version++;
		return section;
	}

	/** Removes a section and all that is in it. */
	remove(section: Section): void {
		const at = this.sections.indexOf(section);
		if (at < 0) return;
		this.sections.splice(at, 1);
		this.version++;
	}

	/** Names the next row that has no labels yet. */
	label(section: Section, labels: readonly unknown[] | undefined): void {
		section.labels.push(labels);
		this.version++;
	}

	/** Writes one measurement into the row of the thing it is of. */
	record(subject: Subject, measurement: Readonly<Record<string, unknown>>): void {
		const section = this.#recorded.get(subject) ?? this.#begin(subject);
		const {rows, columns} = section;
		const at = this.#rowOf(section, measurement);
		if (at < 0) return;
		const values = rows.values;
		// A second record of the same thing in one interval adds to the first.
		const adds = values[at] === this.interval;
		values[at] = this.interval;
		for (let i = 0; i < columns.length; i++) {
			const value = measurement[columns[i] as string] as number | undefined;
			if (value !== undefined) values[at + 1 + i] = value;
			else if (!adds) values[at + 1 + i] = Number.NaN;
		}
	}

	/** Ends the interval under way. */
	close(): void {
		this.interval++;
		if (this.interval % FORGET_EVERY !== 0) return;
		const oldest = this.interval - FORGET_AFTER;
		for (const {rows, labels} of this.sections) {
			for (let row = labels.length - 1; row >= 0; row--) {
				if ((rows.values[rows.at(row)] as number) >= oldest) continue;
				rows.remove(row);
				labels.splice(row, 1);
				this.version++;
			}
		}
	}

	/** What was measured in the interval under way and in the one before, the latest of each thing, made into records. */
	latest(): Measurement[] {
		const found: Measurement[] = [];
		for (const section of this.sections) {
			const {rows, labels} = section;
			for (let row = 0; row < labels.length; row++) {
				const of = labels[row];
				const at = rows.at(row);
				if (of === undefined || section.subject === 'agent') continue;
				if ((rows.values[at] as number) >= this.interval - 1) found.push(measurementOf(section, of, at));
			}
		}
		return found;
	}

	#begin(subject: Subject): Section {
		const columns = Object.keys(seriesDefinitions)
			.filter(name => name.startsWith(`${subject}.`))
			.map(name => interned(name.slice(subject.length + 1)));
		const section = this.add({subject, columns, keys: 0});
		this.#recorded.set(subject, section);
		return section;
	}

	/** Where the thing's row is; most often behind the last one's. -1 when there is no room. */
	#rowOf(section: Section, measurement: Readonly<Record<string, unknown>>): number {
		const {rows, labels} = section;
		const names = labelNames[section.subject];
		const {values} = rows;
		const count = labels.length;
		let row = (values[ROWS_EXPECTED] as number) | 0;
		for (let tried = 0; tried < count; tried++, row++) {
			if (row >= count) row = 0;
			if (!isOf(labels[row], names, measurement)) continue;
			values[ROWS_EXPECTED] = row + 1;
			return rows.at(row);
		}
		const at = rows.add();
		if (at >= 0)
			this.label(
				section,
				names.map(name => measurement[name]),
			);
		return at;
	}
}

function isOf(
	labels: readonly unknown[] | undefined,
	names: readonly string[],
	measurement: Readonly<Record<string, unknown>>,
): boolean {
	if (labels === undefined) return false;
	for (let i = 0; i < names.length; i++) if (measurement[names[i] as string] !== labels[i]) return false;
	return true;
}

function measurementOf({subject, columns, rows}: Section, labels: readonly unknown[], at: number): Measurement {
	const record: Record<string, unknown> = {kind: subject};
	labelNames[subject].forEach((name, i) => {
		record[name] = labels[i];
	});
	columns.forEach((name, i) => {
		if (name === '') return;
		const value = rows.values[at + 1 + i] as number;
		record[name] = flags.includes(name) ? value === 1 : Number.isNaN(value) ? undefined : value;
	});
	return record as unknown as Measurement;
}

/** The same text as the engine keeps it for property names: looking a property up by it needs no hashing. */
function interned(text: string): string {
	return Object.keys({[text]: 0})[0] ?? text;
}
