// SPDX-License-Identifier: Apache-2.0
/** The way of what the optional sources see to the collector, by the agent's own binary and its file of extras. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startCollector} from '../../src/noc/collector.ts';
import {startAgents, stopAgents} from '../agents.ts';
import {agentBinary} from './agent-on-machine.ts';
import type {Case} from './case.ts';

const WAIT_MS = 120_000;
const ASK_EVERY_MS = 1000;

interface Latest {
	readonly values: readonly {
		readonly name: string;
		readonly labels: Readonly<Record<string, string>>;
		readonly value: number;
	}[];
}

export const agentTells: Case = {
	behaviour: 'routes, round trips and position reach the collector from the agent as it is installed',
	async run(t, mesh) {
		const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-collector-'));
		const collector = await startCollector({dataFolder, mqtt: {host: '127.0.0.1', port: 0}, roll: 'never'});
		const [router, next] = mesh.topology.routers.map(({name}) => name);
		const target = mesh.address(next ?? '');
		const more = {latencyTargets: target, latencyPerMinute: '60', routingIntervalS: '5', position: '48.1,11.5'};
		const latest = async (): Promise<Latest> => {
			const response = await fetch(`${collector.httpUrl}/api/v1/latest?node=${router}`);
			return response.ok ? ((await response.json()) as Latest) : {values: []};
		};
		try {
			await startAgents(mesh, {agentBinary: await agentBinary(mesh.machine), brokerPort: collector.mqttPort, more});
			let told: Latest = {values: []};
			const of = (name: string) => told.values.filter(each => each.name === name);
			for (let waitedMs = 0; waitedMs < WAIT_MS && of('latency.medianUs').length === 0; waitedMs += ASK_EVERY_MS) {
				await new Promise(resolve => setTimeout(resolve, ASK_EVERY_MS));
				told = await latest();
			}
			const log = await readFile(join(mesh.guest.share, `agent-${router}.log`), 'utf8');
			t.like(of('latency.medianUs')[0]?.labels, {target}, log);
			t.is(of('latency.pathMtuBytes')[0]?.value, 1500, log);
			t.true(
				of('link.quality').some(({labels}) => labels.protocol === 'batman-iv'),
				log,
			);
			t.is(of('routing.destinations')[0]?.value, mesh.topology.routers.length - 1, log);
			// The owner's place, on the grid of 250 m that is the preset.
			const degrees = of('position.latitudeDegrees')[0]?.value ?? 0;
			t.true(degrees !== 48.1 && Math.abs(degrees - 48.1) < 0.002, `${degrees}`);
			t.true((of('position.accuracyM')[0]?.value ?? 0) > 170);
		} finally {
			await stopAgents(mesh);
			await collector.stop();
			await rm(dataFolder, {recursive: true, force: true});
		}
	},
};
