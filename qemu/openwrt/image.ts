// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {writeDistribution} from '../../scripts/package/distribution.ts';
import {startCollector} from '../../src/noc/collector.ts';
import {type Checks, expect, waitFor} from './check.ts';
import {Console} from './console.ts';
import {type FeedServer, startFeedServer} from './feed-server.ts';
import {machineOf, network, startOf} from './machines.ts';
import {type Manager, managers, Router} from './router.ts';

// An image of OpenWrt in QEMU: the feed is served to it on a network with nobody else, and its own package manager, procd,
// uci, ubusd and LuCI are asked.

export interface ImageOptions {
	readonly image: string;
	readonly rootfs: string | undefined;
	readonly machine: string | undefined;
	/** For distributions and unpacked images. */
	readonly folder: string;
	readonly onConsole: (text: string) => void;
}

const MACHINE_LIMIT_S = 1800;
const BOOT_LIMIT_S = 300;
const NODE = 'openwrt-bench';

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	return port;
}

export async function checkOnImage(checks: Checks, options: ImageOptions): Promise<void> {
	const httpPort = await freePort();
	const machine = machineOf(options.image, options.machine);
	const {command, words} = await startOf({...options, machine, httpPort});
	const server = await startFeedServer(options.folder);
	const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-collector-'));
	const collector = await startCollector({dataFolder, mqtt: {host: '127.0.0.1', port: 0}, roll: 'never', web: false});
	const console = new Console(command, words, MACHINE_LIMIT_S, options.onConsole);
	try {
		const router = new Router(console, server);
		const isUp = await checks.run(`image: boots on ${machine}`, async () => {
			await console.login(BOOT_LIMIT_S);
			const way = await router.connect();
			const release = await waitFor('answer of the host', () =>
				router.check('. /etc/openwrt_release; echo $DISTRIB_DESCRIPTION').catch(() => undefined),
			);
			return `${release}, ${way}`;
		});
		if (!isUp) return;
		await checkPackages(checks, {
			router,
			server,
			folder: options.folder,
			httpPort,
			brokerPort: collector.mqttPort,
			askNodes: async () => {
				const response = await fetch(`${collector.httpUrl}/api/v1/nodes`);
				return ((await response.json()) as {nodes: {node: string}[]}).nodes.map(({node}) => node);
			},
		});
	} finally {
		await console.stop();
		server.close();
		await collector.stop();
		await rm(dataFolder, {recursive: true, force: true});
	}
}

interface Surroundings {
	readonly router: Router;
	readonly server: FeedServer;
	readonly folder: string;
	readonly httpPort: number;
	readonly brokerPort: number;
	readonly askNodes: () => Promise<readonly string[]>;
}

const listFiles =
	'find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var -o -path /overlay -o -path /rom \\) -prune -o \\( -type f -o -type l \\) -print | sort';

/** What a package manager keeps of itself. */
const records = /^\/lib\/apk\/db\/|^\/usr\/lib\/opkg\/status$/;

async function checkPackages(checks: Checks, around: Surroundings): Promise<void> {
	const {router, server, folder} = around;
	const name = await router.manager();
	const manager: Manager = managers[name];
	const arch = await router.arch(name);
	const keys = join(folder, 'keys');
	const distribution = (release: number): string => join(folder, `release-${release}`);
	const isMade = await checks.run(`packages: made for ${arch}, two releases`, async () => {
		for (const release of [1, 2])
			await writeDistribution({archs: [arch], folder: distribution(release), keys, release});
		server.folder = distribution(1);
		return name;
	});
	if (!isMade) return;
	const before = (await router.check(listFiles)).split(/\r?\n/);
	const [number = ''] = await readdir(join(distribution(1), 'key/etc/opkg/keys'));
	await router.check(manager.prepare(router.host, number, arch));
	const prepared = (await router.check(listFiles)).split(/\r?\n/);
	const hasLuci = (await router.check(manager.hasLuci)) === 'yes';
	const names = hasLuci ? 'astral-mesh luci-app-astral-mesh' : 'astral-mesh';
	await checks.run(`${name}: reads the feed and its signature`, () =>
		router.check(
			`${manager.update} >/tmp/update.log 2>&1 || { cat /tmp/update.log; exit 1; }; tail -n 2 /tmp/update.log`,
		),
	);
	await checks.run(`${name}: installs ${names}`, async () => {
		await router.check(`${manager.install(names)} >/tmp/install.log 2>&1 || { cat /tmp/install.log; exit 1; }`, 300);
		return router.check(manager.version);
	});
	await checkRunning(checks, around, hasLuci);
	await checks.run(`${name}: upgrades; the new daemon runs with the settings of before`, async () => {
		const first = await pidOf(router);
		server.folder = distribution(2);
		await router.check(
			`{ ${manager.update} && ${manager.upgrade}; } >/tmp/upgrade.log 2>&1 || { cat /tmp/upgrade.log; exit 1; }`,
			300,
		);
		const version = await router.check(manager.version);
		expect(version.endsWith('-r2'), `the version is ${version}`);
		const second = await waitFor('daemon', async () => {
			const pid = await pidOf(router).catch(() => undefined);
			return pid === first ? undefined : pid;
		});
		const node = await waitFor('answer', async () => (await status(router, '@.node').catch(() => '')) || undefined);
		expect(node === NODE, `its name is ${node}`);
		return `${version}, pid ${first}, then ${second}`;
	});
	await checks.run(`${name}: removes; nothing is left`, async () => {
		const reversed = names.split(' ').reverse().join(' ');
		await router.check(`${manager.remove(reversed)} >/tmp/remove.log 2>&1 || { cat /tmp/remove.log; exit 1; }`, 300);
		const {length} = await router.check(findPid);
		expect(length === 0, 'the daemon still runs');
		const known = new Set([...before, ...prepared]);
		const left = (await router.check(listFiles)).split(/\r?\n/).filter(path => !known.has(path));
		// Settings that their owner changed stay, as with any package.
		const unexpected = left.filter(path => path !== '/etc/config/astral-mesh' && !records.test(path));
		expect(unexpected.length === 0, `left: ${unexpected.join(' ')}`);
		return left.length === 0 ? 'no file, no process' : 'no process, no file but the changed settings';
	});
}

/** Its init script has the same name: only what runs the binary counts, an old one too that was replaced on disk. */
const findPid =
	'for pid in $(pidof astral-mesh); do case "$(readlink /proc/$pid/exe)" in /usr/sbin/astral-mesh*) echo $pid ;; esac; done';

const pidOf = async (router: Router): Promise<string> => {
	const pid = await router.check(findPid);
	expect(pid !== '', 'no daemon runs');
	return pid;
};

const status = (router: Router, path: string): Promise<string> =>
	router.check(`said="$(ubus call astral-mesh status 2>/dev/null)" && echo "$said" | jsonfilter -e '${path}'`);

const configure = (router: Router, settings: Readonly<Record<string, string>>): Promise<string> =>
	router.check(
		[
			...Object.entries(settings).map(([option, value]) => `uci set astral-mesh.main.${option}='${value}'`),
			'uci commit astral-mesh',
			'reload_config',
		].join('\n'),
	);

async function checkRunning(checks: Checks, around: Surroundings, hasLuci: boolean): Promise<void> {
	const {router, brokerPort, askNodes, httpPort} = around;
	await checks.run('service: runs as a user of its own', async () => {
		await router.check('/etc/init.d/astral-mesh running');
		const pid = await pidOf(router);
		const uid = await router.check(`sed -n 's/^Uid:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/${pid}/status`);
		expect(uid !== '0', 'it runs as root');
		return `pid ${pid}, uid ${uid}`;
	});
	await checks.run('ubus: the object has its methods and answers', async () => {
		await waitFor('object', () => router.check('ubus list astral-mesh').catch(() => undefined));
		const methods = await router.check("ubus -v list astral-mesh | grep -c '\":{'");
		return `${methods} methods, version ${await status(router, '@.version')}`;
	});
	await checks.run('reload: settings from uci are in force in the same process', async () => {
		const first = await pidOf(router);
		await configure(router, {node: NODE, broker: `${network.host}:${brokerPort}`, interval_s: '2'});
		await waitFor('new name', async () =>
			(await status(router, '@.node').catch(() => '')) === NODE ? true : undefined,
		);
		expect((await pidOf(router)) === first, 'another process runs');
		return `pid ${first}`;
	});
	await checks.run('telemetry: arrives at the collector', async () => {
		await waitFor('report', async () => ((await askNodes()).includes(NODE) ? true : undefined));
		return `node ${NODE}`;
	});
	await checks.run('reload: a refused value keeps the last good one and the process, and is said', async () => {
		const first = await pidOf(router);
		await configure(router, {interval_s: 'often'});
		const message = await waitFor('problem', async () => {
			const said = await status(router, '@.problems[0].message').catch(() => '');
			return said === '' ? undefined : said;
		});
		expect((await status(router, '@.intervalS')) === '2', 'the interval changed');
		expect((await pidOf(router)) === first, 'another process runs');
		await configure(router, {interval_s: '2'});
		return message;
	});
	if (hasLuci) await checks.run('LuCI: serves its page and the files of the app', () => checkLuci(httpPort));
}

async function checkLuci(httpPort: number): Promise<string> {
	const root = `http://127.0.0.1:${httpPort}`;
	const login = await fetch(`${root}/cgi-bin/luci/`);
	expect(/luci/i.test(await login.text()), 'no page of LuCI');
	const module = await fetch(`${root}/luci-static/resources/view/astral-mesh/overview.js`);
	expect(module.ok && (await module.text()).includes("'require view'"), `the app's page: ${module.status}`);
	const call = async (session: string, object: string, method: string, values: object): Promise<unknown[]> => {
		const body = {jsonrpc: '2.0', id: 1, method: 'call', params: [session, object, method, values]};
		const response = await fetch(`${root}/ubus`, {method: 'POST', body: JSON.stringify(body)});
		return ((await response.json()) as {result?: unknown[]}).result ?? [];
	};
	const [, session] = await call('0'.repeat(32), 'session', 'login', {username: 'root', password: ''});
	const id = (session as {ubus_rpc_session?: string} | undefined)?.ubus_rpc_session;
	expect(id !== undefined, 'root cannot log in');
	const [code, reply] = await call(id ?? '', 'astral-mesh', 'status', {});
	expect(code === 0, `the object answers ${code} through /ubus`);
	return `page, module and /ubus: node ${(reply as {node: string}).node}`;
}
