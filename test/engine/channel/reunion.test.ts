// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Reunion} from '../../../src/engine/channel/reunion.ts';
import {OwnNode} from '../../../src/engine/own-node.ts';
import {Neighbourhood} from '../../../src/engine/view/neighbourhood.ts';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {testContext} from '../context.ts';

const [LOWER, HIGHER] = [1, 2];
const THERE = channelOf(4);

/** A router that a scan of ours saw once; answers what is believed of it at a time of ours. */
function seenBy(id: number, seen: number) {
	const {context, time} = testContext({id});
	const own = new OwnNode(context, 1);
	own.setRadios([channelOf(0)]);
	const neighbourhood = new Neighbourhood();
	const reunion = new Reunion(context, own, neighbourhood);
	reunion.see(seen, THERE.mhz);
	const believedAt = (nowMs: number) => {
		time.nowMs = nowMs;
		reunion.check([]);
		return neighbourhood.get(seen)?.record.radios.map(({live}) => live.mhz);
	};
	return {own, believedAt, reunion};
}

test('reunion: of two that see each other the lower plans for the other first, without another scan', t => {
	const lower = seenBy(LOWER, HIGHER);
	t.is(lower.believedAt(7000), undefined);
	t.deepEqual(lower.believedAt(8000), [THERE.mhz]);
	const higher = seenBy(HIGHER, LOWER);
	t.is(higher.believedAt(17_000), undefined);
	t.deepEqual(higher.believedAt(18_000), [THERE.mhz]);
});

test('reunion: who was seen long ago may be anywhere', t => {
	t.is(seenBy(LOWER, HIGHER).believedAt(30_000), undefined);
});

test('reunion: who is heard meanwhile is not planned for as one that cannot be asked', t => {
	const {own, believedAt} = seenBy(LOWER, HIGHER);
	own.hear(HIGHER, 0, [LOWER]);
	t.is(believedAt(8000), undefined);
	t.is(believedAt(9000), undefined, 'nor on account of that scan once it falls silent');
});
