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

/** The same for a row of 64-bit counters, one a name. */
export type ReadCounters = (
	bytes: Uint8Array,
	start: number,
	little: boolean,
	names: readonly string[],
	value: Record<string, number>,
) => boolean;

const host = globalThis as {readonly readAttributes?: ReadAttributes; readonly readCounters?: ReadCounters};

export const readAttributes = host.readAttributes;
export const readCounters = host.readCounters;
