// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {type Connection, StandInUbusd} from '../../scripts/bench/ubus/stand-in-ubusd.ts';
import {fromHex, toHex} from '../../scripts/conformance/bytes.ts';
import * as m from '../../src/ubus-ts/message.ts';

// What the other tests of the client talk to must itself answer as ubusd does.

interface Recorded {
	readonly messages: readonly {
		readonly conn: string;
		readonly dir: string;
		readonly hex?: string;
		readonly event?: string;
	}[];
}

const answers = test.macro({
	title: (_, name: string) => `stand-in ubusd: answers ${name} as ubusd did`,
	exec(t, name: string, firstEventSeq: number) {
		const path = join(import.meta.dirname, '..', 'fixture', 'ubus', `${name}.json`);
		const {messages} = JSON.parse(readFileSync(path, 'utf8')) as Recorded;
		const ids: number[] = [];
		const ubusd = new StandInUbusd({firstEventSeq, nextId: () => ids.shift() ?? 0});
		const connections = new Map<string, Connection>();
		const sent = new Map<string, string[]>();
		const recorded = new Map<string, string[]>();
		const frames = messages.map(message => ({...message, bytes: fromHex(message.hex ?? '')}));
		for (const {conn, dir, bytes, event} of frames) {
			if (!connections.has(conn)) {
				sent.set(conn, []);
				recorded.set(conn, []);
				ids.push(new m.Message(bytes).peer);
				connections.set(
					conn,
					ubusd.accept(answer => sent.get(conn)?.push(toHex(answer))),
				);
			}
			if (dir === 'ubusd>client') {
				if (event === undefined) recorded.get(conn)?.push(toHex(bytes));
			} else if (event !== undefined) connections.get(conn)?.close();
			else {
				const request = new m.Message(bytes);
				const reply = frames
					.filter(frame => frame.conn === conn && frame.dir === 'ubusd>client' && frame.bytes[1] === m.DATA)
					.map(frame => new m.Message(frame.bytes))
					.find(({seq}) => request.type === m.ADD_OBJECT && seq === request.seq);
				if (reply !== undefined) ids.push(reply.u32(m.A_OBJECT) ?? 0, reply.u32(m.A_TYPE) ?? 0);
				connections.get(conn)?.receive(bytes);
				if (reply?.u32(m.A_TYPE) === undefined) ids.length = 0;
			}
		}
		for (const [conn, expected] of recorded) t.deepEqual(sent.get(conn), expected, conn);
	},
});

test(answers, '01-hello-lookup-empty', 1);
test(answers, '02-add-object', 1);
test(answers, '03-lookup', 1);
test(answers, '07-reply-variants', 1);
test(answers, '09-errors', 1);
test(answers, '11-subscribe-notify', 1);
test(answers, '13-events', 26);
