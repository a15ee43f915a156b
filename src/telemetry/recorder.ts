// SPDX-License-Identifier: Apache-2.0
import {labelNames, type Subject} from '../model/labels.ts';
import {type PrivacyClass, type SeriesDefinition, type SeriesName, seriesDefinitions} from '../model/series.ts';
import {MAX_FRAME_VALUE} from '../wire/report/frame.ts';
import type {Series} from '../wire/report/hello.ts';

// Turns measurements into the columns of telemetry frames. All series of one thing (a peer, a channel) stand together in
// a block, so that recording looks a thing up once and not each of its values; and as sources say the same things in the
// same order every time, the block that is looked for is nearly always the one behind the last.
//
// Invariants
// 1. A series whose class is not published is never in a block: it is dropped here, before any queue.
// 2. A series keeps its place until a thing is forgotten, so frames between two schemas stay decodable.
// 3. A value that was not measured since the last `take` is absent in the next.

type Group = Subject;
type Fields = Readonly<Record<string, unknown>>;

interface Column {
	readonly field: string;
	readonly scale: number;
	readonly name: string;
	readonly definition: SeriesDefinition;
}

interface GroupColumns {
	readonly columns: readonly Column[];
	readonly labels: readonly string[];
}

interface Block {
	readonly group: GroupColumns;
	/** What the labels were measured as: one a label name. */
	readonly key: readonly unknown[];
	/** For each column its place in a frame; -1 while it was never measured. */
	readonly places: number[];
	index: number;
	lastTake: number;
}

/** The series at one place of a frame. */
interface Place {
	readonly block: Block;
	readonly column: number;
}

/** Takes a thing may be absent before its block is forgotten: a peer that flaps must not cause a new schema each time. */
const FORGET_AFTER_TAKES = 30;
/** Blocks beyond this are not recorded: a neighbour with a random address every second must not fill the memory. */
export const BLOCK_LIMIT = 256;

export class Recorder {
	readonly #groups = new Map<Group, GroupColumns>();
	readonly #known = new Map<string, Block>();
	#blocks: Block[] = [];
	/** Where in `#blocks` the next measurement is expected. */
	#expected = 0;
	#places: Place[] = [];
	#values: (number | undefined)[] = [];
	#take = 0;
	#changed = true;
	/** Measurements not recorded because there were too many things at once. */
	overflows = 0;

	constructor(published: readonly PrivacyClass[]) {
		const names = Object.keys(seriesDefinitions) as SeriesName[];
		for (const group of Object.keys(labelNames) as Group[]) {
			const own = names.filter(
				name => name.startsWith(`${group}.`) && published.includes(seriesDefinitions[name].class),
			);
			if (own.length === 0) continue;
			const columns = own.map(name => columnOf(name, name.slice(group.length + 1)));
			this.#groups.set(group, {columns, labels: labelNames[group].map(interned)});
		}
	}

	record(name: Group, measurement: Fields): void {
		const group = this.#groups.get(name);
		if (group === undefined) return;
		let block = this.#blocks[this.#expected];
		if (block === undefined || block.group !== group || !isOf(block, measurement)) {
			block = this.#find(name, group, measurement);
			if (block === undefined) return;
		}
		this.#expected = block.index + 1;
		block.lastTake = this.#take;
		const {columns} = group;
		const {places} = block;
		const values = this.#values;
		for (let i = 0; i < columns.length; i++) {
			const column = columns[i] as Column;
			const value = measurement[column.field] as number | undefined;
			if (value === undefined) continue;
			let scaled = column.scale === 1 ? value : value * column.scale;
			// Most are small integers already, which costs an interpreter nothing to see.
			if ((scaled | 0) !== scaled) {
				scaled = Math.round(scaled);
				if (!(scaled <= MAX_FRAME_VALUE && scaled >= -MAX_FRAME_VALUE)) continue;
			}
			let place = places[i] as number;
			if (place < 0) {
				place = this.#places.length;
				places[i] = place;
				this.#places.push({block, column: i});
				this.#changed = true;
			}
			values[place] = scaled;
		}
	}

	#find(name: Group, group: GroupColumns, measurement: Fields): Block | undefined {
		const labels = group.labels.map(label => measurement[label]);
		const text = `${name}/${labels.join('/')}`;
		const known = this.#known.get(text);
		if (known !== undefined) return known;
		if (this.#blocks.length >= BLOCK_LIMIT) {
			this.overflows++;
			return undefined;
		}
		const places = group.columns.map(() => -1);
		const block = {group, key: labels, places, index: this.#blocks.length, lastTake: this.#take};
		this.#blocks.push(block);
		this.#known.set(text, block);
		return block;
	}

	/** Series there are, in the order of `take`'s values. */
	get count(): number {
		return this.#places.length;
	}

	/** The series at a place of `take`'s values. */
	series(index: number): Series {
		const {block, column} = this.#places[index] as Place;
		return seriesOf(block, column);
	}

	/** Whether `series` answers otherwise than at the last call. Forgets what was not measured for long. */
	changed(): boolean {
		const oldest = this.#take - FORGET_AFTER_TAKES;
		for (let i = 0; i < this.#blocks.length; i++) {
			if ((this.#blocks[i] as Block).lastTake >= oldest) continue;
			this.#forget(oldest);
			break;
		}
		const changed = this.#changed;
		this.#changed = false;
		return changed;
	}

	/** Drops the blocks last measured before `oldest`; the others' series move together. */
	#forget(oldest: number): void {
		for (const [text, block] of this.#known) if (block.lastTake < oldest) this.#known.delete(text);
		this.#blocks = this.#blocks.filter(block => block.lastTake >= oldest);
		this.#blocks.forEach((block, index) => {
			block.index = index;
		});
		const values: (number | undefined)[] = [];
		const kept = this.#places.filter(({block}, place) => {
			if (block.lastTake < oldest) return false;
			values.push(this.#values[place]);
			return true;
		});
		kept.forEach(({block, column}, place) => {
			block.places[column] = place;
		});
		this.#places = kept;
		this.#values = values;
		this.#changed = true;
	}

	/** What was measured since the last call, scaled to integers. */
	take(): (number | undefined)[] {
		const values = this.#values;
		// Filled, so that it is an array without holes whichever value comes first.
		this.#values = new Array<number | undefined>(this.#places.length).fill(undefined);
		this.#expected = 0;
		this.#take++;
		return values;
	}
}

function columnOf(name: SeriesName, field: string): Column {
	const definition: SeriesDefinition = seriesDefinitions[name];
	return {field: interned(field), scale: definition.scale, name, definition};
}

/** The same text as the engine keeps it for property names: looking a property up by it needs no hashing. */
function interned(text: string): string {
	return Object.keys({[text]: 0})[0] ?? text;
}

function isOf(block: Block, measurement: Fields): boolean {
	const {key, group} = block;
	for (let i = 0; i < key.length; i++) if (measurement[group.labels[i] as string] !== key[i]) return false;
	return true;
}

function seriesOf(block: Block, index: number): Series {
	const column = block.group.columns[index] as Column;
	const labels: Record<string, string> = {};
	block.group.labels.forEach((label, i) => {
		if (block.key[i] !== undefined) labels[label] = String(block.key[i]);
	});
	const {unit, scale, kind, class: privacy} = column.definition;
	return {name: column.name, labels, unit, scale, kind, class: privacy};
}
