// SPDX-License-Identifier: Apache-2.0
import Type, {type Static} from 'typebox';
import {Compile} from 'typebox/compile';
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import {parseObject} from '../../wire/report/hello.ts';
import {sampleTimeMs} from './sample-time.ts';

// What a router tells of its time slots: `SlotPicture` of the model, from somebody who may send anything.

const MOST_SLOTS = 64;
const MOST_RADIOS = 8;
const run = Type.Tuple([
	Type.Integer({minimum: 0, maximum: MOST_SLOTS - 1}),
	Type.Integer({minimum: 1, maximum: MOST_SLOTS}),
]);
const runs = (description: string) => Type.Array(run, {maxItems: MOST_SLOTS, description});
const share = (description: string) => Type.Optional(Type.Number({minimum: 0, maximum: 1, description}));

export const SlotPicture = Type.Object({
	radio: Type.String({maxLength: 64}),
	state: Type.String({maxLength: 32, description: 'Why the gate is as it is, in a word'}),
	sentences: Type.Array(Type.String({maxLength: 600}), {maxItems: 12, description: 'As the router says it'}),
	slots: Type.Integer({minimum: 1, maximum: MOST_SLOTS}),
	slotUs: Type.Integer({minimum: 1, maximum: 10_000_000}),
	open: runs('First slot and how many: where everyone may send'),
	routers: Type.Array(
		Type.Object({router: Type.String({maxLength: 64}), own: runs('First slot and how many: its own')}),
		{maxItems: 16, description: 'The node itself is the first'},
	),
	errorUs: Type.Optional(Type.Integer({minimum: 0, description: 'What its clock may be wrong by'})),
	lossBefore: share('Share of frames lost to neighbours without slots'),
	lossNow: share('The same with slots'),
});
const picture = Compile(SlotPicture);

/** A radio's slots, and when they were told. */
export interface ToldSlots extends Static<typeof SlotPicture> {
	readonly timeMs: number;
}

/** Of an event of a node. Absent: undefined where it is another. Errors: DecodeError where it is none of ours. */
export function slotsOf(payload: Uint8Array, receivedMs: number): ToldSlots | undefined {
	if (!decodeUtf8(payload).includes('"slots"')) return undefined;
	const {event, detail, timeMs, clockUnset} = parseObject(payload, 'report.event');
	if (event !== 'slots') return undefined;
	if (typeof detail !== 'string' || typeof timeMs !== 'number') throw new DecodeError('type', 'report.event', 0);
	const drawn = parseObject(encodeUtf8(detail), 'report.event.detail');
	if (!picture.Check(drawn)) throw new DecodeError('type', 'report.event.detail', 0);
	for (const [first, count] of [...drawn.open, ...drawn.routers.flatMap(({own}) => own)])
		if (first + count > drawn.slots) throw new DecodeError('range', 'report.event.detail', 0);
	return {...drawn, timeMs: sampleTimeMs(timeMs, clockUnset === true, receivedMs)};
}

/** Keeps the last of each radio; of radios beyond what a router has, none. */
export function keepSlots(kept: Map<string, ToldSlots>, told: ToldSlots): void {
	if (kept.has(told.radio) || kept.size < MOST_RADIOS) kept.set(told.radio, told);
}
