// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ensurePackages} from '../../scripts/debian.ts';
import {type DistributionOptions, writeDistribution} from '../../scripts/package/distribution.ts';
import {startCollector} from '../../src/noc/collector.ts';
import {type Mesh, startMesh} from '../mesh.ts';
import {openBenchRouter} from './bench-router.ts';
import {startBusServer} from './bus-server.ts';
import type {Checks} from './check.ts';
import {checkDistribution} from './distribution-checks.ts';
import {checkFaults} from './fault-checks.ts';
import {layOut, prepareScript} from './guest-files.ts';
import {checkInstallation, checkReload, checkRemoval, checkUpgrade} from './service-checks.ts';

// Without an image of OpenWrt: the packages by our own readers, then the agent's package installed into a router of the
// User-Mode Linux bench, with real radios of hwsim. Package manager, procd, uci and ubusd are stand-ins there.

export interface DebianOptions {
	/** Where a distribution is or comes to be. */
	readonly folder: string;
	readonly distribution: Omit<DistributionOptions, 'folder' | 'archs'>;
}

export async function checkOnDebian(checks: Checks, options: DebianOptions): Promise<void> {
	const arch = 'x86_64';
	await checks.run('packages: made for x86_64', async () => {
		await writeDistribution({archs: [arch], folder: options.folder, ...options.distribution});
		return `${(await readdir(options.folder)).filter(name => name.endsWith('.ipk')).length} .ipk`;
	});
	await checkDistribution(checks, options.folder, arch);
	await ensurePackages(['socat']);
	const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-collector-'));
	const collector = await startCollector({dataFolder, mqtt: {host: '127.0.0.1', port: 0}, roll: 'never', web: false});
	const server = await startBusServer();
	let mesh: Mesh | undefined;
	try {
		const isUp = await checks.run('bench: two routers with hwsim radios in a mesh', async () => {
			mesh = await startMesh('uml', 'pair', {uplink: true});
			await layOut(mesh.guest.share);
			return (await mesh.guest.check('uname -sr')).trim();
		});
		if (!isUp || mesh === undefined) return;
		const router = openBenchRouter(mesh, {server, folder: options.folder, brokerPort: collector.mqttPort});
		await mesh.guest.check(prepareScript);
		const before = await checkInstallation(checks, router, async () => {
			const response = await fetch(`${collector.httpUrl}/api/v1/nodes`);
			return ((await response.json()) as {nodes: {node: string}[]}).nodes.map(({node}) => node);
		});
		await checkReload(checks, router);
		await checkFaults(checks, router);
		await checkUpgrade(checks, router);
		await checkRemoval(checks, router, before);
	} finally {
		await mesh?.stop();
		server.close();
		await collector.stop();
		await rm(dataFolder, {recursive: true, force: true});
	}
}
