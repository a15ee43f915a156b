// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {UbusClient, type UbusStreamHandlers} from '../../../src/ubus-ts/client.ts';
import {answerTo, cannedWorld, hello, OBJECT} from './canned.ts';

// Calls a method as often as its argument says: the request is built, the answer read, with a timer a call.

const {clock, exit} = quickjsRuntime();
let request = hello;
let line: UbusStreamHandlers | undefined;
let answered = 0;
const client = new UbusClient(
	cannedWorld(
		(delayMs, task) => clock.after(delayMs, task),
		handlers => {
			line = handlers;
			handlers.data(hello);
			callAll();
		},
		bytes => {
			request = bytes;
		},
	),
);

function callAll(): void {
	const wanted = Number(programArguments()[0]);
	for (let i = 0; i < wanted; i++) {
		client.invoke(OBJECT, 'status', {radio: 'radio0', limit: 10}, (status, replies) => {
			if (status === 0 && replies.length === 1) answered++;
		});
		line?.data(answerTo(request));
	}
	exit(answered === wanted ? 0 : 1);
}

client.start();
