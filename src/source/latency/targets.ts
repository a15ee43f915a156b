// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import {type LatencyTargetOption, parseBroker, parseLatencyTarget} from '../../model/configuration.ts';
import type {Measurement} from '../../model/observation.ts';
import type {Runtime} from '../../port/port.ts';
import {decodeWayOut4, decodeWayOut6, linkLocalOf, type NextHop} from '../../wire/probe/way-out.ts';

/** Where probes go. */
export interface Target {
	/** What it is called in reports. */
	readonly name: string;
	readonly address: string;
	readonly interfaceIndex: number;
	/** Absent: echo requests; else the UDP port of somebody who sends back what arrives (RFC 862). */
	readonly port?: number;
	/** Told of only when it has answered once: nobody promised that it would. */
	readonly isGuess: boolean;
}

/** Those heard best are enough to know how the neighbourhood does. */
const MOST_NEIGHBOURS = 8;

export interface Surroundings {
	readonly port: Pick<Runtime, 'files' | 'byteOrder'>;
	readonly broker: string;
	readonly measurements: () => readonly Measurement[];
}

/** What the owner's words mean now: gateways and neighbours change. */
export function targetsOf(words: string, around: Surroundings): readonly Target[] {
	const found = new Map<string, Target>();
	for (const word of words.split(' ').filter(each => each !== ''))
		for (const target of targetsOfWord(parseLatencyTarget(word), word, around)) found.set(target.name, target);
	return [...found.values()];
}

function targetsOfWord(option: LatencyTargetOption | undefined, word: string, around: Surroundings): readonly Target[] {
	switch (option?.kind) {
		case 'gateway':
			return gatewaysOf(around);
		case 'neighbours':
			return neighboursOf(around);
		case 'collector':
			return collectorOf(around.broker);
		case 'echo':
			return [{name: word, address: option.address, interfaceIndex: 0, isGuess: false}];
		case 'udp':
			return [{name: word, address: option.address, port: option.port, interfaceIndex: 0, isGuess: false}];
		case undefined:
			return [];
	}
}

function gatewaysOf(around: Surroundings): readonly Target[] {
	const {port} = around;
	const read = (path: string): string => readText(port, path);
	const four = decodeWayOut4(read('/proc/net/route'), port.byteOrder);
	const six = decodeWayOut6(read('/proc/net/ipv6_route'));
	const targetOf = (name: string, hop: NextHop | undefined): readonly Target[] =>
		hop === undefined
			? []
			: [{name, address: hop.address, interfaceIndex: indexOf(port, hop.interface), isGuess: false}];
	return [...targetOf('gateway', four), ...targetOf('gateway6', six)];
}

/** Mesh peers by the link-local address that their MAC gives them, each called by its MAC as in all other series. */
function neighboursOf({port, measurements}: Surroundings): readonly Target[] {
	const peers = measurements().filter(each => each.kind === 'station');
	peers.sort((a, b) => (b.signalDbm ?? -200) - (a.signalDbm ?? -200));
	return peers.slice(0, MOST_NEIGHBOURS).flatMap(({peer, interface: name}) => {
		const address = linkLocalOf(peer);
		const interfaceIndex = indexOf(port, name);
		return address === undefined || interfaceIndex === 0 ? [] : [{name: peer, address, interfaceIndex, isGuess: true}];
	});
}

/** Absent: none where the broker is a name, which only its connection resolves. */
function collectorOf(broker: string): readonly Target[] {
	const host = parseBroker(broker)?.host;
	const option = host === undefined ? undefined : parseLatencyTarget(host);
	return option?.kind === 'echo'
		? [{name: 'collector', address: option.address, interfaceIndex: 0, isGuess: false}]
		: [];
}

function readText(port: Surroundings['port'], path: string): string {
	try {
		const bytes = port.files.read(path);
		return bytes === undefined ? '' : decodeUtf8(bytes);
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return '';
	}
}

/** 0 where the kernel has no such interface. */
function indexOf(port: Surroundings['port'], name: string): number {
	return Number.parseInt(readText(port, `/sys/class/net/${name}/ifindex`), 10) || 0;
}

/** Whether the router is too busy for anything that is not needed: twice as much to do as it has processors. */
export function isOverloaded(port: Surroundings['port']): boolean {
	const load = Number.parseFloat(readText(port, '/proc/loadavg'));
	const last = readText(port, '/sys/devices/system/cpu/online').trim().split('-').pop() ?? '';
	const processors = 1 + (Number.parseInt(last, 10) || 0);
	return load > 2 * processors;
}
