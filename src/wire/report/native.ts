// SPDX-License-Identifier: Apache-2.0

// What the router's host can do instead of a script (src/runtime/quickjs/host/frame.c). Elsewhere it is absent, and the
// script does it. Both answer the same: the conformance suite compares them.

/** As `gatherColumns` (columns.ts). */
export type GatherColumns = (
	rows: Float64Array,
	stamp: number,
	marks: Uint8Array,
	scales: Float64Array,
	out: Float64Array,
	at: number,
) => number;

/**
 * The bitmap and the varints of a frame (frame.ts) behind `reserved` bytes of nothing; `values` become `previous`.
 *
 * Absent: undefined where that is more than the host has room for.
 */
export type PackValues = (
	values: Float64Array,
	previous: Float64Array,
	keyframe: boolean,
	reserved: number,
) => Uint8Array | undefined;

const host = globalThis as {readonly gatherColumns?: GatherColumns; readonly packValues?: PackValues};

export const hostGather = host.gatherColumns;
export const hostPack = host.packValues;
