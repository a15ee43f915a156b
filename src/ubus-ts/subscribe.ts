// SPDX-License-Identifier: Apache-2.0
import type {BlobTable} from './blobmsg.ts';
import {lookup} from './call.ts';
import type {UbusClient} from './client.ts';
import {answerNotice, listen, readNotice} from './events.ts';
import {keepObject} from './keep-object.ts';
import * as m from './message.ts';
import {CONNECTION_FAILED, INVALID_ARGUMENT, NOT_FOUND, OK, UNKNOWN_ERROR} from './status.ts';

export interface SubscriptionHandlers {
	/** A notification. What it returns is the status that a notifier which asks for replies gets. Absent: OK. */
	notified(type: string, data: BlobTable): number | undefined;
	/** The object is there and we are subscribed, at first and every time it comes back. */
	subscribed?(): void;
	/** The object is gone; we are subscribed again when it comes back. */
	removed?(): void;
	/** The bus refuses; that the object is not there, or the bus is not, is no refusal. */
	refused?(status: number): void;
}

/** Subscribes to an object's notifications for as long as the result is not called: across its restarts, and ubusd's. */
export function subscribe(client: UbusClient, path: string, handlers: SubscriptionHandlers): () => void {
	let target = 0;
	const refuse = (status: number): void => {
		if (status !== NOT_FOUND && status !== CONNECTION_FAILED) handlers.refused?.(status);
	};
	const subscribeTo = (found: number): void => {
		const {id} = kept;
		if (id === 0 || target === found) return;
		target = found;
		const fill = (writer: m.MessageWriter): unknown => writer.number(m.A_OBJECT, id).number(m.A_TARGET, found);
		client.request(m.SUBSCRIBE, 0, fill, {
			status: status => {
				if (status === OK) return handlers.subscribed?.();
				if (target === found) target = 0;
				refuse(status);
			},
		});
	};
	const route = {
		invoke: (message: m.Message) => {
			const notice = readNotice(message);
			let status: number | undefined = UNKNOWN_ERROR;
			try {
				status = notice === undefined ? INVALID_ARGUMENT : handlers.notified(notice.name, notice.data);
			} finally {
				answerNotice(client, message, status ?? OK);
			}
		},
		unsubscribe: (message: m.Message) => {
			if (message.u32(m.A_TARGET) !== target) return;
			target = 0;
			handlers.removed?.();
		},
	};
	const kept = keepObject(
		client,
		() => {},
		route,
		status => {
			target = 0;
			if (status !== OK) return refuse(status);
			lookup(client, path, (_, [object]) => {
				if (object !== undefined) subscribeTo(object.id);
			});
		},
	);
	// It may come later, or again.
	const endListening = listen(client, ['ubus.object.add'], (_, {path: added, id: objectId}) => {
		if (added === path && typeof objectId === 'number') subscribeTo(objectId >>> 0);
	});
	return () => {
		kept.end();
		endListening();
	};
}
