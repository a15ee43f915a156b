// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../../core/errors.ts';
import type {Observe} from '../../model/observation.ts';
import type {Datagram, DatagramOptions, Runtime} from '../../port/port.ts';
import {decodeEchoReply, ECHO_HEADER_BYTES, encodeEchoRequest} from '../../wire/probe/echo.ts';
import type {Target} from './targets.ts';

// Probes on their way, one at a time a target: echo requests, and datagrams that somebody sends back.
//
// Invariants
// 1. Every probe that was sent ends once: answered, or lost after TIMEOUT_MS.
// 2. An answer counts only with the token that was sent, which nobody else knows.

const TIMEOUT_MS = 3000;
/** As much as `ping` sends. */
const PAYLOAD_BYTES = 56;
const TOKEN_BYTES = 8;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
/** A loopback's 65,536 say nothing of a path. */
const MOST_PACKET_BYTES = 9200;

export type ProbePort = Pick<Runtime, 'clock' | 'datagram' | 'crypto'>;
type Kind = `${DatagramOptions['family']}-${'icmp' | 'udp'}`;

interface Underway {
	readonly sentMs: number;
	/** Absent: nobody answered. */
	readonly done: (roundTripUs: number | undefined) => void;
}

export class Prober {
	readonly #port: ProbePort;
	readonly #observe: Observe;
	readonly #token: Uint8Array;
	readonly #sockets = new Map<Kind, Datagram>();
	readonly #underway = new Map<number, Underway>();
	#sequence = 0;

	constructor(port: ProbePort, observe: Observe) {
		this.#port = port;
		this.#observe = observe;
		this.#token = port.crypto.randomBytes(TOKEN_BYTES);
	}

	/**
	 * Sends an echo request as large as `packetBytes`, headers included, that no router may cut: one that cannot pass it on
	 * says how much it can, and the kernel learns the path's MTU. What becomes of the probe itself is nobody's concern.
	 */
	measure(target: Target, packetBytes: number): void {
		const headerBytes = (target.address.includes(':') ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES) + ECHO_HEADER_BYTES;
		const payloadBytes = packetBytes - headerBytes;
		if (target.port === undefined && payloadBytes > PAYLOAD_BYTES && packetBytes <= MOST_PACKET_BYTES)
			this.send(target, () => {}, payloadBytes);
	}

	/** Sends one probe. `done` is told its fate, unless it could not be sent: that is a failure, and no loss. */
	send(target: Target, done: Underway['done'], payloadBytes: number = PAYLOAD_BYTES): void {
		const family = target.address.includes(':') ? 'ipv6' : 'ipv4';
		const kind: Kind = `${family}-${target.port === undefined ? 'icmp' : 'udp'}`;
		const socket = this.#socket(kind, family);
		if (socket === undefined) return;
		this.#sequence = (this.#sequence + 1) & 0xffff;
		const payload = new Uint8Array(payloadBytes);
		payload.set(this.#token);
		payload[TOKEN_BYTES] = this.#sequence >> 8;
		payload[TOKEN_BYTES + 1] = this.#sequence & 255;
		const {port: destination = 0, address, interfaceIndex} = target;
		const request = {identifier: socket.port, sequence: this.#sequence, payload};
		const bytes = destination === 0 ? encodeEchoRequest(family, request) : payload;
		this.#underway.set(this.#sequence, {sentMs: this.#port.clock.nowMs(), done});
		socket.send(bytes, address, destination, interfaceIndex);
	}

	/** Ends the probes that nobody has answered in time. */
	expire(): void {
		const oldestMs = this.#port.clock.nowMs() - TIMEOUT_MS;
		for (const [sequence, {sentMs, done}] of this.#underway) {
			if (sentMs > oldestMs) return; // they are in the order in which they were sent
			this.#underway.delete(sequence);
			done(undefined);
		}
	}

	close(): void {
		for (const socket of this.#sockets.values()) socket.close();
		this.#sockets.clear();
		this.#underway.clear();
	}

	/** Absent: undefined where there can be none, which is observed. */
	#socket(kind: Kind, family: DatagramOptions['family']): Datagram | undefined {
		const held = this.#sockets.get(kind);
		if (held !== undefined) return held;
		const isEcho = kind.endsWith('icmp');
		try {
			const socket = this.#port.datagram(
				{family, protocol: isEcho ? 'icmp' : 'udp'},
				{
					message: bytes => this.#receive(bytes, isEcho ? family : undefined),
					error: error => this.#fail(error),
				},
			);
			this.#sockets.set(kind, socket);
			return socket;
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			this.#fail(error);
			return undefined;
		}
	}

	/** Absent `echo`: a datagram that is the payload and nothing else. */
	#receive(bytes: Uint8Array, echo: DatagramOptions['family'] | undefined): void {
		const nowMs = this.#port.clock.nowMs();
		let payload: Uint8Array | undefined = bytes;
		try {
			if (echo !== undefined) payload = decodeEchoReply(echo, bytes)?.payload;
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			return this.#fail(error);
		}
		if (payload === undefined || payload.length < PAYLOAD_BYTES) return;
		for (let i = 0; i < TOKEN_BYTES; i++) if (payload[i] !== this.#token[i]) return;
		const sequence = ((payload[TOKEN_BYTES] ?? 0) << 8) | (payload[TOKEN_BYTES + 1] ?? 0);
		const underway = this.#underway.get(sequence);
		if (underway === undefined) return; // too late, or twice
		this.#underway.delete(sequence);
		underway.done((nowMs - underway.sentMs) * 1000);
	}

	#fail(error: DecodeError | PortError): void {
		const detail = error instanceof DecodeError ? error.path : error.message;
		this.#observe({kind: 'failure', source: 'latency', code: error.code, detail});
	}
}
