// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../model/observation.ts';
import {
	attributes,
	type Fields,
	type Input,
	keyed,
	list,
	nested,
	type Table,
	text,
	u8,
	u32,
} from '../wire/netlink/attributes.ts';
import {
	decodeFamily,
	decodeGeneric,
	encodeFamilyRequest,
	encodeGenericRequest,
	genericCommand,
	groupId,
} from '../wire/netlink/generic.ts';
import {NETLINK_GENERIC} from '../wire/netlink/message.ts';
import {channelWidthsMhz} from '../wire/nl80211/channel.ts';
import * as command from '../wire/nl80211/command.ts';
import {decodeElements, type Elements} from '../wire/nl80211/elements.ts';
import {event, NL80211_FAMILY, type Nl80211Event, RADAR_DETECTED} from '../wire/nl80211/event.ts';
import {
	INTERFACE_ADHOC,
	INTERFACE_AP_VLAN,
	INTERFACE_MESH_POINT,
	INTERFACE_STATION,
	type Interface,
	interfaceMessage,
	interfaceRequest,
} from '../wire/nl80211/interface.ts';
import {scanMessage, scanResultsRequest} from '../wire/nl80211/scan.ts';
import {type Frequency, frequency, wiphyRequest} from '../wire/nl80211/wiphy.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient, type NetlinkPort} from './netlink-client.ts';

// The radios that carry the mesh, what they may do, and what happens to them, for decisions: read when something happened
// and not only once a report, which is why it is a socket of its own.

/** What the kernel's rules say of a channel, and of an interface. */
export type {Frequency, Interface};

export interface MeshRadioHandlers {
	/** Interfaces, their channels or the rules are other than before, or just read for the first time. */
	changed(): void;
	radar(mhz: number, widthMhz: number): void;
	/** A scan heard a mesh. Whose it is the kernel does not say, nor which mesh is ours: who is asked knows addresses of ours. */
	heard(address: string, mhz: number): void;
}

const GROUPS = ['config', 'scan', 'regulatory', 'mlme'];
/** Events come in groups; a channel that changed is to be known soon. */
const READ_AGAIN_MS = 60;
const RULES_AGAIN_MS = 1500;
/** Joining a mesh is told by no event. */
const INTERFACES_FRESH_MS = 10_000;
const FAMILY_RETRY_MS = 60_000;
const FRESH_MS = 60_000;
const GONE = [ENODEV, ENOENT, EOPNOTSUPP];

const rules = /* @__PURE__ */ attributes('nl80211.wiphy', {
	wiphy: u32(1).required,
	name: text(2),
	bands: keyed(22, attributes('nl80211.band', {frequencies: list(1, frequency)})),
});

/** Of the answer to NL80211_CMD_GET_MESH_CONFIG what is of use here. */
const meshBehaviour = /* @__PURE__ */ attributes('nl80211.meshBehaviour', {
	config: nested(35, attributes('nl80211.meshBehaviourConfig', {forwarding: u8(19)})),
});

export class MeshRadios {
	/** Interfaces that carry the mesh, by the kernel's number. */
	interfaces: readonly Interface[] = [];
	/** By the kernel's number of the radio. */
	readonly frequencies = new Map<number, readonly Frequency[]>();
	readonly names = new Map<number, string>();
	/** Interfaces on which the kernel passes frames on by itself, so that more are heard than neighbours. */
	forwarding: ReadonlySet<number> = new Set();
	readonly #port: NetlinkPort;
	readonly #handlers: MeshRadioHandlers;
	readonly #client: NetlinkClient;
	#family: number | undefined;
	#cancelInterfaces = (): void => {};
	#cancelRules = (): void => {};
	#isRulesDue = false;

	constructor(port: NetlinkPort, observe: Observe, handlers: MeshRadioHandlers) {
		this.#port = port;
		this.#handlers = handlers;
		this.#client = new NetlinkClient(
			port,
			NETLINK_GENERIC,
			'radios of the mesh',
			observe,
			() => this.#lookUp(),
			(bytes, start, end, type) => {
				if (type === this.#family)
					this.#event(genericCommand(bytes, start, end), decodeGeneric(event, bytes, port.byteOrder, start, end));
			},
		);
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#cancelInterfaces();
		this.#cancelRules();
		this.#client.stop();
	}

	/** Reads the interfaces now. */
	read(): void {
		this.#readInterfacesIn(0);
	}

	#lookUp(): void {
		const {byteOrder, clock} = this.#port;
		this.#family = undefined;
		this.#client.request({
			name: 'family nl80211',
			bytes: encodeFamilyRequest(byteOrder, NL80211_FAMILY),
			answer: (bytes, start, end) => {
				const family = decodeFamily(bytes, byteOrder, start, end);
				this.#family = family.id;
				for (const name of GROUPS) {
					const id = groupId(family, name);
					if (id !== undefined) this.#client.join(id);
				}
			},
			absent: [ENOENT],
			done: () => {
				if (this.#family !== undefined) return this.#readRules();
				this.#cancelRules = clock.after(FAMILY_RETRY_MS, () => this.#lookUp());
			},
		});
	}

	#readRules(): void {
		const found = new Map<number, Frequency[]>();
		this.#isRulesDue = false;
		this.#dump(
			'rules',
			command.GET_WIPHY,
			wiphyRequest,
			{split: true},
			{
				begin: () => found.clear(),
				answer: (bytes, start, end) => {
					const {wiphy, name, bands} = decodeGeneric(rules, bytes, this.#port.byteOrder, start, end);
					if (name !== undefined) this.names.set(wiphy, name);
					const all = found.get(wiphy) ?? [];
					found.set(wiphy, all);
					for (const {frequencies} of bands?.values() ?? []) all.push(...(frequencies ?? []));
				},
				done: ok => {
					if (ok) {
						this.frequencies.clear();
						for (const [wiphy, all] of found) this.frequencies.set(wiphy, all);
					}
					this.#readInterfaces(true);
				},
			},
		);
	}

	#readInterfaces(hasChanged: boolean): void {
		let found: Interface[] = [];
		this.#dump(
			'interfaces',
			command.GET_INTERFACE,
			interfaceRequest,
			{},
			{
				begin: () => {
					found = [];
				},
				answer: (bytes, start, end) => {
					found.push(decodeGeneric(interfaceMessage, bytes, this.#port.byteOrder, start, end));
				},
				done: ok => {
					this.#readInterfacesIn(INTERFACES_FRESH_MS);
					if (!ok) return;
					const now = found.filter(isOfMesh).sort((a, b) => (a.interfaceIndex ?? 0) - (b.interfaceIndex ?? 0));
					const meshes = now.flatMap(({type, interfaceIndex: index}) =>
						type === INTERFACE_MESH_POINT && index !== undefined ? [index] : [],
					);
					this.#readForwarding(meshes, new Set(), forwarding => {
						const isSame =
							JSON.stringify(now.map(channelText)) === JSON.stringify(this.interfaces.map(channelText)) &&
							[...forwarding].join() === [...this.forwarding].join();
						this.interfaces = now;
						this.forwarding = forwarding;
						if (hasChanged || !isSame) this.#handlers.changed();
					});
				},
			},
		);
	}

	/** One interface after the other: the answer does not say of which it is. */
	#readForwarding(left: readonly number[], found: Set<number>, done: (found: ReadonlySet<number>) => void): void {
		const [interfaceIndex, ...others] = left;
		if (interfaceIndex === undefined) return done(found);
		const header = {family: this.#family ?? 0, command: command.GET_MESH_CONFIG};
		this.#client.request({
			name: 'mesh configuration',
			bytes: encodeGenericRequest(this.#port.byteOrder, header, interfaceRequest, {interfaceIndex}),
			absent: GONE,
			answer: (bytes, start, end) => {
				const {config} = decodeGeneric(meshBehaviour, bytes, this.#port.byteOrder, start, end);
				if (config?.forwarding === 1) found.add(interfaceIndex);
			},
			done: () => this.#readForwarding(others, found, done),
		});
	}

	#readInterfacesIn(delayMs: number): void {
		this.#cancelInterfaces();
		this.#cancelInterfaces = this.#port.clock.after(delayMs, () => this.#readInterfaces(false));
	}

	#readRulesSoon(): void {
		if (this.#isRulesDue) return;
		this.#isRulesDue = true;
		this.#cancelRules = this.#port.clock.after(RULES_AGAIN_MS, () => this.#readRules());
	}

	#event(number: number, said: Nl80211Event): void {
		switch (number) {
			case command.RADAR_DETECT: {
				this.#readRulesSoon();
				const mhz = said.center1Mhz ?? said.frequencyMhz;
				if (said.radarEvent === RADAR_DETECTED && mhz !== undefined)
					this.#handlers.radar(mhz, channelWidthsMhz[said.width ?? 0] ?? 20);
				return;
			}
			case command.REG_CHANGE:
			case command.WIPHY_REG_CHANGE:
			case command.NEW_WIPHY:
			case command.DEL_WIPHY:
				return this.#readRulesSoon();
			case command.NEW_SCAN_RESULTS: {
				const of = this.interfaces.find(({interfaceIndex}) => interfaceIndex === said.interfaceIndex);
				if (of?.interfaceIndex !== undefined && of.type === INTERFACE_MESH_POINT) this.#readScan(of.interfaceIndex);
				return;
			}
			case command.TRIGGER_SCAN:
			case command.SCAN_ABORTED:
			case command.NEW_STATION:
			case command.DEL_STATION:
				return;
			default:
				this.#readInterfacesIn(READ_AGAIN_MS);
		}
	}

	#readScan(interfaceIndex: number): void {
		this.#dump(
			'scan results',
			command.GET_SCAN,
			scanResultsRequest,
			{interfaceIndex},
			{
				answer: (bytes, start, end) => {
					const {bss} = decodeGeneric(scanMessage, bytes, this.#port.byteOrder, start, end);
					if (bss === undefined || (bss.seenAgoMs ?? 0) > FRESH_MS) return;
					const elements = bss.elements ?? bss.beaconElements;
					const said = elements === undefined ? undefined : decodeElements(elements);
					if (said?.meshId !== undefined) this.#handlers.heard(bss.bssid, middleOf(bss.frequencyMhz, said));
				},
				done: () => {},
			},
		);
	}

	#dump<F extends Fields>(
		name: string,
		number: number,
		table: Table<F>,
		value: Input<F>,
		reply: {
			begin?(): void;
			answer(bytes: Uint8Array, start: number, end: number): void;
			done(ok: boolean): void;
		},
	): void {
		const header = {family: this.#family ?? 0, command: number, mode: 'dump'} as const;
		const bytes = encodeGenericRequest(this.#port.byteOrder, header, table, value);
		this.#client.request({name, bytes, absent: GONE, ...reply});
	}
}

/** Mesh points and ad-hoc networks; and links between routers as between access point and client, with four addresses. */
function isOfMesh({type, fourAddress, interfaceIndex}: Interface): boolean {
	if (interfaceIndex === undefined) return false;
	const isLink = type === INTERFACE_AP_VLAN || type === INTERFACE_STATION;
	return type === INTERFACE_MESH_POINT || type === INTERFACE_ADHOC || (isLink && fourAddress === 1);
}

function channelText({interfaceIndex, name, wiphy, frequencyMhz, width, center1Mhz, address}: Interface) {
	return [interfaceIndex, name, wiphy, frequencyMhz, width, center1Mhz, address];
}

/** The middle of what a network occupies. */
function middleOf(mhz: number, {htOperation, vhtOperation}: Elements): number {
	if (vhtOperation !== undefined && vhtOperation.width > 0) return 5000 + 5 * vhtOperation.center0;
	return mhz + 10 * (htOperation?.secondary ?? 0);
}

/** A socket of its own to nl80211 for who moves radios. */
export function openNl80211(
	port: NetlinkPort,
	name: string,
	observe: Observe,
	opened: () => void,
	onEvent: (bytes: Uint8Array, start: number, end: number, type: number) => void,
): NetlinkClient {
	return new NetlinkClient(port, NETLINK_GENERIC, name, observe, opened, onEvent);
}
