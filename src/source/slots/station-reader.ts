// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../../model/observation.ts';
import {attributes, type Decoded, mac, nested} from '../../wire/netlink/attributes.ts';
import {decodeFamily, decodeGeneric, encodeFamilyRequest, encodeGenericRequest} from '../../wire/netlink/generic.ts';
import {NETLINK_GENERIC} from '../../wire/netlink/message.ts';
import * as command from '../../wire/nl80211/command.ts';
import {NL80211_FAMILY} from '../../wire/nl80211/event.ts';
import {rateKbps} from '../../wire/nl80211/rate.ts';
import {PEER_LINK_ESTABLISHED, stationFields, stationRequest} from '../../wire/nl80211/station.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient, type NetlinkPort} from '../netlink-client.ts';

// Stations between two reports: slots want to know within seconds what was lost, and radios' clocks within milliseconds; where
// the kernel forwards by itself, who is a neighbour is known by them alone.

const read = [
	'inactiveMs',
	'peerLinkState',
	'signalDbm',
	'signalAverageDbm',
	'transmitPackets',
	'transmitRetries',
	'transmitFailed',
	'receiveAirtimeUs',
	'transmitAirtimeUs',
	'tsfOffsetUs',
	'transmitBytes',
	'receiveBytes',
	'receivePackets',
	'transmitRate',
	'receiveRate',
] as const;

type Fields = Pick<typeof stationFields, (typeof read)[number]>;
const info = attributes(
	'nl80211.slotStation',
	Object.fromEntries(read.map(name => [name, stationFields[name]])) as unknown as Fields,
);

const message = attributes('nl80211.slotStationMessage', {
	address: mac(6).required,
	info: nested(21, info),
});

/** What is read of a mesh peer; counters grow from when it came. */
export type SlotStation = Decoded<typeof info>;

/** The rate of its last frame, there or back. Absent: undefined where the driver does not know. */
export function kbpsOf(rate: SlotStation['transmitRate']): number | undefined {
	return rate === undefined ? undefined : rateKbps(rate);
}

const GONE = [ENODEV, ENOENT, EOPNOTSUPP];
const FAMILY_RETRY_MS = 60_000;

export class StationReader {
	readonly #port: NetlinkPort;
	readonly #client: NetlinkClient;
	#family: number | undefined;
	#cancel = (): void => {};

	constructor(port: NetlinkPort, observe: Observe) {
		this.#port = port;
		this.#client = new NetlinkClient(
			port,
			NETLINK_GENERIC,
			'time slots',
			observe,
			() => this.#lookUp(),
			() => {},
		);
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#cancel();
		this.#client.stop();
	}

	/** Reads the mesh peers of an interface, by their addresses. `done` comes once; without them where they cannot be read. */
	read(interfaceIndex: number, done: (stations: ReadonlyMap<string, SlotStation> | undefined) => void): void {
		const {byteOrder} = this.#port;
		if (this.#family === undefined) return done(undefined);
		const found = new Map<string, SlotStation>();
		const header = {family: this.#family, command: command.GET_STATION, mode: 'dump'} as const;
		this.#client.request({
			name: 'stations for slots',
			bytes: encodeGenericRequest(byteOrder, header, stationRequest, {interfaceIndex}),
			absent: GONE,
			begin: () => found.clear(),
			answer: (bytes, start, end) => {
				const {address, info: of} = decodeGeneric(message, bytes, byteOrder, start, end);
				if (of !== undefined && (of.peerLinkState ?? PEER_LINK_ESTABLISHED) === PEER_LINK_ESTABLISHED)
					found.set(address, of);
			},
			done: ok => done(ok ? found : undefined),
		});
	}

	#lookUp(): void {
		const {byteOrder, clock} = this.#port;
		this.#family = undefined;
		this.#client.request({
			name: 'family nl80211',
			bytes: encodeFamilyRequest(byteOrder, NL80211_FAMILY),
			answer: (bytes, start, end) => {
				this.#family = decodeFamily(bytes, byteOrder, start, end).id;
			},
			absent: [ENOENT],
			done: () => {
				if (this.#family === undefined) this.#cancel = clock.after(FAMILY_RETRY_MS, () => this.#lookUp());
			},
		});
	}
}
