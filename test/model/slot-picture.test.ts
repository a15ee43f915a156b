// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {slotPicture} from '../../src/model/slot-picture.ts';
import type {SlotView} from '../../src/model/slots.ts';

const [OWN, FAR, MIDDLE] = [0x0a, 0x0b, 0x0c];
const gated: SlotView = {
	radio: 'phy0',
	state: 'gated',
	reason: 'Slots are kept, because two senders here do not hear each other.',
	superframe: {slots: 8, slotUs: 5000},
	owners: [
		{nodes: [OWN], open: false},
		{nodes: [OWN], open: false},
		{nodes: [OWN, 0xff], open: false},
		{nodes: [FAR], open: false},
		{nodes: [FAR], open: false},
		{nodes: [FAR], open: false},
		{nodes: [], open: true},
		{nodes: [], open: true},
	],
	hidden: [
		{a: FAR, b: OWN, receiver: MIDDLE, lossBoth: 0.384, lossOne: 0.041, confidence: 0.9, ageMs: 4000},
		{a: 0xff, b: FAR, receiver: MIDDLE, lossBoth: 0.3, lossOne: 0, confidence: 0.95, ageMs: 4000},
	],
	time: {offsetUs: 12, errorUs: 35.4, root: 0x01, hops: 2, source: 'beacons', ageMs: 100},
	lossBefore: 0.3129,
	lossNow: 0.0204,
};

test('slot picture: this router comes first, every slot has its owners or is open', t => {
	const {radio, state, slots, slotUs, open, routers} = slotPicture(gated, OWN);
	t.deepEqual({radio, state, slots, slotUs}, {radio: 'phy0', state: 'gated', slots: 8, slotUs: 5000});
	t.deepEqual(open, [[6, 2]]);
	t.deepEqual(routers, [
		{router: '0000000a', own: [[0, 3]]},
		{router: '0000000b', own: [[3, 3]]},
		{router: '000000ff', own: [[2, 1]]},
	]);
});

test('slot picture: why there are slots, what they bring and how right the clock is are sentences', t => {
	const {sentences, errorUs, lossBefore, lossNow} = slotPicture(gated, OWN);
	t.deepEqual(sentences, [
		gated.reason,
		'000000ff and 0000000b do not hear each other: at 0000000c 30\u00a0% of the frames are lost while both send, 0\u00a0% while one does.',
		'This router and 0000000b do not hear each other: at 0000000c 38\u00a0% of the frames are lost while both send, 4\u00a0% while one does.',
		'Of what it sends to neighbours 2\u00a0% is lost with slots; without them it was 31\u00a0%.',
		'It keeps the time of 00000001, 2 hops away, by beacons, right to 35\u00a0µs.',
	]);
	t.deepEqual({errorUs, lossBefore, lossNow}, {errorUs: 35, lossBefore: 0.313, lossNow: 0.02});
});

test('slot picture: where nothing is hidden all slots are open, and nobody owns one', t => {
	const owners = gated.owners.map(() => ({nodes: [], open: true}));
	const time = {offsetUs: 0, errorUs: 2340, root: OWN, hops: 0, source: 'messages', ageMs: 0} as const;
	const {open, routers, sentences, ...rest} = slotPicture(
		{...gated, state: 'nothing-hidden', owners, hidden: [], time, lossNow: undefined},
		OWN,
	);
	t.deepEqual(open, [[0, 8]]);
	t.deepEqual(routers, []);
	t.deepEqual(sentences.slice(1), [
		'Of what it sends to neighbours 31\u00a0% is lost without slots.',
		'The others keep the time of this router.',
	]);
	t.false('lossNow' in rest);
});

test('slot picture: what is not known is not said', t => {
	const nothing = {time: undefined, lossBefore: undefined, lossNow: undefined, hidden: []};
	const picture = slotPicture({...gated, ...nothing}, OWN);
	t.deepEqual(picture.sentences, [gated.reason]);
	t.deepEqual(Object.keys(picture), ['radio', 'state', 'sentences', 'slots', 'slotUs', 'open', 'routers']);
	const {sentences} = slotPicture(
		{...gated, ...nothing, lossNow: 0.1, time: {...timeOf(), errorUs: 1500, hops: 1}},
		OWN,
	);
	t.deepEqual(sentences.slice(1), [
		'Of what it sends to neighbours 10\u00a0% is lost.',
		'It keeps the time of 00000001, 1 hop away, by beacons, right to 1.5\u00a0ms.',
	]);
});

test('slot picture: slots that are not together are runs of their own', t => {
	const at = [0, 2, 3, 7];
	const owners = gated.owners.map((_, slot) => ({nodes: at.includes(slot) ? [OWN] : [FAR], open: false}));
	const {routers, open} = slotPicture({...gated, owners}, OWN);
	t.deepEqual(
		routers.map(({own}) => own),
		[
			[
				[0, 1],
				[2, 2],
				[7, 1],
			],
			[
				[1, 1],
				[4, 3],
			],
		],
	);
	t.deepEqual(open, []);
});

test('slot picture: a neighbour that names very many makes no longer list, and it fits into an event', t => {
	const owners = Array.from({length: 64}, (_, slot) => ({nodes: [slot + 100], open: false}));
	const picture = slotPicture({...gated, owners}, OWN);
	t.is(picture.routers.length, 16);
	t.true(JSON.stringify(picture).length < 3000);
});

function timeOf() {
	if (gated.time === undefined) throw new Error('there is a time');
	return gated.time;
}
