// SPDX-License-Identifier: Apache-2.0

/** One that hears what another sends on an interface. */
export interface Hearing {
	readonly host: string;
	/** The interface it comes in by. */
	readonly interfaceIndex: number;
	/** Chance that one transmission is lost on the way to this one. */
	readonly lossShare: number;
	readonly latencyMs: number;
}

/**
 * Who hears whom on a simulated mesh, now: what a network asks for every datagram that names an interface.
 *
 * Shape: a multicast datagram is sent once and lost by each hearer for itself; one to a single hearer is tried again, as a
 *        radio does.
 */
export interface SimLinks {
	hearings(host: string, interfaceIndex: number): readonly Hearing[];
	/** A host's link-local address on an interface: what datagrams come from there, and can be sent to. */
	address(host: string, interfaceIndex: number): string;
}

/** Attempts at a frame to one receiver. Source: dot11ShortRetryLimit of IEEE 802.11-2020. */
export const UNICAST_ATTEMPTS = 7;
