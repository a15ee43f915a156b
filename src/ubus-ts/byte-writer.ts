// SPDX-License-Identifier: Apache-2.0

const encoder = /* @__PURE__ */ new TextEncoder();

// What names are in bytes: they come again with every message, and encoding costs more than finding.
const names = /* @__PURE__ */ new Map<string, Uint8Array>();
const NAMES_LIMIT = 256;

/** Storage that the last writer left behind, all zero: most messages are small and built one after another. */
const SPARE_LIMIT_BYTES = 8192;
let spare: Uint8Array | undefined;
let spareView: DataView | undefined;

function bytesOfName(name: string): Uint8Array {
	let bytes = names.get(name);
	if (bytes !== undefined) return bytes;
	if (names.size >= NAMES_LIMIT) names.clear();
	bytes = encoder.encode(name);
	names.set(name, bytes);
	return bytes;
}

/** Elements being written, big-endian, in storage that grows. What is reserved is zero. */
export class ByteWriter {
	// Declared, not defined: see ElementCursor.
	declare private bytes: Uint8Array;
	declare private view: DataView;
	declare private at: number;

	constructor() {
		this.bytes = spare ?? new Uint8Array(1024);
		spare = undefined;
		this.at = 0;
		this.view = spareView ?? new DataView(this.bytes.buffer);
		spareView = undefined;
	}

	get length(): number {
		return this.at;
	}

	/** The message's header; its root element is open then. */
	start(version: number, type: number, seq: number, peer: number): void {
		this.view.setUint32(0, (version << 24) | (type << 16) | seq);
		this.view.setUint32(4, peer);
		this.at = 12;
	}

	u32(type: number, name: string | undefined, value: number): void {
		const at = this.header(type, name, 4);
		this.view.setUint32(at, value);
	}

	u16(type: number, name: string | undefined, value: number): void {
		const at = this.header(type, name, 2);
		this.view.setUint16(at, value);
	}

	u8(type: number, name: string | undefined, value: number): void {
		const at = this.header(type, name, 1);
		this.bytes[at] = value;
	}

	f64(type: number, name: string | undefined, value: number): void {
		const at = this.header(type, name, 8);
		this.view.setFloat64(at, value);
	}

	i64(type: number, name: string | undefined, value: number | bigint): void {
		const at = this.header(type, name, 8);
		if (typeof value === 'bigint') this.view.setBigInt64(at, value);
		else {
			this.view.setInt32(at, Math.floor(value / 4294967296));
			this.view.setUint32(at + 4, value);
		}
	}

	/** UTF-8 and a zero byte. A reader takes a zero byte in the text for its end, as C does. */
	text(type: number, name: string | undefined, text: string): void {
		const bytes = encoder.encode(text);
		const at = this.header(type, name, bytes.length + 1);
		this.bytes.set(bytes, at);
	}

	/** An element whose payload is these bytes. */
	blob(type: number, name: string | undefined, bytes: Uint8Array): void {
		const at = this.header(type, name, bytes.length);
		this.bytes.set(bytes, at);
	}

	/** Elements that are encoded already. */
	raw(bytes: Uint8Array): void {
		const start = this.at;
		this.at = start + bytes.length;
		if (this.at > this.bytes.length) this.grow();
		this.bytes.set(bytes, start);
	}

	/** Starts an element that holds others; `close` with what it answers ends it. */
	open(type: number, name?: string): number {
		const start = this.at;
		this.header(type, name, 0);
		return start;
	}

	close(start: number): void {
		this.view.setUint32(start, (this.view.getInt32(start) & -0x1000000) | (this.at - start));
	}

	/** What was written, as an array of its own; the writer is done. */
	take(): Uint8Array {
		const taken = this.bytes.slice(0, this.at);
		if (this.bytes.length > SPARE_LIMIT_BYTES) return taken;
		this.bytes.fill(0, 0, this.at);
		spare = this.bytes;
		spareView = this.view;
		return taken;
	}

	/** Answers where the payload goes. Absent: without a name it is an attribute, not extended. */
	private header(type: number, name: string | undefined, payloadBytes: number): number {
		const start = this.at;
		const encoded = name === undefined ? undefined : bytesOfName(name);
		const headBytes = encoded === undefined ? 4 : (encoded.length + 10) & ~3;
		const length = headBytes + payloadBytes;
		this.at = start + ((length + 3) & ~3);
		if (this.at > this.bytes.length) this.grow();
		if (encoded === undefined) this.view.setUint32(start, (type << 24) | length);
		else {
			this.view.setUint32(start, ((type | 0x80) << 24) | length);
			this.view.setUint16(start + 4, encoded.length);
			this.bytes.set(encoded, start + 6);
		}
		return start + headBytes;
	}

	private grow(): void {
		const grown = new Uint8Array(2 * this.at);
		grown.set(this.bytes);
		this.bytes = grown;
		this.view = new DataView(grown.buffer);
	}
}
