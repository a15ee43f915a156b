// SPDX-License-Identifier: Apache-2.0
import {readU16, writeU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';

// The few parts of a DNS message that looking up an address needs. Source: RFC 1035 section 4; AAAA: RFC 3596.

export const typeA = 1;
export const typeAaaa = 28;
const classInternet = 1;
const headerBytes = 12;
const answerLimit = 64;

/** A recursive question for one record type. Errors: DecodeError 'range' for a name that DNS cannot carry. */
export function encodeQuestion(id: number, name: string, type: number): Uint8Array {
	const labels = (name.endsWith('.') ? name.slice(0, -1) : name).split('.');
	const bytes: number[] = [];
	for (const label of labels) {
		if (label.length === 0 || label.length > 63) throw new DecodeError('range', 'name', 0);
		bytes.push(label.length);
		for (let i = 0; i < label.length; i++) {
			const code = label.charCodeAt(i);
			if (code <= 32 || code > 126) throw new DecodeError('range', 'name', i);
			bytes.push(code);
		}
	}
	if (bytes.length > 253) throw new DecodeError('range', 'name', 0);
	const message = new Uint8Array(headerBytes + bytes.length + 5);
	writeU16(message, 0, id, 'big');
	writeU16(message, 2, 0x0100, 'big'); // recursion desired
	writeU16(message, 4, 1, 'big');
	message.set(bytes, headerBytes);
	writeU16(message, headerBytes + bytes.length + 1, type, 'big');
	writeU16(message, headerBytes + bytes.length + 3, classInternet, 'big');
	return message;
}

export interface NameAnswer {
	/** The response code: 0 fine, 3 no such name. */
	readonly code: number;
	/** The addresses of the asked type, as text. */
	readonly addresses: readonly string[];
}

/**
 * Reads the answer to a question that we sent.
 *
 * Errors: DecodeError 'sequence' when it answers something else, others where the bytes mean nothing.
 */
export function decodeAnswer(message: Uint8Array, question: Uint8Array): NameAnswer {
	need(message, 0, question.length);
	if (message[0] !== question[0] || message[1] !== question[1]) throw new DecodeError('sequence', 'dns.id', 0);
	const flags = readU16(message, 2, 'big');
	if ((flags & 0x8000) === 0 || readU16(message, 4, 'big') !== 1) throw new DecodeError('sequence', 'dns.flags', 2);
	for (let i = headerBytes; i < question.length; i++)
		if (lower(message[i]) !== lower(question[i])) throw new DecodeError('sequence', 'dns.question', i);
	const type = readU16(question, question.length - 4, 'big');
	const count = Math.min(readU16(message, 6, 'big'), answerLimit);
	const addresses: string[] = [];
	let at = question.length;
	for (let i = 0; i < count; i++) {
		at = skipName(message, at);
		need(message, at, 10);
		const length = readU16(message, at + 8, 'big');
		const data = at + 10;
		need(message, data, length);
		if (readU16(message, at, 'big') === type && readU16(message, at + 2, 'big') === classInternet)
			addresses.push(addressText(message.subarray(data, data + length), data));
		at = data + length;
	}
	return {code: flags & 15, addresses};
}

function need(message: Uint8Array, at: number, length: number): void {
	if (at + length > message.length) throw new DecodeError('truncated', 'dns', at);
}

/** DNS names ignore case, and some resolvers mix it. Lengths of labels are below the letters. */
function lower(code: number | undefined): number | undefined {
	return code !== undefined && code >= 65 && code <= 90 ? code + 32 : code;
}

/** Where a name ends in place; a pointer is its last part, so it is never followed and cannot loop. */
function skipName(message: Uint8Array, start: number): number {
	let at = start;
	for (;;) {
		need(message, at, 1);
		const length = message[at] ?? 0;
		if (length === 0) return at + 1;
		if (length >= 0xc0) return at + 2;
		if (length > 63) throw new DecodeError('length', 'dns.name', at);
		at += 1 + length;
	}
}

function addressText(bytes: Uint8Array, offset: number): string {
	if (bytes.length === 4) return bytes.join('.');
	if (bytes.length !== 16) throw new DecodeError('length', 'dns.address', offset);
	const groups: string[] = [];
	for (let i = 0; i < 16; i += 2) groups.push(readU16(bytes, i, 'big').toString(16));
	return groups.join(':');
}
