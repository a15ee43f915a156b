// SPDX-License-Identifier: Apache-2.0
import {MeshClock} from '../../engine/schedule/clock.ts';
import type {ClockTelling} from '../../model/clock.ts';
import type {NodeId} from '../../model/peer.ts';
import type {MeshTime} from '../../model/slots.ts';
import type {Runtime} from '../../port/port.ts';
import {readRadioTime} from '../../source/slots/radio-clock.ts';
import type {StationReader} from '../../source/slots/station-reader.ts';

// The mesh's clock in its place: it tells the neighbours of each radio, hears them, and asks the kernel how far a neighbour's
// radio is from ours as soon as its word came, since that word says what its radio's clock was.

/** An interface whose radio keeps to time slots. */
export interface TimedInterface {
	readonly index: number;
	readonly name: string;
	/** The engine's number of its radio, and its name. */
	readonly radio: number;
	readonly radioName: string;
}

export interface TimeWorld {
	interfaces(): readonly TimedInterface[];
	nodeOf(peerAddress: string): NodeId | undefined;
	say(telling: ClockTelling, radio: number): void;
}

/** Words that come together are answered with one question to the kernel. */
const TOGETHER_MS = 30;
const FIRST_MS = 200;

export class TimeKeeper {
	readonly #runtime: Runtime;
	readonly #stations: StationReader;
	readonly #world: TimeWorld;
	readonly #clock: MeshClock;
	/** When to tell next, by radio. */
	readonly #tells = new Map<number, () => void>();
	/** Who told on a radio since the kernel was asked. */
	readonly #heard = new Map<number, Set<NodeId>>();
	#cancelAsk: (() => void) | undefined;
	#isStopped = false;

	constructor(runtime: Runtime, stations: StationReader, world: TimeWorld, id: NodeId, epoch: number) {
		this.#runtime = runtime;
		this.#stations = stations;
		this.#world = world;
		this.#clock = new MeshClock(id, epoch, this.#nowUs);
	}

	/** Begins to tell on radios that are new, and ends on those that are gone. */
	use(): void {
		const radios = new Set(this.#world.interfaces().map(({radio}) => radio));
		for (const radio of radios)
			if (!this.#tells.has(radio)) this.#tellIn(radio, FIRST_MS * (1 + this.#runtime.random()));
		for (const [radio, cancel] of this.#tells)
			if (!radios.has(radio)) {
				cancel();
				this.#tells.delete(radio);
			}
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancelAsk?.();
		for (const cancel of this.#tells.values()) cancel();
	}

	/** Absent: undefined while no time is known. */
	time(): MeshTime | undefined {
		return this.#clock.time(this.#nowUs);
	}

	get jumps(): number {
		return this.#clock.jumps;
	}

	hear(from: NodeId, epoch: number, radio: number, telling: ClockTelling, atMs: number): void {
		if (!this.#tells.has(radio)) return;
		this.#clock.hear(from, epoch, radio, telling, atMs * 1000);
		if (!telling.hasTsf) return;
		const heard = this.#heard.get(radio) ?? new Set<NodeId>();
		this.#heard.set(radio, heard.add(from));
		this.#cancelAsk ??= this.#runtime.clock.after(TOGETHER_MS, () => this.#ask());
	}

	get #nowUs(): number {
		return this.#runtime.clock.nowMs() * 1000;
	}

	#tellIn(radio: number, delayMs: number): void {
		this.#tells.set(
			radio,
			this.#runtime.clock.after(delayMs, () => this.#tell(radio)),
		);
	}

	#tell(radio: number): void {
		const of = this.#world.interfaces().find(each => each.radio === radio);
		const {random, files, clock} = this.#runtime;
		this.#tellIn(radio, (this.#clock.pauseUs(radio) / 1000) * (0.9 + 0.2 * random()));
		if (of === undefined) return;
		const own = readRadioTime(files, clock, of.radioName, of.name);
		this.#world.say(this.#clock.tell(radio, this.#nowUs, own), radio);
	}

	#ask(): void {
		this.#cancelAsk = undefined;
		for (const {index, name, radio, radioName} of this.#world.interfaces()) {
			const heard = this.#heard.get(radio);
			if (heard === undefined || heard.size === 0) continue;
			this.#stations.read(index, stations => {
				const {files, clock} = this.#runtime;
				const own = stations === undefined ? undefined : readRadioTime(files, clock, radioName, name);
				if (this.#isStopped || stations === undefined || own === undefined) return;
				for (const [address, {tsfOffsetUs}] of stations) {
					const id = tsfOffsetUs === undefined ? undefined : this.#world.nodeOf(address);
					if (id !== undefined && heard.has(id)) this.#clock.hearBeacon(id, radio, own, tsfOffsetUs ?? 0);
				}
			});
		}
		this.#heard.clear();
	}
}
