// SPDX-License-Identifier: Apache-2.0
import {setImmediate as nextTurn, setTimeout as wait} from 'node:timers/promises';
import {runAgent} from '../../src/agent/program.ts';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {createGraphMedium} from '../../src/lab/medium/graph/graph-medium.ts';
import {namedScenario} from '../../src/lab/scenario/named.ts';
import type {Scenario, ScenarioEvent} from '../../src/lab/scenario/scenario.ts';
import {LISTENING_HOUSE, LISTENING_RADIO, millSpectrum} from '../../src/lab/scenario/village-air.ts';
import {KernelView} from '../../src/lab/world/kernel-view.ts';
import {Painter, type WorldPortrait} from '../../src/lab/world/portrait.ts';
import {bringAbout, type Situation, situationNow, situationsOf} from '../../src/lab/world/situations.ts';
import {World} from '../../src/lab/world/world.ts';
import {nodeRuntime} from '../../src/runtime/node/runtime.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../src/runtime/sim/files.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import {simRuntime} from '../../src/runtime/sim/runtime.ts';
import {FakeSpectralScan} from '../../src/runtime/sim/spectral.ts';
import {LabRouting} from './lab-routing.ts';
import {Power} from './power.ts';

// A scenario of the lab in this process: the agent that runs on routers, on simulated kernels that speak netlink and count
// what the lab's medium says, reporting to a real collector over loopback. Their time is virtual and starts in the past,
// so that the charts have a history: it is run fast until it has reached the present, and then keeps pace with it.

export interface LabMeshOptions {
	readonly scenario: Scenario;
	readonly mqttPort: number;
	readonly intervalS: number;
	/** Of a quiet past. */
	readonly historyS: number;
	/** The scenario's first event happens so long after the present begins. Absent: none happens by itself. */
	readonly eventsAfterS?: number;
	/** Share of the history that has been run, from 0 to 1. */
	readonly onProgress?: (share: number) => void;
	readonly log?: (line: string) => void;
	/** Whether the routers choose their channels, or only say what they would. Absent: they choose. */
	readonly participation?: 'observe' | 'active';
	/** Of the routers' chance. Absent: another at each start. */
	readonly seed?: number;
	/** What the routers' agents log. */
	readonly onAgentLog?: (router: string, level: string, text: string) => void;
}

const STEP_S = 1;
const PACE_MS = 100;
/** People's demand wanders around what the scenario says: so often, by so much, and back within so many steps. */
const WANDER_EVERY_S = 20;
const WANDER = 0.25;
const WANDER_BACK = 0.1;
const SEED = 1;
/** While the past runs a minute passes in a moment, and the collector counts real ones. */
const KEEP_ALIVE_S = 3600;
const PAINT_EVERY_S = 5;
const SPECTRUM_SEED = 3;
const ROUTING_SEED = 4;
/** Of the demonstration: its messages leave this process no more than its air does. */
/** Routers with one radio each gain little by a move, as their own links stay in each other's way. */
const LEAST_GAIN_PERCENT = 3;
const MESH_KEY = '6d657368206e6f63206b657920646f6d';

interface Router {
	readonly kernel: FakeKernel;
	readonly view: KernelView;
	power: Power;
	stop: () => void;
}

export class LabMesh {
	readonly world: World;
	readonly situations: readonly Situation[];
	readonly #options: LabMeshOptions;
	readonly #time = new VirtualTime();
	readonly #startMs: number;
	readonly #real = nodeRuntime();
	readonly #routers: Router[];
	readonly #routing: LabRouting;
	readonly #random = seededRandom(SEED);
	readonly #factors: number[];
	#wanderAtS = 0;
	readonly #painter: Painter;
	/** The world as it was a moment ago. */
	portrait: WorldPortrait;
	#paintAtS = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor(options: LabMeshOptions) {
		const {events: _, ...quiet} = options.scenario;
		this.#options = options;
		this.#startMs = Date.now() - options.historyS * 1000;
		this.world = new World(quiet, {seed: SEED, create: createGraphMedium});
		this.situations = situationsOf(this.world);
		this.#painter = new Painter(this.world);
		this.portrait = this.#painter.paint();
		this.#factors = this.world.nodes.map(() => 1);
		this.#routing = new LabRouting({
			world: this.world,
			time: this.#time,
			random: seededRandom(ROUTING_SEED),
			busyShare: node => this.portrait.nodes[node]?.busyShare ?? 0,
			lostShare: (one, other) => this.#linkOf(one, other)?.lostShare ?? 0,
		});
		this.#routers = this.world.nodes.map((_, node) => {
			const kernel = new FakeKernel(this.#time.clock(this.#startMs), 'little');
			return {kernel, view: new KernelView(this.world, node, kernel), power: new Power(), stop: () => {}};
		});
		this.#look();
		for (const node of this.#routers.keys()) this.#boot(node);
	}

	async start(): Promise<void> {
		await loadParts();
		await this.#catchUp();
		const {scenario, eventsAfterS} = this.#options;
		const events = scenario.events ?? [];
		if (eventsAfterS !== undefined && events.length > 0) this.#announce(events, eventsAfterS);
		this.#timer = setInterval(() => this.pass(Date.now() - this.#startMs - this.#time.nowMs), PACE_MS);
	}

	/** The name of the situation that the world is in. Absent: undefined where it has no name. */
	get situation(): string | undefined {
		return situationNow(this.world, this.situations)?.name;
	}

	/** Errors: RangeError where there is no such situation. */
	bringAbout(name: string): void {
		const situation = this.situations.find(one => one.name === name);
		if (situation === undefined) throw new RangeError(`there is no situation '${name}'`);
		bringAbout(this.world, situation);
		this.#switchPower();
		this.#look();
		this.#options.log?.(`Now: ${situation.about}.`);
		// Who is up and which interferers are on is seen at once; rates follow.
		this.#paintAtS = this.world.nowS + 1;
		this.portrait = {
			...this.#painter.paint(),
			links: this.portrait.links.filter(({one, other}) => this.world.isUp(one) && this.world.isUp(other)),
		};
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		for (const router of this.#routers) router.stop();
		this.#time.advance(100);
		await wait(50);
	}

	/** Runs the past. The sockets are real: after each step they get a turn, and at the start time to connect. */
	async #catchUp(): Promise<void> {
		for (let turn = 0; turn < 40; turn++) {
			this.#time.advance(50);
			await wait(5);
		}
		const spanMs = Date.now() - this.#startMs;
		while (this.#time.nowMs < Date.now() - this.#startMs) {
			this.pass(Math.min(STEP_S * 1000, Date.now() - this.#startMs - this.#time.nowMs));
			await nextTurn();
			this.#options.onProgress?.(Math.min(1, this.#time.nowMs / spanMs));
		}
	}

	/** Time passes for the world and its routers; what they send to the collector goes when the real loop has a turn. */
	pass(passedMs: number): void {
		if (passedMs <= 0) return;
		if (this.world.nowS >= this.#wanderAtS) this.#wander();
		this.world.advance(passedMs / 1000);
		this.#switchPower();
		this.#look();
		this.#time.advance(passedMs);
		if (this.world.nowS < this.#paintAtS) return;
		this.#paintAtS = this.world.nowS + PAINT_EVERY_S;
		this.portrait = this.#painter.paint();
	}

	#look(): void {
		const statistics = this.world.read();
		for (const {view} of this.#routers) view.update(statistics);
	}

	#wander(): void {
		this.#wanderAtS = this.world.nowS + WANDER_EVERY_S;
		for (const [node, {name}] of this.world.nodes.entries()) {
			const before = Math.log(this.#factors[node] ?? 1);
			const luck = this.#random() + this.#random() + this.#random() - 1.5;
			const factor = Math.exp(before * (1 - WANDER_BACK) + WANDER * luck);
			this.#factors[node] = factor;
			this.world.apply({atS: 0, kind: 'demand', node: name, factor});
		}
	}

	/** A router without power stops at once; one that gets it back starts anew. */
	#switchPower(): void {
		for (const [node, router] of this.#routers.entries()) {
			const isUp = this.world.isUp(node);
			if (isUp === router.power.isOn) continue;
			if (isUp) this.#boot(node);
			else router.power.cut();
		}
	}

	#boot(node: number): void {
		const {name = ''} = this.world.nodes[node] ?? {};
		const router = this.#routers[node];
		if (router === undefined || !this.world.isUp(node)) return;
		const power = new Power();
		const {intervalS, mqttPort} = this.#options;
		const files = this.#files(node, name);
		const babel = this.#routing.babel(node);
		const plain = simRuntime({
			host: name,
			clock: power.clock(this.#time.clock(this.#startMs)),
			random: seededRandom((this.#options.seed ?? Date.now()) + node),
			byteOrder: 'little',
			stream: power.streams((address, handlers) =>
				address.kind === 'unix' ? babel.stream(name, address, handlers) : this.#real.stream(address, handlers),
			),
			network: this.#routing.join(node, files),
			crypto: this.#real.crypto,
			files,
			kernel: router.kernel,
			onLog: (level, text) => this.#options.onAgentLog?.(name, level, text),
		});
		const runtime = {...plain, ...power.sockets(plain)};
		runAgent(runtime, [
			...['--set', `node=${name}`, '--set', `broker=127.0.0.1:${mqttPort}`],
			...['--set', `intervalS=${intervalS}`, '--set', `keepAliveS=${KEEP_ALIVE_S}`],
			...['--set', 'latencyTargets=gateway neighbours'],
			...['--set', `participation=${this.#options.participation ?? 'active'}`, '--set', `meshKeys=${MESH_KEY}`],
			...['--set', `leastGainPercent=${LEAST_GAIN_PERCENT}`],
		]);
		router.power = power;
		router.stop = () => runtime.stop();
	}

	#linkOf(one: number, other: number): WorldPortrait['links'][number] | undefined {
		const [low, high] = [Math.min(one, other), Math.max(one, other)];
		return this.portrait.links.find(link => link.one === low && link.other === high);
	}

	#files(node: number, name: string): SimFiles {
		const files = routerFiles(this.#time, node);
		if (name === LISTENING_HOUSE)
			new FakeSpectralScan(files, this.#time.clock(this.#startMs), {
				radio: LISTENING_RADIO,
				driver: 'ath9k',
				next: millSpectrum(SPECTRUM_SEED),
			});
		return files;
	}

	#announce(events: readonly ScenarioEvent[], afterS: number): void {
		const firstS = events[0]?.atS ?? 0;
		for (const event of events) {
			const inS = afterS + event.atS - firstS;
			this.#options.log?.(`In ${inS} s: ${describe(event)}.`);
			this.#time.after(inS * 1000, () => {
				this.world.apply(event);
				this.#options.log?.(`Now: ${describe(event)}.`);
			});
		}
	}
}

/** Read from the disk they are sooner than virtual time passes. */
async function loadParts(): Promise<void> {
	await Promise.all([import('../../src/agent/engine/open.ts'), import('../../src/agent/engine/actuator.ts')]);
}

function describe(event: ScenarioEvent): string {
	const {atS: _, kind, ...more} = event;
	const words = Object.entries(more).map(([key, value]) =>
		key === 'forS' ? `for ${value} s` : Array.isArray(value) ? value.join(', ') : String(value),
	);
	return `${kind.replaceAll('-', ' ')}: ${words.join(', ')}`;
}

function routerFiles(time: VirtualTime, index: number): SimFiles {
	const files = new SimFiles();
	const bootMs = time.nowMs;
	const beforeS = bootMs === 0 ? 86_400 * (index + 2) : 25;
	const uptimeS = (): number => beforeS + (time.nowMs - bootMs) / 1000;
	const load = (): number => 0.15 + 0.05 * index + 0.08 * Math.sin(time.nowMs / 61_000 + index);
	files.set('/proc/uptime', () => encodeUtf8(`${uptimeS().toFixed(2)} 0.00\n`));
	files.set('/proc/loadavg', () => encodeUtf8(`${load().toFixed(2)} 0.10 0.05 1/60 1234\n`));
	files.set('/proc/meminfo', () => {
		const available = Math.round(62_000 - 900 * index + 400 * Math.sin(time.nowMs / 90_000));
		return encodeUtf8(`MemTotal:         124512 kB\nMemFree:           40000 kB\nMemAvailable:      ${available} kB\n`);
	});
	return files;
}

/** A mesh that has reached the present. Shape: without a scenario it is the village. */
export async function startLabMesh(
	options: Omit<LabMeshOptions, 'scenario'> & {readonly scenario?: Scenario},
): Promise<LabMesh> {
	const scenario = options.scenario ?? namedScenario('village');
	if (scenario === undefined) throw new RangeError("there is no scenario 'village'");
	const mesh = new LabMesh({...options, scenario});
	await mesh.start();
	return mesh;
}
