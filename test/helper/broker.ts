// SPDX-License-Identifier: Apache-2.0
import {generate, type Packet, parser} from 'mqtt-packet';
import type {Stream} from '../../src/port/port.ts';
import type {SimNetwork} from '../../src/runtime/sim/network.ts';

export interface Received {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly retain: boolean;
	readonly duplicate: boolean;
}

/** An MQTT 3.1.1 server on a simulated network whose codec is another's: it keeps what it is sent. */
export class TestBroker {
	readonly packets: Packet[] = [];
	readonly received: Received[] = [];
	readonly #streams: {stream: Stream; version: number}[] = [];
	readonly #end: () => void;
	/** Whether PUBLISH is answered by PUBACK. */
	acknowledges = true;
	/** The CONNACK code. */
	code = 0;

	constructor(network: SimNetwork, place: string) {
		this.#end = network.listen(place, stream => {
			const parse = parser({protocolVersion: 4});
			this.#streams.push({stream, version: 4});
			parse.on('packet', packet => this.#take(packet, stream));
			return {open: () => {}, data: bytes => void parse.parse(Buffer.from(bytes)), close: () => {}};
		});
	}

	#take(packet: Packet, stream: Stream): void {
		this.packets.push(packet);
		const answer = (reply: Packet): void => stream.write(generate(reply));
		if (packet.cmd === 'connect') answer({cmd: 'connack', returnCode: this.code, sessionPresent: false});
		if (packet.cmd === 'pingreq') answer({cmd: 'pingresp'});
		if (packet.cmd === 'subscribe') answer({cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1]});
		if (packet.cmd !== 'publish') return;
		const {topic, payload, retain, dup} = packet;
		this.received.push({topic, payload: new Uint8Array(payload as Buffer), retain, duplicate: dup});
		if (this.acknowledges) answer({cmd: 'puback', messageId: packet.messageId ?? 0});
	}

	/** Sends to every connected client. */
	publish(topic: string, payload: string): void {
		const packet: Packet = {cmd: 'publish', topic, payload, qos: 1, messageId: 7, dup: false, retain: false};
		for (const {stream} of this.#streams) stream.write(generate(packet));
	}

	send(bytes: Uint8Array): void {
		for (const {stream} of this.#streams) stream.write(bytes);
	}

	/** Ends every connection; later ones are taken. */
	drop(): void {
		for (const {stream} of this.#streams.splice(0)) stream.close();
	}

	/** Takes no connection any more. */
	close(): void {
		this.drop();
		this.#end();
	}

	on(kind: string): Received[] {
		return this.received.filter(message => message.topic.endsWith(`/${kind}`));
	}
}
