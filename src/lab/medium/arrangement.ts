// SPDX-License-Identifier: Apache-2.0
import type {Couplings, FlowSetup, MediumSetup, RadioSetup, Standard, Traffic} from './medium.ts';

// The arrangements that others have published numbers for. scripts/bench/lab/peer.cc has the same ones for ns-3.

/** Loud and alike everywhere: what happens is decided by the protocol, not by distance. */
const LOUD_DBM = -40;
const NOISE_DBM = -94;

function couplingsOf(pairs: readonly (readonly [number, number])[]): Couplings {
	return {
		from: Uint32Array.from(pairs, ([from]) => from),
		to: Uint32Array.from(pairs, ([, to]) => to),
		receivedDbm: new Float64Array(pairs.length).fill(LOUD_DBM),
	};
}

/** Saturated stations that all hear each other; each sends to the next. Retries have no limit. */
export function everyoneHears(
	stations: number,
	standard: Standard,
	rate: string,
	extendedSpace: 'lowest' | 'dynamic' | 'none',
): MediumSetup {
	const primaryMhz = standard === 'b' || standard === 'g' ? 2437 : 5180;
	const all = Array.from({length: stations}, (_, station) => station);
	return {
		radios: all.map(node => ({
			node,
			standard,
			primaryMhz,
			widthMhz: 20,
			noiseDbm: NOISE_DBM,
			retryLimit: Number.POSITIVE_INFINITY,
			extendedSpace,
		})),
		couplings: couplingsOf(all.flatMap(from => all.filter(to => to !== from).map(to => [from, to] as const))),
		flows: all.map(from => ({
			hops: [{from, to: (from + 1) % stations, rate: {fixed: rate}}],
			packetBytes: 1500,
			traffic: {kind: 'saturated'},
		})),
	};
}

/**
 * Two stations with 802.11n at 65 Mbit/s that do not hear each other, and a third between them that they send to.
 *
 * Source: ns-3's example of hidden HT stations, 32 MPDUs of 1472 bytes of UDP: A-MPDUs of at most 32 · 1672 bytes, a queue of
 *         500 packets that are dropped after 500 ms, 120 Mbit/s offered by each, BlockAckReq after a missed BlockAck,
 *         RTS with MCS 0.
 */
export function hiddenPair(rts: boolean, second: 'saturated' | 'silent' = 'saturated'): MediumSetup {
	const radio: Omit<RadioSetup, 'node'> = {
		standard: 'n',
		primaryMhz: 5180,
		widthMhz: 20,
		noiseDbm: NOISE_DBM,
		aggregateLimit: Math.floor((32 * 1672) / 1544),
		queuePackets: 500,
		lifetimeMs: 500,
		retryLimit: Number.POSITIVE_INFINITY,
		asksForBlockAck: true,
		...(rts ? {rtsThresholdBytes: 0, announceRate: 'ht20-0'} : {}),
	};
	const flow = (from: number, active: boolean): FlowSetup => ({
		hops: [{from, to: 0, rate: {fixed: 'ht20-7'}}],
		packetBytes: 1500,
		traffic: {kind: 'constant', bitsPerSecond: 120e6},
		active,
	});
	return {
		radios: [0, 1, 2].map(node => ({node, ...radio})),
		couplings: couplingsOf([
			[0, 1],
			[1, 0],
			[0, 2],
			[2, 0],
		]),
		flows: [flow(1, true), flow(2, second === 'saturated')],
	};
}

/** A square grid where only the four neighbours hear a node; each sends to the one on its right, the last to its left. */
export function hiddenGrid(
	side: number,
	rate: string,
	packetBytes = 1500,
	traffic: Traffic = {kind: 'saturated'},
): MediumSetup {
	const nodes = Array.from({length: side * side}, (_, node) => node);
	const pairs: (readonly [number, number])[] = [];
	for (const node of nodes) {
		if ((node % side) + 1 < side) pairs.push([node, node + 1], [node + 1, node]);
		if (node + side < nodes.length) pairs.push([node, node + side], [node + side, node]);
	}
	return {
		radios: nodes.map(node => ({
			node,
			standard: 'a',
			primaryMhz: 5180,
			widthMhz: 20,
			noiseDbm: NOISE_DBM,
		})),
		couplings: couplingsOf(pairs),
		flows: nodes.map(from => ({
			hops: [{from, to: (from % side) + 1 < side ? from + 1 : from - 1, rate: {fixed: rate}}],
			packetBytes,
			traffic,
		})),
	};
}
