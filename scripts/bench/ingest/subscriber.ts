// SPDX-License-Identifier: Apache-2.0
// A process of its own that takes a broker's messages at QoS 1 and does nothing with them: subscriber.ts PORT COUNT.
// Prints "ready", and when it has had that many the time of the last.
import {connect} from 'node:net';
import mqttPacket, {type Packet} from 'mqtt-packet';
import {PacketSplitter} from '../../../src/noc/ingest/packet-splitter.ts';
import {type PublishLayout, readPublish} from '../../../src/noc/ingest/publish.ts';

const [port = 0, wanted = 0] = process.argv.slice(2).map(Number);
const socket = connect({host: '127.0.0.1', port, noDelay: true}, () => {
	for (const packet of [
		{cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'subscriber', clean: true, keepalive: 600},
		{cmd: 'subscribe', messageId: 1, subscriptions: [{topic: 'mesh/v1/+/+/t', qos: 1}]},
	] as Packet[])
		socket.write(mqttPacket.generate(packet));
});
const splitter = new PacketSplitter(1 << 20);
const layout = {} as PublishLayout;
let count = 0;
socket.on('data', (chunk: Buffer) => {
	splitter.push(chunk);
	const acks: number[] = [];
	for (let packet = splitter.next(); packet !== undefined; packet = splitter.next()) {
		if ((packet[0] ?? 0) >> 4 === 9) console.log('ready');
		if (!readPublish(packet, 4, layout)) continue;
		count++;
		if (layout.messageId > 0) acks.push(0x40, 2, layout.messageId >> 8, layout.messageId & 0xff);
	}
	if (acks.length > 0) socket.write(Uint8Array.from(acks));
	if (count >= wanted) {
		console.log(JSON.stringify({count, atMs: Date.now()}));
		socket.destroy();
	}
});
