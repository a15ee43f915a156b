// SPDX-License-Identifier: Apache-2.0

/** A sample this far ahead of our clock has no usable time. */
export const MAX_AHEAD_MS = 3_600_000;

/** The time a sample is stored under: its own, or when it came if the node did not know. */
export function sampleTimeMs(timeMs: number, clockUnset: boolean, receivedMs: number): number {
	return clockUnset || timeMs > receivedMs + MAX_AHEAD_MS ? receivedMs : timeMs;
}
