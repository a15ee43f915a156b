// SPDX-License-Identifier: Apache-2.0
import {Rows} from '../core/rows.ts';
import type {Board, Section} from '../model/board.ts';
import type {EventName, NeighbourObservation, Observe, RadioObservation} from '../model/observation.ts';
import {attributes, type Fields, type Input, type Table, text, u32} from '../wire/netlink/attributes.ts';
import {
	decodeFamily,
	decodeGeneric,
	encodeFamilyRequest,
	encodeGenericRequest,
	type Family,
	GENERIC_HEADER_BYTES,
	genericCommand,
	groupId,
} from '../wire/netlink/generic.ts';
import {layout} from '../wire/netlink/layout.ts';
import {NETLINK_GENERIC} from '../wire/netlink/message.ts';
import {RowReader} from '../wire/netlink/row-reader.ts';
import {channelWidthsMhz} from '../wire/nl80211/channel.ts';
import * as command from '../wire/nl80211/command.ts';
import {
	INTERFACE_ADHOC,
	INTERFACE_AP,
	INTERFACE_MESH_POINT,
	INTERFACE_STATION,
	type Interface,
	interfaceMessage,
	interfaceRequest,
} from '../wire/nl80211/interface.ts';
import {scanResultsRequest} from '../wire/nl80211/scan.ts';
import {stationRequest} from '../wire/nl80211/station.ts';
import {wiphyRequest} from '../wire/nl80211/wiphy.ts';
import {ScanSummary} from './neighbours.ts';
import {ENODEV, ENOENT, EOPNOTSUPP, NetlinkClient, type NetlinkPort, type Request} from './netlink-client.ts';
import {areSame} from './same-interfaces.ts';
import {clientLayout, peerLayout, peerOf, summariseClients} from './station.ts';
import {Surveys} from './survey.ts';

// Radios, their channels' surveys, mesh peers, clients and mesh paths, by nl80211; and what the kernel tells by itself.
// A poll is a chain of dumps: interfaces, then a survey for each radio, then stations and paths for each interface. Any
// of these may end without an answer because the thing went away meanwhile: the chain goes on.

const GROUPS = ['config', 'scan', 'regulatory', 'mlme'];
/** Joining a mesh is not told by any event, so interfaces are read again after this long. */
const INTERFACES_FRESH_MS = 10_000;
const FAMILY_RETRY_MS = 60_000;
const SCAN_FRESH_MS = 3_600_000;
const ENETDOWN = 100;
const GONE = [ENODEV, ENOENT, EOPNOTSUPP, ENETDOWN];

/** Mesh paths are only counted. */
const pathLayout = /* @__PURE__ */ layout('nl80211.meshPath', GENERIC_HEADER_BYTES, {});
/** More devices than mac80211 lets into one network. */
const CLIENT_LIMIT = 2048;
const peerColumns = /* @__PURE__ */ peerLayout.columns.map((name, i) => (i === 0 ? '' : name));

const wiphyName = /* @__PURE__ */ attributes('nl80211.wiphy', {wiphy: u32(1).required, name: text(2)});
const eventTable = /* @__PURE__ */ attributes('nl80211.event', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
	frequencyMhz: u32(38),
});

const events: ReadonlyMap<number, EventName> = new Map([
	[command.RADAR_DETECT, 'radar'],
	[command.REG_CHANGE, 'regulatory-change'],
	[command.WIPHY_REG_CHANGE, 'regulatory-change'],
	[command.CH_SWITCH_NOTIFY, 'channel-switch'],
	[command.NEW_SCAN_RESULTS, 'scan-done'],
	[command.NEW_STATION, 'peer-added'],
	[command.DEL_STATION, 'peer-removed'],
]);

export class Wireless {
	readonly #port: NetlinkPort;
	readonly #board: Board;
	readonly #observe: Observe;
	readonly #pseudonym: (bssid: string) => string;
	readonly #client: NetlinkClient;
	readonly #surveys: Surveys;
	/** The peers of each mesh interface. */
	readonly #peers = new Map<string, Section>();
	/** What one dump of clients or of paths said. */
	readonly #clients: RowReader;
	readonly #paths: RowReader;
	readonly #radios = new Map<number, string>();
	#interfaces: readonly Interface[] = [];
	#readAtMs = Number.NEGATIVE_INFINITY;
	#family: Family | undefined;
	// One poll: what there is to ask, made anew when the interfaces changed, and how far it has come.
	#steps: (() => void)[] = [];
	/** The steps are to be made anew even if the interfaces are the same. */
	#stale = true;
	#step = 0;
	#done: (() => void) | undefined;
	readonly #next = (): void => {
		const step = this.#steps[this.#step++];
		if (step !== undefined) return step();
		const done = this.#done;
		this.#done = undefined;
		done?.();
	};
	#askFamilyAtMs = 0;
	#readRadios = (): void => {};
	#readInterfaces = (): void => {};
	/** The last scan of each radio, said again in every interval until it is old. */
	readonly #scans = new Map<string, {readonly atMs: number; readonly networks: readonly NeighbourObservation[]}>();

	/** Names of the meshes that each radio is in, learned of its scans. */
	readonly #meshIds = new Map<number, Set<string>>();

	/** `pseudonym` makes a name of a foreign network's address that only this node's owner can undo. */
	constructor(port: NetlinkPort, board: Board, observe: Observe, pseudonym: (bssid: string) => string) {
		const order = port.byteOrder;
		this.#port = port;
		this.#board = board;
		this.#surveys = new Surveys(board, order);
		this.#clients = new RowReader(clientLayout, new Rows(clientLayout.columns.length, 0, CLIENT_LIMIT), order);
		this.#paths = new RowReader(pathLayout, new Rows(0, 0, 0), order);
		this.#observe = observe;
		this.#pseudonym = pseudonym;
		this.#client = new NetlinkClient(
			port,
			NETLINK_GENERIC,
			'wireless',
			observe,
			() => this.#lookUp(),
			(bytes, start, end, type) => this.#event(bytes, start, end, type),
		);
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#client.stop();
	}

	/** Observes every radio once; `done` is called in every case. A poll that is still under way is not begun again. */
	poll(done: () => void): void {
		const nowMs = this.#port.clock.nowMs();
		if (this.#done !== undefined) return done();
		for (const {atMs, networks} of this.#scans.values())
			if (nowMs - atMs <= SCAN_FRESH_MS) for (const network of networks) this.#observe(network);
		if (this.#family === undefined) {
			if (nowMs >= this.#askFamilyAtMs) this.#lookUp();
			return done();
		}
		this.#done = done;
		this.#step = 0;
		if (nowMs - this.#readAtMs < INTERFACES_FRESH_MS) return this.#next();
		// Names of radios change only when a radio comes, which is an event.
		if (this.#radios.size === 0) this.#readRadios();
		else this.#readInterfaces();
	}

	#lookUp(): void {
		const order = this.#port.byteOrder;
		this.#family = undefined;
		this.#steps = [];
		this.#stale = true;
		this.#readAtMs = Number.NEGATIVE_INFINITY;
		this.#askFamilyAtMs = this.#port.clock.nowMs() + FAMILY_RETRY_MS;
		this.#client.request({
			name: 'family nl80211',
			bytes: encodeFamilyRequest(order, 'nl80211'),
			answer: (bytes, start, end) => {
				this.#family = decodeFamily(bytes, order, start, end);
			},
			absent: [ENOENT],
			done: () => {
				if (this.#family === undefined) return;
				this.#prepare();
				for (const name of GROUPS) {
					const id = groupId(this.#family, name);
					if (id !== undefined) this.#client.join(id);
				}
			},
		});
	}

	/** What is asked of the family as a whole, made when the family is known. */
	#prepare(): void {
		const order = this.#port.byteOrder;
		this.#readRadios = this.#client.prepare({
			name: 'radios',
			bytes: this.#encode(command.GET_WIPHY, wiphyRequest, {split: true}),
			answer: (bytes, start, end) => {
				const {wiphy, name} = decodeGeneric(wiphyName, bytes, order, start, end);
				if (name !== undefined) this.#radios.set(wiphy, name);
			},
			absent: GONE,
			done: () => this.#readInterfaces(),
		});
		let found: Interface[] = [];
		this.#readInterfaces = this.#client.prepare({
			name: 'interfaces',
			bytes: this.#encode(command.GET_INTERFACE, interfaceRequest, {}),
			begin: () => {
				found = [];
			},
			answer: (bytes, start, end) => {
				found.push(decodeGeneric(interfaceMessage, bytes, order, start, end));
			},
			done: ok => {
				if (ok) this.#understand(found);
				this.#next();
			},
		});
	}

	#understand(found: readonly Interface[]): void {
		const same = areSame(this.#interfaces, found);
		this.#readAtMs = this.#port.clock.nowMs();
		this.#interfaces = found;
		if (this.#stale || !same) this.#steps = this.#plan();
		this.#stale = false;
	}

	/** One survey a radio, then what each interface knows, one after another. */
	#plan(): (() => void)[] {
		const steps: (() => void)[] = [];
		const surveyed = new Set<number>();
		const peered = new Set<string>();
		for (const of of this.#interfaces) {
			const index = of.interfaceIndex;
			const name = of.name;
			if (index === undefined || name === undefined) continue;
			if (of.frequencyMhz !== undefined && !surveyed.has(of.wiphy)) {
				surveyed.add(of.wiphy);
				steps.push(this.#survey(index, this.#radioOf(of)));
			}
			if (of.type === INTERFACE_MESH_POINT || of.type === INTERFACE_ADHOC || of.type === INTERFACE_STATION) {
				peered.add(name);
				steps.push(this.#askPeers(index, name));
			}
			if (of.type === INTERFACE_MESH_POINT) steps.push(this.#askPaths(index, name));
			else if (of.type === INTERFACE_AP) steps.push(this.#askClients(index, name));
		}
		for (const [name, section] of this.#peers)
			if (!peered.has(name) && section.labels.length === 0) this.#forgetPeers(name, section);
		return steps;
	}

	#radioOf(of: Interface): RadioObservation {
		return {
			kind: 'radio',
			radio: this.#radioName(of.wiphy),
			frequencyMhz: of.frequencyMhz,
			widthMhz: of.width === undefined ? undefined : channelWidthsMhz[of.width],
			transmitPowerDbm: of.transmitPowerMbm === undefined ? undefined : of.transmitPowerMbm / 100,
		};
	}

	#radioName(wiphy: number): string {
		return this.#radios.get(wiphy) ?? `phy${wiphy}`;
	}

	/** A radio's channel is what the interfaces said, which are read again when anything happens to them. */
	#survey(interfaceIndex: number, radio: RadioObservation): () => void {
		const surveys = this.#surveys;
		const ask = this.#dump('survey', command.GET_SURVEY, interfaceIndex, {
			begin: () => surveys.begin(),
			answer: surveys.reader,
			done: () => surveys.take(radio.radio, this.#port.clock.nowMs()),
		});
		return () => {
			this.#observe(radio);
			ask();
		};
	}

	#askPeers(interfaceIndex: number, name: string): () => void {
		const section = this.#peers.get(name) ?? this.#board.add({subject: 'station', columns: peerColumns, keys: 1});
		this.#peers.set(name, section);
		const {rows, labels} = section;
		return this.#dump('stations', command.GET_STATION, interfaceIndex, {
			begin: () => rows.begin(this.#board.interval),
			answer: new RowReader(peerLayout, rows, this.#port.byteOrder),
			done: () => {
				for (let row = labels.length; row < rows.count; row++)
					this.#board.label(section, [name, peerOf(rows.values[rows.at(row) + 1] as number)]);
			},
		});
	}

	#forgetPeers(name: string, section: Section): void {
		this.#peers.delete(name);
		this.#board.remove(section);
	}

	#askClients(interfaceIndex: number, name: string): () => void {
		const {rows} = this.#clients;
		return this.#dump('clients', command.GET_STATION, interfaceIndex, {
			begin: () => rows.begin(0),
			answer: this.#clients,
			done: ok => {
				if (ok) this.#observe(summariseClients(rows, name));
			},
		});
	}

	#askPaths(interfaceIndex: number, name: string): () => void {
		const {rows} = this.#paths;
		return this.#dump('mesh paths', command.GET_MPATH, interfaceIndex, {
			begin: () => rows.begin(0),
			answer: this.#paths,
			done: ok => {
				if (ok) this.#observe({kind: 'path', interface: name, count: rows.count});
			},
		});
	}

	#readScan(of: Interface): void {
		const interfaceIndex = of.interfaceIndex;
		if (interfaceIndex === undefined) return;
		const radio = this.#radioName(of.wiphy);
		const own = {meshIds: this.#meshIdsOf(of.wiphy), isOwn: (bssid: string) => this.#isOwn(bssid)};
		let summary = new ScanSummary();
		this.#client.request({
			name: 'scan results',
			bytes: this.#encode(command.GET_SCAN, scanResultsRequest, {interfaceIndex}),
			begin: () => {
				summary = new ScanSummary();
			},
			answer: (bytes, start, end) => summary.add(bytes, this.#port.byteOrder, start, end),
			absent: GONE,
			done: ok => {
				if (!ok) return;
				const networks = summary.finish(radio, this.#pseudonym, own);
				this.#scans.set(radio, {atMs: this.#port.clock.nowMs(), networks});
			},
		});
	}

	#meshIdsOf(wiphy: number): Set<string> {
		const known = this.#meshIds.get(wiphy) ?? new Set();
		this.#meshIds.set(wiphy, known);
		return known;
	}

	/** The kernel has stations only of whose beacon says the same mesh as ours. */
	#isOwn(bssid: string): boolean {
		if (this.#interfaces.some(({address}) => address === bssid)) return true;
		for (const {labels} of this.#peers.values()) if (labels.some(of => of?.[1] === bssid)) return true;
		return false;
	}

	/** A step of a poll: a dump of one interface, and behind it the next step. */
	#dump(
		name: string,
		number: number,
		interfaceIndex: number,
		{begin, answer, done}: Pick<Request, 'answer' | 'done'> & {begin(): void},
	): () => void {
		return this.#client.prepare({
			name,
			bytes: this.#encode(number, stationRequest, {interfaceIndex}),
			begin,
			answer,
			absent: GONE,
			done: ok => {
				done(ok);
				this.#next();
			},
		});
	}

	#encode<F extends Fields>(number: number, table: Table<F>, value: Input<F>): Uint8Array {
		const header = {family: this.#family?.id ?? 0, command: number, mode: 'dump'} as const;
		return encodeGenericRequest(this.#port.byteOrder, header, table, value);
	}

	#event(bytes: Uint8Array, start: number, end: number, type: number): void {
		if (type !== this.#family?.id) return;
		const number = genericCommand(bytes, start, end);
		if (number === command.NEW_WIPHY || number === command.DEL_WIPHY) {
			this.#radios.clear();
			this.#stale = true;
		}
		// Whatever happened may have moved a channel or made an interface.
		this.#readAtMs = Number.NEGATIVE_INFINITY;
		const event = events.get(number);
		if (event === undefined) return;
		const {wiphy, interfaceIndex, frequencyMhz} = decodeGeneric(eventTable, bytes, this.#port.byteOrder, start, end);
		const of = this.#interfaces.find(known => known.interfaceIndex === interfaceIndex);
		if (event === 'scan-done' && of !== undefined) this.#readScan(of);
		// A person's device that comes or goes is nobody's business.
		if ((event === 'peer-added' || event === 'peer-removed') && of?.type !== INTERFACE_MESH_POINT) return;
		const subject = of?.name ?? (wiphy === undefined ? 'system' : this.#radioName(wiphy));
		this.#observe({kind: 'event', event, subject, detail: frequencyMhz === undefined ? '' : `${frequencyMhz} MHz`});
	}
}
