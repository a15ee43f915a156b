// SPDX-License-Identifier: Apache-2.0
/**
 * The agent reports what the well-known tools print.
 *
 * In every router a loop prints `iw … survey dump`, `iw … station dump` and `ip -s link` while its agent reports to a
 * collector on the host each second. A counter of the collector at a moment must lie between what the tools printed
 * before the second it is of and right after the agent had read it; a gauge must be what they printed around it. All
 * moments are the guest's own wall clock, so host and guest need not agree about the time.
 */
import type {ExecutionContext} from 'ava';
import type {AgentOptions} from '../agents.ts';
import {startAgents, startTraffic, stopAgents} from '../agents.ts';
import type {Mesh} from '../mesh.ts';
import {
	type PrintedLink,
	type PrintedStation,
	type PrintedSurvey,
	readLink,
	readStations,
	readSurveys,
} from '../tool-output.ts';
import {type PlacedRadio, placeRadios} from '../topology/topology.ts';

const stepMs = 1000;
/** How long after its moment a sample was read at most, as its agent says. */
const readingName = 'agent.pollMs';

/** One round of the tools for one radio: all of it was read between two moments. */
interface Printed {
	fromMs: number;
	toMs: number;
	surveys: PrintedSurvey[];
	stations: PrintedStation[];
	link: PrintedLink;
}

/** What a collector answers of one series; a place per step, null where nothing came. */
export interface CollectedSeries {
	name: string;
	labels: Readonly<Record<string, string>>;
	mean: (number | null)[];
	max: (number | null)[];
}

/** Asks a collector for a node's series between two moments. */
export type AskCollector = (
	node: string,
	names: string[],
	fromMs: number,
	toMs: number,
	stepMs: number,
) => Promise<{fromMs: number; series: CollectedSeries[]}>;

export interface Comparison {
	rounds: number;
	/** Values of the collector that were held against the tools, per series name. */
	compared: Map<string, number>;
	/** Of these, the ones where the tools printed a value that grew meanwhile. */
	moved: Map<string, number>;
	differences: string[];
}

function roundsScript(radios: PlacedRadio[], rounds: number): string {
	const lines = [`round=0; while [ $round -lt ${rounds} ]; do`];
	for (const {router, interfaceName: name} of radios) {
		const tools = `iw dev ${name} station dump; iw dev ${name} survey dump; ip -s link show ${name}; iw dev ${name} station dump`;
		lines.push(`ip netns exec ${router} sh -c '${tools}' >/host/round-${router}-${name}-$round`);
	}
	lines.push('round=$((round + 1)); sleep 0.7', 'done');
	return lines.join('\n');
}

function readRound(text: string): Printed | undefined {
	const surveyAt = text.indexOf('Survey data');
	const linkAt = text.search(/^\d+: /m);
	const lastAt = text.indexOf('\nStation ', linkAt);
	if (surveyAt < 0 || linkAt < 0 || lastAt < 0) return undefined;
	// A station's time is that of its printing. The first ones only tell when all others had not been read yet.
	const stations = readStations(text.slice(lastAt + 1));
	const [fromMs, toMs] = [readStations(text.slice(0, surveyAt))[0]?.timeMs, stations.at(-1)?.timeMs];
	if (fromMs === undefined || toMs === undefined) return undefined;
	const surveys = readSurveys(text.slice(surveyAt, linkAt));
	return {fromMs, toMs, stations, surveys, link: readLink(text.slice(linkAt, lastAt))};
}

type Pick = (printed: Printed) => number | undefined;

const surveyFields: Record<string, keyof PrintedSurvey> = {
	'channel.noiseDbm': 'noiseDbm',
	'channel.activeMs': 'activeMs',
	'channel.busyMs': 'busyMs',
	'channel.receiveMs': 'receiveMs',
	'channel.transmitMs': 'transmitMs',
};
const stationFields: Record<string, keyof PrintedStation> = {
	'station.signalDbm': 'signalDbm',
	'station.receiveBytes': 'receiveBytes',
	'station.transmitBytes': 'transmitBytes',
	'station.receivePackets': 'receivePackets',
	'station.transmitPackets': 'transmitPackets',
	'station.transmitRetries': 'transmitRetries',
	'station.transmitFailed': 'transmitFailed',
	'station.tsfOffsetUs': 'tsfOffsetUs',
};
const linkFields: Record<string, keyof PrintedLink> = {
	'interface.receiveBytes': 'receiveBytes',
	'interface.transmitBytes': 'transmitBytes',
	'interface.receivePackets': 'receivePackets',
	'interface.transmitPackets': 'transmitPackets',
};
/** Every series that is held against the tools. */
export const comparedNames = [...Object.keys(surveyFields), ...Object.keys(stationFields), ...Object.keys(linkFields)];

/** How the tools' counterpart of a series is found in a round, or undefined when the series is another radio's. */
function counterpart(series: CollectedSeries, radio: PlacedRadio): Pick | undefined {
	const {name, labels} = series;
	const survey = surveyFields[name];
	if (survey !== undefined && labels.radio === `phy${radio.number}`)
		return ({surveys}) => Number(surveys.find(one => one.mhz === Number(labels.frequencyMhz))?.[survey] ?? Number.NaN);
	if (labels.interface !== radio.interfaceName) return undefined;
	const station = stationFields[name];
	if (station !== undefined)
		return ({stations}) => Number(stations.find(one => one.mac === labels.peer)?.[station] ?? Number.NaN);
	const link = linkFields[name];
	return link === undefined ? undefined : printed => printed.link[link];
}

function compareSeries(
	into: Comparison,
	where: string,
	series: CollectedSeries,
	fromMs: number,
	readingsMs: CollectedSeries['max'],
	printed: Printed[],
	pick: Pick,
): void {
	series.mean.forEach((value, index) => {
		const bucketMs = fromMs + index * stepMs;
		const before = printed.findLast(round => round.toMs <= bucketMs);
		const readMs = bucketMs + stepMs + (readingsMs[index] ?? Number.NaN);
		const after = printed.find(round => round.fromMs >= readMs);
		if (value === null || before === undefined || after === undefined) return;
		const [low = Number.NaN, high = Number.NaN] = [pick(before), pick(after)];
		const lowest = Math.min(low, high);
		const highest = Math.max(low, high);
		into.compared.set(series.name, (into.compared.get(series.name) ?? 0) + 1);
		if (highest > lowest) into.moved.set(series.name, (into.moved.get(series.name) ?? 0) + 1);
		if (!(value >= lowest && value <= highest))
			into.differences.push(
				`${where} ${series.name} ${JSON.stringify(series.labels)} at ${bucketMs}: collector ${value}, tools ${low} to ${high}`,
			);
	});
}

/** Runs agents and tools side by side and compares every value that both have. */
export async function compareWithTools(
	mesh: Mesh,
	agents: AgentOptions,
	ask: AskCollector,
	rounds: number,
): Promise<Comparison> {
	const result: Comparison = {rounds: 0, compared: new Map(), moved: new Map(), differences: []};
	const radios = placeRadios(mesh.topology);
	await startAgents(mesh, agents);
	await startTraffic(mesh, 10, 400);
	await mesh.guest.check(roundsScript(radios, rounds));
	for (const radio of radios) {
		const printed: Printed[] = [];
		for (let round = 0; round < rounds; round++) {
			const text = await mesh.guest.check(`cat /host/round-${radio.router}-${radio.interfaceName}-${round}`);
			const one = readRound(text);
			if (one !== undefined) printed.push(one);
		}
		result.rounds += printed.length;
		const fromMs = Math.floor((printed[0]?.fromMs ?? 0) / stepMs) * stepMs;
		const toMs = Math.ceil((printed.at(-1)?.toMs ?? 0) / stepMs) * stepMs;
		const answer = await ask(radio.router, [...comparedNames, readingName], fromMs, toMs, stepMs);
		const readings = answer.series.find(series => series.name === readingName);
		if (readings === undefined) throw new Error(`${radio.router} does not say how long reading took`);
		for (const series of answer.series) {
			const pick = counterpart(series, radio);
			if (pick !== undefined)
				compareSeries(
					result,
					`${radio.router} ${radio.interfaceName}`,
					series,
					answer.fromMs,
					readings.max,
					printed,
					pick,
				);
		}
	}
	await stopAgents(mesh);
	return result;
}

/** Asserts that enough was compared, that all of it agreed, and that time and traffic made the counters of `moving` grow. */
export function assertAgreement(
	t: ExecutionContext,
	result: Comparison,
	expectedNames: string[],
	moving: string[],
	least: number,
): void {
	for (const name of moving) t.true((result.moved.get(name) ?? 0) > 0, `${name} stood still`);
	t.deepEqual(result.differences, []);
	for (const name of expectedNames)
		t.true((result.compared.get(name) ?? 0) >= least, `${name}: ${result.compared.get(name)}`);
	const total = [...result.compared.values()].reduce((sum, count) => sum + count, 0);
	t.log(`${total} values of ${result.compared.size} series agree with ${result.rounds} rounds of iw and ip`);
}
