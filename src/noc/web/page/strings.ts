// SPDX-License-Identifier: Apache-2.0

/** Every word of the page. A language is one more object of this shape. */
export const english = {
	title: 'mesh-noc',
	skip: 'Skip to content',
	nodes: 'Nodes',
	back: 'All nodes',
	waiting: 'Waiting for the collector …',
	unreachable: 'The collector does not answer. Trying again …',
	collectorState: {
		'disk-full': 'The disk is full: nothing is stored or acknowledged until there is room.',
		failing: 'The collector cannot write its data.',
		broker: 'The collector cannot reach its broker.',
	},
	none: 'No node has reported yet.',
	noneHint: 'Point a router’s agent at this collector’s MQTT port and it appears here.',
	unknownNode: (node: string) => `No node called ${node} has reported.`,
	countOf: (online: number, all: number) => `${online} of ${all} ${all === 1 ? 'node' : 'nodes'} online`,
	filter: 'Filter by name',
	noMatch: 'No node’s name contains that.',
	column: {
		state: 'State',
		node: 'Node',
		busy: 'Channel use, last hour',
		lastReport: 'Last report',
		software: 'Software',
		notes: 'Notes',
	},
	state: {online: 'online', late: 'late', offline: 'offline', silent: 'no report yet'},
	noteGaps: (count: string) => `${count} frames lost`,
	noteClock: 'clock not set',
	noteErrors: (count: string) => `${count} unreadable`,
	busyNow: (share: string) => `${share} busy`,
	seconds: (count: number) => `${count} s ago`,
	minutes: (count: number) => `${count} min ago`,
	hours: (count: number) => `${count} h ago`,
	days: (count: number) => `${count} d ago`,
	justNow: 'just now',
	range: 'Time range',
	ranges: {'15m': '15 min', '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days'},
	fact: {
		lastReport: 'Last report',
		interval: 'Interval',
		uptime: 'Uptime',
		load: 'Load',
		memory: 'Memory available',
		clients: 'Client devices',
		software: 'Software',
		lost: 'Frames lost',
	},
	everySeconds: (count: string) => `every ${count} s`,
	ofTotal: (part: string, whole: string) => `${part} of ${whole}`,
	chart: {
		channel: (radio: string, frequency: string) => `Channel use · ${radio}, ${frequency} MHz`,
		spectrum: (radio: string, from: string, to: string) => `Spectrum · ${radio}, ${from} to ${to}`,
		latency: (target: string) => `Round trips · ${target}`,
		linkQuality: 'Packets that reach a neighbour, as routing believes',
		linkThroughput: 'Throughput to neighbours, as routing believes',
		linkEtx: 'Expected transmissions to neighbours',
		linkCost: 'Cost of neighbours in routing',
		noise: 'Noise floor',
		signal: 'Signal of mesh neighbours',
		transmitRate: 'Rate to mesh neighbours',
		receiveRate: 'Rate from mesh neighbours',
		airtime: 'Air time for mesh neighbours, both ways',
		retries: 'Retransmissions to mesh neighbours',
		received: 'Traffic received',
		sent: 'Traffic sent',
	},
	part: {
		transmit: 'own, sent',
		ownReceive: 'own, received',
		external: 'others',
		receive: 'received',
		other: 'other signals',
		median: 'median',
		lowerQuartile: 'lower quartile',
		upperQuartile: 'upper quartile',
		most: 'longest',
		lost: 'lost',
	},
	/** Places that are probed and have no address for a name. */
	target: {gateway: 'gateway', gateway6: 'IPv6 gateway', collector: 'collector'},
	lostNone: 'none lost',
	lostUpTo: (share: string) => `up to ${share} lost`,
	lostShare: (share: string) => `${share} lost`,
	summaryLatency: (median: string, worst: string, lost: string) =>
		`Half of the time below ${median}, ${worst} in the worst minute; ${lost} lost.`,
	routing: {
		title: 'Routing neighbours',
		peer: 'Neighbour',
		protocol: 'Protocol',
		interface: 'Interface',
		metric: 'Metric',
		seen: 'Heard',
		used: 'gateway in use',
		offered: 'gateway',
	},
	decisions: 'Decisions',
	decisionsHint: (count: number) => `The newest of ${count}, in the words of the router.`,
	slots: {
		title: (radio: string) => `Time slots · ${radio}`,
		cut: (count: string, each: string) => `${count} slots of ${each}`,
		itself: 'this router',
		open: 'everyone',
		error: 'Clock right to',
		before: 'Lost before',
		now: 'Lost with slots',
		whose: 'Who may send',
		which: 'Slots',
		share: 'Share of the time',
		state: {
			off: 'off',
			unable: 'not possible',
			'nothing-hidden': 'not needed',
			'no-clock': 'no common time',
			stale: 'out of touch',
			agreeing: 'agreeing',
			gated: 'in force',
		},
	},
	perSecond: (count: string) => `${count} /s`,
	metricEtx: (value: string) => `ETX ${value}`,
	metricCost: (value: string) => `cost ${value}`,
	hops: (count: number) => `${count} ${count === 1 ? 'hop' : 'hops'}`,
	summaryRouting: (neighbours: string, protocols: string, gateway: string | undefined) =>
		`${neighbours} ${neighbours === '1' ? 'neighbour' : 'neighbours'} by ${protocols}${gateway === undefined ? '.' : `; the way out is ${gateway}.`}`,
	summaryShare: (now: string, mean: string, most: string) => `Busy ${now} now, ${mean} on average, ${most} at most.`,
	summaryOne: (now: string, low: string, high: string) => `${now} now; between ${low} and ${high}.`,
	summaryMany: (nowLow: string, nowHigh: string, low: string, high: string) =>
		`Now ${nowLow} to ${nowHigh}; between ${low} and ${high}.`,
	summarySpectrum: (dbm: string, mhz: string, sources: string) =>
		`Strongest ${dbm} at ${mhz}. ${sources === '' ? 'No kind of sender was told.' : `Senders, and in how much of the time: ${sources}.`}`,
	strongest: 'Strongest',
	source: {
		wifi: 'Wi-Fi',
		microwave: 'microwave oven',
		'analogue-video': 'analogue video',
		zigbee: 'ZigBee',
		bluetooth: 'Bluetooth',
		carrier: 'carrier',
		radar: 'like radar',
		unknown: 'unknown',
	},
	noData: 'Nothing was reported in this time.',
	chartHelp: 'Chart. Arrow keys move through time; the table below has the same figures.',
	table: 'Table',
	time: 'Time',
	total: 'busy in all',
	noCharts: 'This node has not reported any radio or interface in this time.',
	loading: 'Loading …',
	theme: {auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark'},
} as const;

type Shape<T> = {
	readonly [K in keyof T]: T[K] extends string
		? string
		: T[K] extends (...words: infer A) => string
			? (...words: A) => string
			: Shape<T[K]>;
};
export type Strings = Shape<typeof english>;

const languages: Readonly<Record<string, Strings>> = {en: english};

/** The words in the reader's language, English where we have none. */
export function stringsFor(wanted: readonly string[]): {language: string; strings: Strings} {
	for (const tag of wanted) {
		const language = tag.split('-')[0] ?? '';
		const strings = languages[language];
		if (strings !== undefined) return {language, strings};
	}
	return {language: 'en', strings: english};
}
