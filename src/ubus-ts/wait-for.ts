// SPDX-License-Identifier: Apache-2.0
import {lookup} from './call.ts';
import type {UbusClient} from './client.ts';
import {listen} from './events.ts';
import {OK} from './status.ts';

/**
 * Tells once that all paths are on the bus, however long that takes. Calling the result gives up.
 *
 * Errors: `refused` gets the status where we may not hear of objects that come; at a next connection it is tried again.
 */
export function waitFor(
	client: UbusClient,
	paths: readonly string[],
	done: () => void,
	refused: (status: number) => void = () => {},
): () => void {
	const missing = new Set(paths);
	const see = (path: unknown): void => {
		if (!missing.delete(path as string) || missing.size > 0) return;
		end();
		done();
	};
	const end = listen(
		client,
		['ubus.object.add'],
		(_, {path}) => see(path),
		status => {
			if (status !== OK) return refused(status);
			lookup(client, undefined, (_, found) => {
				for (const {path} of found) see(path);
			});
		},
	);
	return end;
}
