// SPDX-License-Identifier: Apache-2.0
import type {UbusClient} from './client.ts';
import * as m from './message.ts';

// ubusmsg.h, enum ubus_monitor_attr.
const CLIENT = 0;
const PEER = 1;
const SEND = 2;
const SEQ = 3;
const TYPE = 4;
const CONTENT = 5;

/** A message between ubusd and some client, as ubusd shows it to root. */
export interface MonitoredMessage {
	/** The client's number. */
	readonly client: number;
	/** Whether ubusd sent it, or received it. */
	readonly isSent: boolean;
	/** Its attributes, as of any message. */
	readonly message: m.Message;
}

/** Watches all messages on the bus, at every connection; one watcher a client. `refused` gets the status where we may not. */
export function monitor(
	client: UbusClient,
	handler: (seen: MonitoredMessage) => void,
	refused: (status: number) => void = () => {},
): () => void {
	client.onMonitor = message => {
		const seen = readMonitored(message);
		if (seen !== undefined) handler(seen);
	};
	const end = client.whenConnected(() =>
		client.invoke(m.MONITOR_OBJECT, 'add', {}, status => {
			if (status !== 0) refused(status);
		}),
	);
	return () => {
		end();
		client.onMonitor = undefined;
		client.invoke(m.MONITOR_OBJECT, 'remove', {}, () => {});
	};
}

/** Absent: undefined for a message that lacks a part. */
export function readMonitored(message: m.Message): MonitoredMessage | undefined {
	const [client, peer, sent, type] = [message.u32(CLIENT), message.u32(PEER), message.u8(SEND), message.u32(TYPE)];
	const range = message.range(CONTENT);
	if (client === undefined || peer === undefined || sent === undefined || type === undefined || range === undefined)
		return undefined;
	const [from, to] = range;
	const writer = new m.MessageWriter(type, message.u32(SEQ) ?? 0, peer);
	writer.raw(message.bytes.subarray(from, to));
	return {client, isSent: sent !== 0, message: new m.Message(writer.finish())};
}
