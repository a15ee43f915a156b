// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../src/core/bytes.ts';
import {DecodeError} from '../../src/core/errors.ts';
import {seededRandom} from '../../src/core/random.ts';
import {ROWS_HEADER, Rows} from '../../src/core/rows.ts';
import {DUMP_ENDED} from '../../src/wire/netlink/conversation.ts';
import type {Layout} from '../../src/wire/netlink/layout.ts';
import {encodeAcknowledgement, encodeMessage, MessageCursor, NLMSG_DONE} from '../../src/wire/netlink/message.ts';
import {readRows} from '../../src/wire/netlink/native.ts';
import {RowReader} from '../../src/wire/netlink/row-reader.ts';
import {gatherByScript, gatherColumns} from '../../src/wire/report/columns.ts';
import {FrameDecoder, FrameEncoder, MAX_FRAME_VALUE, packByScript} from '../../src/wire/report/frame.ts';
import {mutate} from '../fuzz/mutate.ts';
import {sourceLayouts} from '../fuzz/source-targets.ts';
import type {ConformanceCase} from './case.ts';

const SEED = 20261122;
const MUTANTS = 300;
const SEQUENCE = 0xfffffff0;
const PORT = 4242;

/** Reads a datagram as a conversation does; what it came to. */
function read(reader: RowReader, bytes: Uint8Array, byHost: boolean): string {
	const cursor = new MessageCursor(bytes, reader.order);
	try {
		for (;;) {
			const at = byHost ? reader.skip(bytes, cursor.at, SEQUENCE, PORT) : cursor.at;
			if (at === DUMP_ENDED) return 'ended';
			cursor.at = at;
			if (!cursor.next()) return 'all read';
			if (cursor.sequence !== SEQUENCE || cursor.port !== PORT) continue;
			if (cursor.type === NLMSG_DONE) {
				const isPlain = (cursor.flags & 0x210) === 0 && cursor.at >= bytes.length;
				const length = cursor.end - cursor.start;
				const errno = bytes.subarray(cursor.start, cursor.start + 4).some(byte => byte !== 0);
				return isPlain && (length === 0 || (length >= 4 && !errno)) ? 'ended' : 'ended in doubt';
			}
			if (cursor.type < 16 || (cursor.flags & 0x10) !== 0) continue;
			reader.message(bytes, cursor.start, cursor.end);
		}
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		return `${error.code} ${error.path} ${error.offset}`;
	}
}

function dump(order: ByteOrder, bodies: readonly Uint8Array[]): Uint8Array {
	const header = {type: 28, flags: 2, sequence: SEQUENCE, port: PORT};
	const messages = bodies.map(body => encodeMessage(order, header, sink => sink.push(body)));
	messages.push(encodeAcknowledgement(order, {...header, type: NLMSG_DONE}, {errno: 0}));
	return Uint8Array.from(messages.flatMap(message => [...message]));
}

/** Rows that have read one message, so that its key is known. */
function rowsOf(layout: Layout, keys: number, order: ByteOrder, known: Uint8Array): RowReader {
	const rows = new Rows(layout.columns.length + 2, keys, 8);
	const reader = new RowReader(layout, rows, order);
	reader.message(known, 0, known.length);
	rows.begin(5);
	return reader;
}

const text = (values: Float64Array) => [...values].map(value => (Object.is(value, -0) ? '-0' : String(value))).join();

/** Numbers of all sizes, with halves and limits among them. */
function anyNumber(random: () => number): number {
	const size = random();
	if (size < 0.15) return Number.NaN;
	if (size < 0.5) return Math.floor(random() * 300) - 100;
	if (size < 0.6) return Math.floor(random() * 20) - 10 + 0.5;
	if (size < 0.65) return 0.49999999999999994;
	if (size < 0.75) return (random() - 0.5) * 2 ** Math.floor(random() * 70);
	if (size < 0.85) return (random() < 0.5 ? -1 : 1) * (MAX_FRAME_VALUE + Math.floor(random() * 5) - 2);
	return Math.floor((random() - 0.5) * 2 ** 52);
}

export const rowCases: readonly ConformanceCase[] = [
	{
		name: 'rows: the host makes the rows that the script makes, and refuses nothing by itself',
		run({equal}) {
			const random = seededRandom(SEED);
			for (const {name, layout, keys, sample} of sourceLayouts) {
				for (const order of ['little', 'big'] as const) {
					const body = sample(order);
					const whole = dump(order, [body, body, body]);
					for (let i = 0; i < MUTANTS; i++) {
						// Changes of one message's inside reach further than those of the whole.
						const inside = dump(order, [body, mutate(random, body, body), body]);
						const bytes = i === 0 ? whole : (i & 3) === 0 ? mutate(random, whole, inside) : inside;
						const byHost = rowsOf(layout, keys, order, body);
						const byScript = rowsOf(layout, keys, order, body);
						const what = `${name} ${order}, seed ${SEED}, input ${i}`;
						equal(read(byHost, bytes, true), read(byScript, bytes, false), what);
						const length = byScript.rows.at(byScript.rows.count);
						equal(text(byHost.rows.values.slice(0, length)), text(byScript.rows.values.slice(0, length)), what);
					}
				}
			}
		},
	},
	{
		name: 'rows: what is plain and known needs no script where there is a host',
		run({equal}) {
			for (const {name, layout, keys, sample} of sourceLayouts) {
				for (const order of ['little', 'big'] as const) {
					const body = sample(order);
					const reader = rowsOf(layout, keys, order, body);
					const end = reader.skip(dump(order, [body]), 0, SEQUENCE, PORT);
					equal(end, readRows === undefined ? 0 : DUMP_ENDED, `${name} ${order}`);
					if (readRows !== undefined) equal(reader.rows.values[ROWS_HEADER], 5, `${name} ${order}: stamp`);
				}
			}
		},
	},
	{
		name: 'report: the host gathers the columns that the script gathers',
		run({equal}) {
			const random = seededRandom(SEED);
			for (let i = 0; i < MUTANTS; i++) {
				const columns = 1 + Math.floor(random() * 9);
				const rows = new Rows(columns + (i & 1), 1, 20);
				const count = Math.floor(random() * 12);
				for (let row = 0; row < count; row++) {
					rows.begin(random() < 0.8 ? 7 : 6);
					rows.put([row, ...Array.from({length: columns - 1}, () => anyNumber(random))]);
				}
				const lacking = random() < 0.1 ? 1 : 0;
				const marks = Uint8Array.from({length: Math.max(0, count * columns - lacking)}, () => {
					const mark = random();
					return mark < 0.2 ? 0 : mark < 0.205 ? 1 : 2;
				});
				const scales = Float64Array.from(
					{length: columns},
					() => [1, 1, 10, 100, 0.5][Math.floor(random() * 5)] as number,
				);
				const [byHost, byScript] = [new Float64Array(count * columns + 1), new Float64Array(count * columns + 1)];
				const what = `seed ${SEED}, input ${i}`;
				equal(
					gatherColumns(rows.values, 7, marks, scales, byHost, 1),
					gatherByScript(rows.values, 7, marks, scales, byScript, 1),
					what,
				);
				equal(text(byHost), text(byScript), what);
			}
		},
	},
	{
		name: 'report: the host packs the frames that the script packs, and they are read back',
		run({equal, ok}) {
			const random = seededRandom(SEED);
			const count = 77;
			const encoder = new FrameEncoder(count, 1, 2);
			const decoder = new FrameDecoder(count, 1, 2);
			const previous = new Float64Array(count).fill(Number.NaN);
			const values = new Float64Array(count).fill(Number.NaN);
			for (let sequence = 0; sequence < MUTANTS; sequence++) {
				for (let i = 0; i < count; i++)
					if (random() < 0.3) values[i] = random() < 0.1 ? 2 ** 60 : Math.round(anyNumber(random)) + 0;
				const keyframe = sequence === 0 || random() < 0.1;
				const frame = encoder.encode(values, {timeMs: 0, clockUnset: false, sequence, keyframe});
				const reserved = sequence < 128 ? 17 : 18;
				const packed = packByScript(values, previous, keyframe, reserved);
				equal(frame.subarray(reserved), packed.subarray(reserved), `seed ${SEED}, frame ${sequence}`);
				const read = decoder.decode(frame).values;
				for (let i = 0; i < count; i++) {
					const value = values[i] as number;
					const sent = value <= MAX_FRAME_VALUE && value >= -MAX_FRAME_VALUE ? value : undefined;
					ok(read[i] === sent, `seed ${SEED}, frame ${sequence}, value ${i}: ${read[i]} instead of ${sent}`);
				}
			}
		},
	},
];
