// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import {Rows} from '../core/rows.ts';
import type {Board, Section} from '../model/board.ts';
import {GENERIC_HEADER_BYTES} from '../wire/netlink/generic.ts';
import {cell, layout} from '../wire/netlink/layout.ts';
import {RowReader} from '../wire/netlink/row-reader.ts';
import {surveyFields} from '../wire/nl80211/survey.ts';
import {ACCUMULATOR_SIZE, accumulate, counters} from './survey-accumulator.ts';

// The counters that are reported; the rest of a kernel's answer is skipped unread.

const info = (name: keyof typeof surveyFields) => cell([84], surveyFields[name]);

export const surveyLayout = /* @__PURE__ */ layout('nl80211.survey', GENERIC_HEADER_BYTES, {
	frequencyMhz: info('frequencyMhz'),
	inUse: info('inUse'),
	noiseDbm: info('noiseDbm'),
	activeMs: info('activeMs'),
	busyMs: info('busyMs'),
	receiveMs: info('receiveMs'),
	transmitMs: info('transmitMs'),
	ownReceiveMs: info('ownReceiveMs'),
});

const FREQUENCY = 0;
const IN_USE = 1;
const NOISE = 2;
const ACTIVE = 3;
const COLUMNS = 8;
/** A radio of three bands has some hundred channels. */
const CHANNEL_LIMIT = 512;
/** As in the layout, but that the frequency is the row's name, and the counters are ours. */
const columns = [
	'',
	'inUse',
	'noiseDbm',
	...counters,
	...new Array<string>(ACCUMULATOR_SIZE - counters.length).fill(''),
];

/** The surveys of every radio, each channel's counters accumulated by (radio, frequency). */
export class Surveys {
	readonly #board: Board;
	/** What one dump says, of whichever radio was asked last. */
	readonly #read = new Rows(COLUMNS, 0, CHANNEL_LIMIT);
	readonly #radios = new Map<string, Section>();
	readonly reader: RowReader;

	constructor(board: Board, order: ByteOrder) {
		this.#board = board;
		this.reader = new RowReader(surveyLayout, this.#read, order);
	}

	/** Call before each attempt of a dump. */
	begin(): void {
		this.#read.begin(0);
	}

	/** Takes what the dump of one radio said, at monotonic `nowMs`. */
	take(radio: string, nowMs: number): void {
		const section = this.#radios.get(radio) ?? this.#begin(radio);
		const {count, values} = this.#read;
		section.rows.begin(this.#board.interval);
		for (let row = 0; row < count; row++) {
			const at = this.#read.at(row) + 1;
			const noiseDbm = values[at + NOISE] as number;
			const activeMs = values[at + ACTIVE] as number;
			if (Number.isNaN(values[at + FREQUENCY])) continue;
			// A channel on which the radio has measured nothing.
			if (activeMs === 0 ? values[at + IN_USE] !== 1 : Number.isNaN(activeMs) && Number.isNaN(noiseDbm)) continue;
			this.#channel(section, radio, values, at, nowMs);
		}
	}

	#channel(section: Section, radio: string, read: Float64Array, at: number, nowMs: number): void {
		const frequencyMhz = read[at + FREQUENCY] as number;
		const {rows} = section;
		const to = rows.put([frequencyMhz]) + 1;
		if (to <= 0) return;
		if (section.labels.length < rows.count) this.#board.label(section, [radio, frequencyMhz]);
		const {values} = rows;
		const noiseDbm = read[at + NOISE] as number;
		values[to + IN_USE] = read[at + IN_USE] as number;
		// Drivers that have not measured yet say 0 or a positive number: no receiver is that deaf.
		values[to + NOISE] = noiseDbm < 0 ? noiseDbm : Number.NaN;
		accumulate(values, to + ACTIVE, read, at + ACTIVE, nowMs);
	}

	#begin(radio: string): Section {
		const section = this.#board.add({subject: 'channel', columns, keys: 1});
		this.#radios.set(radio, section);
		return section;
	}
}
