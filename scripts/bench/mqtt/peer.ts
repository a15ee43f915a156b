// SPDX-License-Identifier: Apache-2.0
import './shims.ts';
import {Buffer} from 'buffer/';
// @ts-expect-error The bundle for browsers has no types of its own.
import mqtt from 'mqtt/dist/mqtt.esm';
import {Duplex} from 'readable-stream';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {acknowledge, payload, topic} from './server.ts';

// The same as ours.ts, by MQTT.js.

const {clock, exit} = quickjsRuntime();
const wanted = Number(programArguments()[0]);
let delivered = 0;

/** MQTT.js writes a packet in several pieces, corked: they come together in `writev`. */
function connection(): Duplex {
	const take = (packet: Uint8Array): void => {
		const answer = acknowledge(packet);
		if (answer !== undefined) clock.after(0, () => stream.push(Buffer.from(answer)));
	};
	const stream: Duplex = new Duplex({
		read() {},
		write(chunk: Uint8Array, _encoding: string, done: () => void) {
			take(chunk);
			done();
		},
		writev(chunks: ArrayLike<{chunk: Uint8Array}>, done: () => void) {
			take(Buffer.concat(Array.from(chunks, ({chunk}) => chunk)));
			done();
		},
	});
	return stream;
}

const client = new mqtt.MqttClient(connection, {
	clientId: 'bench',
	keepalive: 60,
	timerVariant: 'native',
	writeCache: false,
	protocolVersion: 4,
});
client.on('connect', publishNext);

function publishNext(): void {
	if (delivered === wanted) return exit(0);
	client.publish(topic, Buffer.from(payload), {qos: 1}, () => {
		delivered++;
		publishNext();
	});
}
