// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from './errors.ts';

// Variable-length integers as protobuf writes them: 7 bits a byte, least significant first, the top bit says "more".
// Arithmetic, not bit operations: counters pass 2^32.

/** Appends an unsigned safe integer. */
export function pushVarint(out: number[], value: number): void {
	let rest = value;
	while (rest >= 128) {
		out.push((rest % 128) + 128);
		rest = Math.floor(rest / 128);
	}
	out.push(rest);
}

/** Folds the sign into the lowest bit, so that small steps either way are short: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
export function zigzag(value: number): number {
	return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(code: number): number {
	return code % 2 === 0 ? code / 2 : -(code + 1) / 2;
}

/** Reads numbers one after another from untrusted bytes. */
export class VarintReader {
	readonly bytes: Uint8Array;
	readonly path: string;
	at: number;

	constructor(bytes: Uint8Array, at: number, path: string) {
		this.bytes = bytes;
		this.path = path;
		this.at = at;
	}

	/** Errors: DecodeError 'truncated' | 'range' (2^53 and above, or written longer than needed to reach that). */
	next(): number {
		const start = this.at;
		const first = this.bytes[start];
		if (first !== undefined && first < 128) {
			this.at++; // most numbers: a collector reads millions of them a second
			return first;
		}
		let value = 0;
		let scale = 1;
		for (;;) {
			const byte = this.bytes[this.at];
			if (byte === undefined) throw new DecodeError('truncated', this.path, start);
			this.at++;
			value += (byte & 0x7f) * scale;
			if (value > Number.MAX_SAFE_INTEGER) throw new DecodeError('range', this.path, start);
			if (byte < 128) return value;
			scale *= 128;
			if (scale > Number.MAX_SAFE_INTEGER) throw new DecodeError('range', this.path, start);
		}
	}
}
