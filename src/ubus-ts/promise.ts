// SPDX-License-Identifier: Apache-2.0
import type {BlobTable} from './blobmsg.ts';
import {call} from './call.ts';
import type {UbusClient} from './client.ts';
import type {ArgumentsOf, Method, ObjectDefinition, Parameters} from './definition.ts';
import {OK, UbusError} from './status.ts';

/** Calls a method and answers its first reply. Absent: undefined where it has none. Errors: UbusError. */
export function ask(
	client: UbusClient,
	path: string,
	method: string,
	args: BlobTable = {},
	timeoutMs?: number,
): Promise<BlobTable | undefined> {
	return new Promise((resolve, reject) => {
		call(
			client,
			path,
			method,
			args,
			(status, [reply]) => (status === OK ? resolve(reply) : reject(new UbusError(status, `${path} ${method}`))),
			timeoutMs,
		);
	});
}

/** Calls a method by its definition: arguments and reply have its types. Errors: UbusError. */
export function askTyped<M extends Readonly<Record<string, Method>>, N extends keyof M & string>(
	client: UbusClient,
	definition: ObjectDefinition<M>,
	method: N,
	args: ArgumentsOf<M[N] extends Method<infer P, unknown> ? P : Parameters>,
	timeoutMs?: number,
): Promise<M[N]['reply']> {
	return ask(client, definition.path, method, args as BlobTable, timeoutMs);
}
