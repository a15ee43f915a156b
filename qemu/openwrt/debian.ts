// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ensurePackages} from '../../scripts/debian.ts';
import {type DistributionOptions, writeDistribution} from '../../scripts/package/distribution.ts';
import type {AgentReplies} from '../../src/model/agent-object.ts';
import {startCollector} from '../../src/noc/collector.ts';
import {hostAddress, type Mesh, startMesh} from '../mesh.ts';
import {type BusServer, startBusServer} from './bus-server.ts';
import {type Checks, expect, waitFor} from './check.ts';
import {checkDistribution} from './distribution-checks.ts';
import {installScript, layOut, listScript, prepareScript, removeScript} from './guest-files.ts';

// Without an image of OpenWrt: the packages by our own readers, then the agent's package installed into a router of the
// User-Mode Linux bench, with real radios of hwsim. Package manager, procd, uci and ubusd are stand-ins there.

const ROUTER = 'west';
const SOCKET = '/var/run/ubus/ubus.sock';
const LOG = '/var/log/astral-mesh';

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
		await checkService(checks, mesh, {
			server,
			folder: options.folder,
			brokerPort: collector.mqttPort,
			askNodes: async () => {
				const response = await fetch(`${collector.httpUrl}/api/v1/nodes`);
				return ((await response.json()) as {nodes: {node: string}[]}).nodes.map(({node}) => node);
			},
		});
	} finally {
		await mesh?.stop();
		server.close();
		await collector.stop();
		await rm(dataFolder, {recursive: true, force: true});
	}
}

interface Surroundings {
	readonly server: BusServer;
	readonly folder: string;
	readonly brokerPort: number;
	readonly askNodes: () => Promise<readonly string[]>;
}

async function checkService(checks: Checks, mesh: Mesh, around: Surroundings): Promise<void> {
	const {server, folder, brokerPort, askNodes} = around;
	const {guest} = mesh;
	const run = (script: string): Promise<string> => mesh.inRouter(ROUTER, script);
	const ipkName = (await readdir(folder)).find(name => name.startsWith('astral-mesh_') && name.endsWith('_x86_64.ipk'));
	const ipk = await readFile(join(folder, ipkName ?? ''));
	const configure = (lines: readonly string[]): Promise<string> =>
		run(
			[
				"cat >/etc/config/astral-mesh <<'END'",
				"config agent 'main'",
				...lines.map(line => `\toption ${line}`),
				'END',
				'/etc/init.d/astral-mesh reload',
			].join('\n'),
		);
	const pid = async (): Promise<string> => (await run('cat /var/run/astral-mesh.agent.procd-pid')).trim();
	const ask = async <N extends keyof AgentReplies>(method: N): Promise<AgentReplies[N] | undefined> => {
		const {status, replies} = await server.bus.call('astral-mesh', method);
		return status === 0 ? (replies[0] as unknown as AgentReplies[N]) : undefined;
	};

	const startBus = (): Promise<string> =>
		guest.check(`mkdir -p /var/run/ubus
ip netns exec ${ROUTER} sh -c "LD_LIBRARY_PATH=/host/openwrt/lib /host/openwrt/socat UNIX-LISTEN:${SOCKET},fork,mode=666 TCP:${hostAddress}:${server.port} >/tmp/socat 2>&1 &"`);
	/** Restarts the service and waits for its answer. */
	const restart = async (): Promise<void> => {
		await run('/etc/init.d/astral-mesh restart');
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		await waitFor('answer', async () => ((await ask('status'))?.intervalS === 2 ? true : undefined));
	};

	await guest.check(prepareScript);
	const before = (await guest.check(listScript)).split('\n');
	await checks.run('install: files, user and first-boot script', async () => {
		await startBus();
		await run(await installScript(guest.share, ipk));
		expect(
			(await run('ls -l /etc/config/astral-mesh')).startsWith('-rw-------'),
			'the configuration is not root alone',
		);
		expect((await run('ls /etc/uci-defaults')).trim() === '', 'the first-boot script is still there');
		return (await run('/usr/sbin/astral-mesh --version 2>&1')).trim();
	});
	await checks.run('service: runs as a user of its own, with three capabilities', async () => {
		await run('/etc/init.d/astral-mesh running');
		const status = await run(`cat /proc/${await pid()}/status`);
		expect(/^Uid:\t32768\t32768/m.test(status), 'it runs as somebody else');
		expect(/^CapEff:\t0000000000003400$/m.test(status), 'it has other capabilities');
		expect(/^NoNewPrivs:\t1$/m.test(status), 'it may gain privileges');
		return `pid ${await pid()}`;
	});
	await checks.run('ubus: the object answers with the radios of the kernel', async () => {
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		await configure([`node '${ROUTER}'`, `broker '${hostAddress}:${brokerPort}'`, "interval_s '1'"]);
		const radios = await waitFor('radio', async () => {
			const list = (await ask('radios'))?.radios ?? [];
			return list.length > 0 && list[0]?.frequencyMhz !== undefined ? list : undefined;
		});
		const stations = await waitFor('peer', async () => {
			const list = (await ask('stations'))?.stations ?? [];
			return list.length > 0 ? list : undefined;
		});
		return `${radios.map(({radio, frequencyMhz}) => `${radio} on ${frequencyMhz} MHz`).join(', ')}, ${stations.length} peer at ${stations[0]?.signalDbm} dBm`;
	});
	await checks.run('telemetry: arrives at the collector', async () => {
		await waitFor('report', async () => ((await askNodes()).includes(ROUTER) ? true : undefined));
		const telemetry = await waitFor('delivered report', async () => {
			const now = await ask('telemetry');
			return now !== undefined && now.sentFrames > 0 ? now : undefined;
		});
		return `${telemetry.state}, ${telemetry.sentFrames} reports delivered`;
	});
	await checks.run('LuCI: its files are served over HTTP by a web server in the router', async () => {
		const luci = (await readdir(folder)).find(name => name.startsWith('luci-app-') && name.endsWith('.ipk')) ?? '';
		await run(await installScript(guest.share, await readFile(join(folder, luci))));
		await run('busybox httpd -h /www -p 127.0.0.1:80');
		const page = '/luci-static/resources/view/astral-mesh/overview.js';
		const served = await run(`busybox wget -q -O - http://127.0.0.1${page}`);
		expect(served.includes("'require view'"), 'it is not a module of LuCI');
		return `${page}, ${served.length} bytes; LuCI itself is not here`;
	});
	const first = await pid();
	await checks.run('reload: a change is in force in the same process', async () => {
		await configure([`node '${ROUTER}'`, `broker '${hostAddress}:${brokerPort}'`, "interval_s '2'"]);
		await waitFor('new interval', async () => ((await ask('status'))?.intervalS === 2 ? true : undefined));
		expect((await pid()) === first, 'another process runs');
		return `pid ${first}`;
	});
	await checks.run('reload: a refused value keeps the last good one and the process, and is said', async () => {
		await configure([`node '${ROUTER}'`, `broker '${hostAddress}:${brokerPort}'`, "interval_s 'often'"]);
		const problem = await waitFor('problem on the bus', async () => (await ask('status'))?.problems[0]);
		expect((await ask('status'))?.intervalS === 2, 'the interval changed');
		expect((await pid()) === first, 'another process runs');
		await run(`kill -0 ${first}`);
		return problem.message;
	});
	await checks.run('ubusd: gone and back, the object is there again', async () => {
		server.bus.drop();
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		return ((await ask('status')) !== undefined && 'answers again') || '';
	});
	await checks.run('ubusd: missing at the start, the service runs; it comes, and so does the object', async () => {
		await run(
			`/etc/init.d/astral-mesh stop; kill $(pidof socat); rm -f ${SOCKET}; : >${LOG}; /etc/init.d/astral-mesh start`,
		);
		await waitFor('word of it in the log', async () => /no connection to ubusd/.exec(await run(`cat ${LOG}`))?.[0]);
		await new Promise(resolve => setTimeout(resolve, 4000));
		await run(`kill -0 ${await pid()}`);
		await startBus();
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		const said = (await run(`cat ${LOG}`)).split('no connection to ubusd').length - 1;
		expect(said === 1, `said ${said} times`);
		return 'said once in the log';
	});
	await checks.run('/etc: read-only, the service starts with its settings', async () => {
		await configure([`node '${ROUTER}'`, `broker '${hostAddress}:${brokerPort}'`, "interval_s '2'"]);
		await guest.check('mount --bind /etc /etc && mount -o remount,bind,ro /etc');
		try {
			expect((await guest.run('touch /etc/x')).code !== 0, '/etc can be written');
			await restart();
		} finally {
			await guest.check('umount /etc');
		}
		return `pid ${await pid()}`;
	});
	await checks.run('/etc: full, the service starts with its settings', async () => {
		await guest.check(`mkdir -p /tmp/full && mount -t tmpfs -o size=1m full /tmp/full && cp -a /etc/. /tmp/full/
mount --move /tmp/full /etc; cat /dev/zero >/etc/filler 2>/dev/null; ! echo more >/etc/more`);
		try {
			await restart();
		} finally {
			await guest.check('umount /etc');
		}
		return `pid ${await pid()}`;
	});
	await checks.run('upgrade: the new daemon runs, the settings are those of before', async () => {
		await configure([`node '${ROUTER}'`, `broker '${hostAddress}:${brokerPort}'`, "interval_s '2'"]);
		const last = await pid();
		await run(await installScript(guest.share, ipk, true));
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		const second = await pid();
		expect(second !== last, 'the old process still runs');
		await waitFor('interval of before', async () => ((await ask('status'))?.intervalS === 2 ? true : undefined));
		return `pid ${last}, then ${second}`;
	});
	await checks.run('extras: a channel that held is kept by root, and given back at removal', async () => {
		const extras =
			(await readdir(folder)).find(name => name.startsWith('astral-mesh-extras_') && name.endsWith('.ipk')) ?? '';
		await run(await installScript(guest.share, await readFile(join(folder, extras))));
		const [phy = '', index = ''] = (
			await run('cd /sys/class/ieee80211; for p in *; do echo $p; cat $p/index; done')
		).split('\n');
		const before = `# ours\nconfig wifi-device 'radio0'\n\toption phy '${phy}'\n\toption channel '1' # low\n`;
		await run(`cat >/etc/config/wireless <<'END'\n${before}END`);
		await configure([`node '${ROUTER}'`, "participation 'active'"]);
		await run(`echo '${index} 2437 20' >/var/run/astral-mesh/keep; /etc/init.d/astral-mesh restart`);
		const wireless = (): Promise<string> => run('cat /etc/config/wireless');
		await waitFor('channel in the file', async () => /channel '6'/.exec(await wireless())?.[0]);
		const kept = await wireless();
		expect(kept.startsWith('# ours\n'), `other lines changed: ${kept}`);
		await run(removeScript('astral-mesh-extras'));
		const after = await wireless();
		await run('rm -f /etc/config/wireless');
		expect(after === before, `not as before: ${after}`);
		return `channel 6 for ${phy}, then 1 again`;
	});
	await checks.run('removal: leaves nothing', async () => {
		const last = await pid();
		await run('kill $(pidof httpd) 2>/dev/null; true');
		await run(removeScript('luci-app-astral-mesh'));
		await run(removeScript('astral-mesh'));
		const {code} = await guest.run(`kill -0 ${last}`);
		expect(code !== 0, 'the daemon still runs');
		const left = (await guest.check(listScript)).split('\n').filter(path => !before.includes(path));
		expect(left.length === 0, `left: ${left.join(' ')}`);
		return 'no file, no process';
	});
}
