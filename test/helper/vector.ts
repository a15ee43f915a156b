// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import {type ByteOrder, toHex} from '../../src/core/bytes.ts';
import {DecodeError} from '../../src/core/errors.ts';
import type {Fields, Input, Table, Value} from '../../src/wire/netlink/attributes.ts';
import {layout, orders} from './layout.ts';

/** One vector, every direction, in both byte orders: read it, build it again, and cut it at every byte. */
export function checkVector<F extends Fields>(
	t: ExecutionContext,
	table: Table<F>,
	text: string,
	value: Value<F>,
): void {
	for (const order of orders) {
		const bytes = layout(text, order);
		t.deepEqual(table.decode(bytes, order), value, order);
		t.is(toHex(table.encode(value as unknown as Input<F>, order)), toHex(bytes), order);
		checkInMidst(t, bytes, (within, start, end) => table.decode(within, order, start, end), value);
		checkCut(t, bytes, cut => table.decode(cut, order));
	}
}

/** Whatever is around a value must not be read: it is decoded from the midst of other bytes. */
function checkInMidst(
	t: ExecutionContext,
	bytes: Uint8Array,
	decode: (bytes: Uint8Array, start: number, end: number) => unknown,
	value: unknown,
): void {
	const within = new Uint8Array(bytes.length + 16).fill(0xff);
	within.set(bytes, 8);
	t.deepEqual(decode(within, 8, 8 + bytes.length), value);
}

/** At every length the decoder answers or throws a DecodeError, and never says more than the whole does. */
export function checkCut(t: ExecutionContext, bytes: Uint8Array, decode: (cut: Uint8Array) => unknown): void {
	for (let length = 0; length < bytes.length; length++) {
		try {
			decode(bytes.slice(0, length));
		} catch (error) {
			if (!(error instanceof DecodeError)) {
				t.fail(`cut at ${length} of ${toHex(bytes)}: ${String(error)}`);
				return;
			}
		}
	}
	t.pass();
}

/** The bytes are refused with this code and path, in both byte orders. */
export function checkRefused(
	t: ExecutionContext,
	decode: (bytes: Uint8Array, order: ByteOrder) => unknown,
	text: string,
	expected: {code: string; path: string; offset?: number},
): void {
	for (const order of orders) {
		const error = t.throws(() => decode(layout(text, order), order), {instanceOf: DecodeError}, order);
		t.like(error, expected, order);
	}
}
