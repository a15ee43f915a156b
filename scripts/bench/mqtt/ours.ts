// SPDX-License-Identifier: Apache-2.0
import type {StreamHandlers} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {MqttSession} from '../../../src/telemetry/session.ts';
import {acknowledge, payload, topic} from './server.ts';

// Publishes as many messages of quality 1 as its argument says, each acknowledged by an answer made in this process. No
// socket and no timer a message: what is counted is the codec and the session.

const {clock, exit} = quickjsRuntime();
const wanted = Number(programArguments()[0]);
let connection: StreamHandlers | undefined;
let answer: Uint8Array | undefined;
let delivered = 0;

const session = new MqttSession(
	{
		clock,
		random: () => 0,
		stream(_address, handlers) {
			connection = handlers;
			clock.after(0, () => {
				handlers.open();
				deliverAnswer();
			});
			return {
				write: bytes => {
					answer = acknowledge(bytes) ?? answer;
				},
				queuedBytes: 0,
				close: () => {},
			};
		},
	},
	{
		address: {kind: 'tcp', host: '127.0.0.1', port: 1883},
		clientId: 'bench',
		keepAliveS: 60,
		will: {topic: 'state', payload: new Uint8Array()},
		subscribeTo: 'cmd',
	},
	{connected: () => clock.after(0, publishAll), disconnected: () => {}, message: () => {}, ready: () => {}},
);

function deliverAnswer(): void {
	if (answer !== undefined) connection?.data(answer);
}

function count(): void {
	delivered++;
}

function publishAll(): void {
	while (delivered < wanted) {
		session.publish(topic, payload, false, count);
		deliverAnswer();
	}
	exit(0);
}

session.start();
