// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {concatBytes} from '../../core/bytes.ts';
import {PortError} from '../../core/errors.ts';
import type {Clock, Netlink, NetlinkHandlers} from '../../port/port.ts';
import type {Encodable, Fields, Input, Table} from '../../wire/netlink/attributes.ts';
import {attributes, keyed, list, mac, text, u32} from '../../wire/netlink/attributes.ts';
import {decodeGeneric, family, GENL_ID_CTRL, genericCommand} from '../../wire/netlink/generic.ts';
import {
	encodeAcknowledgement,
	encodeMessage,
	MessageCursor,
	NETLINK_GENERIC,
	NETLINK_ROUTE,
	NLM_F_DUMP,
	NLM_F_DUMP_INTR,
	NLM_F_MULTI,
	NLMSG_DONE,
	NLMSG_ERROR,
} from '../../wire/netlink/message.ts';
import {channelSwitchRequest} from '../../wire/nl80211/channel-switch.ts';
import * as command from '../../wire/nl80211/command.ts';
import {event} from '../../wire/nl80211/event.ts';
import {interfaceMessage} from '../../wire/nl80211/interface.ts';
import {meshConfigMessage} from '../../wire/nl80211/mesh.ts';
import {type Bss, scanMessage} from '../../wire/nl80211/scan.ts';
import {stationMessage, stationRequest} from '../../wire/nl80211/station.ts';
import {surveyMessage} from '../../wire/nl80211/survey.ts';
import {type Frequency, frequency} from '../../wire/nl80211/wiphy.ts';
import {encodeLink, type linkAttributes} from '../../wire/rtnetlink/link.ts';
import {RTM_GETLINK} from '../../wire/rtnetlink/message-type.ts';

// A kernel's side of netlink: it answers requests in the bytes a kernel would send, in either byte order, several
// messages a datagram, dumps ended by NLMSG_DONE. What it answers is its `state`, which the lab's world moves.

export interface FakeRadio {
	readonly index: number;
	readonly name: string;
	surveys: readonly NonNullable<Encodable<typeof surveyMessage>['info']>[];
	/** What it may do, by the rules of its country. Absent: the kernel does not say. */
	frequencies?: readonly Frequency[];
	/** Numbers of the commands its driver has. Absent: the kernel does not say. */
	commands?: readonly number[];
}

/** Where a radio is told to go. */
export type FakeChannel = Pick<Encodable<typeof channelSwitchRequest>, 'frequencyMhz' | 'width' | 'center1Mhz'>;

export interface FakeInterface {
	readonly wireless: Encodable<typeof interfaceMessage>;
	stations: readonly Omit<Encodable<typeof stationMessage>, 'interfaceIndex'>[];
	/** Destinations of its mesh paths. */
	paths: readonly string[];
	/** What its last scan heard. Absent: nothing. */
	networks?: readonly Omit<Bss, 'probeResponse'>[];
	/** It passes frames of the mesh on by itself. Absent: it does not. */
	forwards?: boolean;
}

export interface FakeState {
	radios: readonly FakeRadio[];
	interfaces: readonly FakeInterface[];
	links: readonly ({index: number; flags: number} & Encodable<typeof linkAttributes>)[];
}

/** What the next dump suffers, for tests. */
export type Fault = 'interrupted' | 'vanished' | 'overrun' | 'silent' | 'truncated';

const FAMILY_ID = 28;
const groups = [
	{name: 'config', id: 5},
	{name: 'scan', id: 6},
	{name: 'regulatory', id: 7},
	{name: 'mlme', id: 8},
];
const ENOENT = 2;
const ENODEV = 19;
const EOPNOTSUPP = 95;
const DATAGRAM_BYTES = 4096;

const wiphyPart = attributes('nl80211.wiphy', {
	wiphy: u32(1).required,
	name: text(2),
	bands: keyed(22, attributes('nl80211.band', {frequencies: list(1, frequency)})),
	supportedCommands: list(50, u32, 1),
});
const wiphyQuery = attributes('nl80211.wiphyQuery', {wiphy: u32(1)});
/** A split dump has a few frequencies in each message. */
const FREQUENCIES_A_PART = 4;
const SWITCH_MS = 20;
const MESH_TTL = 31;
const pathMessage = attributes('nl80211.meshPath', {interfaceIndex: u32(3).required, address: mac(6).required});
const familyQuery = attributes('netlink.familyQuery', {name: text(2)});

interface Socket {
	readonly protocol: number;
	readonly handlers: NetlinkHandlers;
	readonly port: number;
	readonly groups: Set<number>;
	open: boolean;
}

interface Request {
	readonly bytes: Uint8Array;
	readonly type: number;
	readonly flags: number;
	readonly sequence: number;
	readonly start: number;
	readonly end: number;
}

/** The messages of a dump, or the errno of a refusal. */
type Answer = readonly Uint8Array[] | number;

export class FakeKernel {
	readonly #clock: Clock;
	readonly #order: ByteOrder;
	readonly #sockets = new Set<Socket>();
	#nextPort = 1000;
	readonly state: FakeState = {radios: [], interfaces: [], links: []};
	/** Consumed one a dump. */
	readonly faults: Fault[] = [];
	requests = 0;

	constructor(clock: Clock, order: ByteOrder) {
		this.#clock = clock;
		this.#order = order;
	}

	open(protocol: number, handlers: NetlinkHandlers): Netlink {
		if (protocol !== NETLINK_GENERIC && protocol !== NETLINK_ROUTE)
			throw new PortError('unsupported', `netlink protocol ${protocol}`);
		const socket: Socket = {protocol, handlers, port: this.#nextPort++, groups: new Set(), open: true};
		this.#sockets.add(socket);
		return {
			send: bytes => {
				const copy = bytes.slice();
				this.#clock.after(0, () => this.#receive(socket, copy));
			},
			join: group => {
				socket.groups.add(group);
			},
			close: () => {
				socket.open = false;
				this.#sockets.delete(socket);
			},
		};
	}

	/** What happens when a radio is told to go elsewhere: here its interfaces do, a moment later. The errno of a refusal. */
	retune = (interfaceIndex: number, to: FakeChannel): number => {
		const wiphy = this.#interfaceAt(interfaceIndex)?.wireless.wiphy;
		if (wiphy === undefined) return ENODEV;
		this.#clock.after(SWITCH_MS, () => {
			const {frequencyMhz, width, center1Mhz} = to;
			this.state.interfaces = this.state.interfaces.map(each =>
				each.wireless.wiphy === wiphy ? {...each, wireless: {...each.wireless, frequencyMhz, width, center1Mhz}} : each,
			);
			this.retuned(wiphy, to);
			this.emit('mlme', command.CH_SWITCH_NOTIFY, event, {interfaceIndex, frequencyMhz, width, center1Mhz});
		});
		return 0;
	};

	/** Told when a radio is where it was sent, before anybody else is. */
	retuned = (_radio: number, _to: FakeChannel): void => {};

	#interfaceAt(index: number): FakeInterface | undefined {
		return this.state.interfaces.find(({wireless}) => wireless.interfaceIndex === index);
	}

	/** Tells everyone in the nl80211 group of that name. */
	emit<F extends Fields>(group: string, number: number, table: Table<F>, value: Input<F>): void {
		const id = groups.find(known => known.name === group)?.id;
		const bytes = this.#generic({type: FAMILY_ID, flags: 0, sequence: 0, port: 0}, number, table, value);
		for (const socket of this.#sockets)
			if (socket.protocol === NETLINK_GENERIC && id !== undefined && socket.groups.has(id)) this.#send(socket, bytes);
	}

	/** The kernel dropped events for want of room. */
	overrun(): void {
		for (const socket of this.#sockets) this.#clock.after(0, () => socket.open && socket.handlers.overrun());
	}

	#send(socket: Socket, bytes: Uint8Array): void {
		this.#clock.after(0, () => {
			if (socket.open) socket.handlers.frames(bytes);
		});
	}

	#receive(socket: Socket, bytes: Uint8Array): void {
		const cursor = new MessageCursor(bytes, this.#order);
		while (cursor.next()) {
			const {type, flags, sequence, start, end} = cursor;
			this.requests++;
			const request = {bytes, type, flags, sequence, start, end};
			const answer = socket.protocol === NETLINK_ROUTE ? this.#route(request, socket) : this.#answer(request, socket);
			this.#reply(socket, request, answer);
		}
	}

	#reply(socket: Socket, request: Request, answer: Answer): void {
		const end = {sequence: request.sequence, port: socket.port};
		const dump = (request.flags & NLM_F_DUMP) === NLM_F_DUMP;
		if (typeof answer === 'number') {
			const refusal = {type: NLMSG_ERROR, ...end, request: request.bytes};
			return this.#send(socket, encodeAcknowledgement(this.#order, refusal, {errno: answer}));
		}
		const fault = dump ? this.faults.shift() : undefined;
		if (fault === 'silent') return;
		if (fault === 'overrun') {
			this.#clock.after(0, () => socket.handlers.overrun());
			return;
		}
		const messages = fault === 'vanished' ? answer.slice(0, answer.length >> 1) : answer;
		for (const datagram of pack(messages))
			this.#send(socket, fault === 'truncated' ? datagram.subarray(0, datagram.length - 6) : datagram);
		const flags = dump ? NLM_F_MULTI | (fault === 'interrupted' ? NLM_F_DUMP_INTR : 0) : 0;
		const last = {type: dump ? NLMSG_DONE : NLMSG_ERROR, flags, ...end, request: request.bytes};
		const errno = fault === 'vanished' ? ENODEV : 0;
		this.#send(socket, encodeAcknowledgement(this.#order, last, {errno}));
	}

	#route(request: Request, socket: Socket): Answer {
		if (request.type !== RTM_GETLINK) return EOPNOTSUPP;
		const header = {flags: NLM_F_MULTI, sequence: request.sequence, port: socket.port};
		return this.state.links.map(link => encodeLink(this.#order, {family: 0, hardware: 1, ...link}, header));
	}

	#answer(request: Request, socket: Socket): Answer {
		const header = {type: request.type, flags: NLM_F_MULTI, sequence: request.sequence, port: socket.port};
		const number = genericCommand(request.bytes, request.start, request.end);
		if (request.type === GENL_ID_CTRL) return this.#family(request, header);
		if (request.type !== FAMILY_ID) return ENOENT;
		const {wiphy: asked} = decodeGeneric(wiphyQuery, request.bytes, this.#order, request.start, request.end);
		const isAsked = (wiphy: number): boolean => asked === undefined || asked === wiphy;
		switch (number) {
			case command.GET_WIPHY:
				return this.state.radios.filter(({index}) => isAsked(index)).flatMap(radio => this.#wiphy(radio, header));
			case command.GET_INTERFACE:
				return this.state.interfaces
					.filter(({wireless}) => isAsked(wireless.wiphy))
					.map(of => this.#generic(header, command.NEW_INTERFACE, interfaceMessage, of.wireless));
			case command.CHANNEL_SWITCH: {
				const order = this.#order;
				const asked = decodeGeneric(channelSwitchRequest, request.bytes, order, request.start, request.end);
				const errno = this.retune(asked.interfaceIndex, asked);
				return errno === 0 ? [] : errno;
			}
			case command.GET_MESH_CONFIG: {
				const {interfaceIndex} = decodeGeneric(stationRequest, request.bytes, this.#order, request.start, request.end);
				const forwarding = this.#interfaceAt(interfaceIndex)?.forwards === true ? 1 : 0;
				const config = {ttl: MESH_TTL, forwarding};
				return [this.#generic({...header, flags: 0}, command.GET_MESH_CONFIG, meshConfigMessage, {config})];
			}
			case command.SET_MESH_CONFIG:
				return [];
			case command.GET_SURVEY:
			case command.GET_STATION:
			case command.GET_MPATH:
			case command.GET_SCAN:
				return this.#ofInterface(request, header, number);
			default:
				return EOPNOTSUPP;
		}
	}

	#wiphy({index, name, frequencies = [], commands}: FakeRadio, header: Header): Uint8Array[] {
		const part = (value: Input<typeof wiphyPart.fields>): Uint8Array =>
			this.#generic(header, command.NEW_WIPHY, wiphyPart, value);
		const parts = [part({wiphy: index, name, ...(commands && {supportedCommands: commands})})];
		for (let at = 0; at < frequencies.length; at += FREQUENCIES_A_PART) {
			const some = frequencies.slice(at, at + FREQUENCIES_A_PART);
			parts.push(part({wiphy: index, name, bands: new Map([[0, {frequencies: some}]])}));
		}
		return parts;
	}

	#ofInterface(request: Request, header: Header, number: number): Answer {
		const {interfaceIndex} = decodeGeneric(stationRequest, request.bytes, this.#order, request.start, request.end);
		const of = this.#interfaceAt(interfaceIndex);
		if (of === undefined) return ENODEV;
		if (number === command.GET_STATION)
			return of.stations.map(station =>
				this.#generic(header, command.NEW_STATION, stationMessage, {interfaceIndex, ...station}),
			);
		if (number === command.GET_MPATH)
			return of.paths.map(address => this.#generic(header, command.NEW_MPATH, pathMessage, {interfaceIndex, address}));
		if (number === command.GET_SCAN)
			return (of.networks ?? []).map(network =>
				this.#generic(header, command.NEW_SCAN_RESULTS, scanMessage, {
					interfaceIndex,
					bss: {...network, probeResponse: false},
				}),
			);
		const radio = this.state.radios.find(known => known.index === of.wireless.wiphy);
		return (radio?.surveys ?? []).map(info =>
			this.#generic(header, command.NEW_SURVEY_RESULTS, surveyMessage, {interfaceIndex, info}),
		);
	}

	#family(request: Request, header: Header): Answer {
		const {name} = decodeGeneric(familyQuery, request.bytes, this.#order, request.start, request.end);
		if (name !== 'nl80211' || this.state.radios.length === 0) return ENOENT;
		const value = {id: FAMILY_ID, name, version: 1, headerBytes: 0, maxAttribute: 300, groups};
		return [this.#generic({...header, flags: 0}, 1, family, value)];
	}

	#generic<F extends Fields>(header: Header, number: number, table: Table<F>, value: Input<F>): Uint8Array {
		return encodeMessage(this.#order, header, sink => {
			const at = sink.reserve(4);
			sink.bytes[at] = number;
			sink.bytes[at + 1] = 1;
			table.write(sink, value, this.#order);
		});
	}
}

interface Header {
	readonly type: number;
	readonly flags: number;
	readonly sequence: number;
	readonly port: number;
}

/** The kernel fills a datagram before it begins the next. */
function pack(messages: readonly Uint8Array[]): Uint8Array[] {
	const datagrams: Uint8Array[] = [];
	let parts: Uint8Array[] = [];
	let length = 0;
	for (const message of messages) {
		if (length > 0 && length + message.length > DATAGRAM_BYTES) {
			datagrams.push(concatBytes(parts));
			parts = [];
			length = 0;
		}
		parts.push(message);
		length += message.length;
	}
	if (length > 0) datagrams.push(concatBytes(parts));
	return datagrams;
}
