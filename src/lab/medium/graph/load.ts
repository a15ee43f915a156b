// SPDX-License-Identifier: Apache-2.0
import type {FlowSetup, MediumSetup} from '../medium.ts';
import {type Link, linkKey, type Network} from './network.ts';

// What flows ask of links, and what links leave of it. A packet that a hop does not carry is not offered to the next one.

/** Where a flow uses a sender: one entry a hop, return hops included. */
export interface Use {
	readonly flow: number;
	readonly link: Link;
	readonly sender: number;
	/** Packets of this hop for one packet of the flow: one, or half an acknowledgement. */
	readonly perPacket: number;
	/** Packets a second that arrive at the hop; infinite where there is always another one. */
	wantedPps: number;
	carriedPps: number;
}

export interface FlowLoad {
	readonly setup: FlowSetup;
	readonly uses: readonly Use[];
	readonly returns: readonly Use[];
	/** Packets a second at its source; of a window the solver's to find. */
	offeredPps: number;
}

/** A window's first guess, and how it follows what the path carries. */
const FIRST_WINDOW_PPS = 50;
const GROWTH = 1.04;
const SHRINK_LIMIT = 0.7;

export function loadsOf(setup: MediumSetup, network: Network): FlowLoad[] {
	const byRadios = new Map(network.links.map(link => [linkKey(link.from, link.to), link]));
	const usesOf = (flow: number, hops: FlowSetup['hops'], perPacket: number): Use[] =>
		hops.flatMap(({from, to}) => {
			const link = byRadios.get(linkKey(from, to));
			const sender = network.senderOf.get(from);
			return link === undefined || sender === undefined
				? []
				: [{flow, link, sender, perPacket, wantedPps: 0, carriedPps: 0}];
		});
	return setup.flows.map((flow, index) => {
		const isActive = flow.active !== false;
		const uses = isActive ? usesOf(index, flow.hops, 1) : [];
		const {traffic} = flow;
		const returnHops = traffic.kind === 'window' ? (traffic.returnHops ?? []) : [];
		const isWhole = uses.length === flow.hops.length;
		return {
			setup: flow,
			// A hop whose radio is off: nothing gets through, and the hops before it carry packets for nothing.
			uses,
			returns: isActive && isWhole ? usesOf(index, returnHops, 0.5) : [],
			offeredPps: isActive ? offeredPps(flow) : 0,
		};
	});
}

function offeredPps({traffic, packetBytes}: FlowSetup): number {
	switch (traffic.kind) {
		case 'saturated':
			return Number.POSITIVE_INFINITY;
		case 'constant':
		case 'poisson':
			return traffic.bitsPerSecond / 8 / packetBytes;
		case 'bursts': {
			const {meanOnSeconds, meanOffSeconds} = traffic;
			return ((traffic.bitsPerSecond / 8 / packetBytes) * meanOnSeconds) / (meanOnSeconds + meanOffSeconds);
		}
		case 'window':
			return FIRST_WINDOW_PPS;
	}
}

/** Passes each flow's packets down its hops, as far as the last iteration carried them. */
export function offer(loads: readonly FlowLoad[], deliveredShare: (use: Use) => number): void {
	for (const load of loads) {
		let pps = load.offeredPps;
		for (const use of load.uses) {
			use.wantedPps = pps;
			pps = Math.min(pps, use.carriedPps) * deliveredShare(use);
		}
		const arrived = Number.isFinite(pps) ? pps : 0;
		let back = arrived / 2;
		for (const use of load.returns) {
			use.wantedPps = back;
			back = Math.min(back, use.carriedPps) * deliveredShare(use);
		}
	}
}

/** A window grows while every hop carries what it is given, and shrinks to what the narrowest one carries. */
export function followWindows(loads: readonly FlowLoad[]): void {
	for (const load of loads) {
		if (load.setup.traffic.kind !== 'window' || load.uses.length === 0) continue;
		let narrowest = 1;
		for (const use of [...load.uses, ...load.returns])
			if (use.wantedPps > 0) narrowest = Math.min(narrowest, use.carriedPps / use.wantedPps);
		const factor = Math.max(SHRINK_LIMIT, narrowest * GROWTH);
		load.offeredPps = Math.max(0.1, load.offeredPps * factor);
	}
}

/**
 * Shares a sender's time among those who use it.
 *
 * Shape:  nobody is always ready: all get the same part of what they want, as a queue that drops at its end gives it.
 *         Somebody is: each gets as many packets as the others, or all it wants if that is less.
 * Units:  costs are share of the time for a packet a second.
 */
export function divide(uses: readonly Use[], cost: (use: Use) => number, available: number): void {
	const finite = uses.filter(use => Number.isFinite(use.wantedPps));
	let wanted = 0;
	for (const use of finite) wanted += use.wantedPps * cost(use);
	if (finite.length === uses.length) {
		const part = wanted > available ? available / wanted : 1;
		for (const use of uses) use.carriedPps = use.wantedPps * part;
		return;
	}
	// Water filling: whoever wants less than an equal part leaves the rest to the others.
	const open = new Set(uses);
	let left = available;
	for (;;) {
		let costs = 0;
		for (const use of open) costs += cost(use);
		const level = costs > 0 ? Math.max(0, left) / costs : 0;
		const content = [...open].filter(use => use.wantedPps <= level);
		if (content.length === 0) {
			for (const use of open) use.carriedPps = level;
			return;
		}
		for (const use of content) {
			use.carriedPps = use.wantedPps;
			left -= use.wantedPps * cost(use);
			open.delete(use);
		}
	}
}
