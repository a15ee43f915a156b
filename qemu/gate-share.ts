// SPDX-License-Identifier: Apache-2.0
/** Two senders that do not hear each other, with gates and without: how well their frames keep to their slots. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {agentBinaryArchitecture} from './case/agent-on-machine.ts';
import {type AirFrame, type BenchOrder, copyGate, type GateKind, gateScript, installScript, readAir} from './gates.ts';
import {type MachineName, machine} from './machine.ts';
import {startMesh} from './mesh.ts';
import {setupScript} from './topology/setup.ts';
import type {Topology} from './topology/topology.ts';

/** The ends of a chain send to its middle. */
export const hiddenEnds: Topology = {
	name: 'hidden-ends',
	routers: ['west', 'middle', 'east'].map(name => ({name, radios: [{mhz: 2437}]})),
	links: [
		{from: 'west', to: 'middle', signalDbm: -58, lossShare: 0},
		{from: 'east', to: 'middle', signalDbm: -58, lossShare: 0},
	],
};

const row = (from: number, to: number): string =>
	Array.from({length: 32}, (_, slot) => (slot >= from && slot < to ? '1' : '0')).join('');

/** 32 slots of 5 ms: ten for each end, eight for the middle, four for all. */
export const open = row(28, 32);
export const slotUs = 5000;
export const ownSlots: Readonly<Record<string, string>> = {west: row(0, 10), east: row(10, 20), middle: row(20, 28)};
export const guardUs = 2000;
const leaseMs = 10_000;

/** `steady`: a thousand datagrams a second from each end; `full`: TCP, as fast as it goes. */
export type Traffic = 'steady' | 'full';

export interface ShareOptions {
	machine: MachineName;
	virtualTime?: boolean;
	traffic: Traffic;
	gated: boolean;
	/** Absent: fq. batman-adv is on a VLAN with two transmit queues for taprio. */
	kind?: GateKind;
	seconds?: number;
	/** The guest's time is counted in instructions, so that its timers do not wait for the host. Only what is emulated. */
	countInstructions?: boolean;
}

export interface ShareResult {
	/** Frames on the air by router. */
	air: ReadonlyMap<string, AirFrame[]>;
	/** How far a transmitter's time was from the machine's at most. */
	clockErrorUs: number;
	noise: {p50: number; p99: number; max: number};
	/** What came across, all senders together. */
	megabitsPerS: number;
	printed: string;
}

export function orderFor(router: string): BenchOrder {
	return {slotUs, own: ownSlots[router] ?? '', open, guardUs, leaseMs, frameUs: 150, nsPerByte: 150};
}

export const MIDDLE = '10.77.0.2';
export const VLAN = 'mesh0_29';
const ends = ['west', 'east'];
const settleS = 3;

/** Until a router reaches an address. */
export function awaitWay(router: string, address: string): string {
	return `for i in $(seq 100); do ip netns exec ${router} ping -c 1 -W 1 ${address} >/dev/null && break; sleep 0.2; done`;
}

/** Until both ends reach the middle. */
export const awaitWays = `${awaitWay('west', MIDDLE)}; ${awaitWay('east', MIDDLE)}`;

function trafficLines(traffic: Traffic, seconds: number): string[] {
	const inside = (router: string): string => `ip netns exec ${router}`;
	if (traffic === 'steady')
		return ends.map(
			end =>
				`${inside(end)} /tmp/slot-probe send ${MIDDLE} 5001 1000 ${(seconds + 1) * 1000} 200 >/tmp/sent-${end} 2>&1 </dev/null & senders="$senders $!"`,
		);
	return ends.flatMap((end, i) => [
		`${inside('middle')} iperf3 -s -1 -p ${5201 + i} >/dev/null 2>&1 </dev/null & sleep 0.3`,
		`${inside(end)} iperf3 -c ${MIDDLE} -p ${5201 + i} -t ${seconds + 1} -f m >/tmp/sent-${end} 2>&1 </dev/null & senders="$senders $!"`,
	]);
}

/** Puts batman-adv on a VLAN above the radio's interface, as LibreMesh does, but with two transmit queues. */
export const vlanScript = Object.keys(ownSlots)
	.map(router => {
		const inside = `ip netns exec ${router}`;
		return [
			`${inside} ip link set mesh0 nomaster`,
			`${inside} ip link add link mesh0 name ${VLAN} numtxqueues 2 type vlan id 29`,
			`${inside} ip link set ${VLAN} master bat0 up`,
		].join('\n');
	})
	.join('\n');

function shareLines({traffic, gated, kind = 'fq', seconds = 8}: ShareOptions): string[] {
	return [
		installScript,
		'ip link set hwsim0 up',
		...(kind === 'taprio' ? [vlanScript] : []),
		awaitWays,
		...(gated ? Object.keys(ownSlots).map(router => gateScript(router, orderFor(router), 1000, kind)) : []),
		`sleep ${settleS}`,
		'senders=',
		// Beside what is measured, for the machine is another one a moment later.
		`/tmp/slot-probe noise ${900 * seconds} >/tmp/noise 2>&1 </dev/null & senders="$senders $!"`,
		...trafficLines(traffic, seconds),
		`/tmp/slot-probe watch hwsim0 ${seconds} /host/air`,
		'wait $senders',
		...(gated ? Object.keys(ownSlots).map(router => `kill $(cat /tmp/gate-${router}.pid)`) : []),
		'sleep 0.5',
		'cat /tmp/noise /tmp/gate-* /tmp/sent-* 2>/dev/null',
		'for phy in /sys/kernel/debug/ieee80211/phy*; do [ -e $phy/hwsim/tsf_offset ] && echo "tsf offset $(cat $phy/hwsim/tsf_offset)"; done',
		'for router in west middle east; do echo "mac $router $(ip netns exec $router cat /sys/class/net/mesh0/address)"; done',
		'for router in west middle east; do ip netns exec $router tc qdisc show dev mesh0; done',
		'true',
	];
}

/** Boots a chain and measures it. */
export async function measureShare(options: ShareOptions): Promise<ShareResult> {
	const {machine: name, virtualTime = false, countInstructions = false} = options;
	const arch = agentBinaryArchitecture(name);
	const script = shareLines(options).join('\n');
	if (!virtualTime) {
		const mesh = await startMesh(name, hiddenEnds, {countInstructions});
		try {
			await copyGate(mesh.guest.share, arch);
			return await resultOf(await mesh.guest.check(script), mesh.guest.share);
		} finally {
			await mesh.stop();
		}
	}
	return inVirtualTime(script, (output, share) => resultOf(output, share));
}

/** Runs a script in the chain in virtual time, and reads what became of it before the guest is gone. */
export async function inVirtualTime<T>(
	script: string,
	read: (printed: string, share: string) => Promise<T>,
): Promise<T> {
	// Hours pass in virtual time while the host blinks: all that happens is in one script, which waits for its programs first.
	const firstScript = ['until [ -e /host/ready ]; do :; done', setupScript(hiddenEnds, 'lab'), 'set +e', script].join(
		'\n',
	);
	const guest = await machine('uml').boot({radios: 3, virtualTime: true, firstScript});
	try {
		await copyGate(guest.share);
		await writeFile(join(guest.share, 'ready'), '');
		const {output} = await guest.first;
		return await read(output, guest.share);
	} finally {
		await guest.stop();
	}
}

async function resultOf(printed: string, share: string): Promise<ShareResult> {
	const frames = await readAir(join(share, 'air'));
	const air = new Map(
		[...printed.matchAll(/^mac (\S+) (\S+)$/gm)].map(([, router = '', mac]) => [
			router,
			frames.filter(({sender}) => sender === mac),
		]),
	);
	const offsets = [...printed.matchAll(/^tsf offset (-?\d+)$/gm)].map(match => Math.abs(Number(match[1])));
	const noise = /noise p50 (\d+) p99 (\d+) max (\d+)/.exec(printed);
	const received = [...printed.matchAll(/([\d.]+) Mbits\/sec.*receiver/g)].map(match => Number(match[1]));
	return {
		air,
		clockErrorUs: Math.max(0, ...offsets),
		noise: {p50: Number(noise?.[1]), p99: Number(noise?.[2]), max: Number(noise?.[3])},
		megabitsPerS: received.reduce((sum, each) => sum + each, 0),
		printed,
	};
}
