// SPDX-License-Identifier: Apache-2.0
import {ROWS_COUNT, ROWS_HEADER, ROWS_STRIDE} from '../../core/rows.ts';
import {MAX_FRAME_VALUE} from './frame.ts';
import {type GatherColumns, hostGather} from './native.ts';

// From rows of numbers (core/rows.ts) to the columns of a frame.

/** Of a column of a row: it is not sent, it would be if it had a value, it has a place in every frame. */
export const MARK_UNSENT = 0;
export const MARK_UNSEEN = 1;
export const MARK_PLACED = 2;

/** The integer that travels. NaN for what no frame carries. */
export function scaledValue(value: number, scale: number): number {
	const whole = Math.round(scale === 1 ? value : value * scale);
	return whole <= MAX_FRAME_VALUE && whole >= -MAX_FRAME_VALUE ? whole : Number.NaN;
}

/** As `gatherColumns`, without the host's help. */
export const gatherByScript: GatherColumns = (rows, stamp, marks, scales, out, start) => {
	const stride = rows[ROWS_STRIDE] as number;
	const count = stride === 0 ? 0 : (rows[ROWS_COUNT] as number);
	const columns = scales.length;
	if (count > 0 && (columns >= stride || count * columns > marks.length)) return -1;
	let at = start;
	for (let row = 0; row < count; row++) {
		const from = ROWS_HEADER + row * stride;
		const fresh = rows[from] === stamp;
		for (let column = 0; column < columns; column++) {
			const mark = marks[row * columns + column];
			if (mark === MARK_UNSENT || (mark === MARK_UNSEEN && !fresh)) continue;
			const value = fresh ? scaledValue(rows[from + 1 + column] as number, scales[column] as number) : Number.NaN;
			if (mark === MARK_PLACED) out[at++] = value + 0;
			else if (!Number.isNaN(value)) return -1;
		}
	}
	return at;
};

/**
 * Puts the first `scales.length` columns of all rows into `out` from `at` on, as far as `marks` (one for each) give them
 * a place: scaled, NaN where the row was not written under `stamp`. Answers where the next goes, or -1 when a column that
 * has no place yet has a value, or when there are rows without marks.
 */
export const gatherColumns: GatherColumns = hostGather ?? gatherByScript;
