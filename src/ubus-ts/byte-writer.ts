// SPDX-License-Identifier: Apache-2.0

const encoder = /* @__PURE__ */ new TextEncoder();

// What names are in bytes: they come again with every message, and encoding costs more than finding.
const names = /* @__PURE__ */ new Map<string, Uint8Array>();
const NAMES_LIMIT = 256;

/** Storage that the last writer left behind: most messages are small and built one after another. */
let spare: Uint8Array | undefined;

function bytesOfName(name: string): Uint8Array {
	let bytes = names.get(name);
	if (bytes !== undefined) return bytes;
	if (names.size >= NAMES_LIMIT) names.clear();
	bytes = encoder.encode(name);
	names.set(name, bytes);
	return bytes;
}

/** Elements being written, big-endian, in storage that grows. */
export class ByteWriter {
	private bytes: Uint8Array;
	private view: DataView;
	private at = 0;

	constructor() {
		this.bytes = spare ?? new Uint8Array(1024);
		spare = undefined;
		this.view = new DataView(this.bytes.buffer);
	}

	get length(): number {
		return this.at;
	}

	u8(value: number): void {
		const at = this.reserve(1);
		this.bytes[at] = value;
	}

	u16(value: number): void {
		const at = this.reserve(2);
		this.view.setUint16(at, value);
	}

	u32(value: number): void {
		const at = this.reserve(4);
		this.view.setUint32(at, value);
	}

	f64(value: number): void {
		const at = this.reserve(8);
		this.view.setFloat64(at, value);
	}

	i64(value: bigint): void {
		const at = this.reserve(8);
		this.view.setBigInt64(at, value);
	}

	raw(bytes: Uint8Array): void {
		const at = this.reserve(bytes.length);
		this.bytes.set(bytes, at);
	}

	/** UTF-8 and a zero byte. What follows a zero byte in the text would be lost on the other side, so it is not sent. */
	text(text: string): void {
		const bytes = encoder.encode(text);
		const zero = bytes.indexOf(0);
		this.raw(zero < 0 ? bytes : bytes.subarray(0, zero));
		this.u8(0);
	}

	/** Starts an element; `close` with what it answers ends it. Absent: without a name it is an attribute, not extended. */
	open(type: number, name?: string): number {
		if (name === undefined) {
			const start = this.reserve(4);
			this.view.setUint32(start, type << 24);
			return start;
		}
		const bytes = bytesOfName(name);
		const {length} = bytes;
		const start = this.reserve((length + 10) & ~3);
		this.bytes.fill(0, start + length, this.at);
		this.view.setUint32(start, (type << 24) | 0x80000000);
		this.view.setUint16(start + 4, length);
		this.bytes.set(bytes, start + 6);
		return start;
	}

	/** Fills in the element's length and pads it. */
	close(start: number): void {
		const {view, at} = this;
		view.setUint32(start, view.getUint32(start) | (at - start));
		const padding = -at & 3;
		if (padding === 0) return;
		const from = this.reserve(padding);
		this.bytes.fill(0, from, this.at);
	}

	/** What was written, as an array of its own; the writer is done. */
	take(): Uint8Array {
		const taken = this.bytes.slice(0, this.at);
		spare = this.bytes;
		return taken;
	}

	private reserve(length: number): number {
		const start = this.at;
		const end = start + length;
		if (end > this.bytes.length) {
			const grown = new Uint8Array(Math.max(end, 2 * this.bytes.length));
			grown.set(this.bytes);
			this.bytes = grown;
			this.view = new DataView(grown.buffer);
		}
		this.at = end;
		return start;
	}
}
