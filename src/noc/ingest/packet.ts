// SPDX-License-Identifier: Apache-2.0
import mqttPacket, {type Packet} from 'mqtt-packet';
import {ProtocolError, reason} from './reason.ts';

/** Message types a client may send, by the upper half of the first byte. Source: MQTT 5 table 2.1. */
const FROM_CLIENT = new Set([1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15]);
const PINGREQ = 12;

/**
 * Parses one whole control packet with mqtt-packet, which never sees more or less than that.
 *
 * Errors: ProtocolError with the reason the protocol has for it.
 */
export function parsePacket(bytes: Buffer, version: number): Packet {
	const type = (bytes[0] ?? 0) >> 4;
	if (!FROM_CLIENT.has(type)) {
		if (type === 0) throw new ProtocolError(reason.malformed, 'packet type 0');
		throw new ProtocolError(reason.protocolError, `packet type ${type} from a client`);
	}
	if (type === PINGREQ && bytes.length !== 2) throw new ProtocolError(reason.malformed, 'PINGREQ with a body');
	const parser = mqttPacket.parser(version === 0 ? {} : {protocolVersion: version});
	let packet: Packet | undefined;
	let failure: Error | undefined;
	parser.on('packet', read => {
		packet ??= read;
	});
	parser.on('error', error => {
		failure ??= error;
	});
	try {
		parser.parse(bytes);
	} catch (error) {
		failure ??= error as Error;
	}
	if (failure !== undefined) {
		const unsupported = failure.message === 'Invalid protocol version' || failure.message === 'Invalid protocolId';
		throw new ProtocolError(unsupported ? reason.versionUnsupported : reason.malformed, failure.message);
	}
	if (packet === undefined) throw new ProtocolError(reason.malformed, 'a packet that ends early');
	check(packet);
	return packet;
}

/** What mqtt-packet lets through and the protocol does not. */
function check(packet: Packet): void {
	const id = packet.messageId;
	switch (packet.cmd) {
		case 'publish':
			if (packet.qos > 0) needId(id);
			if (packet.qos === 0 && packet.dup) throw new ProtocolError(reason.malformed, 'DUP without QoS');
			return;
		case 'subscribe':
			needId(id);
			if (packet.subscriptions.length === 0) throw new ProtocolError(reason.protocolError, 'no subscription in it');
			return;
		case 'unsubscribe':
			needId(id);
			if (packet.unsubscriptions.length === 0) throw new ProtocolError(reason.protocolError, 'no filter in it');
			return;
		case 'puback':
		case 'pubrec':
		case 'pubrel':
		case 'pubcomp':
			needId(id);
			return;
		default:
			return;
	}
}

function needId(id: number | undefined): void {
	if (id === undefined || !(id > 0)) throw new ProtocolError(reason.protocolError, 'no packet identifier');
}
