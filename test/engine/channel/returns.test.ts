// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Returns} from '../../../src/engine/channel/returns.ts';
import {OwnNode} from '../../../src/engine/own-node.ts';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import type {Move} from '../../../src/model/peer.ts';
import {testContext} from '../context.ts';

const [HOME, AWAY] = [channelOf(0), channelOf(3)];
const move: Move = {node: 1, radio: 0, from: HOME, to: AWAY};

function radioAt(live = HOME) {
	const {context, time} = testContext();
	const own = new OwnNode(context, 1);
	own.setRadios([live]);
	const sent: string[] = [];
	const returns = new Returns(context, own, (radio, to) => sent.push(`${time.nowMs} ${radio} ${to.mhz}`));
	const advance = (untilMs: number): void => {
		while (context.agenda.nextMs <= untilMs) {
			time.nowMs = Math.max(time.nowMs, context.agenda.nextMs);
			context.agenda.run(time.nowMs);
		}
		time.nowMs = untilMs;
	};
	return {own, sent, returns, advance};
}

test('returns: who is there goes back at once, who never left stays', t => {
	const there = radioAt(AWAY);
	there.returns.begin(move);
	t.deepEqual(there.sent, [`0 0 ${HOME.mhz}`]);
	const never = radioAt(HOME);
	never.returns.begin(move);
	never.advance(60_000);
	t.deepEqual(never.sent, []);
});

test('returns: who is called back while its driver still moves it goes back when it has arrived', t => {
	const {own, sent, returns, advance} = radioAt(HOME);
	returns.begin(move);
	advance(400);
	own.setRadios([AWAY]);
	advance(60_000);
	t.deepEqual(sent, [`500 0 ${HOME.mhz}`]);
});

test('returns: a driver that refuses is asked five times more, once a second, and not when the radio has another aim', t => {
	const {sent, returns, advance} = radioAt(AWAY);
	returns.begin(move);
	for (let second = 1; second <= 9; second++) {
		returns.refused(0);
		advance(1000 * second);
	}
	t.is(sent.length, 6);
	const other = radioAt(AWAY);
	other.returns.begin(move);
	other.returns.refused(0);
	other.returns.cancel(0);
	other.advance(60_000);
	t.is(other.sent.length, 1);
});
