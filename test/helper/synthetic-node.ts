// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../src/core/random.ts';
import {type SeriesName, seriesDefinitions} from '../../src/model/series.ts';
import {FrameEncoder} from '../../src/wire/report/frame.ts';
import {encodeHello, type Series, schemaHash} from '../../src/wire/report/hello.ts';

export interface SyntheticOptions {
	readonly node: string;
	readonly seed: number;
	readonly radios?: number;
	readonly peers?: number;
	readonly intervalMs?: number;
	readonly startMs: number;
}

type Step = (index: number, seconds: number, hour: number) => number;

/**
 * What a router would report, without a router: values that drift, jump and follow the day as real ones do, encoded
 * with the agent's own encoder. Radio counters add up (busy holds own traffic and foreign), traffic follows the evening.
 */
export class SyntheticNode {
	readonly node: string;
	readonly boot: number;
	readonly series: Series[] = [];
	readonly values: number[] = [];
	timeMs: number;
	sequence = 0;
	readonly intervalMs: number;
	readonly #steps: Step[] = [];
	readonly #random: () => number;
	readonly #encoder: FrameEncoder;

	constructor(options: SyntheticOptions) {
		this.node = options.node;
		this.#random = seededRandom(options.seed);
		this.boot = Math.floor(this.#random() * 2 ** 32);
		this.intervalMs = options.intervalMs ?? 60_000;
		this.timeMs = options.startMs;
		for (let radio = 0; radio < (options.radios ?? 2); radio++) this.#addRadio(radio, options.peers ?? 3);
		this.#addInterface('br-lan', 40_000);
		this.#addInterface('bat0', 25_000);
		this.#addSystem();
		this.#encoder = new FrameEncoder(this.series.length, schemaHash(this.series), this.boot);
	}

	get hello(): Uint8Array {
		const {node, boot, intervalMs, series} = this;
		return encodeHello({
			version: 1,
			node,
			boot,
			schema: schemaHash(series),
			software: 'astral-mesh 0.1.0',
			intervalMs,
			series,
		});
	}

	/** One interval later. */
	next(keyframe = this.sequence === 0): Uint8Array {
		const hour = ((this.timeMs / 3_600_000) % 24) + 0;
		const seconds = this.intervalMs / 1000;
		for (const [i, step] of this.#steps.entries()) this.values[i] = Math.round(step(i, seconds, hour));
		const frame = this.#encoder.encode(this.values, {
			timeMs: this.timeMs,
			clockUnset: false,
			sequence: this.sequence++,
			keyframe,
		});
		this.timeMs += this.intervalMs;
		return frame;
	}

	#add(name: SeriesName, labels: Record<string, string>, first: number, step: Step): void {
		const {unit, scale, kind, class: privacy} = seriesDefinitions[name];
		this.series.push({name, labels, unit, scale, kind, class: privacy});
		this.values.push(first);
		this.#steps.push(step);
	}

	#value(index: number): number {
		return this.values[index] ?? 0;
	}

	/** A gauge that wanders about its middle. */
	#wander(middle: number, spread: number): Step {
		let at = middle;
		return () => {
			at += (this.#random() - 0.5) * spread * 0.5 - (at - middle) * 0.1;
			return at;
		};
	}

	#constant(value: number): Step {
		return () => value;
	}

	/** A counter that grows by a rate that wanders and follows the evening. */
	#grow(perSecond: number, jitter = 0.6): Step {
		const wander = this.#wander(1, jitter);
		return (index, seconds, hour) =>
			this.#value(index) + Math.max(0, perSecond * seconds * wander(index, seconds, hour) * evening(hour));
	}

	#addRadio(radio: number, peers: number): void {
		const phy = {radio: `phy${radio}`};
		const frequencyMhz = radio === 0 ? 2437 : 5500 + 20 * (radio - 1);
		const onChannel = {...phy, frequencyMhz: String(frequencyMhz)};
		this.#add('radio.frequencyMhz', phy, frequencyMhz, this.#constant(frequencyMhz));
		this.#add('radio.widthMhz', phy, radio === 0 ? 20 : 80, this.#constant(radio === 0 ? 20 : 80));
		this.#add('radio.transmitPowerDbm', phy, 2000, this.#constant(2000));
		this.#add('channel.noiseDbm', onChannel, -95, this.#wander(radio === 0 ? -93 : -97, 3));
		const own = this.#wander(0.12, 0.1);
		const received = this.#wander(0.1, 0.08);
		const foreign = this.#wander(radio === 0 ? 0.3 : 0.08, 0.2);
		const shares = {transmit: 0, receive: 0, external: 0};
		this.#add('channel.activeMs', onChannel, 0, (index, seconds, hour) => {
			shares.transmit = Math.min(0.4, Math.max(0.002, own(0, 0, 0) * evening(hour)));
			shares.receive = Math.min(0.3, Math.max(0.002, received(0, 0, 0) * evening(hour)));
			shares.external = Math.min(0.3, Math.max(0, foreign(0, 0, 0) * evening(hour)));
			return this.#value(index) + seconds * 1000;
		});
		const share =
			(of: () => number): Step =>
			(index, seconds) =>
				this.#value(index) + of() * seconds * 1000;
		this.#add(
			'channel.busyMs',
			onChannel,
			0,
			share(() => shares.transmit + shares.receive + shares.external),
		);
		this.#add(
			'channel.receiveMs',
			onChannel,
			0,
			share(() => shares.receive + 0.7 * shares.external),
		);
		this.#add(
			'channel.transmitMs',
			onChannel,
			0,
			share(() => shares.transmit),
		);
		this.#add(
			'channel.ownReceiveMs',
			onChannel,
			0,
			share(() => shares.receive),
		);
		for (let peer = 0; peer < peers; peer++)
			this.#addPeer(`mesh${radio}`, `02:00:00:00:${hex(radio)}:${hex(peer + 1)}`, peer);
		this.#add('clients.count', {interface: `ap${radio}`}, 4, this.#wander(5, 2));
		this.#add('path.count', {interface: `mesh${radio}`}, 11, this.#constant(11));
		this.#addInterface(`mesh${radio}`, 60_000);
	}

	#addPeer(name: string, peer: string, index: number): void {
		const labels = {interface: name, peer};
		const signal = -52 - 9 * index;
		this.#add('station.signalDbm', labels, signal, this.#wander(signal, 4));
		this.#add('station.signalAverageDbm', labels, signal, this.#wander(signal, 1.5));
		this.#add('station.transmitRateKbps', labels, 390_000, this.#rate(index));
		this.#add('station.receiveRateKbps', labels, 390_000, this.#rate(index));
		this.#add('station.expectedThroughputKbps', labels, 150_000, this.#wander(150_000 - 30_000 * index, 9000));
		this.#add('station.inactiveMs', labels, 20, () => this.#random() ** 4 * 900);
		this.#add('station.transmitBytes', labels, 0, this.#grow(20_000 / (index + 1)));
		this.#add('station.receiveBytes', labels, 0, this.#grow(14_000 / (index + 1)));
		this.#add('station.transmitPackets', labels, 0, this.#grow(30 / (index + 1)));
		this.#add('station.receivePackets', labels, 0, this.#grow(24 / (index + 1)));
		this.#add('station.transmitRetries', labels, 0, this.#grow(1.5 * (index + 1)));
		this.#add('station.transmitFailed', labels, 0, this.#grow(0.004));
		this.#add('station.airtimeMetric', labels, 90, this.#wander(90 + 60 * index, 12));
		this.#add('station.peerLinkState', labels, 4, this.#constant(4));
	}

	/** The rates of 802.11ac with two streams at 80 MHz, which a link steps between. */
	#rate(index: number): Step {
		const rates = [58_500, 117_000, 175_500, 234_000, 351_000, 468_000, 526_500, 585_000, 702_000, 780_000];
		const wander = this.#wander(7 - 2 * index, 3);
		return () => rates[Math.min(9, Math.max(0, Math.round(wander(0, 0, 0))))] ?? 0;
	}

	#addInterface(name: string, bytesPerSecond: number): void {
		const labels = {interface: name};
		this.#add('interface.up', labels, 1, this.#constant(1));
		this.#add('interface.receiveBytes', labels, 0, this.#grow(bytesPerSecond));
		this.#add('interface.transmitBytes', labels, 0, this.#grow(bytesPerSecond * 0.4));
		this.#add('interface.receivePackets', labels, 0, this.#grow(bytesPerSecond / 700));
		this.#add('interface.transmitPackets', labels, 0, this.#grow(bytesPerSecond / 900));
		this.#add('interface.receiveErrors', labels, 0, this.#constant(0));
		this.#add('interface.transmitErrors', labels, 0, this.#constant(0));
		this.#add('interface.receiveDropped', labels, 0, this.#grow(0.01));
		this.#add('interface.transmitDropped', labels, 0, this.#constant(0));
	}

	#addSystem(): void {
		this.#add('system.load1', {}, 20, this.#wander(25, 12));
		this.#add('system.memoryTotalBytes', {}, 124_000_000, this.#constant(124_190_720));
		this.#add(
			'system.memoryAvailableBytes',
			{},
			61_000_000,
			(index, seconds, hour) => 4096 * this.#wander(15_000, 60)(index, seconds, hour),
		);
		this.#add('system.uptimeS', {}, 90_000, (index, seconds) => this.#value(index) + seconds);
		this.#add('system.clockSynchronised', {}, 1, this.#constant(1));
		this.#add('agent.memoryBytes', {}, 700_000, this.#wander(700_000, 4000));
		this.#add('agent.queueBytes', {}, 0, this.#constant(0));
		this.#add('agent.droppedFrames', {}, 0, this.#constant(0));
		this.#add('agent.decodeErrors', {}, 0, this.#constant(0));
	}
}

/** Use of a network over the day: least at five in the morning, most at nine in the evening. */
function evening(hour: number): number {
	return 0.55 + 0.45 * Math.sin(((hour - 15) / 24) * 2 * Math.PI);
}

function hex(value: number): string {
	return value.toString(16).padStart(2, '0');
}
