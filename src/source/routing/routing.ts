// SPDX-License-Identifier: Apache-2.0
import type {Configuration} from '../../model/configuration.ts';
import type {Observe, RoutingProtocol} from '../../model/observation.ts';
import type {Runtime} from '../../port/port.ts';
import type {RoutingTable} from '../../wire/routing/table.ts';
import {Batman} from './batman.ts';
import {Babel, Bmx, Olsr, Olsr2} from './daemons.ts';
import type {RoutingDriver} from './driver.ts';
import {MeshPaths} from './mesh-paths.ts';

/** After this long without an answer what was said last is no longer repeated. */
const FORGET_MS = 300_000;

/** A report waits for an answer this long. */
const PATIENCE_MS = 1000;

interface Known {
	readonly atMs: number;
	readonly table: RoutingTable;
}

/**
 * Asks every routing protocol that runs here, one after another, and repeats what each said with its age in between.
 *
 * A protocol that hangs costs its own time-out and nothing else; one that vanishes is forgotten after five minutes.
 */
export class Routing {
	readonly #runtime: Runtime;
	readonly #observe: Observe;
	readonly #intervalMs: number;
	readonly #drivers: readonly RoutingDriver[];
	readonly #known = new Map<RoutingProtocol, Known>();
	#lookedAtMs = Number.NEGATIVE_INFINITY;
	#looking = false;

	constructor(runtime: Runtime, observe: Observe, intervalMs: number, drivers: readonly RoutingDriver[]) {
		this.#runtime = runtime;
		this.#observe = observe;
		this.#intervalMs = intervalMs;
		this.#drivers = drivers;
	}

	start(): void {
		for (const driver of this.#drivers) driver.start();
	}

	stop(): void {
		for (const driver of this.#drivers) driver.stop();
	}

	/**
	 * Observes what is known; looks anew when that is older than the interval. `done` is called in every case, and soon: a
	 * daemon that hangs keeps back nothing but itself, and what it says late is told the next time.
	 */
	poll(done: () => void): void {
		const {clock} = this.#runtime;
		const nowMs = clock.nowMs();
		if (this.#looking || nowMs - this.#lookedAtMs < this.#intervalMs) {
			this.#tell(nowMs);
			return done();
		}
		this.#looking = true;
		this.#lookedAtMs = nowMs;
		let hasTold = false;
		const tell = (): void => {
			if (hasTold) return;
			hasTold = true;
			cancel();
			this.#tell(clock.nowMs());
			done();
		};
		const cancel = clock.after(PATIENCE_MS, tell);
		this.#look(0, () => {
			this.#looking = false;
			tell();
		});
	}

	#look(index: number, done: () => void): void {
		const driver = this.#drivers[index];
		if (driver === undefined) return done();
		if (!driver.present()) return this.#look(index + 1, done);
		driver.read((protocol, table) => {
			if (table !== undefined) {
				this.#known.set(protocol, {atMs: this.#runtime.clock.nowMs(), table});
				for (const route of table.routes) this.#observe({kind: 'route', protocol, ...route});
			}
			this.#look(index + 1, done);
		});
	}

	#tell(nowMs: number): void {
		for (const [protocol, {atMs, table}] of this.#known) {
			if (nowMs - atMs > FORGET_MS) {
				this.#known.delete(protocol);
				continue;
			}
			const {links, routes, gateways} = table;
			this.#observe({
				kind: 'routing',
				protocol,
				links: links.length,
				destinations: routes.length,
				gateways: gateways.length,
				ageS: Math.round((nowMs - atMs) / 1000),
			});
			for (const link of links) this.#observe({kind: 'link', protocol, ...link});
			for (const gateway of gateways)
				this.#observe({kind: 'gateway', protocol, ...gateway, selected: gateway.selected ? 1 : 0});
		}
	}
}

/** Whatever may run here; 802.11s' own paths only where they are wanted: most meshes route over them by something else. */
export function openRouting({runtime, configuration, observe}: PartOf): Routing {
	const {routing, routingIntervalS} = configuration;
	const paths = routing === 'all' ? [new MeshPaths(runtime, observe)] : [];
	return new Routing(runtime, observe, routingIntervalS * 1000, [...everyDriver(runtime, observe), ...paths]);
}

interface PartOf {
	readonly runtime: Runtime;
	readonly configuration: Pick<Configuration, 'routing' | 'routingIntervalS'>;
	readonly observe: Observe;
}

function everyDriver(runtime: Runtime, observe: Observe): readonly RoutingDriver[] {
	return [
		new Batman(runtime, observe),
		new Babel(runtime, observe),
		new Olsr(runtime, observe),
		new Olsr2(runtime, observe),
		new Bmx(runtime, 'bmx6', observe),
		new Bmx(runtime, 'bmx7', observe),
	];
}
