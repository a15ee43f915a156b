// SPDX-License-Identifier: Apache-2.0
import {type BlobTable, putTable} from './blobmsg.ts';
import type {UbusClient} from './client.ts';
import * as m from './message.ts';
import type {ServedObject} from './serve.ts';
import {OK} from './status.ts';

/**
 * Notifies all subscribers and waits for what each answers.
 *
 * Shape:  `done` gets the status of the notification and every subscriber's own, by its object's number.
 * Errors: TIMEOUT where a subscriber does not answer; the answers that came are there all the same.
 */
export function notifyForAnswers(
	client: UbusClient,
	object: ServedObject,
	type: string,
	data: object,
	done: (status: number, answers: ReadonlyMap<number, number>) => void,
	timeoutMs?: number,
): void {
	const answers = new Map<number, number>();
	let waiting: Set<number> | undefined;
	const {id} = object;
	const fill = (writer: m.MessageWriter): void => {
		writer.number(m.A_OBJECT, id).string(m.A_METHOD, type);
		const start = writer.open(m.A_DATA);
		putTable(writer, data as BlobTable);
		writer.close(start);
	};
	const status = (code: number, message?: m.Message): boolean => {
		if (message === undefined || (waiting === undefined && code !== OK)) {
			done(code, answers);
			return false;
		}
		if (waiting === undefined) waiting = readSubscribers(message);
		else if (waiting.delete(message.peer)) answers.set(message.peer, code);
		if (waiting.size > 0) return true;
		done(OK, answers);
		return false;
	};
	client.request(m.NOTIFY, id, fill, {status}, timeoutMs, true);
}

/** ubusd's own status carries the numbers of those who are told. */
function readSubscribers(message: m.Message): Set<number> {
	const ids = new Set<number>();
	const [from, to] = message.range(m.A_SUBSCRIBERS) ?? [0, 0];
	const cursor = new m.AttributeCursor(message.bytes, from, to, message.view);
	while (cursor.next()) if (cursor.to === cursor.from + 4) ids.add(message.view.getUint32(cursor.from));
	return ids;
}
