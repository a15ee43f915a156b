// SPDX-License-Identifier: Apache-2.0
import {delayQuantileUs} from '../medium/delay.ts';
import type {MediumStatistics} from '../medium/medium.ts';

/**
 * One run of one scenario with one seed: a line of a result file.
 *
 * Shape:  a file is JSON lines, one finished seed a line, so a run that was interrupted keeps what it finished.
 * Units:  in the names. Absent: `agreement` where no engine ran.
 */
export interface RunRecord {
	readonly scenario: string;
	/** What was varied: a method or a setting, for people. */
	readonly variant: string;
	readonly engine: 'packet' | 'fast';
	readonly seed: number;
	readonly seconds: number;
	readonly nodes: readonly RecordedNode[];
	readonly flows: readonly RecordedFlow[];
	readonly links: readonly RecordedLink[];
	readonly radios: readonly RecordedRadio[];
	readonly agreement?: Agreement;
}

export interface RecordedNode {
	readonly name: string;
	readonly xM?: number;
	readonly yM?: number;
	readonly gateway?: true;
}

export interface RecordedFlow {
	readonly from: string;
	readonly to: string;
	readonly throughputKbps: number;
	readonly offeredKbps?: number;
	/** Share of offered packets that did not arrive. */
	readonly lossShare: number;
	readonly medianDelayMs?: number;
	readonly p99DelayMs?: number;
}

/** Losses are shares of the attempts. */
export interface RecordedLink {
	readonly from: string;
	readonly to: string;
	readonly channelMhz: number;
	readonly attempts: number;
	readonly collisionShare: number;
	readonly hiddenShare: number;
	readonly noiseShare: number;
	readonly airtimeShare: number;
}

export interface RecordedRadio {
	readonly node: string;
	readonly channelMhz: number;
	readonly transmitShare: number;
	readonly receiveShare: number;
	readonly busyShare: number;
}

/** How nodes came to agree, where an engine of ours ran. */
export interface Agreement {
	readonly rounds: number;
	readonly convergedS?: number;
	readonly messages: number;
	readonly bytes: number;
	readonly retunes: number;
	/** Seconds in which some node could not be reached, summed over nodes. */
	readonly partitionedS: number;
}

/** Who the numbers of a medium's statistics are. */
export interface Named {
	readonly nodes: readonly RecordedNode[];
	/** Of each radio, by its number in the medium. */
	readonly radios: readonly {readonly node: number; readonly channelMhz: number}[];
	/** Of each flow. */
	readonly flows: readonly {readonly from: number; readonly to: number; readonly offeredKbps?: number}[];
}

/** A medium's statistics as a record says them. */
export function recordOf(
	of: Pick<RunRecord, 'scenario' | 'variant' | 'engine' | 'seed'>,
	statistics: MediumStatistics,
	named: Named,
): RunRecord {
	const nameOf = (node: number | undefined): string => named.nodes[node ?? -1]?.name ?? '?';
	const share = (part: number, whole: number): number => (whole > 0 ? round(part / whole) : 0);
	const totalUs = statistics.seconds * 1e6;
	return {
		...of,
		seconds: statistics.seconds,
		nodes: named.nodes,
		flows: statistics.flows.map((flow, i): RecordedFlow => {
			const {from, to, offeredKbps} = named.flows[i] ?? {from: -1, to: -1};
			const median = delayQuantileUs(flow.delayCounts, 0.5);
			const tail = delayQuantileUs(flow.delayCounts, 0.99);
			return {
				from: nameOf(from),
				to: nameOf(to),
				throughputKbps: round(flow.throughputBps / 1000),
				...(offeredKbps === undefined ? {} : {offeredKbps}),
				lossShare: share(flow.overflowPackets + flow.abandonedPackets, flow.offeredPackets),
				...(median === undefined ? {} : {medianDelayMs: round(median / 1000)}),
				...(tail === undefined ? {} : {p99DelayMs: round(tail / 1000)}),
			};
		}),
		links: statistics.links.map(link => ({
			from: nameOf(named.radios[link.from]?.node),
			to: nameOf(named.radios[link.to]?.node),
			channelMhz: named.radios[link.from]?.channelMhz ?? 0,
			attempts: link.attempts,
			collisionShare: share(link.collisionLosses, link.attempts),
			hiddenShare: share(link.hiddenLosses + link.deafLosses, link.attempts),
			noiseShare: share(link.noiseLosses + link.interfererLosses, link.attempts),
			airtimeShare: share(link.airtimeUs, totalUs),
		})),
		radios: statistics.radios.map((radio, i) => ({
			node: nameOf(named.radios[i]?.node),
			channelMhz: named.radios[i]?.channelMhz ?? 0,
			transmitShare: share(radio.transmitUs, totalUs),
			receiveShare: share(radio.receiveUs, totalUs),
			busyShare: share(radio.busyUs, totalUs),
		})),
	};
}

/** Four digits are more than any simulation knows. */
function round(value: number): number {
	return Number(value.toPrecision(4));
}
