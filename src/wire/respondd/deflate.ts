// SPDX-License-Identifier: Apache-2.0

// Raw DEFLATE in one block of the fixed code (RFC 1951, 3.2.6): what respondd's askers inflate. Texts of a few kilobytes
// that repeat their names become a third; a code made for the text itself would save little more and cost a router memory.

const SHORTEST = 3;
const LONGEST = 258;
const FARTHEST = 32_768;
const HASH_BITS = 12;
const END_OF_BLOCK = 256;

/** Compresses bytes. The result always inflates to them. */
export function deflate(bytes: Uint8Array): Uint8Array {
	// At worst 9 bits a byte, and the block's head and end.
	const out = new Uint8Array(bytes.length + (bytes.length >> 3) + 16);
	let at = 0;
	let held = 0;
	let heldBits = 0;
	/** Numbers stand with their lowest bit first. */
	const put = (value: number, bits: number): void => {
		held |= value << heldBits;
		heldBits += bits;
		for (; heldBits >= 8; heldBits -= 8) {
			out[at++] = held;
			held >>>= 8;
		}
	};
	/** Codes stand with their highest bit first. */
	const putCode = (code: number, bits: number): void => {
		let turned = 0;
		for (let i = 0; i < bits; i++) turned |= ((code >> i) & 1) << (bits - 1 - i);
		put(turned, bits);
	};
	const putSymbol = (symbol: number): void => {
		if (symbol < 144) putCode(0x30 + symbol, 8);
		else if (symbol < 256) putCode(0x190 + symbol - 144, 9);
		else if (symbol < 280) putCode(symbol - 256, 7);
		else putCode(0xc0 + symbol - 280, 8);
	};
	put(1, 1); // the last block
	put(1, 2); // of the fixed code
	const places = new Int32Array(1 << HASH_BITS).fill(-1);
	for (let i = 0; i < bytes.length; ) {
		let length = 0;
		let distance = 0;
		if (i + SHORTEST <= bytes.length) {
			const slot = hashAt(bytes, i);
			const place = places[slot] as number;
			places[slot] = i;
			if (place >= 0 && i - place <= FARTHEST) {
				distance = i - place;
				const most = Math.min(LONGEST, bytes.length - i);
				while (length < most && bytes[place + length] === bytes[i + length]) length++;
			}
		}
		if (length < SHORTEST) {
			putSymbol(bytes[i++] as number);
			continue;
		}
		putLength(length, putSymbol, put);
		putDistance(distance, putCode, put);
		i += length;
	}
	putSymbol(END_OF_BLOCK);
	if (heldBits > 0) out[at++] = held;
	return out.slice(0, at);
}

function hashAt(bytes: Uint8Array, at: number): number {
	const three = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
	return (Math.imul(three, 0x9e3779b1) >>> (32 - HASH_BITS)) & ((1 << HASH_BITS) - 1);
}

type Put = (value: number, bits: number) => void;

/** Codes 257 to 285: four for each doubling, the rest in extra bits (3.2.5). */
function putLength(length: number, putSymbol: (symbol: number) => void, put: Put): void {
	if (length === LONGEST) return putSymbol(285);
	const rest = length - SHORTEST;
	const extra = Math.max(0, 29 - Math.clz32(rest));
	putSymbol(257 + 4 * extra + (rest >> extra));
	put(rest & ((1 << extra) - 1), extra);
}

/** Codes 0 to 29: two for each doubling. */
function putDistance(distance: number, putCode: Put, put: Put): void {
	const rest = distance - 1;
	const extra = Math.max(0, 30 - Math.clz32(rest));
	putCode(2 * extra + (rest >> extra), 5);
	put(rest & ((1 << extra) - 1), extra);
}
