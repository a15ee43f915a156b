// SPDX-License-Identifier: Apache-2.0
// What a gate reads: the kernel's queues and filters, its own map, and the record of what stood there before.
import {readOriginals, writeOriginals} from '../../src/actuator/slot-gate/queues.ts';
import type {ByteOrder} from '../../src/core/bytes.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import {decodeGateState, VALUE_BYTES} from '../../src/wire/bpf/gate-map.ts';
import {decodeFilter, encodeFilter, encodeProgramFilter} from '../../src/wire/rtnetlink/filter.ts';
import {decodeQdisc, encodeQdisc, encodeQdiscRequest, ROOT} from '../../src/wire/rtnetlink/qdisc.ts';
import type {Target} from './fuzzer.ts';

const orders: readonly ByteOrder[] = ['little', 'big'];
const header = {type: 36, flags: 0};
const HEADER_BYTES = 16;

const sorted = (value: unknown): string =>
	JSON.stringify(Object.entries(value as object).sort(([one], [other]) => (one < other ? -1 : 1)));

/** What is read can be written, and is read again as the same. */
function mirror<T>(value: T, write: (value: T) => Uint8Array, read: (bytes: Uint8Array) => T): T {
	const again = read(write(value));
	if (sorted(again) !== sorted(value)) throw new Error('what was read is written as something else');
	return value;
}

export const gateTargets: readonly Target[] = [
	...orders.flatMap((order): Target[] => {
		const qdisc = (bytes: Uint8Array) => decodeQdisc(bytes, order, 0, bytes.length);
		const filter = (bytes: Uint8Array) => decodeFilter(bytes, order, 0, bytes.length);
		const place = {interfaceIndex: 3, handle: 0x8001_0000, parent: ROOT};
		const body = (message: Uint8Array): Uint8Array => message.slice(HEADER_BYTES);
		return [
			{
				name: `rtnetlink.qdisc-${order}`,
				seeds: [body(encodeQdiscRequest(order, 'replace', place, {kind: 'fq', options: Uint8Array.of(8, 0, 1, 0)}))],
				decode: bytes => mirror(qdisc(bytes), value => body(encodeQdisc(order, value, header)), qdisc),
			},
			{
				name: `rtnetlink.filter-${order}`,
				seeds: [body(encodeProgramFilter(order, 3, 1, {descriptor: 9, name: 'gate'}))],
				decode: bytes => mirror(filter(bytes), value => body(encodeFilter(order, value, header)), filter),
			},
			{
				name: `bpf.gate-state-${order}`,
				seeds: [new Uint8Array(VALUE_BYTES), new Uint8Array(VALUE_BYTES).fill(1)],
				decode(bytes) {
					const whole = new Uint8Array(VALUE_BYTES);
					whole.set(bytes.subarray(0, VALUE_BYTES));
					return decodeGateState(whole, order);
				},
			},
		];
	}),
	{
		name: 'actuator.gates',
		seeds: [encodeUtf8('3\n12 cake 32769 0102ff\n13 pfifo 1 \n')],
		decode: bytes =>
			mirror(
				readOriginals(decodeUtf8(bytes)),
				value => encodeUtf8(writeOriginals(value)),
				again => readOriginals(decodeUtf8(again)),
			),
	},
];
