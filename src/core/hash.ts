// SPDX-License-Identifier: Apache-2.0

/**
 * FNV-1a, 32 bit: short, order-sensitive, no protection against an adversary.
 *
 * Shape:  an unsigned 32-bit number.
 * Source: draft-eastlake-fnv, section 2 (offset basis 2166136261, prime 16777619).
 */
export function fnv1a(bytes: Uint8Array): number {
	let hash = 0x811c9dc5;
	for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
	return hash >>> 0;
}
