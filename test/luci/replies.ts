// SPDX-License-Identifier: Apache-2.0
import type * as agent from '../../luci-app/module/agent.ts';
import type {Survey} from '../../luci-app/module/survey.ts';
import {pictures} from '../helper/divided-radio.ts';
import type {Reply} from './rpcd.ts';

// A router of a village as its agent would answer for it: three radios, three neighbours, counters that grow. For pages
// that have more to show than a router at rest.

const radios: readonly agent.Radio[] = [
	{radio: 'phy0', frequencyMhz: 2437, widthMhz: 20, transmitPowerDbm: 20},
	{radio: 'phy1', frequencyMhz: 5180, widthMhz: 40, transmitPowerDbm: 23},
	{radio: 'phy2', frequencyMhz: 5540, widthMhz: 40, transmitPowerDbm: 23},
];
const channels: Readonly<Record<string, readonly number[]>> = {
	phy0: [2412, 2437, 2462],
	phy1: [5180, 5200, 5220, 5240],
	phy2: [5500, 5520, 5540, 5560, 5580],
};

/** From 0 to 1, always the same for the same number. */
function chance(seed: number): number {
	const x = Math.sin(seed * 12.9898) * 43_758.5453;
	return x - Math.floor(x);
}

type Counters = Required<Survey>;

/** Counters that grow by one interval a step; channels that are not in use are looked at every fourth. */
class Air {
	readonly #counters: Counters[] = radios.flatMap(({radio, frequencyMhz}) =>
		(channels[radio] ?? []).map(channel => ({
			radio,
			frequencyMhz: channel,
			inUse: channel === frequencyMhz,
			noiseDbm: -95,
			activeMs: 0,
			busyMs: 0,
			receiveMs: 0,
			transmitMs: 0,
			ownReceiveMs: 0,
		})),
	);
	#steps = 0;

	step(): Survey[] {
		this.#steps++;
		for (const [i, counters] of this.#counters.entries())
			if (counters.inUse || this.#steps % 4 === 1)
				this.#grow(counters as {-readonly [K in keyof Counters]: Counters[K]}, i);
		return this.#counters.map(counters => ({...counters}));
	}

	#grow(counters: {-readonly [K in keyof Counters]: Counters[K]}, i: number): void {
		const activeMs = counters.inUse ? 60_000 : 400;
		const at = this.#steps * 31 + i * 7;
		const part = (share: number, seed: number): number =>
			Math.round(activeMs * share * (0.6 + 0.4 * chance(at + seed)));
		const [sent, own] = counters.inUse ? [part(0.14, 1), part(0.18, 2)] : [0, 0];
		const others = part(0.06 + 0.3 * chance(counters.frequencyMhz), 3);
		counters.activeMs += activeMs;
		counters.transmitMs += sent;
		counters.ownReceiveMs += own;
		counters.receiveMs += own + others;
		counters.busyMs += sent + own + others + part(0.05, 4);
		counters.noiseDbm = -96 + Math.round(4 * chance(at + 5));
	}
}

const station = (peer: string, name: string, signalDbm: number): agent.Station => ({
	interface: name,
	peer,
	signalDbm,
	transmitRateKbps: 216_000 + 2000 * signalDbm,
	receiveRateKbps: 200_000 + 2000 * signalDbm,
	inactiveMs: -20 * signalDbm,
	transmitPackets: 10_000,
	transmitRetries: -20 * signalDbm,
	transmitFailed: 3,
});

const air = new Air();
air.step();

const replies: Readonly<Record<string, () => object>> = {
	survey: () => ({channels: air.step()}) satisfies {channels: readonly Survey[]},
	status: () =>
		({
			node: 'mill',
			version: '0.1.0',
			uptimeS: 93_784,
			intervalS: 60,
			parts: [
				{name: 'spectral', state: 'running', reason: ''},
				{name: 'batman', state: 'running', reason: ''},
				{name: 'position', state: 'absent', reason: 'no position is configured'},
			],
			problems: [],
		}) satisfies agent.Status,
	radios: () => ({radios}),
	stations: () => ({
		stations: [
			station('02:ca:fe:00:00:11', 'mesh0', -61),
			station('02:ca:fe:00:00:12', 'mesh1', -74),
			station('02:ca:fe:00:00:13', 'mesh1', -84),
		],
		clients: [
			{interface: 'ap0', count: 7, signalMedianDbm: -66},
			{interface: 'ap1', count: 3},
		] satisfies agent.Clients[],
	}),
	neighbours: () => ({
		channels: [
			{radio: 'phy0', frequencyMhz: 2412, accessPoints: 4},
			{radio: 'phy0', frequencyMhz: 2437, accessPoints: 2},
			{radio: 'phy1', frequencyMhz: 5180, accessPoints: 1},
		] satisfies agent.Foreign[],
	}),
	spectrum: () => ({
		sweeps: [
			{
				radio: 'phy1',
				leastMhz: 5170,
				mostMhz: 5190,
				intervalMs: 1000,
				rowsDbm: Array.from({length: 60}, (_row, row) =>
					Array.from({length: 56}, (_bin, bin) => {
						const isFrame = bin > 12 && bin < 32 && chance(row) > 0.4;
						const isCarrier = bin === 44;
						return Math.round(-102 + 8 * chance(row * 57 + bin) + (isFrame ? 38 : 0) + (isCarrier ? 22 : 0));
					}),
				),
			},
		] satisfies agent.Sweep[],
	}),
	decisions: () => ({
		decisions: [
			{
				atMs: Date.now() - 8_600_000,
				subject: 'phy1',
				action: 'channel 36',
				reason: 'Others take 12 % of the air on channel 36 and 58 % on channel 44.',
				numbers: {costNow: 0.58, costThen: 0.12, gain: 0.46},
				outcome: 'applied',
			},
			{
				atMs: Date.now() - 300_000,
				subject: 'phy2',
				action: 'stays',
				reason: 'Channel 100 would be 3 % better; a change must gain 10 %.',
				numbers: {gain: 0.03, least: 0.1},
			},
		] satisfies agent.Decision[],
	}),
	plan: () => ({
		radios: [
			{radio: 'phy1', frequencyMhz: 5180, reason: 'The quietest of the channels that all three neighbours can use.'},
			{radio: 'phy2', frequencyMhz: 5500, reason: 'A change is agreed for 14:32; it frees the air for two neighbours.'},
		] satisfies agent.Plan[],
		slots: pictures,
	}),
	telemetry: () =>
		({
			broker: 'noc.village.lan:1883',
			state: 'connected',
			reason: '',
			queueBytes: 12_400,
			queueLimitBytes: 524_288,
			queuedFrames: 6,
			sentFrames: 1562,
			droppedFrames: 0,
			lastSentS: 12,
		}) satisfies agent.Telemetry,
};

/** Absent: undefined for a method that the agent does not have. */
export async function answer(method: string): Promise<Reply | undefined> {
	const reply = replies[method];
	return reply === undefined ? undefined : [0, reply()];
}
