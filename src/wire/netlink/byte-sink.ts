// SPDX-License-Identifier: Apache-2.0

/** Bytes being written, in storage that grows. Everything reserved starts as zero. */
export class ByteSink {
	bytes: Uint8Array;
	/** Where the next byte goes. */
	at = 0;

	constructor(capacity = 256) {
		this.bytes = new Uint8Array(capacity);
	}

	/** Makes room for `length` bytes and answers where they start. */
	reserve(length: number): number {
		const start = this.at;
		const end = start + length;
		if (end > this.bytes.length) {
			const grown = new Uint8Array(Math.max(end, 2 * this.bytes.length));
			grown.set(this.bytes);
			this.bytes = grown;
		}
		this.at = end;
		return start;
	}

	push(bytes: Uint8Array): void {
		const start = this.reserve(bytes.length);
		this.bytes.set(bytes, start);
	}

	/** Pads with zeroes to the 4 bytes that netlink aligns everything to. */
	align(): void {
		this.reserve(-this.at & 3);
	}

	/** What was written, as an array of its own. */
	take(): Uint8Array {
		return this.bytes.slice(0, this.at);
	}
}
