// SPDX-License-Identifier: Apache-2.0
import {
	ARRAY,
	type BlobTable,
	type BlobValue,
	DOUBLE,
	decodeElement,
	ElementCursor,
	INT8,
	INT16,
	INT32,
	INT64,
	STRING,
	TABLE,
	UNSPEC,
} from './blobmsg.ts';
import {INVALID_ARGUMENT, UbusError} from './status.ts';

// A method said once: its signature on the bus, the check before the handler, the handler's type and the caller's type all
// follow from one definition. Data only, so a web page can share it.

export type Kind = 'boolean' | 'int8' | 'int16' | 'int32' | 'int64' | 'double' | 'string' | 'array' | 'table' | 'any';
/** A kind; with a question mark the caller may leave it out. */
export type Parameter = Kind | `${Kind}?`;
export type Parameters = Readonly<Record<string, Parameter>>;

interface ValueOfKind {
	boolean: boolean;
	int8: number;
	int16: number;
	int32: number;
	int64: number | bigint;
	double: number;
	string: string;
	array: readonly BlobValue[];
	table: BlobTable;
	any: BlobValue;
}
type ValueOf<P extends Parameter> = P extends `${infer K extends Kind}?`
	? ValueOfKind[K]
	: P extends Kind
		? ValueOfKind[P]
		: never;

/** What a handler gets and a caller gives, of a method's parameters. */
export type ArgumentsOf<P extends Parameters> = {
	readonly [N in keyof P as P[N] extends `${string}?` ? never : N]: ValueOf<P[N]>;
} & {
	readonly [N in keyof P as P[N] extends `${string}?` ? N : never]?: ValueOf<P[N]>;
};

export interface Method<P extends Parameters = Parameters, R = unknown> {
	/** A line for people. */
	readonly about: string;
	/** Which part of an access list it belongs to. */
	readonly access: 'read' | 'write';
	readonly parameters: P;
	/** Only its type matters; see `of`. */
	readonly reply: R;
}

export interface ObjectDefinition<M extends Readonly<Record<string, Method>> = Readonly<Record<string, Method>>> {
	readonly path: string;
	readonly methods: M;
}

/** Names the type of a reply: `reply: of<Status>()`. */
export function of<R>(): R {
	return undefined as R;
}

export function method<const P extends Parameters, R>(definition: Method<P, R>): Method<P, R> {
	return definition;
}

const types: Readonly<Record<Kind, number>> = {
	boolean: INT8,
	int8: INT8,
	int16: INT16,
	int32: INT32,
	int64: INT64,
	double: DOUBLE,
	string: STRING,
	array: ARRAY,
	table: TABLE,
	any: UNSPEC,
};
const bits: Partial<Readonly<Record<Kind, number>>> = {int8: 8, int16: 16, int32: 32, int64: 64, double: 64};

function kindOf(parameter: Parameter): Kind {
	return (parameter.endsWith('?') ? parameter.slice(0, -1) : parameter) as Kind;
}

/** The number that a signature on the bus carries for a parameter. */
export function typeOf(parameter: Parameter): number {
	return types[kindOf(parameter)];
}

/**
 * Reads a call's arguments and checks them against the definition.
 *
 * Shape:  whole numbers of any width pass where the value fits (a caller that writes JSON cannot choose the width); names that
 *         the definition does not have are skipped, as rpcd adds its own.
 * Errors: UbusError INVALID_ARGUMENT; BlobError for bytes that are no table.
 */
export function readArguments(parameters: Parameters, bytes: Uint8Array, from: number, to: number): BlobTable {
	const table: Record<string, BlobValue> = {};
	const cursor = new ElementCursor(bytes, from, to);
	while (cursor.next()) {
		const {name} = cursor;
		if (name === undefined || !Object.hasOwn(parameters, name)) continue;
		const kind = kindOf(parameters[name] as Parameter);
		let value = decodeElement(cursor);
		if (kind === 'int8' && cursor.type === INT8) value = bytes[cursor.from] ?? 0;
		if (!fits(kind, cursor.type, value)) throw new UbusError(INVALID_ARGUMENT, `${name} is no ${kind}`);
		table[name] = value;
	}
	for (const name of Object.keys(parameters))
		if (table[name] === undefined && !parameters[name]?.endsWith('?'))
			throw new UbusError(INVALID_ARGUMENT, `${name} is missing`);
	return table;
}

function fits(kind: Kind, type: number, value: BlobValue): boolean {
	if (kind === 'any' || type === types[kind]) return true;
	const width = bits[kind];
	if (width === undefined || type < INT64 || type > INT16) return false;
	return width === 64 || (typeof value === 'number' && value >= -(2 ** (width - 1)) && value < 2 ** (width - 1));
}
