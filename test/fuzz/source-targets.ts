// SPDX-License-Identifier: Apache-2.0
// The sources' own readers: rows of numbers out of the same messages.
import type {ByteOrder} from '../../src/core/bytes.ts';
import {Rows} from '../../src/core/rows.ts';
import {linkLayout} from '../../src/source/interfaces.ts';
import {clientLayout, peerLayout, summariseClients} from '../../src/source/station.ts';
import {surveyLayout} from '../../src/source/survey.ts';
import type {Layout} from '../../src/wire/netlink/layout.ts';
import {MESSAGE_HEADER_BYTES} from '../../src/wire/netlink/message.ts';
import {RowReader} from '../../src/wire/netlink/row-reader.ts';
import {rate} from '../../src/wire/nl80211/rate.ts';
import {stationMessage} from '../../src/wire/nl80211/station.ts';
import {surveyMessage} from '../../src/wire/nl80211/survey.ts';
import {encodeLink, type LinkStatistics, statisticNames} from '../../src/wire/rtnetlink/link.ts';
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

function link(order: ByteOrder): Uint8Array {
	const statistics = Object.fromEntries(statisticNames.map((name, i) => [name, 1000 * i])) as unknown as LinkStatistics;
	const value = {family: 0, hardware: 1, index: 3, flags: 0x1043, name: 'mesh0', mtuBytes: 1500, statistics};
	return encodeLink(order, value, {flags: 0, sequence: 1, port: 1}).subarray(MESSAGE_HEADER_BYTES);
}

/** The layouts that sources read, and a message for each. */
export const sourceLayouts: readonly {
	readonly name: string;
	readonly layout: Layout;
	readonly keys: number;
	readonly sample: (order: ByteOrder) => Uint8Array;
}[] = [
	{name: 'peer', layout: peerLayout, keys: 1, sample: station},
	{name: 'clients', layout: clientLayout, keys: 0, sample: station},
	{name: 'survey', layout: surveyLayout, keys: 0, sample: survey},
	{name: 'link', layout: linkLayout, keys: 4, sample: link},
];

export const sourceTargets: readonly Target[] = orders.flatMap(order =>
	sourceLayouts.map(({name, layout, keys, sample}) => ({
		name: `source.${name}-${order}`,
		seeds: [sample(order)],
		decode(bytes: Uint8Array) {
			const rows = new Rows(layout.columns.length, keys, 4);
			new RowReader(layout, rows, order).message(bytes, 0, bytes.length);
			const cells = [...rows.values.slice(rows.at(0) + 1, rows.at(rows.count))];
			for (const cell of cells) if (Math.abs(cell) >= 2 ** 53) throw new Error('a number is exact');
			for (const [i, column] of layout.columns.entries()) {
				const cell = cells[i] ?? Number.NaN;
				if (column.includes('SignalDbm') && !(Number.isNaN(cell) || (cell >= -128 && cell <= 127)))
					throw new Error('a signal is a signed byte');
			}
			if (layout === clientLayout) return summariseClients(rows, 'ap0');
			return cells.map(cell => (Number.isNaN(cell) ? 'none' : 'some'));
		},
	})),
);
