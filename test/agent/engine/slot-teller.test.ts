// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {SlotTeller} from '../../../src/agent/engine/slot-teller.ts';
import type {Observation} from '../../../src/model/observation.ts';
import type {SlotPicture} from '../../../src/model/slot-picture.ts';

const picture: SlotPicture = {
	radio: 'phy0',
	state: 'gated',
	sentences: ['Two senders do not hear each other.'],
	slots: 32,
	slotUs: 5000,
	open: [[30, 2]],
	routers: [{router: '0000000a', own: [[0, 15]]}],
	lossNow: 0.02,
};

function teller() {
	const told: Observation[] = [];
	return {told, teller: new SlotTeller(observation => told.push(observation))};
}

test('slot teller: an owner that changed is told of, and figures only now and then', t => {
	const {told, teller: one} = teller();
	one.tell(0, [picture]);
	t.deepEqual(told, [{kind: 'event', event: 'slots', subject: 'phy0', detail: JSON.stringify(picture)}]);
	one.tell(10_000, [{...picture, lossNow: 0.03}]);
	t.is(told.length, 1);
	one.tell(20_000, [{...picture, routers: [{router: '0000000a', own: [[0, 14]]}]}]);
	one.tell(30_000, [{...picture, state: 'stale', routers: []}]);
	t.is(told.length, 3);
	one.tell(329_999, [{...picture, state: 'stale', routers: []}]);
	t.is(told.length, 3);
	one.tell(330_000, [{...picture, state: 'stale', routers: []}]);
	t.is(told.length, 4);
});

test('slot teller: each radio is told of for itself, and one that came back again', t => {
	const {told, teller: one} = teller();
	const second = {...picture, radio: 'phy1'};
	one.tell(0, [picture, second]);
	one.tell(1000, [picture]);
	one.tell(2000, [picture, second]);
	t.deepEqual(
		told.map(each => (each.kind === 'event' ? each.subject : '')),
		['phy0', 'phy1', 'phy1'],
	);
});
