// SPDX-License-Identifier: Apache-2.0
import type {Measurement} from '../../model/observation.ts';

// What a map of the mesh is told of this router, in the words that yanic and meshviewer read. Only what the router's owner
// shows to everyone anyway: no address of a foreign network, and of people's devices their number.
// Source: yanic, data/{nodeinfo,statistics,neighbours}.go; units there: memory in kB, times of the air in ms.

type Of<K extends Measurement['kind']> = Extract<Measurement, {kind: K}>;
const only = <K extends Measurement['kind']>(list: readonly Measurement[], kind: K): Of<K>[] =>
	list.filter((each): each is Of<K> => each.kind === kind);

/** What does not change while the router runs, and what only its files say. */
export interface Identity {
	readonly hostname: string;
	readonly mac: string;
	readonly addresses: readonly string[];
	readonly model: string;
	readonly processors: number;
	readonly release: string;
	readonly agentVersion: string;
}

const nodeId = (mac: string): string => mac.split(':').join('');

export function nodeinfoOf(identity: Identity, measured: readonly Measurement[]): object {
	const {hostname, mac, addresses, model, processors, release, agentVersion} = identity;
	const [position] = only(measured, 'position');
	const {latitudeDegrees, longitudeDegrees, altitudeM} = position ?? {};
	return {
		node_id: nodeId(mac),
		hostname,
		network: {mac, addresses},
		...(position === undefined
			? {}
			: {location: {latitude: latitudeDegrees, longitude: longitudeDegrees, altitude: altitudeM}}),
		hardware: {model, nproc: processors},
		software: {firmware: {base: 'OpenWrt', release}, 'astral-mesh': {version: agentVersion}},
		system: {},
	};
}

/** A negative number would make yanic refuse the whole answer: noise travels as the byte that the driver had. */
const unsignedByte = (dBm: number | undefined): number | undefined => (dBm === undefined ? undefined : dBm & 0xff);
const kilobytes = (bytes: number | undefined): number => Math.floor((bytes ?? 0) / 1024);

export function statisticsOf({mac}: Identity, measured: readonly Measurement[]): object {
	const [system] = only(measured, 'system');
	const clients = only(measured, 'clients').reduce((sum, {count}) => sum + count, 0);
	const widths = new Map(only(measured, 'radio').map(radio => [radio.radio, radio]));
	const gateway = only(measured, 'gateway').find(({selected}) => selected === 1);
	const bridge = only(measured, 'interface').find(({interface: name}) => name === 'bat0' || name === 'br-client');
	return {
		node_id: nodeId(mac),
		clients: {total: clients, wifi: clients},
		uptime: system?.uptimeS,
		loadavg: system?.load1,
		memory: {total: kilobytes(system?.memoryTotalBytes), available: kilobytes(system?.memoryAvailableBytes)},
		gateway: gateway?.gateway,
		...(bridge === undefined
			? {}
			: {
					traffic: {
						rx: {bytes: bridge.receiveBytes, packets: bridge.receivePackets, dropped: bridge.receiveDropped},
						tx: {bytes: bridge.transmitBytes, packets: bridge.transmitPackets, dropped: bridge.transmitDropped},
					},
				}),
		wireless: only(measured, 'channel')
			.filter(({inUse, activeMs}) => inUse && activeMs !== undefined)
			.map(({radio, frequencyMhz, noiseDbm, activeMs, busyMs, receiveMs, transmitMs}) => ({
				frequency: frequencyMhz,
				channel_width: widths.get(radio)?.widthMhz,
				noise: unsignedByte(noiseDbm),
				active: activeMs,
				busy: busyMs,
				rx: receiveMs,
				tx: transmitMs,
			})),
	};
}

interface Neighbours<N> {
	neighbours: Record<string, N>;
}

/** `macOf` names an interface's address; links on an interface without one are left out. */
export function neighboursOf(
	{mac}: Identity,
	measured: readonly Measurement[],
	macOf: (name: string) => string | undefined,
): object {
	const wifi: Record<string, Neighbours<object>> = {};
	const batadv: Record<string, Neighbours<object>> = {};
	const babel: Record<string, Neighbours<object>> = {};
	const add = (table: Record<string, Neighbours<object>>, name: string, peer: string, link: object): void => {
		const own = macOf(name);
		if (own === undefined) return;
		table[own] ??= {neighbours: {}};
		table[own].neighbours[peer] = link;
	};
	for (const {interface: name, peer, signalDbm, inactiveMs} of only(measured, 'station'))
		add(wifi, name, peer, {signal: signalDbm, inactive: inactiveMs});
	for (const {protocol, interface: name, peer, quality, cost, lastSeenMs} of only(measured, 'link')) {
		if (protocol === 'babel') add(babel, name, peer, {cost});
		else if (quality !== undefined)
			add(batadv, name, peer, {tq: Math.round(quality * 255), lastseen: (lastSeenMs ?? 0) / 1000});
	}
	return {node_id: nodeId(mac), wifi, batadv, babel};
}
