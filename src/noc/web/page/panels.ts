// SPDX-License-Identifier: Apache-2.0
import type {SeriesAnswer, SeriesRow} from './api.ts';
import {
	type Format,
	formatBitRate,
	formatCount,
	formatDbm,
	formatPerSecond,
	formatRatio,
	formatShare,
	strings,
} from './format.ts';

export interface PanelLine {
	readonly label: string;
	readonly values: readonly (number | null | undefined)[];
	/** How its numbers read in the table. Absent: as the panel's. */
	readonly format?: Format;
}

/** One chart: what it shows, and how its numbers read. */
export interface Panel {
	readonly key: string;
	readonly title: string;
	readonly lines: readonly PanelLine[];
	/** The lines are parts of a whole and lie on each other. */
	readonly stacked: boolean;
	readonly format: Format;
	readonly fromMs: number;
	readonly stepMs: number;
	/** The axis ends here at least. */
	readonly floor?: number;
	readonly ceiling?: number;
	readonly summary: string;
}

const MOST_LINES = 8;

/** The charts that a node's series make. */
export function panelsOf(answer: SeriesAnswer, intervalMs: number): Panel[] {
	const by = (name: string) => answer.series.filter(one => one.name === name);
	const base = {fromMs: answer.fromMs, stepMs: answer.stepMs};
	const shortGap = Math.ceil((2.5 * intervalMs) / answer.stepMs);
	const lines = (rows: SeriesRow[], label: (row: SeriesRow) => string, factor = 1): PanelLine[] =>
		rows
			.map(row => ({label: label(row), values: bridge(row.mean, shortGap).map(value => times(value, factor))}))
			.filter(({values}) => values.some(value => typeof value === 'number'))
			.toSorted((a, b) => a.label.localeCompare(b.label, undefined, {numeric: true}));
	const panel = (key: string, title: string, own: PanelLine[], format: Format, more: Partial<Panel> = {}): Panel[] =>
		own.length === 0
			? []
			: [
					{
						...base,
						key,
						title,
						lines: own.slice(0, MOST_LINES),
						stacked: false,
						format,
						summary: summarise(own, format),
						...more,
					},
				];
	const radio = ({labels}: SeriesRow) => `${labels.radio ?? ''} ${labels.frequencyMhz ?? ''} MHz`;
	const peer = ({labels}: SeriesRow) => labels.peer ?? '';
	const name = ({labels}: SeriesRow) => labels.interface ?? '';
	const link = ({labels}: SeriesRow) => `${labels.peer ?? ''} ${labels.interface ?? ''}`;
	// What was sent and what was received, where the driver counts them.
	const airtimes = () =>
		by('station.transmitAirtimeUs').map(sent => {
			const received = by('station.receiveAirtimeUs').find(({labels}) => isSame(labels, sent.labels));
			return {...sent, mean: sent.mean.map((value, i) => (value === null ? null : value + (received?.mean[i] ?? 0)))};
		});
	const busyLines = (rows: SeriesRow[]) => rows.filter(row => interfaceMoves(row));
	return [
		...by('channel.busyShare').flatMap(busy => channelPanel(answer, busy, shortGap, base)),
		...panel('noise', strings.chart.noise, lines(by('channel.noiseDbm'), radio), formatDbm, {
			floor: -100,
			ceiling: -85,
		}),
		...panel('signal', strings.chart.signal, lines(by('station.signalDbm'), peer), formatDbm, {
			floor: -90,
			ceiling: -40,
		}),
		...panel('to', strings.chart.transmitRate, lines(by('station.transmitRateKbps'), peer, 1000), formatBitRate, {
			floor: 0,
		}),
		...panel('from', strings.chart.receiveRate, lines(by('station.receiveRateKbps'), peer, 1000), formatBitRate, {
			floor: 0,
		}),
		...panel('airtime', strings.chart.airtime, lines(airtimes(), peer, 1e-6), formatShare, {floor: 0, ceiling: 0.1}),
		...panel('retries', strings.chart.retries, lines(by('station.transmitRetries'), peer), formatPerSecond, {floor: 0}),
		...panel(
			'linkThroughput',
			strings.chart.linkThroughput,
			lines(by('link.throughputKbps'), link, 1000),
			formatBitRate,
			{
				floor: 0,
			},
		),
		...panel('linkQuality', strings.chart.linkQuality, lines(by('link.quality'), link), formatShare, {
			floor: 0,
			ceiling: 1,
		}),
		...panel('linkEtx', strings.chart.linkEtx, lines(by('link.etx'), link), formatRatio, {floor: 1, ceiling: 3}),
		...panel('linkCost', strings.chart.linkCost, lines(by('link.cost'), link), formatCount, {floor: 0}),
		...panel(
			'received',
			strings.chart.received,
			lines(busyLines(by('interface.receiveBytes')), name, 8),
			formatBitRate,
			{floor: 0},
		),
		...panel('sent', strings.chart.sent, lines(busyLines(by('interface.transmitBytes')), name, 8), formatBitRate, {
			floor: 0,
		}),
	];
}

function isSame(a: SeriesRow['labels'], b: SeriesRow['labels']): boolean {
	return Object.keys(a).every(name => a[name] === b[name]);
}

function interfaceMoves({mean}: SeriesRow): boolean {
	return mean.some(value => value !== null && value > 0);
}

function times(value: number | null | undefined, factor: number): number | null | undefined {
	return typeof value === 'number' ? value * factor : value;
}

function channelPanel(
	answer: SeriesAnswer,
	busy: SeriesRow,
	shortGap: number,
	base: {fromMs: number; stepMs: number},
): Panel[] {
	const of = (name: string, label: string): PanelLine | undefined => {
		const row = answer.series.find(
			one =>
				one.name === name &&
				one.labels.radio === busy.labels.radio &&
				one.labels.frequencyMhz === busy.labels.frequencyMhz,
		);
		return row === undefined ? undefined : {label, values: bridge(row.mean, shortGap)};
	};
	const present = (parts: (PanelLine | undefined)[]) => parts.filter(part => part !== undefined);
	const {part} = strings;
	const own = of('channel.ownReceiveShare', part.ownReceive);
	// A driver that does not count own frames apart still tells what it sent and heard.
	const lines = present(
		own === undefined
			? [
					of('channel.transmitShare', part.transmit),
					of('channel.receiveShare', part.receive),
					of('channel.otherShare', part.other),
				]
			: [of('channel.transmitShare', part.transmit), own, of('channel.externalShare', part.external)],
	);
	const values = busy.mean.filter(value => value !== null);
	const last = values.at(-1);
	if (last === undefined || lines.length === 0) return [];
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const {radio = '', frequencyMhz = ''} = busy.labels;
	return [
		{
			...base,
			key: `channel ${radio} ${frequencyMhz}`,
			title: strings.chart.channel(radio, frequencyMhz),
			lines,
			stacked: true,
			format: formatShare,
			floor: 0,
			ceiling: 0.5,
			summary: strings.summaryShare(formatShare(last), formatShare(mean), formatShare(Math.max(...values))),
		},
	];
}

/** Short gaps between two values are drawn through (undefined); longer ones are gaps (null). */
function bridge(values: readonly (number | null)[], shortGap: number): (number | null | undefined)[] {
	const bridged: (number | null | undefined)[] = [...values];
	let last = -1;
	for (const [i, value] of values.entries()) {
		if (value === null) continue;
		if (last >= 0 && i - last > 1 && i - last <= shortGap) for (let j = last + 1; j < i; j++) bridged[j] = undefined;
		last = i;
	}
	return bridged;
}

/** One sentence for all lines of a chart: where they are, and how far they went. */
function summarise(lines: readonly PanelLine[], format: Format): string {
	const numbers = lines.map(({values}) => values.filter(value => typeof value === 'number'));
	const all = numbers.flat();
	const now = numbers.map(values => values.at(-1) ?? 0);
	const low = format(all.reduce((a, b) => Math.min(a, b)));
	const high = format(all.reduce((a, b) => Math.max(a, b)));
	if (now.length === 1) return strings.summaryOne(format(now[0] ?? 0), low, high);
	return strings.summaryMany(format(Math.min(...now)), format(Math.max(...now)), low, high);
}
