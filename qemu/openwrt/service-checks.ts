// SPDX-License-Identifier: Apache-2.0
import {type BenchRouter, INTERVAL_S, ROUTER} from './bench-router.ts';
import {type Checks, expect, waitFor} from './check.ts';
import {installScript, listScript, removeScript} from './guest-files.ts';

// What the packages do in a router: installed, told new settings, upgraded, removed.

const listFiles = async ({mesh}: BenchRouter): Promise<string[]> => (await mesh.guest.check(listScript)).split('\n');

/** Answers the files that were there before. */
export async function checkInstallation(
	checks: Checks,
	router: BenchRouter,
	askNodes: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
	const {mesh, server, run, configure, pid, ask, startBus, packageOf} = router;
	const before = await listFiles(router);
	await checks.run('install: files, user and first-boot script', async () => {
		await startBus();
		await run(await installScript(mesh.guest.share, await packageOf('astral-mesh_')));
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
		await configure({interval_s: '1'});
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
		await run(await installScript(mesh.guest.share, await packageOf('luci-app-')));
		await run('busybox httpd -h /www -p 127.0.0.1:80');
		const page = '/luci-static/resources/view/astral-mesh/overview.js';
		const served = await run(`busybox wget -q -O - http://127.0.0.1${page}`);
		expect(served.includes("'require view'"), 'it is not a module of LuCI');
		return `${page}, ${served.length} bytes; LuCI itself is not here`;
	});
	return before;
}

export async function checkReload(checks: Checks, {run, configure, pid, ask}: BenchRouter): Promise<void> {
	const first = await pid();
	await checks.run('reload: a change is in force in the same process', async () => {
		await configure();
		await waitFor('new interval', async () => ((await ask('status'))?.intervalS === INTERVAL_S ? true : undefined));
		expect((await pid()) === first, 'another process runs');
		return `pid ${first}`;
	});
	await checks.run('reload: a refused value keeps the last good one and the process, and is said', async () => {
		await configure({interval_s: 'often'});
		const problem = await waitFor('problem on the bus', async () => (await ask('status'))?.problems[0]);
		expect((await ask('status'))?.intervalS === INTERVAL_S, 'the interval changed');
		expect((await pid()) === first, 'another process runs');
		await run(`kill -0 ${first}`);
		return problem.message;
	});
}

export async function checkUpgrade(checks: Checks, router: BenchRouter): Promise<void> {
	const {mesh, server, run, configure, pid, ask, packageOf} = router;
	await checks.run('upgrade: the new daemon runs, the settings are those of before', async () => {
		await configure();
		const last = await pid();
		await run(await installScript(mesh.guest.share, await packageOf('astral-mesh_'), true));
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		const second = await pid();
		expect(second !== last, 'the old process still runs');
		await waitFor('interval of before', async () =>
			(await ask('status'))?.intervalS === INTERVAL_S ? true : undefined,
		);
		return `pid ${last}, then ${second}`;
	});
	await checks.run('extras: a channel that held is kept by root, and given back at removal', async () => {
		await run(await installScript(mesh.guest.share, await packageOf('astral-mesh-extras_')));
		const [phy = '', index = ''] = (
			await run('cd /sys/class/ieee80211; for p in *; do echo $p; cat $p/index; done')
		).split('\n');
		const before = `# ours\nconfig wifi-device 'radio0'\n\toption phy '${phy}'\n\toption channel '1' # low\n`;
		await run(`cat >/etc/config/wireless <<'END'\n${before}END`);
		await configure({participation: 'active'});
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
}

/** `before`: the files that may be left. */
export async function checkRemoval(checks: Checks, router: BenchRouter, before: readonly string[]): Promise<void> {
	const {mesh, run, pid} = router;
	await checks.run('removal: leaves nothing', async () => {
		const last = await pid();
		await run('kill $(pidof httpd) 2>/dev/null; true');
		await run(removeScript('luci-app-astral-mesh'));
		await run(removeScript('astral-mesh'));
		const {code} = await mesh.guest.run(`kill -0 ${last}`);
		expect(code !== 0, 'the daemon still runs');
		const left = (await listFiles(router)).filter(path => !before.includes(path));
		expect(left.length === 0, `left: ${left.join(' ')}`);
		return 'no file, no process';
	});
}
