// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import type {Decoded, Encodable, Fields, Input, Table, Value} from '../../wire/netlink/attributes.ts';
import {
	decodeFamily,
	decodeGeneric,
	encodeFamilyRequest,
	encodeGenericRequest,
	genericCommand,
	groupId,
} from '../../wire/netlink/generic.ts';
import type {RequestMode} from '../../wire/netlink/message.ts';
import {channelSwitchRequest, radarDetectRequest} from '../../wire/nl80211/channel-switch.ts';
import * as command from '../../wire/nl80211/command.ts';
import {event, GROUP_CONFIG, GROUP_REGULATORY, NL80211_FAMILY, type Nl80211Event} from '../../wire/nl80211/event.ts';
import {ibssJoinRequest, ibssLeaveRequest} from '../../wire/nl80211/ibss.ts';
import {type Interface, interfaceMessage, interfaceRequest} from '../../wire/nl80211/interface.ts';
import {
	type MeshConfig,
	meshConfigMessage,
	meshConfigRequest,
	meshConfigSetRequest,
	meshJoinRequest,
	meshLeaveRequest,
} from '../../wire/nl80211/mesh.ts';
import {ownBeacon} from '../../wire/nl80211/own-beacon.ts';
import {type Bss, scanMessage, scanRequest, scanResultsRequest} from '../../wire/nl80211/scan.ts';
import {stationRequest} from '../../wire/nl80211/station.ts';
import {type Wiphy, wiphyMessage, wiphyRequest} from '../../wire/nl80211/wiphy.ts';
import {WiphyCollector} from '../../wire/nl80211/wiphy-collector.ts';

/** What is asked of the netlink client (source/netlink-client.ts), which the agent hands in. */
export interface Asking {
	start(): void;
	stop(): void;
	join(group: number): void;
	request(request: {
		readonly name: string;
		readonly bytes: Uint8Array;
		begin?(): void;
		readonly answer: OnMessage;
		done(ok: boolean): void;
		refused?(errno: number, text: string | undefined): void;
	}): void;
}
export type OnMessage = (bytes: Uint8Array, start: number, end: number, type: number) => void;
/** `opened` is called whenever the socket is new. */
export type OpenAsking = (opened: () => void, onEvent: OnMessage) => Asking;

/** The kernel's no: `errno` 0 where it did not answer. */
export interface Failure {
	readonly errno: number;
	readonly text: string;
}
/** Absent: it was done. */
export type Done = (failure: Failure | undefined) => void;

export const SILENT: Failure = {errno: 0, text: 'the kernel did not answer'};

/** nl80211, as far as channels are changed with it. Nothing here decides. */
export class Nl80211 {
	readonly #order: ByteOrder;
	readonly #asking: Asking;
	readonly #onEvent: (number: number, said: Nl80211Event) => void;
	#family: number | undefined;
	#isLookedUp = false;
	#waiting: (() => void)[] = [];

	constructor(order: ByteOrder, open: OpenAsking, onEvent: (number: number, said: Nl80211Event) => void) {
		this.#order = order;
		this.#onEvent = onEvent;
		this.#asking = open(
			() => this.#lookUp(),
			(bytes, start, end, type) => this.#event(bytes, start, end, type),
		);
	}

	start(): void {
		this.#asking.start();
	}

	stop(): void {
		this.#asking.stop();
	}

	/** All interfaces, or those of one radio. */
	interfaces(
		wiphy: number | undefined,
		done: (failure: Failure | undefined, list: readonly Interface[]) => void,
	): void {
		this.#gather('interfaces', command.GET_INTERFACE, interfaceRequest, {wiphy}, interfaceMessage, done);
	}

	/** All radios, or one, with what they can do and may do now. */
	radios(wiphy: number | undefined, done: (failure: Failure | undefined, list: readonly Wiphy[]) => void): void {
		this.#gather('radios', command.GET_WIPHY, wiphyRequest, {wiphy, split: true}, wiphyMessage, (failure, parts) => {
			const collector = new WiphyCollector();
			for (const part of parts) collector.add(part);
			done(failure, collector.wiphys());
		});
	}

	meshConfig(
		interfaceIndex: number,
		done: (failure: Failure | undefined, config: MeshConfig | undefined) => void,
	): void {
		let config: MeshConfig | undefined;
		this.#ask(
			'mesh configuration',
			command.GET_MESH_CONFIG,
			'do',
			meshConfigRequest,
			{interfaceIndex},
			{
				message: (bytes, start, end) => {
					({config} = decodeGeneric(meshConfigMessage, bytes, this.#order, start, end));
				},
				done: failure => done(failure, config),
			},
		);
	}

	setMeshConfig(value: Encodable<typeof meshConfigSetRequest>, done: Done): void {
		this.#do('mesh configuration', command.SET_MESH_CONFIG, meshConfigSetRequest, value, done);
	}

	/** Who is there, and how the interface sends its beacons, which only its peers' records tell. */
	peers(interfaceIndex: number, done: (list: readonly Decoded<typeof ownBeacon>[]) => void): void {
		this.#gather('stations', command.GET_STATION, stationRequest, {interfaceIndex}, ownBeacon, (_, list) => done(list));
	}

	/** Networks that the interface knows of, its own among them. */
	networks(interfaceIndex: number, done: (list: readonly Bss[]) => void): void {
		this.#gather('networks', command.GET_SCAN, scanResultsRequest, {interfaceIndex}, scanMessage, (_, list) =>
			done(list.flatMap(({bss}) => (bss === undefined ? [] : [bss]))),
		);
	}

	/** Listens on one channel, without asking anybody. The results are among the networks a moment later. */
	scan(interfaceIndex: number, mhz: number, done: Done): void {
		this.#do('scan', command.TRIGGER_SCAN, scanRequest, {interfaceIndex, frequenciesMhz: [mhz]}, done);
	}

	announce(value: Encodable<typeof channelSwitchRequest>, done: Done): void {
		this.#do('channel switch', command.CHANNEL_SWITCH, channelSwitchRequest, value, done);
	}

	listenForRadar(value: Encodable<typeof radarDetectRequest>, done: Done): void {
		this.#do('radar detection', command.RADAR_DETECT, radarDetectRequest, value, done);
	}

	joinMesh(value: Encodable<typeof meshJoinRequest>, done: Done): void {
		this.#do('mesh join', command.JOIN_MESH, meshJoinRequest, value, done);
	}

	leaveMesh(interfaceIndex: number, done: Done): void {
		this.#do('mesh leave', command.LEAVE_MESH, meshLeaveRequest, {interfaceIndex}, done);
	}

	joinAdHoc(value: Encodable<typeof ibssJoinRequest>, done: Done): void {
		this.#do('ad-hoc join', command.JOIN_IBSS, ibssJoinRequest, value, done);
	}

	leaveAdHoc(interfaceIndex: number, done: Done): void {
		this.#do('ad-hoc leave', command.LEAVE_IBSS, ibssLeaveRequest, {interfaceIndex}, done);
	}

	#do<F extends Fields>(name: string, number: number, table: Table<F>, value: Input<F>, done: Done): void {
		this.#ask(name, number, 'do', table, value, {message: () => {}, done});
	}

	#gather<Q extends Fields, A extends Fields>(
		name: string,
		number: number,
		table: Table<Q>,
		value: Input<Q>,
		answer: Table<A>,
		done: (failure: Failure | undefined, list: readonly Value<A>[]) => void,
	): void {
		let list: Value<A>[] = [];
		this.#ask(name, number, 'dump', table, value, {
			begin: () => {
				list = [];
			},
			message: (bytes, start, end) => {
				list.push(decodeGeneric(answer, bytes, this.#order, start, end));
			},
			done: failure => done(failure, list),
		});
	}

	#ask<F extends Fields>(
		name: string,
		number: number,
		mode: RequestMode,
		table: Table<F>,
		value: Input<F>,
		{begin, message, done}: {begin?(): void; message: OnMessage; done: Done},
	): void {
		const family = this.#family;
		// Before the family is known requests wait; where there is none they are answered.
		if (family === undefined && !this.#isLookedUp) {
			this.#waiting.push(() => this.#ask(name, number, mode, table, value, {...(begin && {begin}), message, done}));
			return;
		}
		if (family === undefined) return done({errno: 0, text: 'the kernel has no nl80211'});
		let failure = SILENT;
		this.#asking.request({
			name,
			bytes: encodeGenericRequest(this.#order, {family, command: number, mode}, table, value),
			...(begin && {begin}),
			answer: message,
			refused: (errno, text) => {
				failure = {errno, text: text ?? errnoText(errno)};
			},
			done: ok => done(ok ? undefined : failure),
		});
	}

	#lookUp(): void {
		this.#family = undefined;
		this.#isLookedUp = false;
		this.#asking.request({
			name: 'family nl80211',
			bytes: encodeFamilyRequest(this.#order, NL80211_FAMILY),
			answer: (bytes, start, end) => {
				const family = decodeFamily(bytes, this.#order, start, end);
				this.#family = family.id;
				for (const name of [GROUP_CONFIG, GROUP_REGULATORY]) {
					const group = groupId(family, name);
					if (group !== undefined) this.#asking.join(group);
				}
			},
			refused: () => {},
			done: () => {
				this.#isLookedUp = true;
				const waiting = this.#waiting;
				this.#waiting = [];
				for (const task of waiting) task();
			},
		});
	}

	#event(bytes: Uint8Array, start: number, end: number, type: number): void {
		if (type !== this.#family) return;
		this.#onEvent(genericCommand(bytes, start, end), decodeGeneric(event, bytes, this.#order, start, end));
	}
}

const texts: ReadonlyMap<number, string> = new Map([
	[1, 'not permitted'],
	[2, 'there is no such network'],
	[5, 'input/output error'],
	[11, 'not now'],
	[12, 'out of memory'],
	[13, 'not permitted'],
	[16, 'busy'],
	[19, 'the interface is gone'],
	[22, 'not valid there'],
	[28, 'no room'],
	[34, 'out of range'],
	[95, 'the driver does not have it'],
	[100, 'the interface is down'],
	[107, 'it is in no network'],
	[110, 'timed out'],
	[114, 'it is at it already'],
]);

/** A number of the kernel's as words. */
export function errnoText(errno: number): string {
	return texts.get(errno) ?? `error ${errno}`;
}
