// SPDX-License-Identifier: Apache-2.0
import type {Route, UbusClient} from './client.ts';
import type {MessageWriter} from './message.ts';
import {OK} from './status.ts';

export interface KeptObject {
	/** Its number on the bus, at this connection. Absent: 0 while it has none. */
	readonly id: number;
	/** Takes it off the bus, for good. */
	end(): void;
}

/**
 * Keeps an object of ours on the bus, at every connection.
 *
 * Shape: `fill` writes its path and signature, nothing for an object without a name. `added` is told the status with which
 *        the bus took it or not, each time; CONNECTION_FAILED where it did not come to that.
 */
export function keepObject(
	client: UbusClient,
	fill: (writer: MessageWriter) => void,
	route: Route,
	added: (status: number) => void,
): KeptObject {
	let id = 0;
	let isEnded = false;
	const endRestoring = client.whenConnected(() => {
		id = 0;
		client.add(fill, route, (status, objectId) => {
			// It was to be gone before it was there.
			if (isEnded) return client.forget(objectId);
			id = status === OK ? objectId : 0;
			added(status);
		});
	});
	return {
		get id() {
			return client.isConnected ? id : 0;
		},
		end() {
			isEnded = true;
			endRestoring();
			client.forget(id);
		},
	};
}
