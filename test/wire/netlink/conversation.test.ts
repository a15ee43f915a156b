// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type ByteOrder, concatBytes, readU32} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {Conversation, type Ending} from '../../../src/wire/netlink/conversation.ts';
import {
	encodeAcknowledgement,
	encodeMessage,
	NLM_F_DUMP_INTR,
	NLM_F_MULTI,
	NLMSG_DONE,
	NLMSG_ERROR,
	NLMSG_NOOP,
	NLMSG_OVERRUN,
	requestFlags,
} from '../../../src/wire/netlink/message.ts';
import {orders} from '../../helper/layout.ts';

const PORT = 4711;
const FIRST = 1000;

/** A conversation with a kernel that we play by hand. */
function start(order: ByteOrder, firstSequence = FIRST) {
	const sent: number[] = [];
	const events: number[] = [];
	const conversation = new Conversation({
		order,
		firstSequence,
		send: bytes => sent.push(readU32(bytes, 8, order)),
		event: (bytes, begin) => events.push(bytes[begin] ?? -1),
	});
	const ask = () => {
		const got: number[] = [];
		const endings: Ending[] = [];
		conversation.request(
			encodeMessage(order, {type: 20, flags: requestFlags('dump')}, () => undefined),
			{
				message: (bytes, begin) => {
					const value = bytes[begin] ?? -1;
					if (value === 0xff) throw new DecodeError('range', 'test', begin);
					got.push(value);
				},
				end: ending => endings.push(ending),
			},
		);
		return {got, endings};
	};
	const message = (value: number, sequence: number, flags = NLM_F_MULTI, port = PORT, type = 20) =>
		encodeMessage(order, {type, flags, sequence, port}, sink => sink.push(Uint8Array.of(value)));
	const done = (sequence: number, errno = 0, flags = NLM_F_MULTI) =>
		encodeAcknowledgement(order, {type: NLMSG_DONE, sequence, port: PORT, flags}, {errno});
	const refusal = (sequence: number, errno: number, text?: string) =>
		encodeAcknowledgement(
			order,
			{type: NLMSG_ERROR, sequence, port: PORT},
			text === undefined ? {errno} : {errno, text},
		);
	return {conversation, sent, events, ask, message, done, refusal};
}

for (const order of orders) {
	test(`conversation: collects a dump of several datagrams (${order})`, t => {
		const {conversation, sent, ask, message, done} = start(order);
		const {got, endings} = ask();
		t.deepEqual(sent, [FIRST + 1]);
		t.true(conversation.busy);
		conversation.receive(concatBytes([message(1, FIRST + 1), message(2, FIRST + 1)]));
		conversation.receive(message(3, FIRST + 1));
		t.deepEqual(endings, []);
		conversation.receive(done(FIRST + 1));
		t.deepEqual(got, [1, 2, 3]);
		t.deepEqual(endings, [{kind: 'complete'}]);
		t.false(conversation.busy);
	});
}

test('conversation: one request at a time, the others wait their turn (invariant 1)', t => {
	const {conversation, sent, ask, message, done} = start('big');
	const first = ask();
	const second = ask();
	t.deepEqual(sent, [FIRST + 1]);
	conversation.receive(concatBytes([done(FIRST + 1), message(9, FIRST + 2)]));
	t.deepEqual(sent, [FIRST + 1, FIRST + 2]);
	conversation.receive(done(FIRST + 2));
	t.deepEqual([first.endings.length, second.endings.length], [1, 1]);
	t.deepEqual(second.got, [9]);
});

test('conversation: a request made when another ends goes after those that wait', t => {
	const {conversation, sent, ask, done} = start('big');
	const order: string[] = [];
	const request = () => encodeMessage('big', {type: 20, flags: 1}, () => undefined);
	conversation.request(request(), {
		message: () => undefined,
		end: () => {
			order.push('first');
			conversation.request(request(), {message: () => undefined, end: () => order.push('third')});
		},
	});
	conversation.request(request(), {message: () => undefined, end: () => order.push('second')});
	for (let i = 1; i <= 3; i++) conversation.receive(done(FIRST + i));
	t.deepEqual(order, ['first', 'second', 'third']);
	t.deepEqual(sent, [FIRST + 1, FIRST + 2, FIRST + 3]);
	const {endings} = ask();
	t.deepEqual(endings, []);
});

test('conversation: a refusal carries errno and words', t => {
	const {conversation, ask, refusal} = start('little');
	const {endings} = ask();
	conversation.receive(refusal(FIRST + 1, 22, 'Attribute failed policy validation'));
	t.deepEqual(endings, [{kind: 'refused', errno: 22, text: 'Attribute failed policy validation'}]);
});

test('conversation: a dump that ends with an error is refused', t => {
	const {conversation, ask, message, done} = start('little');
	const {endings} = ask();
	conversation.receive(concatBytes([message(1, FIRST + 1), done(FIRST + 1, 4)]));
	t.deepEqual(endings, [{kind: 'refused', errno: 4}]);
});

test('conversation: a dump that was interrupted anywhere is reported as such', t => {
	const {conversation, ask, message, done} = start('little');
	const first = ask();
	conversation.receive(message(1, FIRST + 1, NLM_F_MULTI | NLM_F_DUMP_INTR));
	conversation.receive(concatBytes([message(2, FIRST + 1), done(FIRST + 1)]));
	t.deepEqual(first.endings, [{kind: 'interrupted'}]);
	const second = ask();
	conversation.receive(done(FIRST + 2, 0, NLM_F_MULTI | NLM_F_DUMP_INTR));
	t.deepEqual(second.endings, [{kind: 'interrupted'}]);
	const third = ask();
	conversation.receive(done(FIRST + 3));
	t.deepEqual(third.endings, [{kind: 'complete'}]);
});

test('conversation: answers to others and to what was abandoned are not delivered (invariants 2 and 3)', t => {
	const {conversation, events, ask, message, done} = start('little');
	const first = ask();
	conversation.receive(message(1, FIRST + 1));
	conversation.abandon();
	t.deepEqual(first.endings, [{kind: 'abandoned'}]);
	conversation.abandon();
	const second = ask();
	conversation.receive(concatBytes([message(2, FIRST + 1), done(FIRST + 1), message(3, FIRST + 2)]));
	t.is(conversation.strays, 2);
	conversation.receive(message(4, FIRST + 2, NLM_F_MULTI, PORT + 1));
	conversation.receive(done(FIRST + 2));
	t.deepEqual([first.got, second.got, events], [[1], [3], [4]]);
	t.is(first.endings.length, 1);
});

test('conversation: messages without a number are events, also amid a dump', t => {
	const {conversation, events, ask, message, done} = start('little');
	const {got, endings} = ask();
	conversation.receive(concatBytes([message(1, FIRST + 1), message(7, 0, 0, 0), done(FIRST + 1)]));
	t.deepEqual([got, events], [[1], [7]]);
	t.deepEqual(endings, [{kind: 'complete'}]);
});

test('conversation: what another program caused is an event, also before our port is known', t => {
	const {conversation, events, ask, message, done} = start('little');
	conversation.receive(message(7, 12345, 0, PORT + 1));
	const {got} = ask();
	conversation.receive(concatBytes([message(8, 12345, 0, PORT + 1), message(1, FIRST + 1), done(FIRST + 1)]));
	conversation.receive(message(9, FIRST + 1, 0, PORT + 1));
	t.deepEqual([got, events], [[1], [7, 8, 9]]);
	t.is(conversation.strays, 0);
});

test('conversation: a message that does not decode ends the reply and no other (invariant 4)', t => {
	const {conversation, ask, message, done} = start('little');
	const first = ask();
	const second = ask();
	conversation.receive(
		concatBytes([message(1, FIRST + 1), message(0xff, FIRST + 1), message(2, FIRST + 1), done(FIRST + 1)]),
	);
	t.deepEqual(first.got, [1]);
	t.like(first.endings, [{kind: 'malformed'}]);
	t.is(conversation.strays, 2);
	conversation.receive(concatBytes([message(5, FIRST + 2), done(FIRST + 2)]));
	t.deepEqual(second.got, [5]);
	t.deepEqual(second.endings, [{kind: 'complete'}]);
});

test('conversation: broken framing ends the request and is thrown', t => {
	const {conversation, ask, message} = start('little');
	const {got, endings} = ask();
	const broken = concatBytes([message(1, FIRST + 1), Uint8Array.of(1, 0, 0, 0)]);
	t.throws(() => conversation.receive(broken), {instanceOf: DecodeError});
	t.deepEqual(got, [1]);
	t.like(endings, [{kind: 'malformed'}]);
});

test('conversation: overrun ends the request, whether the kernel or the socket says it', t => {
	const {conversation, ask, message} = start('little');
	const first = ask();
	conversation.overrun();
	const second = ask();
	conversation.receive(message(0, FIRST + 2, 0, PORT, NLMSG_OVERRUN));
	t.deepEqual([...first.endings, ...second.endings], [{kind: 'overrun'}, {kind: 'overrun'}]);
});

test('conversation: a no-op is nothing', t => {
	const {conversation, events, ask, message} = start('little');
	const {got, endings} = ask();
	conversation.receive(message(3, FIRST + 1, 0, PORT, NLMSG_NOOP));
	t.deepEqual([got, events, endings], [[], [], []]);
	t.is(conversation.strays, 0);
});

test('conversation: a sequence number is never zero', t => {
	const {sent, ask, conversation, done} = start('little', 0xffffffff);
	ask();
	t.deepEqual(sent, [1]);
	conversation.receive(done(1));
});
