// SPDX-License-Identifier: Apache-2.0
// The sources' own readers: fewer rows of the same messages, some of them with codecs of their own.
import type {ByteOrder} from '../../src/core/bytes.ts';
import {ClientSummary, decodePeer} from '../../src/source/station.ts';
import {Surveys} from '../../src/source/survey.ts';
import {rate} from '../../src/wire/nl80211/rate.ts';
import {stationMessage} from '../../src/wire/nl80211/station.ts';
import {surveyMessage} from '../../src/wire/nl80211/survey.ts';
import type {Target} from './fuzzer.ts';

const orders: readonly ByteOrder[] = ['little', 'big'];
const flags = rate.decode(new Uint8Array(), 'little');
const GENERIC_HEADER = [0, 0, 0, 0];

function station(order: ByteOrder): Uint8Array {
	const info = {
		signalDbm: -61,
		transmitRate: {...flags, bitrate16: 650, bitrate32: 650},
		receiveRate: {...flags, bitrate16: 130},
		chainSignalDbm: new Map([
			[0, -62],
			[1, -64],
			[2, -70],
		]),
		receiveBytes: 1e9,
		peerLinkState: 4,
	};
	const message = {interfaceIndex: 5, address: '02:00:00:00:00:01', info};
	return Uint8Array.from([...GENERIC_HEADER, ...stationMessage.encode(message, order)]);
}

function survey(order: ByteOrder): Uint8Array {
	const info = {frequencyMhz: 5180, noiseDbm: -95, inUse: true, activeMs: 1000, busyMs: 300, transmitMs: 20};
	return Uint8Array.from([...GENERIC_HEADER, ...surveyMessage.encode({interfaceIndex: 5, info}, order)]);
}

export const sourceTargets: readonly Target[] = orders.flatMap(order => [
	{
		name: `source.peer-${order}`,
		seeds: [station(order)],
		decode(bytes: Uint8Array) {
			const peer = decodePeer(bytes, order, 0, bytes.length, 'mesh0');
			for (const dbm of [peer?.chain0SignalDbm, peer?.chain1SignalDbm, peer?.chain2SignalDbm])
				if (dbm !== undefined && !(dbm >= -128 && dbm <= 127)) throw new Error('a chain signal is a signed byte');
			return peer;
		},
	},
	{
		name: `source.clients-${order}`,
		seeds: [station(order)],
		decode(bytes: Uint8Array) {
			const summary = new ClientSummary();
			summary.add(bytes, order, 0, bytes.length);
			return summary.observation('ap0');
		},
	},
	{
		name: `source.survey-${order}`,
		seeds: [survey(order)],
		decode: (bytes: Uint8Array) => new Surveys().take(bytes, order, 0, bytes.length, 'phy0', 0),
	},
]);
