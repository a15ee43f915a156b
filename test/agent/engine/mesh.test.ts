// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {toHex} from '../../../src/core/bytes.ts';
import {decodeUtf8} from '../../../src/core/text.ts';
import {options} from '../../../src/model/configuration.ts';
import {decisionOf} from '../../../src/noc/ingest/decisions.ts';
import {nodeCrypto} from '../../../src/runtime/node/crypto.ts';
import * as command from '../../../src/wire/nl80211/command.ts';
import {event, RADAR_DETECTED} from '../../../src/wire/nl80211/event.ts';
import {DFS_AVAILABLE, DFS_USABLE} from '../../../src/wire/nl80211/wiphy.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {AgentMesh, type AgentMeshSetup, rule} from '../../helper/agent-mesh.ts';
import {TestBroker} from '../../helper/broker.ts';

// The agent itself on six routers: netlink to simulated kernels of both byte orders, the real codec and authentication
// between them, the real actuator moving the radios.

const links: readonly (readonly [number, number])[] = [
	[0, 1],
	[1, 2],
	[2, 3],
	[3, 4],
	[4, 5],
	[5, 0],
	[1, 4],
];
const ring: AgentMeshSetup = {
	links,
	routers: 6,
	radiosMhz: [5180, 5260],
	channelsMhz: [5180, 5260, 5500, 5580],
};
const PLANNED_MS = 300_000;

/** How many channels the mesh uses; two at first. */
const distinct = (mesh: AgentMesh): number => new Set(mesh.routers.flatMap((_, place) => mesh.channelsOf(place))).size;

/** Time passes; the longest that a link was without a channel, in ms. */
async function watch(mesh: AgentMesh, ms: number): Promise<number> {
	const since = new Map<number, number>();
	let longest = 0;
	for (let passed = 0; passed < ms; passed += 50) {
		await mesh.pass(50, 50);
		links.forEach(([a, b], link) => {
			if (mesh.areJoined(a, b)) since.delete(link);
			else {
				const startMs = since.get(link) ?? mesh.time.nowMs;
				since.set(link, startMs);
				longest = Math.max(longest, mesh.time.nowMs - startMs);
			}
		});
	}
	return longest;
}

async function decisionsOf(mesh: AgentMesh) {
	const all = await Promise.all(mesh.routers.map(async (_, place) => (await mesh.ask(place, 'decisions')).decisions));
	return all.flat();
}

test.serial('agents: six routers agree on a plan, carry it out and lose no link meanwhile', async t => {
	const mesh = new AgentMesh(ring);
	await mesh.start();
	const longest = await watch(mesh, PLANNED_MS);
	t.true(longest <= 500, `a link was gone for ${longest} ms`);
	t.true(distinct(mesh) >= 3, 'more channels are used');
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	const {routers, messages} = await mesh.ask(1, 'neighbours');
	t.is(routers.length, 3);
	t.true(routers.every(({hearsUs, plannedMhz}) => hearsUs && plannedMhz > 0));
	t.like(messages?.dropped, {forged: 0, malformed: 0, replayed: 0, stale: 0, 'too-many': 0});
	const {radios} = await mesh.ask(1, 'plan');
	t.deepEqual(
		radios.map(({frequencyMhz}) => frequencyMhz),
		mesh.channelsOf(1),
	);
	const decisions = await decisionsOf(mesh);
	const gone = decisions.find(({action}) => action.startsWith('goes to'));
	t.regex(gone?.reason ?? '', /From 5\d+ MHz to 5\d+ MHz, as the plan says; \d routers agreed: [0-9a-f]{8}/);
	t.true(decisions.some(({outcome}) => outcome === 'applied'));
	t.true(decisions.some(({numbers}) => (numbers.now ?? 0) > (numbers.planned ?? Number.POSITIVE_INFINITY)));
	// The event on the bus, which the collector gets too, says what the list says.
	const told = mesh.routers.flatMap(({bus}) =>
		bus.events.filter(({name}) => name === 'astral-mesh.decision').map(({data}) => `${data.subject}: ${data.detail}`),
	);
	for (const {subject, action, reason} of decisions) t.true(told.includes(`${subject}: ${action}. ${reason}`), reason);
	mesh.stop();
});

test.serial('agents: the collector is sent a decision in the words that the router’s own page has', async t => {
	const mesh = new AgentMesh({...ring, settings: {broker: 'noc:1883'}});
	const broker = new TestBroker(mesh.network, 'noc:1883');
	await mesh.start();
	await mesh.pass(PLANNED_MS);
	let told = 0;
	for (const [place, {name, clock}] of mesh.routers.entries()) {
		const sent = broker.received
			.filter(({topic}) => topic === topicFor(name, 'ev'))
			.flatMap(({payload}) => decisionOf(payload, clock.wallMs()) ?? []);
		const {decisions} = await mesh.ask(place, 'decisions');
		told += decisions.length;
		t.deepEqual(
			sent.map(({subject, text}) => `${subject} ${text}`),
			decisions.map(({subject, action, reason}) => `${subject} ${action}. ${reason}`),
		);
	}
	t.true(told > 5);
	mesh.stop();
});

test.serial('agents: who only observes moves nothing, plans all the same, and says what it would do', async t => {
	const mesh = new AgentMesh({...ring, settings: {participation: 'observe'}});
	await mesh.start();
	await mesh.pass(PLANNED_MS);
	for (const place of mesh.routers.keys()) t.deepEqual(mesh.channelsOf(place), [5180, 5260]);
	const decisions = await decisionsOf(mesh);
	const wish = decisions.find(({action}) => action.startsWith('would go to'));
	t.regex(wish?.reason ?? '', /From 5\d+ MHz to 5\d+ MHz: it costs \d+ % less air than now. It only observes/);
	const plans = await Promise.all(mesh.routers.map((_, place) => mesh.ask(place, 'plan')));
	t.true(plans.some(({radios}) => radios.some(({reason}) => reason.includes('it only observes'))));
	mesh.stop();
});

test.serial('agents: forged and replayed messages are ignored and counted, and change nothing', async t => {
	const mesh = new AgentMesh(ring);
	await mesh.start();
	await mesh.pass(20_000);
	const old = mesh.tapped.slice(0, 200).map(({frame}) => frame);
	for (let second = 0; second < PLANNED_MS / 1000; second++) {
		for (const [i, frame] of old.slice(second % 150, (second % 150) + 8).entries()) {
			const mhz = ring.channelsMhz[i % 4] ?? 0;
			mesh.inject(frame, mhz);
			const changed = frame.slice();
			const at = 16 + ((second * 7 + i) % Math.max(1, frame.length - 16));
			changed[at] = (changed[at] as number) ^ 0x10;
			mesh.inject(changed, mhz);
		}
		await mesh.pass(1000);
	}
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	t.true(distinct(mesh) >= 3, 'they planned as if nothing were');
	for (const place of mesh.routers.keys()) {
		const {messages} = await mesh.ask(place, 'neighbours');
		t.true((messages?.dropped.replayed ?? 0) > 100, `replayed: ${messages?.dropped.replayed}`);
		t.true((messages?.dropped.forged ?? 0) > 20, `forged: ${messages?.dropped.forged}`);
		const said = mesh.routers[place]?.log.filter(line => line.includes('dropped, forged')) ?? [];
		t.is(said.length, 1, 'said once');
	}
	const moves = (await decisionsOf(mesh)).filter(({action}) => action.startsWith('goes to'));
	t.true(moves.length <= 12, 'no radio moved more than a plan wants');
	mesh.stop();
});

test.serial('agents: with keys of their own a router that is not on the list has no part', async t => {
	const mesh = new AgentMesh({...ring, settings: {meshKeys: '', meshKeyFile: '/etc/mesh.key'}});
	const seeds = mesh.routers.map((_, place) => new Uint8Array(32).fill(place + 1));
	const allowed = seeds.slice(0, 5).map(seed => toHex(nodeCrypto.ed25519PublicKey(seed)));
	for (const [place, {runtime}] of mesh.routers.entries())
		runtime.files.set('/etc/mesh.key', seeds[place] ?? new Uint8Array());
	await mesh.start(() => ({meshAllow: allowed.join(' ')}));
	await mesh.pass(30_000);
	t.is((await mesh.ask(0, 'neighbours')).routers.length, 1, 'five of six, in a row');
	t.is((await mesh.ask(1, 'neighbours')).routers.length, 3);
	const {messages} = await mesh.ask(0, 'neighbours');
	t.true((messages?.dropped['not-allowed'] ?? 0) > 10);
	mesh.stop();
});

test.serial('agents: radar moves all who are there, at once', async t => {
	const mesh = new AgentMesh(ring);
	await mesh.start();
	await mesh.pass(60_000);
	const seen = {mhz: 5260, atMs: mesh.time.nowMs};
	const there = mesh.routers.flatMap((_, place) => (mesh.channelsOf(place).includes(seen.mhz) ? [place] : []));
	t.true(there.length > 3);
	const where = {frequencyMhz: seen.mhz, width: 1, center1Mhz: seen.mhz};
	mesh.routers[there[0] ?? 0]?.kernel.emit('mlme', command.RADAR_DETECT, event, {
		...{wiphy: 1, interfaceIndex: 11, radarEvent: RADAR_DETECTED},
		...where,
	});
	await mesh.pass(1000, 50);
	t.false(mesh.channelsOf(there[0] ?? 0).includes(seen.mhz), 'who saw it has left');
	await mesh.pass(9000);
	for (const place of mesh.routers.keys()) t.false(mesh.channelsOf(place).includes(seen.mhz), `r${place}`);
	await mesh.pass(300_000);
	for (const place of mesh.routers.keys()) t.false(mesh.channelsOf(place).includes(seen.mhz), 'nor comes back soon');
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	t.true((await decisionsOf(mesh)).some(({reason}) => reason.startsWith('Radar was seen')));
	mesh.stop();
});

test.serial('agents: a plan uses a channel with radar once somebody has listened to it, and never before', async t => {
	const mesh = new AgentMesh({...ring, channelsMhz: [5180, 5260, 5500]});
	const judge = (dfsState: number): void => {
		for (const {kernel} of mesh.routers)
			kernel.state.radios = kernel.state.radios.map(radio => ({
				...radio,
				frequencies: [rule(5180), {...rule(5260), radar: true, dfsState}, {...rule(5500), radar: true, dfsState}],
			}));
	};
	judge(DFS_USABLE);
	await mesh.start();
	await mesh.pass(PLANNED_MS);
	for (const place of mesh.routers.keys()) t.false(mesh.channelsOf(place).includes(5500), `r${place}`);
	t.true(
		mesh.routers.some((_, place) => mesh.channelsOf(place).includes(5260)),
		'where an owner put a radio it may stay',
	);
	judge(DFS_AVAILABLE);
	for (const {kernel} of mesh.routers) kernel.emit('regulatory', command.REG_CHANGE, event, {});
	await mesh.pass(PLANNED_MS);
	t.true(mesh.routers.some((_, place) => mesh.channelsOf(place).includes(5500)));
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	mesh.stop();
});

test.serial('agents: a channel that foreign signals fill is left, by what the survey counts', async t => {
	const mesh = new AgentMesh({...ring, settings: {intervalS: '5'}});
	let busyMs = 0;
	const air = (mesh_: AgentMesh): void => {
		const survey = (frequencyMhz: number, busy: number) => ({
			...{frequencyMhz, noiseDbm: -95, inUse: frequencyMhz === 5180, activeMs: busyMs},
			...{busyMs: Math.round(busyMs * busy), receiveMs: 0, transmitMs: 0},
		});
		for (const {kernel} of mesh_.routers)
			kernel.state.radios = kernel.state.radios.map(radio => ({
				...radio,
				surveys: ring.channelsMhz.map(mhz => survey(mhz, mhz === 5180 ? 0.95 : 0.02)),
			}));
	};
	await mesh.start();
	for (let i = 0; i < 240; i++) {
		busyMs += 1000;
		air(mesh);
		await mesh.pass(1000);
	}
	const left = mesh.routers.filter((_, place) => mesh.channelsOf(place).includes(5180)).length;
	t.true(left <= 2, `${left} are on it still: one link alone may be`);
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	mesh.stop();
});

test.serial('agents: drivers that refuse are told of, and nobody is lost by it', async t => {
	const mesh = new AgentMesh(ring);
	for (const {kernel} of mesh.routers.slice(0, 3)) kernel.retune = () => 16;
	await mesh.start();
	await watch(mesh, PLANNED_MS);
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	const decisions = await decisionsOf(mesh);
	t.true(decisions.some(({action, outcome}) => action === 'could not move' && outcome === 'refused'));
	mesh.stop();
});

test.serial('agents: in quiet hours nothing is carried out', async t => {
	const mesh = new AgentMesh({...ring, settings: {quietHours: '0 1'}, wallMs: Date.UTC(2026, 0, 1, 1, 54)});
	await mesh.start();
	await mesh.pass(300_000);
	for (const place of mesh.routers.keys()) t.deepEqual(mesh.channelsOf(place), [5180, 5260]);
	await mesh.pass(400_000);
	t.true(distinct(mesh) >= 3, 'afterwards it is');
	mesh.stop();
});

test.serial('agents: who is asked in its quiet hours refuses by that name, and its plan says when it goes', async t => {
	const [pair, other] = [5180, 5500];
	const mesh = new AgentMesh({links: [[0, 1]], routers: 2, radiosMhz: [pair], channelsMhz: [pair, other]});
	await mesh.start(place => (place === 0 ? {quietHours: '0', intervalS: '5'} : {intervalS: '5'}));
	for (let ms = 1000; ms <= PLANNED_MS; ms += 1000) {
		const survey = (frequencyMhz: number, share: number) => ({
			...{frequencyMhz, noiseDbm: -95, inUse: frequencyMhz === pair, activeMs: ms},
			...{busyMs: Math.round(ms * share), receiveMs: 0, transmitMs: 0},
		});
		for (const {kernel} of mesh.routers)
			kernel.state.radios = kernel.state.radios.map(radio => ({
				...radio,
				surveys: [survey(pair, 0.95), survey(other, 0.02)],
			}));
		await mesh.pass(1000);
	}
	for (const place of mesh.routers.keys()) t.deepEqual(mesh.channelsOf(place), [pair]);
	const reasons = (await decisionsOf(mesh)).map(({reason}) => reason);
	t.true(
		reasons.some(reason => reason.endsWith('has its quiet hours.')),
		reasons.join('\n'),
	);
	t.false(reasons.some(reason => reason.includes('has used up')));
	t.is((await mesh.ask(0, 'plan')).radios[0]?.reason, 'It will leave 5180 MHz after its quiet hours.');
	mesh.stop();
});

test.serial(
	'agents: a router that starts again is heard, and one that forgot when it started as soon as its clock is set',
	async t => {
		const mesh = new AgentMesh({...ring, settings: {intervalS: '10'}});
		await mesh.start();
		await mesh.pass(20_000);
		const [zero] = mesh.routers;
		const saved = (): string => decodeUtf8(zero?.runtime.files.read(options.engineFile.initial) ?? new Uint8Array());
		t.regex(saved(), /^epoch 31536\d\d\d id \d+\n$/);
		if (zero === undefined) return;
		const hears = async (): Promise<boolean> =>
			(await mesh.ask(1, 'neighbours')).routers.some(({hearsUs, router}) => hearsUs && router === number);
		const number = (await mesh.ask(0, 'neighbours')).messages?.router;
		zero.runtime.stop();
		await mesh.pass(30_000);
		t.false(await hears());
		mesh.boot(zero);
		await mesh.pass(20_000);
		t.true(await hears());
		// Power cut, the flash forgot, and no clock.
		zero.runtime.stop();
		zero.runtime.files.remove(options.engineFile.initial);
		const right = zero.clock.wallOffsetMs;
		zero.clock.wallOffsetMs = 0;
		mesh.boot(zero);
		await mesh.pass(30_000);
		t.false(await hears(), 'others remember a later start');
		zero.clock.wallOffsetMs = right;
		await mesh.pass(30_000);
		t.true(await hears());
		mesh.stop();
	},
);

test.serial('agents: lost messages slow a plan down and break nothing', async t => {
	const mesh = new AgentMesh({...ring, lossShare: 0.15});
	await mesh.start();
	await watch(mesh, 2 * PLANNED_MS);
	t.true(links.every(([a, b]) => mesh.areJoined(a, b)));
	t.true(distinct(mesh) >= 3);
	mesh.stop();
});
