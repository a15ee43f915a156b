// SPDX-License-Identifier: Apache-2.0

/** Where the parts of a PUBLISH are within its packet. */
export interface PublishLayout {
	qos: number;
	retain: boolean;
	duplicate: boolean;
	topicAt: number;
	topicEnd: number;
	messageId: number;
	payloadAt: number;
}

/**
 * Reads the layout of a plain PUBLISH into `into`, which is reused: this runs for every frame of every node.
 *
 * Absent: false for anything unusual (properties, QoS 2, a broken length), which the full parser then judges.
 * Source: MQTT 3.1.1 section 3.3, MQTT 5 section 3.3.
 */
export function readPublish(packet: Uint8Array, version: number, into: PublishLayout): boolean {
	const first = packet[0] ?? 0;
	const qos = (first >> 1) & 3;
	if (first >> 4 !== 3 || qos > 1 || (qos === 0 && (first & 8) !== 0)) return false;
	let at = 1;
	while ((packet[at] ?? 0) >= 0x80) at++;
	at++;
	const length = packet.length;
	if (at + 2 > length) return false;
	const topicAt = at + 2;
	const topicEnd = topicAt + (((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0));
	at = topicEnd;
	let messageId = 0;
	if (qos === 1) {
		if (at + 2 > length) return false;
		messageId = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
		if (messageId === 0) return false;
		at += 2;
	}
	if (version === 5) {
		if (at >= length || packet[at] !== 0) return false;
		at++;
	}
	if (at > length) return false;
	into.qos = qos;
	into.retain = (first & 1) !== 0;
	into.duplicate = (first & 8) !== 0;
	into.topicAt = topicAt;
	into.topicEnd = topicEnd;
	into.messageId = messageId;
	into.payloadAt = at;
	return true;
}
