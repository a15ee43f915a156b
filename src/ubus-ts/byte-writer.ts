// SPDX-License-Identifier: Apache-2.0

const encoder = /* @__PURE__ */ new TextEncoder();

/** Elements being written, big-endian, in storage that grows. */
export class ByteWriter {
	private bytes = new Uint8Array(256);
	private at = 0;

	get length(): number {
		return this.at;
	}

	u8(value: number): void {
		this.bytes[this.reserve(1)] = value;
	}

	u16(value: number): void {
		const at = this.reserve(2);
		this.bytes[at] = value >> 8;
		this.bytes[at + 1] = value;
	}

	u32(value: number): void {
		this.put32(this.reserve(4), value);
	}

	raw(bytes: Uint8Array): void {
		const at = this.reserve(bytes.length);
		this.bytes.set(bytes, at);
	}

	/** UTF-8 and a zero byte. What follows a zero byte in the text would be lost on the other side, so it is not sent. */
	text(text: string): void {
		const at = this.utf8(text);
		const zero = this.bytes.indexOf(0, at);
		if (zero >= 0 && zero < this.at) this.at = zero;
		this.bytes[this.reserve(1)] = 0;
	}

	/** Starts an element; `close` with what it answers ends it. Absent: without a name it is an attribute, not extended. */
	open(type: number, name?: string): number {
		const start = this.reserve(4);
		this.bytes[start] = type;
		if (name !== undefined) {
			this.bytes[start] = type | 0x80;
			this.reserve(2);
			const at = this.utf8(name);
			const length = this.at - at;
			this.bytes[at - 2] = length >> 8;
			this.bytes[at - 1] = length;
			this.u8(0);
			this.align();
		}
		return start;
	}

	/** Fills in the element's length and pads it. */
	close(start: number): void {
		const bytes = this.bytes;
		const length = this.at - start;
		bytes[start + 1] = length >> 16;
		bytes[start + 2] = length >> 8;
		bytes[start + 3] = length;
		this.align();
	}

	/** What was written, as an array of its own. */
	take(): Uint8Array {
		return this.bytes.slice(0, this.at);
	}

	private put32(at: number, value: number): void {
		const bytes = this.bytes;
		bytes[at] = value >> 24;
		bytes[at + 1] = value >> 16;
		bytes[at + 2] = value >> 8;
		bytes[at + 3] = value;
	}

	/** Answers where it starts. */
	private utf8(text: string): number {
		const {length} = text;
		const start = this.reserve(length);
		const bytes = this.bytes;
		for (let i = 0; i < length; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) {
				this.at = start;
				this.raw(encoder.encode(text));
				return start;
			}
			bytes[start + i] = code;
		}
		return start;
	}

	private align(): void {
		while (this.at & 3) this.u8(0);
	}

	private reserve(length: number): number {
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
}
