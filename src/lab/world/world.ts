// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {couple, type RadioSite} from '../medium/assembly.ts';
import {checkS, type DfsState, dfsStart, dfsTimes, maySend, needsDfs, stepDfs} from '../medium/dfs.ts';
import type {CreateMedium, FlowSetup, Medium, MediumSetup, MediumStatistics} from '../medium/medium.ts';
import type {Reach} from '../medium/paths.ts';
import type {Place} from '../medium/place.ts';
import type {Scenario, ScenarioEvent} from '../scenario/scenario.ts';
import type {Topology} from '../topology/topology.ts';
import {busyShare, noiseDbm} from './foreign-air.ts';
import {interferersOf, pathsOf, siteOf} from './landscape.ts';
import {type Layout, layOut, type NodePlan} from './layout.ts';
import {Movement} from './movement.ts';
import {bestRate, type Edge, edgesOf} from './routes.ts';
import {type Demand, demandsOf, flowsOf} from './traffic.ts';

// A mesh in a landscape, in time: who is there, on which channel, disturbed by what, sending what. It turns a scenario
// into what a medium is asked, again and again as things happen.

export interface WorldOptions {
	readonly seed: number;
	/** What the scenario's file holds, where it names one. */
	readonly topology?: Topology;
	readonly create: CreateMedium;
}

/** One radio of the world, in the order of the medium's radios. */
export interface WorldRadio {
	readonly node: number;
	readonly number: number;
	channelMhz: number;
	/** Of channels with radar: what it may do there. Absent: nothing happened there yet. */
	readonly dfs: Map<number, DfsState>;
}

export interface NodeClock {
	readonly driftPpm: number;
	offsetMs: number;
}

const USUAL_STEP_S = 600;
const HOUR_US = 3.6e9;

export class World {
	readonly scenario: Scenario;
	readonly nodes: readonly NodePlan[];
	readonly radios: readonly WorldRadio[];
	readonly demands: readonly Demand[];
	readonly clocks: readonly NodeClock[];
	nowS = 0;
	/** Lost of gossip besides what the air loses. */
	gossipLossShare: number;
	readonly #layout: Layout;
	readonly #options: WorldOptions;
	readonly #movement: Movement;
	readonly #up: boolean[];
	readonly #cut = new Set<number>();
	readonly #interfererOn: boolean[];
	readonly #coming: {readonly atS: number; readonly act: () => void}[] = [];
	readonly #random: () => number;
	#paths: readonly Reach[] = [];
	#pathsStale = true;
	#demandFactor = 1;
	readonly #nodeFactors = new Map<number, number>();
	#medium: Medium | undefined;
	#setup: MediumSetup | undefined;
	#edges: readonly (readonly Edge[])[] = [];
	/** Whether radios or interferers are other than the medium was told; and whether at least rates are. */
	#stale = true;
	#ratesStale = true;
	#nextStepS = 0;

	constructor(scenario: Scenario, options: WorldOptions) {
		this.scenario = scenario;
		this.#options = options;
		this.#random = seededRandom(options.seed);
		this.#layout = layOut(scenario, options.seed, options.topology);
		this.nodes = this.#layout.nodes;
		this.radios = this.nodes.flatMap(({radios}, node) =>
			radios.map(({plan}, number) => ({node, number, channelMhz: plan.channelMhz, dfs: new Map()})),
		);
		this.demands = demandsOf(scenario, this.nodes);
		this.#up = this.nodes.map(({joinsAtS}) => joinsAtS === 0);
		this.#interfererOn = (scenario.interferers ?? []).map(({on}) => on ?? true);
		this.gossipLossShare = scenario.gossip?.lossShare ?? 0;
		const {driftPpm = 0, offsetS = 0} = scenario.clocks ?? {};
		this.clocks = this.nodes.map(() => ({
			driftPpm: (2 * this.#random() - 1) * driftPpm,
			offsetMs: (2 * this.#random() - 1) * offsetS * 1000,
		}));
		this.#movement = new Movement(scenario.mobility, this.nodes, options.seed);
		for (const [index, {joinsAtS}] of this.nodes.entries())
			if (joinsAtS > 0) this.#plan(joinsAtS, () => this.#turn(index, true));
		for (const event of scenario.events ?? []) this.#plan(event.atS, () => this.apply(event));
	}

	/** Where each node is now. */
	get places(): readonly (Place | undefined)[] {
		return this.#movement.places;
	}

	/** What the medium was last asked. */
	get setup(): MediumSetup {
		return this.#current().setup;
	}

	/** Each node's neighbours, with the best pair of radios. */
	get edges(): readonly (readonly Edge[])[] {
		this.#current();
		return this.#edges;
	}

	/** Between which nodes each flow runs; -1 for a gateway that is nowhere to be reached. */
	get flowEnds(): readonly {readonly from: number; readonly to: number}[] {
		const {setup} = this.#current();
		const nodeOf = (radio: number | undefined): number => this.radios[radio ?? -1]?.node ?? -1;
		return this.demands.map(({from, to}, index) => {
			const hops = setup.flows[index]?.hops ?? [];
			return {from: from ?? nodeOf(hops[0]?.from), to: to ?? nodeOf(hops.at(-1)?.to)};
		});
	}

	isUp(node: number): boolean {
		return this.#up[node] ?? false;
	}

	isInterfererOn(name: string): boolean {
		const index = (this.scenario.interferers ?? []).findIndex(one => one.name === name);
		return this.#interfererOn[index] ?? false;
	}

	/** µs since midnight. */
	get timeOfDayUs(): number {
		return this.nowS * 1e6 + (this.scenario.startHour ?? 0) * HOUR_US;
	}

	/** Runs for so many seconds; what the scenario plans for them happens at its moment. */
	advance(seconds: number): void {
		const endS = this.nowS + seconds;
		for (;;) {
			while ((this.#coming[0]?.atS ?? Number.POSITIVE_INFINITY) <= this.nowS) this.#coming.shift()?.act();
			if (this.nowS >= this.#nextStepS) this.#step();
			const {medium} = this.#current();
			const nextS = Math.min(endS, this.#coming[0]?.atS ?? endS, this.#nextStepS);
			if (nextS > this.nowS) medium.advance(nextS - this.nowS);
			this.nowS = nextS;
			if (nextS >= endS) return;
		}
	}

	/** Something happens now. Errors: RangeError for a node or interferer that the scenario does not have. */
	apply(event: ScenarioEvent): void {
		switch (event.kind) {
			case 'node-fails':
			case 'node-joins':
				return this.#turn(this.#nodeNamed(event.node), event.kind === 'node-joins');
			case 'power-cut': {
				const nodes = event.nodes.map(name => this.#nodeNamed(name));
				for (const node of nodes) this.#turn(node, false);
				return this.#plan(this.nowS + event.forS, () => nodes.forEach(node => void this.#turn(node, true)));
			}
			case 'interferer-on':
			case 'interferer-off': {
				const index = (this.scenario.interferers ?? []).findIndex(({name}) => name === event.interferer);
				if (index < 0) throw new RangeError(`there is no interferer '${event.interferer}'`);
				this.#interfererOn[index] = event.kind === 'interferer-on';
				this.#stale = true;
				return;
			}
			case 'retune':
				return this.retune(this.#nodeNamed(event.node), event.radio ?? 0, event.channelMhz);
			case 'radar':
				return this.#radar(event.channelMhz, event.nodes, event.fallbackMhz);
			case 'partition': {
				const nodes = event.nodes.map(name => this.#nodeNamed(name));
				for (const node of nodes) this.#cut.add(node);
				this.#pathsStale = true;
				return this.#plan(this.nowS + event.forS, () => {
					for (const node of nodes) this.#cut.delete(node);
					this.#pathsStale = true;
				});
			}
			case 'gossip-loss':
				this.gossipLossShare = event.lossShare;
				return;
			case 'clock-step': {
				const clock = this.clocks[this.#nodeNamed(event.node)];
				if (clock !== undefined) clock.offsetMs += event.byS * 1000;
				return;
			}
			case 'demand':
				if (event.node === undefined) this.#demandFactor = event.factor;
				else this.#nodeFactors.set(this.#nodeNamed(event.node), event.factor);
				this.#ratesStale = true;
				return;
		}
	}

	/** Tunes a radio. On a channel with radar it is silent until its check is over. Errors: RangeError. */
	retune(node: number, number: number, channelMhz: number): void {
		const radio = this.radios.find(one => one.node === node && one.number === number);
		if (radio === undefined) throw new RangeError(`node ${node} has no radio ${number}`);
		this.#observeDfs(radio, radio.channelMhz, 'leave');
		radio.channelMhz = channelMhz;
		this.#occupy(radio);
		this.#stale = true;
	}

	/** Counts of the medium since they were last cleared. */
	read(): MediumStatistics {
		return this.#current().medium.read();
	}

	clear(): void {
		this.#current().medium.clear();
	}

	/** What a radio would find on a channel of those outside the mesh: noise, and the share of the time that is not free. */
	foreignAir(index: number, channelMhz: number): {readonly noiseDbm: number; readonly busyShare: number} {
		const radio = this.radios[index];
		const plan = radio === undefined ? undefined : this.nodes[radio.node]?.radios[radio.number];
		if (radio === undefined || plan === undefined) throw new RangeError(`there is no radio ${index}`);
		const site = siteOf(plan, radio.node, channelMhz, true);
		const interferers = interferersOf(this.scenario, this.#interfererOn, [site], this.places);
		const nowUs = this.nowS * 1e6;
		return {noiseDbm: noiseDbm(site, interferers, nowUs), busyShare: busyShare(site, interferers, nowUs)};
	}

	/** The rate that a radio would use to a neighbour while nothing is sent. */
	usualRateKbps(index: number, snrDb: number): number {
		const {standard, widthMhz} = this.setup.radios[index] ?? {standard: 'n', widthMhz: 20};
		return bestRate(snrDb, standard, widthMhz).kbps;
	}

	#nodeNamed(name: string): number {
		const index = this.nodes.findIndex(node => node.name === name);
		if (index < 0) throw new RangeError(`there is no node '${name}'`);
		return index;
	}

	#plan(atS: number, act: () => void): void {
		this.#coming.push({atS, act});
		this.#coming.sort((a, b) => a.atS - b.atS);
	}

	#turn(node: number, up: boolean): void {
		this.#up[node] = up;
		this.#stale = true;
	}

	/** Profiles and places move on. */
	#step(): void {
		const stepS = this.scenario.stepS ?? USUAL_STEP_S;
		this.#nextStepS = this.nowS + stepS;
		if (this.#movement.step(stepS)) this.#pathsStale = true;
		// Rates follow the time of day where there are profiles.
		if ((this.scenario.traffic ?? []).some(({profile}) => profile !== undefined && profile !== 'steady'))
			this.#ratesStale = true;
	}

	#radar(channelMhz: number, names: readonly string[] | undefined, fallbackMhz: number | undefined): void {
		const hearing = names === undefined ? undefined : new Set(names.map(name => this.#nodeNamed(name)));
		for (const radio of this.radios) {
			const isHeard = hearing === undefined || hearing.has(radio.node);
			const width = this.#widthMhz(radio);
			const isThere = Math.abs(this.#centreMhz(radio) - channelMhz) < width / 2 + 1;
			if (!isHeard || !isThere || !needsDfs(this.#centreMhz(radio), width)) continue;
			const left = radio.channelMhz;
			this.#observeDfs(radio, left, 'radar');
			this.#stale = true;
			if (fallbackMhz !== undefined) {
				radio.channelMhz = fallbackMhz;
				this.#occupy(radio);
				continue;
			}
			this.#plan(this.nowS + dfsTimes.nonOccupancyS, () => {
				if (radio.channelMhz === left) this.#occupy(radio);
			});
		}
	}

	/** Begins the check of the radio's channel where one is due; afterwards the channel is in use. */
	#occupy(radio: WorldRadio): void {
		const [centreMhz, width] = [this.#centreMhz(radio), this.#widthMhz(radio)];
		if (!needsDfs(centreMhz, width)) return;
		const {channelMhz} = radio;
		this.#observeDfs(radio, channelMhz, 'check');
		this.#stale = true;
		this.#plan(this.nowS + checkS(centreMhz, width), () => {
			if (radio.channelMhz !== channelMhz) return;
			this.#observeDfs(radio, channelMhz, 'use');
			this.#stale = true;
		});
	}

	#observeDfs(radio: WorldRadio, channelMhz: number, kind: 'check' | 'use' | 'leave' | 'radar'): void {
		const width = this.#widthMhz(radio);
		const centreMhz = channelMhz + (width - 20) / 2;
		if (!needsDfs(centreMhz, width)) return;
		const before = radio.dfs.get(channelMhz) ?? (kind === 'check' ? dfsStart : {state: 'in-use' as const});
		radio.dfs.set(channelMhz, stepDfs(before, {kind}, this.nowS, checkS(centreMhz, width)));
	}

	#widthMhz({node, number}: WorldRadio): 20 | 40 {
		return this.nodes[node]?.radios[number]?.plan.widthMhz ?? 20;
	}

	#centreMhz(radio: WorldRadio): number {
		return radio.channelMhz + (this.#widthMhz(radio) - 20) / 2;
	}

	/** Whether radar's rules let a radio send where it is. A channel where nothing happened was checked before the start. */
	maySend(radio: WorldRadio): boolean {
		const state = radio.dfs.get(radio.channelMhz);
		return state === undefined || !needsDfs(this.#centreMhz(radio), this.#widthMhz(radio)) || maySend(state);
	}

	#current(): {medium: Medium; setup: MediumSetup} {
		const isNew = this.#stale || this.#pathsStale;
		if (this.#medium !== undefined && this.#setup !== undefined && !isNew && !this.#ratesStale)
			return {medium: this.#medium, setup: this.#setup};
		const setup =
			isNew || this.#setup === undefined ? this.#assemble() : {...this.#setup, flows: this.#flows(this.#setup.flows)};
		this.#setup = setup;
		this.#stale = false;
		this.#ratesStale = false;
		if (this.#medium === undefined) this.#medium = this.#options.create(setup, this.#options.seed);
		else this.#medium.change(setup);
		return {medium: this.#medium, setup};
	}

	/** The radios as they are now, with what the engines do not know of them. */
	get sites(): readonly RadioSite[] {
		return this.radios.flatMap(radio => {
			const plan = this.nodes[radio.node]?.radios[radio.number];
			const isActive = this.isUp(radio.node) && this.maySend(radio);
			return plan === undefined ? [] : [siteOf(plan, radio.node, radio.channelMhz, isActive)];
		});
	}

	#assemble(): MediumSetup {
		const {sites, places} = this;
		if (this.#pathsStale) {
			const [links, cut, {seed}] = [this.#layout.links, this.#cut, this.#options];
			this.#paths = pathsOf(this.scenario, {sites, places, links, cut, seed});
			this.#pathsStale = false;
		}
		const couplings = couple(sites, places, this.#paths);
		const radios = sites.map(({setup}) => setup);
		const isMesh = (radio: number): boolean => {
			const {node = 0, number = 0} = this.radios[radio] ?? {};
			return radios[radio]?.active !== false && this.nodes[node]?.radios[number]?.isAccess === false;
		};
		this.#edges = edgesOf(radios, this.nodes.length, couplings, isMesh);
		const flows = this.#flows();
		const interferers = interferersOf(this.scenario, this.#interfererOn, sites, places);
		return {radios, couplings, flows, interferers};
	}

	/** With `before` their ways stay, and only their rates are new. */
	#flows(before?: readonly FlowSetup[]): readonly FlowSetup[] {
		return flowsOf(
			this.demands,
			{
				edges: this.#edges,
				gateways: this.nodes.flatMap(({isGateway}, index) => (isGateway ? [index] : [])),
				isUp: node => this.isUp(node),
				timeOfDayUs: this.timeOfDayUs,
				factorOf: ({from, to}) => this.#demandFactor * (this.#nodeFactors.get(to ?? from ?? -1) ?? 1),
			},
			before,
		);
	}
}
