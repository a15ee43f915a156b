// SPDX-License-Identifier: Apache-2.0
import {UbusClient, type UbusStreamHandlers} from '../../src/ubus-ts/index.ts';
import * as m from '../../src/ubus-ts/message.ts';

/** A client whose bus is the test itself: what it sends is kept, what it is sent is given to `handlers`, time is `due`. */
export interface ByHand {
	readonly client: UbusClient;
	readonly handlers: UbusStreamHandlers;
	readonly sent: m.Message[];
	readonly due: (() => void)[];
}

/** Connects a client; it has been said hello. */
export function connectByHand(): ByHand {
	const due: (() => void)[] = [];
	const sent: m.Message[] = [];
	let handlers: UbusStreamHandlers | undefined;
	const client = new UbusClient({
		after(_, task) {
			due.push(task);
			return () => {};
		},
		connect(given) {
			handlers = given;
			return {write: bytes => sent.push(new m.Message(bytes)), queuedBytes: 0, close() {}};
		},
	});
	client.start();
	if (handlers === undefined) throw new Error('the client does not connect');
	handlers.data(new m.MessageWriter(m.HELLO, 0, 7).finish());
	return {client, handlers, sent, due};
}

/** What ubusd itself answers to a request. */
export function statusFor({seq, peer}: m.Message, status: number): Uint8Array {
	return new m.MessageWriter(m.STATUS, seq, peer).number(m.A_STATUS, status).finish();
}
