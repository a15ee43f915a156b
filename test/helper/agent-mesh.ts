// SPDX-License-Identifier: Apache-2.0
import {runAgent} from '../../src/agent/program.ts';
import {seededRandom} from '../../src/core/random.ts';
import type {AgentReplies} from '../../src/model/agent-object.ts';
import type {Datagram} from '../../src/port/port.ts';
import {nodeCrypto} from '../../src/runtime/node/crypto.ts';
import {type SimClock, VirtualTime} from '../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../src/runtime/sim/files.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import type {Hearing} from '../../src/runtime/sim/links.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {type SimRuntime, simRuntime} from '../../src/runtime/sim/runtime.ts';
import {linkLocalOf} from '../../src/source/peer/link-local.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {INTERFACE_MESH_POINT} from '../../src/wire/nl80211/interface.ts';
import {frequency} from '../../src/wire/nl80211/wiphy.ts';
import {PEER_GROUP, PEER_PORT} from '../../src/wire/peer/envelope.ts';
import {TestBus} from './bus.ts';

// Routers with the agent itself, each on a kernel of its own, in one ether: a datagram arrives where an interface of a
// neighbour is on the same channel at that moment. The actuator moves the interfaces, so it moves the ether.

export interface AgentMeshSetup {
	/** Who can hear whom, by place. */
	readonly links: readonly (readonly [number, number])[];
	readonly routers: number;
	/** Where each router's radios are at first. */
	readonly radiosMhz: readonly number[];
	/** What the country allows. */
	readonly channelsMhz: readonly number[];
	readonly settings?: Readonly<Record<string, string>>;
	readonly lossShare?: number;
	/** Wall clock. */
	readonly wallMs?: number;
	/** Absent: they are. */
	readonly keepsFrames?: boolean;
}

/** A datagram as it left. */
export interface Tapped {
	readonly atMs: number;
	readonly from: string;
	readonly radio: number;
	readonly bytes: number;
	/** To one receiver. */
	readonly toOne: boolean;
	/** Absent: empty where frames are not kept. */
	readonly frame: Uint8Array;
}

export interface MeshRouter {
	readonly name: string;
	readonly kernel: FakeKernel;
	readonly runtime: SimRuntime;
	readonly clock: SimClock;
	readonly bus: TestBus;
	readonly log: string[];
}

export const KEY = '000102030405060708090a0b0c0d0e0f';
const WALL_MS = Date.UTC(2026, 0, 1);
const FIRST_INDEX = 10;

export const rule = (frequencyMhz: number) => frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little');

export class AgentMesh {
	readonly time = new VirtualTime();
	readonly routers: MeshRouter[];
	readonly network: SimNetwork;
	/** Everything that was in the air, as somebody hears it who is near all. */
	readonly tapped: Tapped[] = [];
	/** Asked for each pair; a test may cut links by it. */
	isCut = (_a: number, _b: number): boolean => false;
	readonly #setup: AgentMeshSetup;
	readonly #intruder: Datagram;
	readonly #near: readonly (readonly number[])[];

	constructor(setup: AgentMeshSetup) {
		this.#setup = setup;
		this.#near = Array.from({length: setup.routers}, (_, place) =>
			setup.links.flatMap(([a, b]) => (a === place ? [b] : b === place ? [a] : [])),
		);
		const random = seededRandom(7);
		this.network = new SimNetwork(this.time, {
			latencyMs: 2,
			random,
			links: {
				hearings: (host, index) => this.#hearings(host, index),
				address: (host, index) => (host === INTRUDER ? INTRUDER_ADDRESS : linkLocalOf(macOf(placeOf(host), index))),
			},
		});
		this.#intruder = this.network.datagram(INTRUDER, {family: 'ipv6', port: PEER_PORT, shared: true}, noHandlers);
		this.routers = Array.from({length: setup.routers}, (_, place) => this.#router(place));
	}

	/** Starts them all, one after another; parts are loaded on demand, which takes the real loop. */
	async start(settingsOf: (place: number) => Readonly<Record<string, string>> = () => ({})): Promise<void> {
		await this.#read();
		for (const [place, router] of this.routers.entries()) {
			this.boot(router, settingsOf(place));
			await importsAreThere();
		}
		await this.#load();
	}

	boot({runtime, name}: MeshRouter, more: Readonly<Record<string, string>> = {}): void {
		const all = {
			node: name,
			intervalS: '30',
			meshKeys: KEY,
			ubusSocket: `/bus/${name}`,
			participation: 'active',
			...this.#setup.settings,
			...more,
		};
		runAgent(
			runtime,
			Object.entries(all).flatMap(([option, value]) => ['--set', `${option}=${value}`]),
		);
	}

	async pass(ms: number, stepMs = 1000): Promise<void> {
		for (let passed = 0; passed < ms; passed += stepMs) {
			this.time.advance(Math.min(stepMs, ms - passed));
			await new Promise(resolve => setImmediate(resolve));
		}
	}

	/** Whatever a stranger sends on a channel, all routers that are there hear. */
	inject(frame: Uint8Array, mhz: number): void {
		this.#intruder.send(frame, PEER_GROUP, PEER_PORT, mhz);
	}

	channelsOf(place: number): number[] {
		return (this.routers[place]?.kernel.state.interfaces ?? []).map(({wireless}) => wireless.frequencyMhz ?? 0);
	}

	areJoined(a: number, b: number): boolean {
		return this.channelsOf(a).some(mhz => this.channelsOf(b).includes(mhz));
	}

	async ask<N extends keyof AgentReplies>(place: number, method: N): Promise<AgentReplies[N]> {
		const call = this.routers[place]?.bus.call('astral-mesh', method);
		let reply: Awaited<typeof call>;
		void call?.then(answer => {
			reply = answer;
		});
		for (let i = 0; i < 200 && reply === undefined; i++) await this.pass(5, 5);
		if (reply === undefined || reply.status !== 0) throw new Error(`${method} of ${place}: ${reply?.status}`);
		return reply.replies[0] as unknown as AgentReplies[N];
	}

	stop(): void {
		for (const {runtime} of this.routers) runtime.stop();
		this.time.advance(100);
	}

	/** Read from the disk once, modules are only looked up when an agent asks for them. */
	async #read(): Promise<void> {
		await Promise.all([
			import('../../src/agent/object.ts'),
			import('../../src/agent/engine/open.ts'),
			import('../../src/agent/engine/actuator.ts'),
			import('../../src/agent/engine/slots.ts'),
		]);
	}

	async #load(): Promise<void> {
		for (let i = 0; i < 2000; i++) {
			await importsAreThere();
			await this.pass(2, 2);
			if (!this.routers.every(({bus}) => bus.find('astral-mesh') !== undefined)) continue;
			const states = await Promise.all(this.routers.map((_, place) => this.ask(place, 'status')));
			if (states.every(({parts}) => parts.every(({state}) => state !== 'loading'))) return;
		}
		throw new Error(`an agent did not start: ${this.routers.flatMap(({log}) => log).join('\n')}`);
	}

	#router(place: number): MeshRouter {
		const {radiosMhz, channelsMhz, wallMs = WALL_MS} = this.#setup;
		const name = nameOf(place);
		const clock = this.time.clock(wallMs);
		const kernel = new FakeKernel(clock, place % 2 === 0 ? 'little' : 'big');
		const bus = new TestBus();
		this.network.listen(`unix:/bus/${name}`, stream => bus.accept(stream));
		const log: string[] = [];
		kernel.state.radios = radiosMhz.map((_, radio) => ({
			index: radio,
			name: `phy${radio}`,
			surveys: [],
			frequencies: channelsMhz.map(rule),
			commands: [command.CHANNEL_SWITCH],
		}));
		kernel.state.interfaces = radiosMhz.map((mhz, radio) => ({
			wireless: {
				wiphy: radio,
				interfaceIndex: FIRST_INDEX + radio,
				name: `mesh${radio}`,
				type: INTERFACE_MESH_POINT,
				address: macOf(place, FIRST_INDEX + radio),
				frequencyMhz: mhz,
				width: 1,
				center1Mhz: mhz,
			},
			stations: [],
			paths: [],
		}));
		const runtime = simRuntime({
			host: name,
			clock,
			random: seededRandom(100 + place),
			byteOrder: place % 2 === 0 ? 'little' : 'big',
			kernel,
			network: this.network,
			crypto: nodeCrypto,
			files: new SimFiles(),
			onLog: (level, text) => log.push(`${level}: ${text}`),
		});
		const tapped = {
			...runtime,
			datagram: (...[options, handlers]: Parameters<typeof runtime.datagram>) => {
				const socket = runtime.datagram(options, handlers);
				return {
					...socket,
					send: (...sent: Parameters<typeof socket.send>) => {
						const [bytes, address, , index = 0] = sent;
						this.tapped.push({
							...{
								atMs: this.time.nowMs,
								from: name,
								radio: index - FIRST_INDEX,
								bytes: bytes.length,
								toOne: address !== PEER_GROUP,
							},
							frame: this.#setup.keepsFrames === false ? NO_FRAME : bytes.slice(),
						});
						socket.send(...sent);
					},
				};
			},
		} as SimRuntime;
		return {name, kernel, runtime: tapped, clock, bus, log};
	}

	#hearings(host: string, index: number): Hearing[] {
		const {routers, lossShare = 0} = this.#setup;
		const isIntruder = host === INTRUDER;
		const from = placeOf(host);
		const mhz = isIntruder ? index : this.#mhzOf(from, index);
		const near = isIntruder ? Array.from({length: routers}, (_, place) => place) : (this.#near[from] ?? []);
		return near.flatMap(place => {
			if (!isIntruder && this.isCut(from, place)) return [];
			return this.channelsOf(place).flatMap((at, radio) =>
				at === mhz ? [{host: nameOf(place), interfaceIndex: FIRST_INDEX + radio, lossShare, latencyMs: 2}] : [],
			);
		});
	}

	#mhzOf(place: number, index: number): number {
		return this.channelsOf(place)[index - FIRST_INDEX] ?? -1;
	}
}

/**
 * All modules asked for so far are there, and those that they ask for: they come in the order in which they are asked for, and
 * these are asked for last. Without it virtual time would pass meanwhile, more of it on a busy machine, and no two runs would be
 * the same.
 */
async function importsAreThere(): Promise<void> {
	for (let depth = 0; depth < 8; depth++) await import(`data:text/javascript,export default ${imports++}`);
	await new Promise(resolve => setImmediate(resolve));
}

let imports = 0;
const INTRUDER = 'intruder';
const INTRUDER_ADDRESS = 'fe80::bad';
const NO_FRAME = new Uint8Array();
const noHandlers = {message() {}, error() {}};

export const nameOf = (place: number): string => `r${place}`;
const placeOf = (host: string): number => Number(host.slice(1));

function macOf(place: number, index: number): string {
	return `02:00:00:00:${index.toString(16).padStart(2, '0')}:${(place + 1).toString(16).padStart(2, '0')}`;
}
