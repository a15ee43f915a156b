// SPDX-License-Identifier: Apache-2.0
import type * as ubus from '../../luci-app/module/agent.ts';
import type {Survey} from '../../luci-app/module/survey.ts';
import {Agent} from '../../src/agent/agent.ts';
import {seededRandom} from '../../src/core/random.ts';
import {Village, village} from '../../src/lab/scenario/village.ts';
import {type Configuration, type ConfigurationProblem, readConfiguration} from '../../src/model/configuration.ts';
import type {Measurement} from '../../src/model/observation.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {simRuntime} from '../../src/runtime/sim/runtime.ts';
import {TestBroker} from '../helper/broker.ts';
import type {Reply, Sections, UbusObject} from './rpcd.ts';

// The agent itself on one router of the simulated village, answering the pages' calls from what it measured. Virtual time
// passes by an interval at each look at the survey, as it would while somebody reads the page.

const WALL_MS = Date.UTC(2026, 0, 1);
const IDLE_MHZ = [5200, 5220, 5240];

type Of<K extends Measurement['kind']> = Extract<Measurement, {kind: K}>;

export class LiveRouter {
	readonly #time = new VirtualTime();
	readonly #kernels = village.map(() => new FakeKernel(this.#time.clock(WALL_MS), 'big'));
	readonly #village = new Village(this.#kernels, 1);
	readonly #house: number;
	readonly #runtime;
	readonly #clock;
	#idleMs = 0;
	#configuration: Configuration | undefined;
	#problems: readonly ConfigurationProblem[] = [];
	#agent: Agent | undefined;

	constructor(house: string, sections: Sections) {
		this.#house = village.findIndex(({name}) => name === house);
		const random = seededRandom(1);
		const network = new SimNetwork(this.#time, {latencyMs: 1, random});
		new TestBroker(network, 'noc.lan:1883');
		this.#clock = this.#time.clock(WALL_MS);
		const kernel = this.#kernels[this.#house];
		if (kernel === undefined) throw new Error(`there is no house ${house}`);
		this.#runtime = simRuntime({
			host: house,
			clock: this.#clock,
			random,
			byteOrder: 'big',
			kernel,
			network,
			onLog: () => {},
		});
		this.apply(sections);
		for (let i = 0; i < 3; i++) this.#pass();
	}

	/** What the agent does when its configuration was changed: a bad value changes nothing and is said. */
	apply(sections: Sections): void {
		const texts = new Map<string, string>();
		for (const [name, value] of Object.entries(sections.get('main')?.options ?? {}))
			texts.set(
				name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
				String(value),
			);
		const read = readConfiguration(texts, this.#configuration);
		this.#configuration = read.configuration;
		this.#problems = read.problems;
		this.#agent?.stop();
		const {configuration} = read;
		const log = {write: () => {}};
		this.#agent = new Agent(this.#runtime, {node: configuration.node, software: 'astral-mesh', configuration, log});
		this.#agent.start();
	}

	readonly object: UbusObject = async (method: string): Promise<Reply | undefined> => {
		if (method === 'survey') this.#pass();
		const reply = this.#replies[method]?.();
		return reply === undefined ? undefined : [0, reply];
	};

	/** A minute of the village, then an interval of the agent. */
	#pass(): void {
		const {state} = this.#kernels[this.#house] ?? {};
		const intervalS = this.#configuration?.intervalS ?? 60;
		this.#village.step(intervalS);
		this.#idleMs += 120;
		if (state !== undefined)
			state.radios = state.radios.map(radio =>
				radio.name === 'phy0' ? {...radio, surveys: [...radio.surveys, ...this.#idleSurveys()]} : radio,
			);
		this.#time.advance(intervalS * 1000);
	}

	#idleSurveys() {
		return IDLE_MHZ.map((frequencyMhz, i) => ({
			frequencyMhz,
			noiseDbm: -96 + i,
			inUse: false,
			activeMs: this.#idleMs,
			busyMs: Math.round(this.#idleMs * (0.08 + 0.17 * i)),
			receiveMs: Math.round(this.#idleMs * (0.05 + 0.15 * i)),
			transmitMs: 0,
		}));
	}

	#latest<K extends Measurement['kind']>(kind: K): Of<K>[] {
		return (this.#agent?.board.latest() ?? []).filter((each): each is Of<K> => each.kind === kind);
	}

	readonly #replies: Readonly<Record<string, () => object>> = {
		status: () =>
			({
				node: this.#configuration?.node ?? '',
				version: '0.1.0',
				uptimeS: this.#clock.nowMs() / 1000,
				intervalS: this.#configuration?.intervalS ?? 0,
				parts: [],
				problems: this.#problems,
			}) satisfies ubus.Status,
		radios: () => ({radios: this.#latest('radio')}),
		survey: () => ({channels: this.#latest('channel') as readonly Survey[]}),
		stations: () => ({stations: this.#latest('station'), clients: this.#latest('clients')}),
		neighbours: () => ({channels: this.#latest('neighbour').filter(({network}) => network === undefined)}),
		// The agent has no engine yet: nothing was planned, nothing decided; and no radio here sweeps.
		spectrum: () => ({sweeps: []}),
		decisions: () => ({decisions: []}),
		plan: () => ({radios: []}),
		telemetry: () =>
			({
				broker: this.#configuration?.broker ?? '',
				state: 'connected',
				reason: '',
				queueBytes: 0,
				queueLimitBytes: this.#configuration?.queueBytes ?? 0,
				queuedFrames: 0,
				sentFrames: 0,
				droppedFrames: 0,
			}) satisfies ubus.Telemetry,
	};
}
