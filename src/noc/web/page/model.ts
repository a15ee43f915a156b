// SPDX-License-Identifier: Apache-2.0
import {batch, computed, effect, signal} from '@preact/signals';
import {
	type Decision,
	fetchDecisions,
	fetchLatest,
	fetchNodes,
	fetchSeries,
	fetchSlots,
	fetchStatus,
	type LatestValue,
	type NodeSummary,
	type RadioSlots,
	type SeriesAnswer,
} from './api.ts';

export const ranges = {
	'15m': 900_000,
	'1h': 3_600_000,
	'6h': 21_600_000,
	'24h': 86_400_000,
	'7d': 604_800_000,
} as const;
export type RangeKey = keyof typeof ranges;

const STEPS = 300;
const SPARK_MS = 3_600_000;
const SPARK_STEP_MS = 60_000;
const SPARK_EVERY_MS = 30_000;
const MOST_SPARKS = 250;

/** The names a node's page asks for, in one request. */
const PAGE_NAMES = [
	'channel.busyShare',
	'channel.transmitShare',
	'channel.receiveShare',
	'channel.ownReceiveShare',
	'channel.externalShare',
	'channel.otherShare',
	'channel.noiseDbm',
	'station.signalDbm',
	'station.transmitRateKbps',
	'station.receiveRateKbps',
	'station.transmitAirtimeUs',
	'station.receiveAirtimeUs',
	'station.transmitRetries',
	'interface.receiveBytes',
	'interface.transmitBytes',
	'spectrum.maximumDbm',
	'interferer.confidenceShare',
	'link.throughputKbps',
	'link.quality',
	'link.etx',
	'link.cost',
	'latency.medianUs',
	'latency.lowerQuartileUs',
	'latency.upperQuartileUs',
	'latency.minimumUs',
	'latency.maximumUs',
	'latency.lossShare',
];

export const nowMs = signal(Date.now());
export const nodes = signal<readonly NodeSummary[] | undefined>(undefined);
/** The collector's clock minus ours. */
export const clockOffsetMs = signal(0);
export const reachable = signal(true);
export const collectorState = signal<'ok' | 'disk-full' | 'failing' | 'broker'>('ok');
export const filter = signal('');
export const range = signal<RangeKey>('1h');
export const route = signal(readRoute());
export const latest = signal<readonly LatestValue[]>([]);
/** Of the node whose page is shown, the newest last. */
export const decisions = signal<readonly Decision[]>([]);
/** Of that node, by radio. */
export const slots = signal<readonly RadioSlots[]>([]);
export const pageSeries = signal<SeriesAnswer | undefined>(undefined);
/** Node → busiest channel's share over the last hour. */
export const sparks = signal<ReadonlyMap<string, readonly (number | null)[]>>(new Map());

export const current = computed(() => nodes.value?.find(one => one.node === route.value));

/** The node whose page is shown. Absent: undefined for the list. */
function readRoute(): string | undefined {
	const match = /^#\/node\/([A-Za-z0-9_-]{1,48})$/.exec(location.hash);
	return match?.[1];
}

const rank = {offline: 0, late: 1, silent: 2, online: 3};

/** What the list shows: trouble first, then by name. */
export const listed = computed(() => {
	const wanted = filter.value.trim().toLowerCase();
	return (nodes.value ?? [])
		.filter(({node}) => node.toLowerCase().includes(wanted))
		.toSorted((a, b) => rank[a.state] - rank[b.state] || a.node.localeCompare(b.node, undefined, {numeric: true}));
});

async function refreshNodes(): Promise<void> {
	try {
		const [answer, status] = await Promise.all([fetchNodes(), fetchStatus()]);
		batch(() => {
			nodes.value = answer.nodes;
			clockOffsetMs.value = answer.timeMs - Date.now();
			collectorState.value = status.state;
			reachable.value = true;
		});
	} catch {
		reachable.value = false;
	}
}

async function refreshSparks(): Promise<void> {
	const count = nodes.value?.length ?? 0;
	if (route.value !== undefined || count === 0 || count > MOST_SPARKS) return;
	const toMs = Date.now() + clockOffsetMs.value;
	const interval = Math.max(...(nodes.value ?? []).map(one => one.intervalMs ?? 60_000));
	const stepMs = Math.max(SPARK_STEP_MS, interval);
	try {
		const {series} = await fetchSeries({names: ['channel.busyShare'], fromMs: toMs - SPARK_MS, toMs, stepMs});
		const busiest = new Map<string, (number | null)[]>();
		for (const {node, mean} of series) {
			const before = busiest.get(node);
			busiest.set(
				node,
				before === undefined
					? [...mean]
					: before.map((value, i) => (value === null ? (mean[i] ?? null) : Math.max(value, mean[i] ?? 0))),
			);
		}
		sparks.value = busiest;
	} catch {
		reachable.value = false;
	}
}

let asking = false;
let again = false;

async function refreshPage(): Promise<void> {
	const node = route.value;
	if (node === undefined) return;
	if (asking) {
		again = true;
		return;
	}
	asking = true;
	again = false;
	const spanMs = ranges[range.value];
	const toMs = Date.now() + clockOffsetMs.value;
	const stepMs = Math.max(Math.ceil(spanMs / STEPS / 1000) * 1000, Math.min(60_000, current.value?.intervalMs ?? 1000));
	try {
		const [series, values, decided, divided] = await Promise.all([
			fetchSeries({names: PAGE_NAMES, node, fromMs: toMs - spanMs, toMs, stepMs}),
			fetchLatest(node).catch(() => ({values: []})),
			fetchDecisions(node).catch(() => ({decisions: []})),
			fetchSlots(node).catch(() => ({radios: []})),
		]);
		if (route.value === node)
			batch(() => {
				pageSeries.value = series;
				latest.value = values.values;
				decisions.value = decided.decisions;
				slots.value = divided.radios;
				reachable.value = true;
			});
	} catch {
		reachable.value = false;
	} finally {
		asking = false;
		if (again) void refreshPage();
	}
}

/** How often a page of this range is worth drawing anew. */
function drawEveryMs(): number {
	return Math.max(1000, Math.min(60_000, ranges[range.value] / STEPS / 2));
}

/** Starts everything that keeps the page up to date. */
export function start(): void {
	window.addEventListener('hashchange', () => {
		batch(() => {
			route.value = readRoute();
			pageSeries.value = undefined;
			latest.value = [];
			decisions.value = [];
			slots.value = [];
		});
		window.scrollTo(0, 0);
	});
	setInterval(() => {
		nowMs.value = Date.now();
	}, 1000);
	setInterval(() => void refreshNodes(), 10_000);
	setInterval(() => void refreshSparks(), SPARK_EVERY_MS);
	void refreshNodes().then(refreshSparks);
	effect(() => {
		if (route.value !== undefined) {
			void range.value;
			void refreshPage();
		} else void refreshSparks();
	});
	effect(() => follow(route.value));
}

/** Listens to live updates of one node, or of all; returns how to stop. */
function follow(node: string | undefined): () => void {
	const events = new EventSource(node === undefined ? '/api/v1/events' : `/api/v1/events?node=${node}`);
	let drawnMs = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	events.addEventListener('node', event => {
		const summary = JSON.parse((event as MessageEvent<string>).data) as NodeSummary;
		const known = nodes.peek() ?? [];
		nodes.value = known.some(one => one.node === summary.node)
			? known.map(one => (one.node === summary.node ? summary : one))
			: [...known, summary];
		if (node === undefined || timer !== undefined) return;
		const waitMs = Math.max(0, drawnMs + drawEveryMs() - Date.now());
		timer = setTimeout(() => {
			timer = undefined;
			drawnMs = Date.now();
			if (!document.hidden) void refreshPage();
		}, waitMs);
	});
	return () => {
		clearTimeout(timer);
		events.close();
	};
}
