// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../../core/errors.ts';
import type {NodeId, PeerBody, PeerMessage} from '../../model/peer.ts';
import type {Datagram, DatagramSource, Log, Runtime} from '../../port/port.ts';
import {
	decodeBody,
	decodeLetter,
	encodeLetter,
	type Letter,
	PEER_BYTES_LIMIT,
	PEER_GROUP,
	PEER_PORT,
	readdress,
} from '../../wire/peer/envelope.ts';
import {Allowance} from './allowance.ts';
import type {Credentials} from './credentials.ts';
import type {Identity} from './identity.ts';
import {linkLocalOf} from './link-local.ts';
import {Outbox} from './outbox.ts';
import {Replays} from './replay.ts';

// Messages of other routers, over every mesh interface by link-local multicast. What cannot be proven, was said before, or is
// too much goes no further than here; it is counted, and the first of each kind is said in the log.

/** An interface on which other routers of the mesh are heard. */
export interface PeerInterface {
	/** The kernel's number. */
	readonly index: number;
	readonly name: string;
	/** The engine's number of its radio. */
	readonly radio: number;
	/** Where it is now: what frames cost depends on it. */
	readonly mhz: number;
	/** Its hardware address. Absent: what it says itself is not told from what others say. */
	readonly address?: string | undefined;
	/** Whether who speaks from an address is heard directly. Absent: whoever is heard is. */
	readonly isNear?: ((address: string) => boolean) | undefined;
}

/** Why something was dropped. */
export const dropReasons = [
	'forged',
	'replayed',
	'stale',
	'oversized',
	'malformed',
	'not-allowed',
	'too-many',
	'version',
	'stranger',
	'foreign',
	'namesake',
	'distant',
] as const;
export type DropReason = (typeof dropReasons)[number];
/** They happen where nothing is wrong: another mesh is near, a neighbour's hello was lost, or the kernel forwards. */
const unsaid: readonly DropReason[] = ['foreign', 'stranger', 'distant'];

export interface PeerHandlers {
	/** `from` is the neighbour that sent it to us, on one of our radios; it came at `atMs`, before it was read and proven. */
	message(message: PeerMessage, from: NodeId, radio: number, atMs: number): void;
	/** Something proven to be ours was said in a later epoch: we know too little of ourselves, or are not the only one. */
	outdated(epoch: number, seq: number): void;
}

export interface PeerOptions {
	readonly credentials: Credentials;
	readonly identity: Identity;
	readonly log: Log;
}

/** Messages a second, and in store: from a neighbour that is proven, from all who are not, from everybody. */
const NEIGHBOUR_RATE = [60, 240] as const;
const STRANGER_RATE = [20, 60] as const;
const TOTAL_RATE = [300, 900] as const;
/** Addresses of neighbours; the one not heard for longest makes room. */
const NEIGHBOURS = 128;
const RECENT = 24;
/** Duplicate address detection takes a second or two. */
const PATIENCE_MS = 10_000;
const LINK_LOCAL = 'fe80:';

interface Neighbour {
	readonly id: NodeId;
	readonly allowance: Allowance;
	readonly index: number;
	readonly address: string;
	/** When it said hello from there last. */
	heardMs: number;
}

/** Where and when a datagram came. */
interface Place {
	readonly nowMs: number;
	readonly index: number;
	readonly address: string;
	readonly neighbour: Neighbour | undefined;
	readonly radio: number;
}

/** A neighbour that said hello so lately is asked for by its own address. */
const NEAR_MS = 5000;

export class Peers {
	readonly counts: Record<DropReason, number>;
	received = 0;
	sent = 0;
	/** Of what was sent; on every interface once. */
	sentBytes = 0;
	readonly #runtime: Runtime;
	readonly #options: PeerOptions;
	readonly #handlers: PeerHandlers;
	readonly #replays = new Replays();
	readonly #outbox: Outbox;
	/** Who speaks from which address; by interface and address. */
	readonly #neighbours = new Map<string, Neighbour>();
	readonly #strangers: Allowance;
	readonly #total: Allowance;
	/** The bytes that a body came in, to be passed on as they are. */
	readonly #received = new WeakMap<PeerBody, Uint8Array>();
	/** Bodies of the last messages, by origin, epoch and number. */
	readonly #recent = new Map<string, PeerBody>();
	readonly #joined = new Set<number>();
	/** What our own interfaces send from. */
	#ownAddresses: ReadonlySet<string> = new Set();
	#interfaces: readonly PeerInterface[] = [];
	#socket: Datagram | undefined;
	#isFailureSaid = false;
	#startedMs = 0;

	constructor(runtime: Runtime, options: PeerOptions, handlers: PeerHandlers) {
		const nowMs = runtime.clock.nowMs();
		this.#runtime = runtime;
		this.#options = options;
		this.#handlers = handlers;
		this.counts = Object.fromEntries(dropReasons.map(reason => [reason, 0])) as Record<DropReason, number>;
		this.#strangers = new Allowance(nowMs, ...STRANGER_RATE);
		this.#total = new Allowance(nowMs, ...TOTAL_RATE);
		this.#outbox = new Outbox(runtime.clock, (bytes, index, address) => this.#transmit(bytes, index, address));
	}

	/** What waits for its share of the air, and what was left out because something newer came. */
	get waiting(): number {
		return this.#outbox.waiting;
	}

	/** Errors: PortError where the port cannot be had. */
	start(): void {
		this.#startedMs = this.#runtime.clock.nowMs();
		this.#socket = this.#runtime.datagram(
			{family: 'ipv6', port: PEER_PORT, shared: true},
			{
				message: (bytes, source) => this.#arrived(bytes, source),
				error: error => this.#failed(error),
			},
		);
		this.use(this.#interfaces);
	}

	stop(): void {
		this.#outbox.stop();
		this.#socket?.close();
		this.#socket = undefined;
		this.#joined.clear();
	}

	/** The interfaces that there are now. One that cannot be joined yet is tried again the next time. */
	use(interfaces: readonly PeerInterface[]): void {
		for (const {index, mhz} of interfaces) {
			const isElsewhere = this.#interfaces.some(each => each.index === index && each.mhz !== mhz);
			// Whom it heard where it was it does not hear where it is.
			if (isElsewhere)
				for (const each of this.#neighbours.values()) if (each.index === index) each.heardMs = Number.NEGATIVE_INFINITY;
		}
		this.#interfaces = interfaces;
		this.#ownAddresses = new Set(
			interfaces.flatMap(({address}) => (address === undefined ? [] : [linkLocalOf(address)])),
		);
		for (const index of this.#joined) if (!interfaces.some(each => each.index === index)) this.#joined.delete(index);
		for (const {index, name} of interfaces) {
			if (this.#socket === undefined || this.#joined.has(index)) continue;
			try {
				this.#socket.join(PEER_GROUP, index);
				this.#joined.add(index);
			} catch (error) {
				if (!(error instanceof PortError)) throw error;
				this.#failed(error, name);
			}
		}
	}

	/** Sends what the engine decided to say; what others said goes on in the very bytes it came in. */
	send(message: PeerMessage, radio: number | undefined): void {
		const {body, hopsLeft, via, origin} = message;
		const received = this.#received.get(body);
		const bytes = received === undefined ? this.#encode(message) : readdress(received, hopsLeft, via);
		if (bytes === undefined) return;
		// Of records the newest is enough; what we do not understand may wait, but is not left out.
		const key = body.kind === 'record' ? `${origin}` : body.kind === 'other' ? `${origin} ${message.seq}` : undefined;
		const near = via === undefined ? undefined : this.#nearest(via, radio);
		for (const of of this.#interfaces)
			if (near?.index === of.index) this.#outbox.send(bytes, of, key, near.address);
			else if (near === undefined && (radio === undefined || of.radio === radio)) this.#outbox.send(bytes, of, key);
	}

	/**
	 * Where a neighbour was heard last. To one address a radio sends fast, and again until it is acknowledged.
	 *
	 * Absent: undefined where that is too long ago; then everybody is sent it, on every radio.
	 */
	#nearest(id: NodeId, radio: number | undefined): Neighbour | undefined {
		const sinceMs = this.#runtime.clock.nowMs() - NEAR_MS;
		let nearest: Neighbour | undefined;
		for (const each of this.#neighbours.values()) {
			if (each.id !== id || each.heardMs < (nearest?.heardMs ?? sinceMs)) continue;
			const of = this.#interfaces.find(({index}) => index === each.index);
			if (of !== undefined && (radio === undefined || of.radio === radio)) nearest = each;
		}
		return nearest;
	}

	/** The router whose hello came from an address. Absent: undefined for one nobody proved to have. */
	nodeAt(address: string): NodeId | undefined {
		for (const of of this.#interfaces) {
			const neighbour = this.#neighbours.get(keyOf(of.index, address));
			if (neighbour !== undefined) return neighbour.id;
		}
		return undefined;
	}

	#encode({origin, epoch, seq, hopsLeft, via, body}: PeerMessage): Uint8Array | undefined {
		const {credentials} = this.#options;
		const bytes = encodeLetter({...credentials.signature, origin, epoch, seq, hopsLeft, via}, body);
		if (bytes.length > PEER_BYTES_LIMIT) {
			this.#drop('oversized', `our own ${body.kind} of ${bytes.length} bytes`);
			return undefined;
		}
		credentials.sign(bytes);
		return bytes;
	}

	#transmit(bytes: Uint8Array, index: number, address: string = PEER_GROUP): void {
		this.sent++;
		this.sentBytes += bytes.length;
		this.#socket?.send(bytes, address, PEER_PORT, index);
	}

	#arrived(bytes: Uint8Array, {address, interfaceIndex}: DatagramSource): void {
		const of = this.#interfaces.find(({index}) => index === interfaceIndex);
		if (of === undefined || !address.startsWith(LINK_LOCAL) || this.#isEcho(bytes, address)) return;
		const nowMs = this.#runtime.clock.nowMs();
		this.#outbox.heard(bytes.length, of);
		if (of.isNear?.(address) === false) return this.#drop('distant', address);
		const neighbour = this.#neighbours.get(keyOf(interfaceIndex, address));
		const allowance = neighbour?.allowance ?? this.#strangers;
		if (bytes.length > PEER_BYTES_LIMIT) return this.#drop('oversized', address);
		if (!allowance.take(nowMs) || !this.#total.take(nowMs)) return this.#drop('too-many', address);
		try {
			this.#take(bytes, decodeLetter(bytes), {nowMs, index: of.index, address, neighbour, radio: of.radio});
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#drop(error.code === 'version' ? 'version' : 'malformed', `${address}: ${error.message}`);
		}
	}

	/**
	 * What we say to everybody the kernel gives back to us, and a radio of ours may hear another. It is no stranger's, and its
	 * air is counted already; only a later start with our number is news.
	 */
	#isEcho(bytes: Uint8Array, address: string): boolean {
		if (!this.#ownAddresses.has(address)) return false;
		const {id, epoch} = this.#options.identity;
		try {
			const letter = decodeLetter(bytes);
			return letter.origin !== id || letter.epoch <= epoch;
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			return false;
		}
	}

	#take(bytes: Uint8Array, letter: Letter, place: Place): void {
		const {nowMs, address, radio} = place;
		const {credentials, identity} = this.#options;
		const {origin, epoch, seq, hopsLeft, via} = letter;
		const isOwn = origin === identity.id;
		if (letter.network !== credentials.network) return this.#drop('foreign', address);
		// Our own words come back by everybody who passes them on; others' may be meant for others to pass on.
		if ((isOwn && epoch <= identity.epoch) || (via !== undefined && via !== identity.id)) return;
		const old = isOwn ? undefined : this.#replays.refusal(nowMs, origin, epoch, seq);
		if (old !== undefined) return this.#drop(old, address);
		const refusal = credentials.refusal(bytes, letter);
		if (refusal !== undefined) return this.#drop(refusal, address);
		if (isOwn) {
			this.counts.namesake++;
			return this.#handlers.outdated(epoch, seq);
		}
		const body = this.#bodyOf(bytes, letter);
		this.#replays.note(nowMs, origin, epoch, seq);
		const isHello = body.kind === 'hello';
		if (isHello && letter.reach > 0) return this.#drop('malformed', `${address}: a hello that goes on`);
		const from = isHello ? this.#meet(place, origin) : place.neighbour?.id;
		if (from === undefined) return this.#drop('stranger', address);
		if (!this.#received.has(body)) this.#received.set(body, bytes);
		this.received++;
		this.#handlers.message({origin, epoch, seq, hopsLeft, via, body}, from, radio, nowMs);
	}

	/** Most messages come more than once: their bodies are read once. */
	#bodyOf(bytes: Uint8Array, letter: Letter): PeerBody {
		const key = `${letter.origin} ${letter.epoch} ${letter.seq}`;
		const known = this.#recent.get(key);
		if (known !== undefined) return known;
		const body: PeerBody = decodeBody(bytes, letter);
		this.#recent.set(key, body);
		for (const oldest of this.#recent.keys()) {
			if (this.#recent.size <= RECENT) break;
			this.#recent.delete(oldest);
		}
		return body;
	}

	/** A hello is proven to be of who sends from there. */
	#meet({nowMs, index, address, neighbour}: Place, id: NodeId): NodeId {
		const key = keyOf(index, address);
		const allowance = neighbour?.allowance ?? new Allowance(nowMs, ...NEIGHBOUR_RATE);
		this.#neighbours.delete(key);
		this.#neighbours.set(key, {id, allowance, index, address, heardMs: nowMs});
		for (const oldest of this.#neighbours.keys()) {
			if (this.#neighbours.size <= NEIGHBOURS) break;
			this.#neighbours.delete(oldest);
		}
		return id;
	}

	#drop(reason: DropReason, detail: string): void {
		const count = ++this.counts[reason];
		if (count > 1 || unsaid.includes(reason)) return;
		this.#options.log.write('warning', `a message of the mesh was dropped, ${reason}: ${detail} (said once)`);
	}

	/** An interface that has just come has no address yet: that is no news. */
	#failed(error: PortError, name = ''): void {
		if (this.#isFailureSaid || this.#runtime.clock.nowMs() < this.#startedMs + PATIENCE_MS) return;
		this.#isFailureSaid = true;
		this.#options.log.write('warning', `messages to the mesh: ${name} ${error.message} (said once)`);
	}
}

function keyOf(index: number, address: string): string {
	return `${index} ${address}`;
}
