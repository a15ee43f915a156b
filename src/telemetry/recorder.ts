// SPDX-License-Identifier: Apache-2.0
import type {Measurement} from '../model/observation.ts';
import {type Labels, type PrivacyClass, type SeriesDefinition, seriesDefinitions} from '../model/series.ts';
import type {Series} from '../wire/report/hello.ts';

// Turns measurements into the columns of telemetry frames. All series of one thing (a peer, a channel) stand together in
// a block, so that recording looks a thing up once and not each of its values.
//
// Invariants
// 1. A series whose class is not published is never in a block: it is dropped here, before any queue.
// 2. A block keeps its place and its columns until it is forgotten, so frames between two schemas stay decodable.
// 3. A value that was not measured since the last `take` is absent in the next.

type Group = Measurement['kind'] | 'agent';

interface Column {
	readonly field: string;
	readonly name: string;
	readonly definition: SeriesDefinition;
}

interface Block {
	readonly columns: readonly Column[];
	readonly labels: Labels;
	/** One a column, scaled. */
	readonly values: (number | undefined)[];
	/** Which columns were ever measured; only these are in the schema. */
	readonly seen: boolean[];
	lastTake: number;
}

const labelNames: Readonly<Record<Group, readonly string[]>> = {
	radio: ['radio'],
	channel: ['radio', 'frequencyMhz'],
	station: ['interface', 'peer'],
	clients: ['interface'],
	path: ['interface'],
	interface: ['interface'],
	system: [],
	neighbour: ['radio', 'frequencyMhz', 'network'],
	agent: [],
};

/** Takes a thing may be absent before its block is forgotten: a peer that flaps must not cause a new schema each time. */
const FORGET_AFTER_TAKES = 30;
/** Blocks beyond this are not recorded: a neighbour with a random address every second must not fill the memory. */
export const BLOCK_LIMIT = 256;
/** Half of 2^53, so that zigzag stays exact. */
const LARGEST = 2 ** 52;

export class Recorder {
	readonly #groups: ReadonlyMap<string, readonly Column[]>;
	readonly #blocks = new Map<string, Block>();
	#take = 0;
	#changed = true;
	/** Measurements not recorded because there were too many things at once. */
	overflows = 0;

	constructor(published: readonly PrivacyClass[]) {
		const groups = new Map<string, Column[]>();
		for (const [name, definition] of Object.entries(seriesDefinitions)) {
			if (!published.includes(definition.class)) continue;
			const [group = '', field = ''] = name.split('.');
			const columns = groups.get(group) ?? [];
			columns.push({field, name, definition});
			groups.set(group, columns);
		}
		this.#groups = groups;
	}

	record(group: Group, measurement: Readonly<Record<string, unknown>>): void {
		const columns = this.#groups.get(group);
		if (columns === undefined) return;
		const block = this.#block(group, columns, measurement);
		if (block === undefined) return;
		for (let i = 0; i < columns.length; i++) {
			const column = columns[i];
			if (column === undefined) continue;
			const value = measurement[column.field];
			if (value === undefined) continue;
			const scaled = Math.round((value as number) * column.definition.scale);
			if (!(Math.abs(scaled) < LARGEST)) continue;
			block.values[i] = scaled;
			if (block.seen[i] === true) continue;
			block.seen[i] = true;
			this.#changed = true;
		}
		block.lastTake = this.#take;
	}

	#block(group: Group, columns: readonly Column[], measurement: Readonly<Record<string, unknown>>): Block | undefined {
		const names = labelNames[group];
		let key: string = group;
		for (const name of names) key += `/${measurement[name] ?? ''}`;
		const known = this.#blocks.get(key);
		if (known !== undefined) return known;
		if (this.#blocks.size >= BLOCK_LIMIT) {
			this.overflows++;
			return undefined;
		}
		const labels: Record<string, string> = {};
		for (const name of names) if (measurement[name] !== undefined) labels[name] = String(measurement[name]);
		const block = {
			columns,
			labels,
			values: new Array<number | undefined>(columns.length).fill(undefined),
			seen: new Array<boolean>(columns.length).fill(false),
			lastTake: this.#take,
		};
		this.#blocks.set(key, block);
		return block;
	}

	/** The columns in the order of `take`'s values; undefined when they are as they were at the last call. */
	changedSeries(): Series[] | undefined {
		for (const [key, block] of this.#blocks) {
			if (this.#take - block.lastTake <= FORGET_AFTER_TAKES) continue;
			this.#blocks.delete(key);
			this.#changed = true;
		}
		if (!this.#changed) return undefined;
		this.#changed = false;
		const series: Series[] = [];
		for (const block of this.#blocks.values()) {
			for (let i = 0; i < block.columns.length; i++) {
				const column = block.columns[i];
				if (column === undefined || block.seen[i] !== true) continue;
				const {unit, scale, kind, class: privacy} = column.definition;
				series.push({name: column.name, labels: block.labels, unit, scale, kind, class: privacy});
			}
		}
		return series;
	}

	/** What was measured since the last call, scaled to integers. */
	take(): (number | undefined)[] {
		const values: (number | undefined)[] = [];
		for (const block of this.#blocks.values()) {
			for (let i = 0; i < block.values.length; i++) {
				if (block.seen[i] === true) values.push(block.values[i]);
				block.values[i] = undefined;
			}
		}
		this.#take++;
		return values;
	}
}
