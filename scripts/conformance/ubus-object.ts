// SPDX-License-Identifier: Apache-2.0
import type {BlobTable} from '../../src/ubus-ts/blobmsg.ts';
import type {UbusClient} from '../../src/ubus-ts/client.ts';
import type {Kind, Method, ObjectDefinition, Parameter} from '../../src/ubus-ts/definition.ts';
import {decodeFields, type Field} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {type Call, serve} from '../../src/ubus-ts/serve.ts';
import {UbusError} from '../../src/ubus-ts/status.ts';
import type {UbusStage} from './ubus-stage.ts';

// The recorded program 'wireobj', served by the library: those of its methods whose name and signature say what they do.

const kinds: readonly Kind[] = ['any', 'array', 'table', 'string', 'int64', 'int32', 'int16', 'boolean', 'double'];

/** The object that a recorded ADD_OBJECT describes. Absent: undefined for one without a path. */
export function definitionOf(message: m.Message): ObjectDefinition | undefined {
	const path = message.text(m.A_PATH);
	const range = message.range(m.A_SIGNATURE);
	if (path === undefined || range === undefined) return undefined;
	const methods: Record<string, Method> = {};
	for (const {name = '', value} of decodeFields(message.bytes, range[0], range[1])) {
		const parameters: Record<string, Parameter> = {};
		for (const field of value as readonly Field[])
			parameters[field.name ?? ''] = `${kinds[field.value as number] ?? 'any'}?`;
		methods[name] = {about: '', access: 'read', parameters, reply: undefined};
	}
	return {path, methods};
}

type Handler = (args: BlobTable, call: Call<unknown>, stage: UbusStage) => unknown;

const played: Readonly<Record<string, Handler>> = {
	nodata: () => undefined,
	emptyreply: () => ({}),
	multi(_, call) {
		for (const n of [0, 1, 2]) call.reply({n});
		return undefined;
	},
	slow({ms}, call, stage) {
		call.defer();
		// The recording's own clock says when it was; a little before that is early enough to be in time.
		stage.after(Math.max(0, Number(ms ?? 0) - 5), () => {
			call.reply({late: 'yes'});
			call.finish();
		});
		return undefined;
	},
	never(_, call) {
		call.defer();
		return undefined;
	},
	fail({code}) {
		throw new UbusError(Number(code));
	},
};

/** Whether a call's answer can be told from the recording's description: then it must be ours to the byte. */
export function isPlayed(definition: ObjectDefinition, message: m.Message): boolean {
	const method = message.text(m.A_METHOD) ?? '';
	if (!Object.hasOwn(definition.methods, method)) return true;
	if (!Object.hasOwn(played, method)) return false;
	if (method !== 'fail') return true;
	const [from, to] = message.range(m.A_DATA) ?? [0, 0];
	return decodeFields(message.bytes, from, to).some(({name, value}) => name === 'code' && typeof value === 'number');
}

export function playObject(client: UbusClient, definition: ObjectDefinition, stage: UbusStage): void {
	const handlers: Record<string, (args: BlobTable, call: Call<unknown>) => unknown> = {};
	for (const name of Object.keys(definition.methods)) {
		const handler = played[name];
		handlers[name] = (args, call) => {
			if (handler !== undefined) return handler(args, call, stage);
			call.defer();
			return undefined;
		};
	}
	serve(client, definition, handlers);
}
