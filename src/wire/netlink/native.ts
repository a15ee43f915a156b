// SPDX-License-Identifier: Apache-2.0

// What the router's host can do instead of a script (src/runtime/quickjs/host/attributes.c). Elsewhere it is absent, and
// the script does it. Both answer the same: the conformance suite compares them.

/**
 * Sets the properties of `value` that the attributes say, of the kinds a script need not look at; of the others the
 * offset. Answers false where anything is wrong with the bytes: `value` is then of no use.
 */
export type ReadAttributes = (
	bytes: Uint8Array,
	start: number,
	end: number,
	little: boolean,
	kinds: Uint8Array,
	names: readonly string[],
	value: Record<string, unknown>,
) => boolean;

/**
 * Writes the messages from `at` on into the rows that have their keys, as `plan` says (layout.ts), and answers where it
 * stopped: at the end, before the first message that is not plainly one of these, or DUMP_ENDED (conversation.ts).
 */
export type ReadRows = (
	bytes: Uint8Array,
	at: number,
	little: boolean,
	sequence: number,
	port: number,
	plan: Uint16Array,
	rows: Float64Array,
) => number;

const host = globalThis as {readonly readAttributes?: ReadAttributes; readonly readRows?: ReadRows};

export const readAttributes = host.readAttributes;
export const readRows = host.readRows;
