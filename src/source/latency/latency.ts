// SPDX-License-Identifier: Apache-2.0
import type {Configuration} from '../../model/configuration.ts';
import {type LatencySummary, RoundTrips} from '../../model/latency/round-trips.ts';
import type {Observe} from '../../model/observation.ts';
import type {Runtime} from '../../port/port.ts';
import {Prober} from './prober.ts';
import {isOverloaded, type Surroundings, type Target, targetsOf} from './targets.ts';

// Round trips to a few places all the time, as smokeping draws them, without starting a process.
//
// Invariants
// 1. No target gets more than `latencyPerMinute` probes a minute, and probes are spread over it: never two at once.
// 2. While the router is overloaded nothing is sent, and nothing is called lost.

const MINUTE_MS = 60_000;
/** How often gateways and neighbours are looked for, and the load. */
const LOOK_MS = 10_000;
/** Between two probes of any kind: many targets share what there is. */
const LEAST_PAUSE_MS = 50;
/** A probe leaves up to this share of the pause earlier or later, so that routers do not come to beat together. */
const SPREAD = 0.25;

interface Watched {
	target: Target;
	readonly trips: RoundTrips;
	hasAnswered: boolean;
	said: LatencySummary | undefined;
}

export type LatencyOptions = Pick<Configuration, 'latencyTargets' | 'latencyPerMinute'>;

export class Latency {
	readonly #runtime: Runtime;
	readonly #observe: Observe;
	readonly #options: LatencyOptions;
	readonly #around: Surroundings;
	readonly #prober: Prober;
	readonly #watched = new Map<string, Watched>();
	#turn = 0;
	#lookedAtMs = Number.NEGATIVE_INFINITY;
	#saidAtMs = 0;
	#isResting = false;
	#cancel = (): void => {};

	constructor(runtime: Runtime, options: LatencyOptions, around: Omit<Surroundings, 'port'>, observe: Observe) {
		this.#runtime = runtime;
		this.#observe = observe;
		this.#options = options;
		this.#around = {...around, port: runtime};
		this.#prober = new Prober(runtime, observe);
	}

	start(): void {
		this.#saidAtMs = this.#runtime.clock.nowMs();
		this.#schedule();
	}

	stop(): void {
		this.#cancel();
		this.#prober.close();
	}

	/** Observes what came back in the last minute; in between, what was said last again. */
	poll(done: () => void): void {
		this.#prober.expire();
		const {clock} = this.#runtime;
		const isDue = clock.nowMs() - this.#saidAtMs >= MINUTE_MS - LOOK_MS / 2;
		if (isDue) this.#saidAtMs = clock.nowMs();
		for (const watched of this.#watched.values()) {
			if (isDue) watched.said = watched.trips.take();
			if (watched.said === undefined || (watched.target.isGuess && !watched.hasAnswered)) continue;
			const {name, address, interfaceIndex} = watched.target;
			const pathMtuBytes = this.#runtime.pathMtuBytes(address, interfaceIndex);
			const mtu = pathMtuBytes === undefined ? {} : {pathMtuBytes};
			// Once a minute, so that what the kernel believes is what the path does.
			if (isDue && !this.#isResting && pathMtuBytes !== undefined) this.#prober.measure(watched.target, pathMtuBytes);
			this.#observe({kind: 'latency', target: name, ...watched.said, ...mtu});
		}
		done();
	}

	#schedule(): void {
		const {clock, random} = this.#runtime;
		const share = Math.max(1, this.#watched.size) * this.#options.latencyPerMinute;
		const pauseMs = Math.max(LEAST_PAUSE_MS, MINUTE_MS / share);
		this.#cancel = clock.after(pauseMs * (1 - SPREAD + 2 * SPREAD * random()), () => this.#step());
	}

	#step(): void {
		this.#prober.expire();
		const nowMs = this.#runtime.clock.nowMs();
		if (nowMs - this.#lookedAtMs >= LOOK_MS) {
			this.#lookedAtMs = nowMs;
			this.#isResting = isOverloaded(this.#runtime);
			this.#look();
		}
		if (!this.#isResting) this.#probe();
		this.#schedule();
	}

	#look(): void {
		const targets = targetsOf(this.#options.latencyTargets, this.#around);
		for (const name of this.#watched.keys())
			if (!targets.some(target => target.name === name)) this.#watched.delete(name);
		for (const target of targets) {
			const watched = this.#watched.get(target.name);
			if (watched !== undefined) watched.target = target;
			else this.#watched.set(target.name, {target, trips: new RoundTrips(), hasAnswered: false, said: undefined});
		}
	}

	#probe(): void {
		if (this.#watched.size === 0) return;
		const watched = [...this.#watched.values()][this.#turn++ % this.#watched.size] as Watched;
		this.#prober.send(watched.target, roundTripUs => {
			if (roundTripUs === undefined) return watched.trips.lost();
			watched.hasAnswered = true;
			watched.trips.answered(roundTripUs);
		});
	}
}
