// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {namedScenario, scenarioNames} from '../src/lab/scenario/named.ts';
import type {Scenario} from '../src/lab/scenario/scenario.ts';
import {startCollector} from '../src/noc/collector.ts';
import {LabMesh} from './start/lab-mesh.ts';
import {panelOf} from './start/panel.ts';

// npm start: a collector with its embedded listener, and a mesh that reports to it.

const usage = `Usage: npm start [-- OPTIONS]
  --kernel             routers with a real kernel (User-Mode Linux) in place of simulated ones
  --scenario NAME      what happens to the simulated routers (preset: village, where nothing does); the page has buttons too
  --http HOST:PORT     where the page is served (preset: 127.0.0.1:8080, or any free port)
  --mqtt HOST:PORT     where routers report (preset: 127.0.0.1 and any free port)
  --interval SECONDS   between two reports (preset: 5)
  --history SECONDS    of simulated past before the present (preset: 3600, or 600 where the scenario has events); routers
                       remember it: they leave a channel that gets noisy some three minutes later with 600, five with 3600
  --data FOLDER        keeps what is collected (preset: a folder that is removed at the end)`;

/** A scenario's first event happens so long after the page is there. */
const FIRST_EVENT_S = 30;

interface Mesh {
	stop(): Promise<void>;
}

async function main(): Promise<void> {
	const {values} = parseArgs({
		options: {
			kernel: {type: 'boolean', default: false},
			scenario: {type: 'string'},
			http: {type: 'string'},
			mqtt: {type: 'string', default: '127.0.0.1:0'},
			interval: {type: 'string', default: '5'},
			history: {type: 'string'},
			data: {type: 'string'},
			help: {type: 'boolean', default: false},
		},
	});
	if (values.help) return console.log(usage);
	const intervalS = readNumber('--interval', values.interval, 1, 3600);
	const scenario = values.kernel ? undefined : readScenarioName(values.scenario ?? 'village');
	const usualHistoryS = (scenario?.events ?? []).length > 0 ? 600 : 3600;
	const historyS = readNumber('--history', values.history ?? String(usualHistoryS), 0, 86_400);
	const dataFolder = values.data ?? (await mkdtemp(join(tmpdir(), 'mesh-noc-')));

	console.log('Starting the collector …');
	let simulated: LabMesh | undefined;
	const companion = scenario === undefined ? {} : {companion: await panelOf(() => simulated)};
	const open = (http: string) =>
		startCollector({
			dataFolder,
			http: readPlace('--http', http),
			mqtt: readPlace('--mqtt', values.mqtt),
			web: true,
			...companion,
			log: line => console.error(line),
		});
	const collector =
		values.http === undefined ? await open('127.0.0.1:8080').catch(() => open('127.0.0.1:0')) : await open(values.http);

	let mesh: Mesh | undefined;
	let stopping = false;
	const stop = async (code: number): Promise<never> => {
		if (stopping) process.exit(1);
		stopping = true;
		console.log('\nStopping …');
		await mesh?.stop();
		await collector.stop();
		if (values.data === undefined) await rm(dataFolder, {recursive: true, force: true});
		process.exit(code);
	};
	process.on('SIGINT', () => void stop(0));
	process.on('SIGTERM', () => void stop(0));

	let routers = 'Six routers';
	try {
		const {mqttPort} = collector;
		if (scenario === undefined) mesh = await startKernelMesh(mqttPort, intervalS);
		else {
			const lab = labMesh(scenario, mqttPort, intervalS, historyS);
			mesh = lab;
			await lab.start();
			simulated = lab;
			routers = scenario.name === 'village' ? 'Six routers' : `The routers of '${scenario.name}'`;
		}
	} catch (error) {
		console.error(error instanceof Error ? error.message : String(error));
		await stop(1);
	}
	console.log(`\n  ${collector.httpUrl}\n\n${routers} report every ${intervalS} s. Ctrl-C ends everything.`);
}

function labMesh(scenario: Scenario, mqttPort: number, intervalS: number, historyS: number): LabMesh {
	console.log(`Starting simulated routers (${scenario.name}), with ${Math.round(historyS / 60)} minutes of past …`);
	let saidTenths = 0;
	return new LabMesh({
		scenario,
		mqttPort,
		intervalS,
		historyS,
		eventsAfterS: FIRST_EVENT_S,
		log: line => console.log(line),
		onProgress: share => {
			const tenths = Math.floor(share * 10);
			if (tenths > saidTenths) process.stdout.write(`${tenths * 10} %${tenths === 10 ? '\n' : ' '}`);
			saidTenths = tenths;
		},
	});
}

/** Errors: Error that names the scenarios there are. */
function readScenarioName(name: string): Scenario {
	const small = scenarioNames.filter(each => hasRouters(namedScenario(each)));
	const scenario = namedScenario(name);
	if (scenario === undefined || !hasRouters(scenario))
		throw new Error(`--scenario takes one of ${small.join(', ')}, not '${name}'`);
	return scenario;
}

/** Whether a scenario's nodes stand at places of their own and have names: few enough for a page. */
function hasRouters(scenario: Scenario | undefined): boolean {
	return scenario?.topology.kind === 'places';
}

/** Loaded only when asked for: the bench needs kernel sources and a compiler. */
async function startKernelMesh(mqttPort: number, intervalS: number): Promise<Mesh> {
	const {startKernelMesh: start} = await import('./start/kernel-mesh.ts');
	return start({mqttPort, intervalS});
}

function readNumber(option: string, text: string, least: number, most: number): number {
	const number = Number(text);
	if (Number.isFinite(number) && number >= least && number <= most) return number;
	throw new Error(`${option} takes a number from ${least} to ${most}, not '${text}'`);
}

function readPlace(option: string, text: string): {host: string; port: number} {
	const match = /^(.+):(\d{1,5})$/.exec(text);
	if (match?.[1] === undefined) throw new Error(`${option} takes HOST:PORT, not '${text}'`);
	return {host: match[1], port: Number(match[2])};
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	console.error(usage);
	process.exit(1);
});
