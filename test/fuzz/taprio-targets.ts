// SPDX-License-Identifier: Apache-2.0
// What the kernel says of taprio's schedules, and of interfaces that stand on others.
import type {ByteOrder} from '../../src/core/bytes.ts';
import {decodeStackedLink, encodeStackedLink} from '../../src/wire/rtnetlink/stacked-link.ts';
import {ALL_OPEN, taprioOptions, twoClasses} from '../../src/wire/rtnetlink/taprio.ts';
import {encodeTokenBucket, tokenBucketOptions} from '../../src/wire/rtnetlink/token-bucket.ts';
import type {Target} from './fuzzer.ts';

const orders: readonly ByteOrder[] = ['little', 'big'];
const HEADER_BYTES = 16;
const schedule = {
	entries: [
		{gates: ALL_OPEN, intervalNs: 24_000_000},
		{gates: 0, intervalNs: 2_000_000},
	],
	baseNs: 160_004_000_000,
	cycleNs: 26_000_000,
};

const sorted = (value: unknown): string =>
	JSON.stringify(Object.entries(value as object).sort(([one], [other]) => (one < other ? -1 : 1)));

/** What is read can be written, and is read again as the same. */
function mirror<T>(value: T, write: (value: T) => Uint8Array, read: (bytes: Uint8Array) => T): T {
	if (sorted(read(write(value))) !== sorted(value)) throw new Error('what was read is written as something else');
	return value;
}

export const taprioTargets: readonly Target[] = orders.flatMap((order): Target[] => {
	const options = (bytes: Uint8Array) => taprioOptions.decode(bytes, order);
	const link = (bytes: Uint8Array) => decodeStackedLink(bytes, order, 0, bytes.length);
	const body = (message: Uint8Array): Uint8Array => message.slice(HEADER_BYTES);
	return [
		{
			name: `rtnetlink.taprio-${order}`,
			seeds: [
				taprioOptions.encode({priorities: twoClasses(order), clock: 1, ...schedule, waiting: schedule}, order),
				taprioOptions.encode({baseNs: -1, cycleNs: 2 ** 53 + 2}, order),
			],
			decode: bytes => mirror(options(bytes), value => taprioOptions.encode(value, order), options),
		},
		{
			name: `rtnetlink.tokenBucket-${order}`,
			seeds: [
				encodeTokenBucket(order, {bytesPerS: 1e7, overheadBytes: 1000, burstBytes: 20_000, backlogBytes: 48_000}),
			],
			decode: bytes =>
				mirror(
					tokenBucketOptions.decode(bytes, order),
					value => tokenBucketOptions.encode(value, order),
					again => tokenBucketOptions.decode(again, order),
				),
		},
		{
			name: `rtnetlink.stackedLink-${order}`,
			seeds: [
				body(
					encodeStackedLink(order, {
						index: 7,
						flags: 1,
						name: 'mesh0_29',
						link: 3,
						info: {kind: 'vlan'},
						transmitQueues: 2,
					}),
				),
			],
			decode: bytes => mirror(link(bytes), value => body(encodeStackedLink(order, value)), link),
		},
	];
});
