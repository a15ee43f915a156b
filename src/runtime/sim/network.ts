// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {
	Datagram,
	DatagramHandlers,
	DatagramOptions,
	Stream,
	StreamAddress,
	StreamHandlers,
} from '../../port/port.ts';
import type {VirtualTime} from './clock.ts';
import {type SimLinks, UNICAST_ATTEMPTS} from './links.ts';

// Streams and datagrams between simulated programs, in memory and in virtual time. Every host hears every other on the
// links that `connect` made; a stream or datagram takes `latencyMs`, and datagrams are lost with `lossShare`.

/** How a simulated server takes a connection: it is given its end and answers with its handlers. */
export type Accept = (stream: Stream) => StreamHandlers;

export interface SimNetworkOptions {
	readonly latencyMs: number;
	/** Share of datagrams lost. Absent: none. */
	readonly lossShare?: number;
	readonly random: () => number;
	/** How long an echo takes there and back now; undefined: it is lost. Absent: as everything else here. */
	readonly roundTripMs?: (host: string, address: string) => number | undefined;
	/** Who hears whom on which interface. Absent: every host hears every other on interfaces of the same number. */
	readonly links?: SimLinks;
}

interface Bound {
	readonly host: string;
	readonly port: number;
	readonly groups: Set<string>;
	readonly handlers: DatagramHandlers;
}

const FIRST_FREE_PORT = 49_152;
/** The type of an ICMP echo request, and of what answers it: IPv4 (RFC 792) and IPv6 (RFC 4443). */
const echoAnswers: ReadonlyMap<number, number> = new Map([
	[8, 0],
	[128, 129],
]);

export class SimNetwork {
	readonly time: VirtualTime;
	readonly #options: SimNetworkOptions;
	readonly #listeners = new Map<string, Accept>();
	readonly #bound = new Set<Bound>();
	/** The same by host: a mesh has many, and a datagram is for few. */
	readonly #boundAt = new Map<string, Set<Bound>>();
	#nextPort = FIRST_FREE_PORT;
	/** Hosts that are cut off: nothing reaches them and nothing leaves them. */
	readonly severed = new Set<string>();

	constructor(time: VirtualTime, options: SimNetworkOptions) {
		this.time = time;
		this.#options = options;
	}

	/** Serves `host:port` (or a local path as `unix:path`, a serial line as `device:path`). The result ends it. */
	listen(place: string, accept: Accept): () => void {
		this.#listeners.set(place, accept);
		return () => this.#listeners.delete(place);
	}

	stream(from: string, address: StreamAddress, handlers: StreamHandlers): Stream {
		const isLocal = address.kind === 'unix' || address.kind === 'device';
		const place = isLocal ? `${address.kind}:${address.path}` : `${address.host}:${address.port}`;
		const near = new End(this.time, this.#options.latencyMs, handlers);
		this.time.after(this.#options.latencyMs, () => {
			const accept = this.#listeners.get(place);
			if (near.closed) return;
			if (this.severed.has(from)) return near.fail(new PortError('unreachable', place));
			if (accept === undefined) return near.fail(new PortError(isLocal ? 'not-found' : 'refused', place));
			const far = new End(this.time, this.#options.latencyMs);
			near.peer = far;
			far.peer = near;
			far.handlers = accept(far);
			handlers.open();
		});
		return near;
	}

	datagram(host: string, options: DatagramOptions, handlers: DatagramHandlers): Datagram {
		const port = options.port ?? this.#nextPort++;
		if (options.protocol === 'icmp') return this.#echo(host, port, handlers);
		if (options.shared !== true && [...this.#bound].some(other => other.host === host && other.port === port))
			throw new PortError('busy', `port ${port}`);
		const bound: Bound = {host, port, groups: new Set(), handlers};
		this.#bound.add(bound);
		const atHost = this.#boundAt.get(host) ?? new Set();
		this.#boundAt.set(host, atHost.add(bound));
		return {
			port,
			send: (bytes, address, toPort, interfaceIndex = 0) => {
				const copy = bytes.slice();
				if (this.#options.links !== undefined && interfaceIndex !== 0)
					return this.#sendOnLinks(this.#options.links, bound, copy, address, toPort, interfaceIndex);
				for (const other of this.#bound) {
					if (other.port !== toPort || (other.host !== address && !other.groups.has(`${address}%${interfaceIndex}`)))
						continue;
					if (this.severed.has(host) || this.severed.has(other.host)) continue;
					if (this.#options.random() < (this.#options.lossShare ?? 0)) continue;
					this.time.after(this.#options.latencyMs, () => {
						if (this.#bound.has(other)) other.handlers.message(copy, {address: host, port, interfaceIndex});
					});
				}
			},
			join: (group, interfaceIndex) => {
				bound.groups.add(`${group}%${interfaceIndex}`);
			},
			leave: (group, interfaceIndex) => {
				bound.groups.delete(`${group}%${interfaceIndex}`);
			},
			close: () => {
				this.#bound.delete(bound);
				atHost.delete(bound);
			},
		};
	}

	/** To all who hear the interface and want the datagram: they joined its group there, or it is for their address. */
	#sendOnLinks(
		links: SimLinks,
		from: Bound,
		bytes: Uint8Array,
		address: string,
		port: number,
		interfaceIndex: number,
	): void {
		if (this.severed.has(from.host)) return;
		const source = {address: links.address(from.host, interfaceIndex), port: from.port};
		for (const hearing of links.hearings(from.host, interfaceIndex)) {
			if (this.severed.has(hearing.host)) continue;
			const isOne = address === links.address(hearing.host, hearing.interfaceIndex);
			const lossShare = isOne ? hearing.lossShare ** UNICAST_ATTEMPTS : hearing.lossShare;
			const group = `${address}%${hearing.interfaceIndex}`;
			const receivers = [...(this.#boundAt.get(hearing.host) ?? [])].filter(
				other => other.port === port && (isOne || other.groups.has(group)),
			);
			if (receivers.length === 0 || this.#options.random() < lossShare) continue;
			this.time.after(hearing.latencyMs, () => {
				for (const other of receivers)
					if (this.#bound.has(other))
						other.handlers.message(bytes.slice(), {...source, interfaceIndex: hearing.interfaceIndex});
			});
		}
	}

	/** Every host of the mesh answers an echo request, as a kernel does, unless it is cut off. */
	#echo(host: string, port: number, handlers: DatagramHandlers): Datagram {
		let open = true;
		const {latencyMs, lossShare = 0, random} = this.#options;
		const plain = (): number | undefined => (random() < lossShare || random() < lossShare ? undefined : 2 * latencyMs);
		const {roundTripMs = plain} = this.#options;
		return {
			port,
			send: (bytes, address, _port, interfaceIndex = 0) => {
				const answerType = echoAnswers.get(bytes[0] ?? -1);
				const answer = bytes.slice();
				if (answerType === undefined || this.severed.has(host) || this.severed.has(address)) return;
				const tripMs = roundTripMs(host, address);
				if (tripMs === undefined) return;
				answer[0] = answerType;
				this.time.after(tripMs, () => {
					if (open) handlers.message(answer, {address, port: 0, interfaceIndex});
				});
			},
			join: () => {},
			leave: () => {},
			close: () => {
				open = false;
			},
		};
	}
}

/** One end of a stream. */
class End implements Stream {
	readonly #time: VirtualTime;
	readonly #latencyMs: number;
	handlers: StreamHandlers | undefined;
	peer: End | undefined;
	closed = false;
	queuedBytes = 0;

	constructor(time: VirtualTime, latencyMs: number, handlers?: StreamHandlers) {
		this.#time = time;
		this.#latencyMs = latencyMs;
		this.handlers = handlers;
	}

	write(bytes: Uint8Array): void {
		const copy = bytes.slice();
		this.queuedBytes += copy.length;
		this.#time.after(this.#latencyMs, () => {
			this.queuedBytes -= copy.length;
			if (this.peer?.closed === false) this.peer.handlers?.data(copy);
			if (!this.closed && this.queuedBytes === 0) this.handlers?.drain?.();
		});
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.#time.after(this.#latencyMs, () => this.peer?.fail(undefined));
	}

	fail(error: PortError | undefined): void {
		if (this.closed) return;
		this.closed = true;
		this.handlers?.close(error);
	}
}
