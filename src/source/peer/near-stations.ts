// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../../model/observation.ts';
import type {NetlinkPort} from '../netlink-client.ts';
import {StationReader} from '../slots/station-reader.ts';
import {linkLocalOf} from './link-local.ts';

// Where 802.11s forwards by itself, what a router says to everybody reaches the whole mesh, and looks as if it came from next
// door. Only of those that a radio hears itself has the kernel a station with which it is linked.

const READ_MS = 3000;
/** Who is unknown is asked for sooner: after a switch neighbours wait for each other's word. */
const SOON_MS = 250;
/** Beacons come ten times a second, and at least once in one; a station that left stays in the kernel for half an hour. */
const SILENT_MS = 5000;
const ADDRESSES = 256;

export class NearStations {
	readonly #port: NetlinkPort;
	readonly #stations: StationReader;
	/** Link-local addresses of those that are near, by interface. */
	readonly #near = new Map<number, ReadonlySet<string>>();
	readonly #readMs = new Map<number, number>();
	readonly #linkLocals = new Map<string, string>();
	#interfaces: readonly number[] = [];
	#cancelRead = (): void => {};

	constructor(port: NetlinkPort, observe: Observe) {
		this.#port = port;
		this.#stations = new StationReader(port, observe);
	}

	start(): void {
		this.#stations.start();
		this.#again();
	}

	stop(): void {
		this.#cancelRead();
		this.#stations.stop();
	}

	/** The interfaces on which the kernel forwards. */
	use(interfaces: ReadonlySet<number>): void {
		this.#interfaces = [...interfaces];
		for (const index of this.#near.keys()) if (!interfaces.has(index)) this.#near.delete(index);
	}

	/** Whether who speaks from a link-local address is heard directly. Who is not known yet is so a moment later. */
	has(interfaceIndex: number, linkLocal: string): boolean {
		if (this.#near.get(interfaceIndex)?.has(linkLocal)) return true;
		const readMs = this.#readMs.get(interfaceIndex) ?? Number.NEGATIVE_INFINITY;
		if (this.#port.clock.nowMs() >= readMs + SOON_MS) this.#read(interfaceIndex);
		return false;
	}

	#again(): void {
		this.#cancelRead = this.#port.clock.after(READ_MS, () => this.#again());
		for (const index of this.#interfaces) this.#read(index);
	}

	#read(interfaceIndex: number): void {
		this.#readMs.set(interfaceIndex, this.#port.clock.nowMs());
		this.#stations.read(interfaceIndex, stations => {
			if (stations === undefined) return;
			const near = new Set<string>();
			for (const [address, {inactiveMs = 0}] of stations)
				if (inactiveMs <= SILENT_MS) near.add(this.#linkLocalOf(address));
			this.#near.set(interfaceIndex, near);
		});
	}

	#linkLocalOf(address: string): string {
		let linkLocal = this.#linkLocals.get(address);
		if (linkLocal === undefined) {
			if (this.#linkLocals.size >= ADDRESSES) this.#linkLocals.clear();
			linkLocal = linkLocalOf(address);
			this.#linkLocals.set(address, linkLocal);
		}
		return linkLocal;
	}
}
