// SPDX-License-Identifier: Apache-2.0

/** Why an operation failed, by libuci's numbers, which `uci add` also exits with. */
export const INVALID_ARGUMENT = 2;
export const NOT_FOUND = 3;
export const IO_ERROR = 4;
export const PARSE_ERROR = 5;
export const DUPLICATE = 6;

const texts: readonly string[] = [
	'Success',
	'Out of memory',
	'Invalid argument',
	'Entry not found',
	'I/O error',
	'Parse error',
	'Duplicate entry',
];

/**
 * What libuci says where it refuses something.
 *
 * Shape:  `line` counts from 1, `byte` from 0 in that line as libuci joins it (lines inside quotes are one).
 * Absent: without a position the error is not about a file's text.
 */
export class UciError extends Error {
	readonly code: number;
	readonly reason: string | undefined;
	readonly line: number;
	readonly byte: number;

	constructor(code: number, reason?: string, line = 0, byte = 0) {
		super(`${texts[code]}${reason === undefined ? '' : ` (${reason}) at line ${line}, byte ${byte}`}`);
		this.name = 'UciError';
		this.code = code;
		this.reason = reason;
		this.line = line;
		this.byte = byte;
	}
}
