// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {AirNews} from '../../../src/engine/view/air-news.ts';
import {type Known, Neighbourhood} from '../../../src/engine/view/neighbourhood.ts';

function nodeWith(seq: number, busy: number, blocked = false): Known {
	return {
		id: 7,
		epoch: 1,
		seq,
		heardMs: 0,
		record: {
			radios: [{live: {mhz: 5180, widthMhz: 20}, pinned: false}],
			links: [],
			channels: [{mhz: 5180, widthMhz: 20, busy, blocked, radar: false}],
			pressure: 0,
			deploying: false,
			participation: 'active',
			backupMhz: 0,
		},
	};
}

const look = (news: AirNews, node: Known): boolean => news.look(new Neighbourhood().meshWith(node), 2);

test('air news: what is seen first is no news, nor is what did not change', t => {
	const news = new AirNews();
	t.false(look(news, nodeWith(1, 40)));
	t.false(look(news, nodeWith(2, 40)));
});

test('air news: an eighth more is news, once', t => {
	const news = new AirNews();
	look(news, nodeWith(1, 40));
	t.false(look(news, nodeWith(2, 71)));
	t.true(look(news, nodeWith(3, 72)));
	t.false(look(news, nodeWith(4, 72)));
	t.false(look(news, nodeWith(5, 45)));
});

test('air news: small steps add up', t => {
	const news = new AirNews();
	look(news, nodeWith(1, 0));
	const said = [10, 20, 30, 40].map((busy, i) => look(news, nodeWith(2 + i, busy)));
	t.deepEqual(said, [false, false, false, true]);
});

test('air news: a channel that may not be used any more is news, and so is its return', t => {
	const news = new AirNews();
	look(news, nodeWith(1, 10));
	t.true(look(news, nodeWith(2, 10, true)));
	t.false(look(news, nodeWith(3, 200, true)));
	t.true(look(news, nodeWith(4, 10)));
});
