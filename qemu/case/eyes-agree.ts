// SPDX-License-Identifier: Apache-2.0
/** What the agent's optional sources say, held against the tools that say the same in the same moment. */
import {execFile} from 'node:child_process';
import {copyFile, mkdir, readFile, realpath, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {ensurePackages} from '../../scripts/debian.ts';
import type {LatencyObservation, PositionObservation} from '../../src/model/observation.ts';
import type {RoutingTable} from '../../src/wire/routing/table.ts';
import type {Mesh} from '../mesh.ts';
import type {Case} from './case.ts';

const execute = promisify(execFile);
const recorded = join(import.meta.dirname, '../../test/fixture/position/quectel-l70.nmea');
/** Looks until the tool says the same before and after ours. */
const ROUNDS = 40;

/** Builds the program for this machine and puts it where the guest finds it; the guest has the same processor. */
async function copyEyes(mesh: Mesh): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'qemu/program/eyes.ts', name: 'bench-eyes'});
	await copyFile(path, join(mesh.guest.share, 'eyes'));
	await mesh.guest.check('[ -x /tmp/eyes ] || { cp /host/eyes /tmp/eyes; chmod 755 /tmp/eyes; }');
}

/** Copies a program of this machine with its libraries; run it with LD_LIBRARY_PATH=/host/library. */
async function copyProgram(mesh: Mesh, packageName: string, path: string): Promise<void> {
	await ensurePackages([packageName]);
	const {stdout} = await execute('ldd', [path]);
	await mkdir(join(mesh.guest.share, 'library'), {recursive: true});
	for (const [, library = ''] of stdout.matchAll(/=> (\/\S+) \(0x/g))
		await copyFile(await realpath(library), join(mesh.guest.share, 'library', basename(library)));
	await copyFile(await realpath(path), join(mesh.guest.share, basename(path)));
	await mesh.guest.check(`cp /host/${basename(path)} /tmp/ && chmod 755 /tmp/${basename(path)}`);
}

interface Said<T> {
	readonly value: T & {readonly protocol?: string};
	readonly failures: readonly unknown[];
}

/** The program's line, without the word that the log puts before it. */
function readSaid<T>(printed: string): Said<T> {
	const line = printed.split('\n').find(each => each.includes('{"value"'));
	if (line === undefined) throw new Error(`the program said nothing: ${printed}`);
	return JSON.parse(line.slice(line.indexOf('{'))) as Said<T>;
}

/** Asks a tool, ours, and the tool again, until the tool said the same twice. */
async function sandwich<T>(
	mesh: Mesh,
	router: string,
	tool: string,
	ours: string,
	same: (printed: string) => string,
): Promise<{tool: string; said: Said<T>}> {
	const script = `(${tool}); echo ----; ${ours}; echo ----; (${tool})`;
	for (let round = 0; round < ROUNDS; round++) {
		const [before = '', between = '', after = ''] = (await mesh.inRouter(router, script)).split('----\n');
		if (same(before) === same(after) && before.trim() !== '') return {tool: before, said: readSaid<T>(between)};
	}
	throw new Error(`${tool}: never the same twice in ${ROUNDS} rounds`);
}

const batctl = 'batctl meshif bat0 originators -H; echo ==; batctl meshif bat0 neighbors -H';
/** Without the times since something was last heard. */
const withoutTimes = (printed: string): string => printed.replaceAll(/\d+\.\d+s/g, '');

interface Route {
	destination: string;
	metric: number;
	nextHop: string;
	interface: string;
}

/** The chosen ways, as ` * 02:…  0.080s  (255) 02:… [ mesh0]`; under BATMAN_V the metric is in Mbit/s. */
function routesIn(printed: string): Route[] {
	const pattern = /^ \* (\S+)\s+\S+s\s+\(\s*([\d.]+)\)\s+(\S+)\s+\[\s*(\S+)\]/gm;
	return [...printed.matchAll(pattern)].map(([, destination = '', metric, nextHop = '', name = '']) => ({
		destination,
		metric: Number(metric),
		nextHop,
		interface: name,
	}));
}

const order = (a: Route, b: Route): number => (a.destination < b.destination ? -1 : 1);
/** batctl prints hundreds of kbit/s, cut off. */
const megabits = (kbps: number): number => Math.floor(kbps / 100) / 10;

async function batmanAgrees(t: ExecutionContext, mesh: Mesh, protocol: 'batman-iv' | 'batman-v'): Promise<void> {
	for (const {name} of mesh.topology.routers) {
		const {tool, said} = await sandwich<RoutingTable>(mesh, name, batctl, '/tmp/eyes batman 2>&1', withoutTimes);
		const [originators = '', neighbours = ''] = tool.split('==\n');
		t.is(said.value.protocol, protocol, name);
		t.deepEqual(said.failures, []);
		const ours = said.value.routes.map(route => ({
			destination: route.destination,
			metric: protocol === 'batman-iv' ? Math.round((route.quality ?? -1) * 255) : megabits(route.throughputKbps ?? -1),
			nextHop: route.nextHop,
			interface: route.interface,
		}));
		t.deepEqual(ours.sort(order), routesIn(originators).sort(order), `${name}: ${tool}`);
		t.true(ours.length >= mesh.topology.routers.length - 1, `${name}: ${tool}`);
		const links = said.value.links.map(({peer}) => peer).sort();
		t.deepEqual(links, [...new Set(neighbours.match(/(?:[\da-f]{2}:){5}[\da-f]{2}/g) ?? [])].sort(), name);
	}
}

/** Waits until every router has a way to every other. */
async function awaitOriginators(mesh: Mesh): Promise<void> {
	const others = mesh.topology.routers.length - 1;
	const complete = `[ $(batctl meshif bat0 originators -H | grep -c "^ \\*") -ge ${others} ]`;
	for (const {name} of mesh.topology.routers)
		await mesh.inRouter(name, `timeout 60 sh -c 'until ${complete}; do sleep 0.2; done'`);
}

export const batmanFourAgrees: Case = {
	behaviour: 'routes and neighbours of BATMAN_IV are what batctl prints in the same moment',
	async run(t, mesh) {
		await copyEyes(mesh);
		await awaitOriginators(mesh);
		await batmanAgrees(t, mesh, 'batman-iv');
	},
};

export const batmanFiveAgrees: Case = {
	behaviour: 'routes and neighbours of BATMAN_V are what batctl prints in the same moment',
	async run(t, mesh) {
		await copyEyes(mesh);
		for (const {name, radios} of mesh.topology.routers) {
			const slaves = radios.map((_, index) => `ip link set mesh${index} master bat0`);
			const lines = [
				'ip link del bat0',
				'batctl meshif bat0 interface -M create routing_algo BATMAN_V',
				'batctl meshif bat0 bridge_loop_avoidance 0',
				...slaves,
				`ip addr add ${mesh.address(name)}/24 dev bat0`,
				'ip link set bat0 up',
			];
			await mesh.inRouter(name, lines.join(' && '));
		}
		await awaitOriginators(mesh);
		await batmanAgrees(t, mesh, 'batman-v');
	},
};

interface BabelNeighbour {
	peer: string;
	interface: string;
	rxcost: number;
	txcost: number;
}

/** What babeld prints into its log when it is sent SIGUSR1. */
function babelDump(printed: string): {
	neighbours: BabelNeighbour[];
	routes: {prefix: string; metric: number; via: string}[];
} {
	const neighbours = [
		...printed.matchAll(/^Neighbour (\S+) dev (\S+) reach \S+ ureach \S+ rxcost (\d+) txcost (\d+)/gm),
	];
	const routes = [...printed.matchAll(/^(\S+) from \S+ metric (\d+) .* neigh (\S+).*\(installed\)/gm)];
	return {
		neighbours: neighbours.map(([, peer = '', name = '', rx, tx]) => ({
			peer,
			interface: name,
			rxcost: Number(rx),
			txcost: Number(tx),
		})),
		routes: routes.map(([, prefix = '', metric, via = '']) => ({prefix, metric: Number(metric), via})),
	};
}

export const babelAgrees: Case = {
	behaviour: 'neighbours and routes of babeld are those of its own dump in the same moment',
	async run(t, mesh) {
		await copyEyes(mesh);
		await copyProgram(mesh, 'babeld', '/usr/sbin/babeld');
		for (const [index, {name}] of mesh.topology.routers.entries()) {
			const own = `10.78.0.${index + 1}`;
			const words = [
				`-G /tmp/babeld-${name}.sock -I /tmp/babeld-${name}.pid -S /tmp/babeld-${name}.state -L /tmp/babeld-${name}.log`,
				'-h 1 -H 1 -w',
				`-C "redistribute local ip ${own}/32 allow" -C "redistribute local deny"`,
				'mesh0',
			].join(' ');
			await mesh.inRouter(
				name,
				`ip addr add ${own}/32 dev lo && LD_LIBRARY_PATH=/host/library /tmp/babeld -D ${words}`,
			);
		}
		const last = mesh.topology.routers.length;
		for (const {name} of mesh.topology.routers) {
			const complete = `[ $(ip route | grep -c '^10.78.0') -ge ${last - 1} ]`;
			await mesh.inRouter(name, `timeout 90 sh -c "until ${complete.replaceAll('$', '\\$')}; do sleep 0.2; done"`);
		}
		for (const {name} of mesh.topology.routers) {
			const log = `/tmp/babeld-${name}.log`;
			const tool = `: >${log}; kill -USR1 $(cat /tmp/babeld-${name}.pid); sleep 0.3; cat ${log}`;
			let odd = 0;
			// A way may be lost for a moment: such a look is not the same as any other.
			const same = (printed: string): string => {
				const seen = babelDump(printed);
				return seen.routes.length >= last - 1 ? JSON.stringify(seen) : `${odd++}`;
			};
			const {tool: dump, said} = await sandwich<RoutingTable>(
				mesh,
				name,
				tool,
				`/tmp/eyes babel /tmp/babeld-${name}.sock 2>&1`,
				same,
			);
			const {neighbours, routes} = babelDump(dump);
			t.deepEqual(said.failures, [], name);
			t.true(neighbours.length > 0 && routes.length >= last - 1, dump);
			t.deepEqual(
				said.value.links.map(({peer, interface: device}) => `${peer} ${device}`).sort(),
				neighbours.map(({peer, interface: device}) => `${peer} ${device}`).sort(),
				dump,
			);
			for (const {peer, rxcost, txcost} of neighbours) {
				const cost = said.value.links.find(link => link.peer === peer)?.cost;
				// babel's cost of a wireless link. Source: RFC 8966, appendix A.2.2.
				if (cost !== undefined)
					t.true(Math.abs(cost - (rxcost * Math.max(256, txcost)) / 256) <= 1, `${name}: ${cost}, ${dump}`);
			}
			t.deepEqual(
				said.value.routes.map(({destination, cost, nextHop}) => `${destination} ${cost} ${nextHop}`).sort(),
				routes.map(({prefix, metric, via}) => `${prefix} ${metric} ${via}`).sort(),
				dump,
			);
		}
	},
};

/** What two programs on one machine may differ by in when they are woken. */
const USER_SPACE_MS = 0.3;
const ECHO_ROUNDS = 6;

export const echoAgrees: Case = {
	behaviour: 'round trips by echo requests are those of ping, within its spread',
	async run(t, mesh) {
		await copyEyes(mesh);
		const [first, ...others] = mesh.topology.routers;
		const address = mesh.address(others[0]?.name ?? '');
		const script = `ping -q -i 0.1 -c 40 ${address} & /tmp/eyes echo ${address} 40 100 2>&1; wait`;
		// A host that is busy elsewhere wakes a program late: a round in which it was not settles it.
		for (let round = 1; ; round++) {
			const printed = await mesh.inRouter(first?.name ?? '', script);
			const said = readSaid<LatencyObservation>(printed).value;
			const [, least = '', mean = '', most = '', deviation = ''] =
				/= ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+) ms/.exec(printed) ?? [];
			const medianMs = (said.medianUs ?? 0) / 1000;
			const lost = Number(/(\d+)% packet loss/.exec(printed)?.[1]) / 100;
			const figures = `median ${medianMs} ms; ping ${least}/${mean}/${most}/${deviation}`;
			t.is(said.probes, 40, printed);
			t.is(said.pathMtuBytes, 1500);
			t.true(Math.abs(said.lossShare - lost) <= 0.2, printed);
			const isAlike = Math.abs(medianMs - Number(mean)) <= Math.max(Number(deviation), USER_SPACE_MS);
			if (!isAlike && round < ECHO_ROUNDS) continue;
			t.true(isAlike, figures);
			t.log(`${figures}, round ${round}`);
			return;
		}
	},
};

export const pathMtuIsFound: Case = {
	behaviour: 'the MTU of a path is found where a link behind the first router is narrow',
	async run(t, mesh) {
		await copyEyes(mesh);
		const narrow = 1380;
		const lines = [
			'set -e',
			'for name in near mid far; do ip netns add $name; done',
			'ip -n near link add out type veth peer name in netns mid; ip -n mid link add out type veth peer name in netns far',
			'ip -n near addr add 10.79.1.1/24 dev out; ip -n mid addr add 10.79.1.2/24 dev in',
			'ip -n mid addr add 10.79.2.1/24 dev out; ip -n far addr add 10.79.2.2/24 dev in',
			`ip -n mid link set out mtu ${narrow}; ip -n far link set in mtu ${narrow}`,
			'for name in near mid; do ip -n $name link set out up; done; for name in mid far; do ip -n $name link set in up; done',
			'ip -n near route add default via 10.79.1.2; ip -n far route add default via 10.79.2.1',
			'ip netns exec mid sh -c "echo 1 >/proc/sys/net/ipv4/ip_forward"',
			'sleep 0.5; ip netns exec near /tmp/eyes echo 10.79.2.2 10 50 2>&1',
		];
		const said = readSaid<LatencyObservation>(await mesh.guest.check(lines.join('\n')));
		t.like(said.value, {pathMtuBytes: narrow, lossShare: 0, probes: 10});
		t.deepEqual(said.failures, []);
	},
};

export const gpsdAgrees: Case = {
	behaviour: 'a real gpsd on a recorded track tells the position of its sentences',
	async run(t, mesh) {
		await copyEyes(mesh);
		await copyProgram(mesh, 'gpsd', '/usr/sbin/gpsd');
		const track = await readFile(recorded, 'utf8');
		await writeFile(join(mesh.guest.share, 'track.nmea'), track);
		const [router] = mesh.topology.routers;
		// A receiver on the network, which ends with its last position; the line stays open.
		const printed = await mesh.inRouter(
			router?.name ?? '',
			[
				'(sleep 2; while read -r line; do printf "%s\\r\\n" "$line"; sleep 0.03; done </host/track.nmea; sleep 9) | nc -l -p 5005 & line=$!',
				'sleep 0.3; LD_LIBRARY_PATH=/host/library /tmp/gpsd -N -n -S 2947 tcp://127.0.0.1:5005 >/tmp/gpsd.log 2>&1 & daemon=$!',
				'sleep 0.7; /tmp/eyes position gpsd://127.0.0.1:2947 80 100 >/tmp/eyes.log 2>&1 & eyes=$!',
				'wait $eyes; kill $daemon $line; cat /tmp/eyes.log /tmp/gpsd.log',
			].join('\n'),
		);
		const said = readSaid<PositionObservation>(printed);
		t.deepEqual(said.failures, [], printed);
		const [, latitude = '', longitude = ''] = [...track.matchAll(/GPGGA,[^,]*,([\d.]+),N,([\d.]+),W/g)].at(-1) ?? [];
		const degrees = (text: string, digits: number): number =>
			Number(text.slice(0, digits)) + Number(text.slice(digits)) / 60;
		t.true(Math.abs(said.value.latitudeDegrees - degrees(latitude, 2)) < 1e-6, printed);
		t.true(Math.abs(said.value.longitudeDegrees + degrees(longitude, 3)) < 1e-6, printed);
		t.is(said.value.source, 'gpsd');
		t.true(said.value.accuracyM > 0 && said.value.accuracyM < 50, printed);
	},
};
