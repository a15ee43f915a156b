// SPDX-License-Identifier: Apache-2.0
import {runAgent} from '../../src/agent/program.ts';
import type {ByteOrder} from '../../src/core/bytes.ts';
import {seededRandom} from '../../src/core/random.ts';
import {type SimClock, VirtualTime} from '../../src/runtime/sim/clock.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {type SimRuntime, simRuntime} from '../../src/runtime/sim/runtime.ts';
import {INTERFACE_AP, INTERFACE_MESH_POINT} from '../../src/wire/nl80211/interface.ts';
import {rate} from '../../src/wire/nl80211/rate.ts';
import {TestBroker} from './broker.ts';

/** 2026-01-01T00:00:00Z */
export const WALL_MS = Date.UTC(2026, 0, 1);

/** A rate of no particular kind: every flag is false. */
const noRate = rate.decode(new Uint8Array(), 'little');

export interface Bench {
	readonly time: VirtualTime;
	readonly clock: SimClock;
	readonly network: SimNetwork;
	readonly kernel: FakeKernel;
	readonly runtime: SimRuntime;
	readonly broker: TestBroker;
	readonly log: string[];
}

/** One simulated router with `radios` radios and `peers` mesh peers in all, and a collector it may report to. */
export function bench(
	shape: {radios?: number; peers?: number; clients?: number; order?: ByteOrder; wallMs?: number} = {},
): Bench {
	const {radios = 1, peers = 2, clients = 0, order = 'little', wallMs = WALL_MS} = shape;
	const time = new VirtualTime();
	const clock = time.clock(wallMs);
	const random = seededRandom(1);
	const network = new SimNetwork(time, {latencyMs: 1, random});
	const kernel = new FakeKernel(clock, order);
	const log: string[] = [];
	fill(kernel, radios, peers, clients);
	const runtime = simRuntime({
		host: 'router',
		clock,
		random,
		byteOrder: order,
		kernel,
		network,
		onLog: (level, text) => log.push(`${level}: ${text}`),
	});
	return {time, clock, network, kernel, runtime, broker: new TestBroker(network, 'noc:1883'), log};
}

export function startAgent(on: Bench, settings: Readonly<Record<string, string>> = {}): void {
	const all = {node: 'router', broker: 'noc:1883', intervalS: '60', ...settings};
	runAgent(
		on.runtime,
		Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
	);
}

function address(number: number): string {
	return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
}

function fill(kernel: FakeKernel, radios: number, peers: number, clients: number): void {
	const {state} = kernel;
	for (let index = 0; index < radios; index++) {
		const frequencyMhz = 5180 + 20 * index;
		const survey = {
			frequencyMhz,
			noiseDbm: -95,
			inUse: true,
			activeMs: 1000,
			busyMs: 250,
			receiveMs: 150,
			transmitMs: 50,
		};
		state.radios = [...state.radios, {index, name: `phy${index}`, surveys: [survey]}];
		const channel = {frequencyMhz, width: 1, transmitPowerMbm: 2000};
		const mesh = {
			wiphy: index,
			interfaceIndex: 10 + index,
			name: `mesh${index}`,
			type: INTERFACE_MESH_POINT,
			...channel,
		};
		const stations = Array.from({length: Math.ceil((peers - index) / radios)}, (_, peer) => ({
			address: address(16 * index + peer),
			info: {
				signalDbm: -60 - peer,
				inactiveMs: 20,
				transmitBytes: 1000,
				receiveBytes: 2000,
				transmitRate: {...noRate, bitrate32: 650},
				chainSignalDbm: new Map([
					[0, -62],
					[1, -64],
				]),
				peerLinkState: 4,
			},
		}));
		state.interfaces = [...state.interfaces, {wireless: mesh, stations, paths: stations.map(of => of.address)}];
		state.links = [...state.links, link(10 + index, `mesh${index}`)];
	}
	if (clients === 0) return;
	const ap = {wiphy: 0, interfaceIndex: 50, name: 'ap0', type: INTERFACE_AP, frequencyMhz: 5180, width: 1};
	const stations = Array.from({length: clients}, (_, client) => ({
		address: address(200 + client),
		info: {signalDbm: -50 - client},
	}));
	state.interfaces = [...state.interfaces, {wireless: ap, stations, paths: []}];
	state.links = [...state.links, link(50, 'ap0')];
}

function link(index: number, name: string) {
	const packets = {receivePackets: 10, transmitPackets: 20, receiveErrors: 0, transmitErrors: 0, multicast: 0};
	const statistics = {
		...packets,
		receiveBytes: 1500,
		transmitBytes: 3000,
		receiveDropped: 1,
		transmitDropped: 2,
		collisions: 0,
	};
	return {index, flags: 0x1043, name, statistics};
}
