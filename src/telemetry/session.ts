// SPDX-License-Identifier: Apache-2.0
import {DecodeError, type PortError} from '../core/errors.ts';
import {encodeUtf8} from '../core/text.ts';
import type {Clock, Stream, StreamAddress, StreamHandlers} from '../port/port.ts';
import * as mqtt from '../wire/mqtt/packet.ts';
import {PacketSplitter} from '../wire/mqtt/splitter.ts';

// An MQTT 3.1.1 client session for one publisher: quality of service 1 both ways, a last will, a window of messages on
// their way, and a reconnect that backs off with jitter.
//
//   idle ──start──▶ waiting ──timer──▶ connecting ──open──▶ greeting ──CONNACK 0──▶ connected
//                      ▲                    │ close             │ refused, close         │ close, silence
//                      └────────────────────┴───────────────────┴────────────────────────┘
//
// Invariants
// 1. At most WINDOW messages are unacknowledged; packet identifiers of these are all different.
// 2. After a reconnect everything unacknowledged is sent again, first, in its order, marked duplicate (4.4, 4.6).
// 3. `delivered` is called once for each published message, when its PUBACK has arrived.

export interface SessionOptions {
	readonly address: StreamAddress;
	readonly clientId: string;
	readonly username?: string;
	readonly password?: string;
	readonly keepAliveS: number;
	readonly will: {readonly topic: string; readonly payload: Uint8Array};
	/** The one topic filter we listen to. */
	readonly subscribeTo: string;
}

export interface SessionHandlers {
	/** The session is up: there is room in the window. */
	connected(): void;
	/** It ended, or an attempt failed; another follows in `retryMs`. */
	disconnected(reason: string, retryMs: number): void;
	message(topic: string, payload: Uint8Array): void;
	/** There is room in the window again. */
	ready(): void;
}

export interface SessionPort {
	readonly clock: Clock;
	readonly random: () => number;
	stream(address: StreamAddress, handlers: StreamHandlers): Stream;
}

/** A message on its way, which is also the packet that carries it. */
interface Outgoing {
	flags: number;
	readonly packetId: number;
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly delivered: (() => void) | undefined;
}

export const WINDOW = 16;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;
const HANDSHAKE_TIMEOUT_MS = 30_000;
/** Nothing a collector has to tell an agent is longer. */
const PACKET_LIMIT_BYTES = 16_384;

export class MqttSession {
	readonly #port: SessionPort;
	readonly #options: SessionOptions;
	readonly #handlers: SessionHandlers;
	#state: 'idle' | 'waiting' | 'connecting' | 'greeting' | 'connected' = 'idle';
	#stream: Stream | undefined;
	#splitter: PacketSplitter | undefined;
	#cancelTimer = (): void => {};
	#retryMs = FIRST_RETRY_MS;
	#packetId = 0;
	#outgoing: Outgoing[] = [];
	#heard = false;
	#pinged = false;

	constructor(port: SessionPort, options: SessionOptions, handlers: SessionHandlers) {
		this.#port = port;
		this.#options = options;
		this.#handlers = handlers;
	}

	get connected(): boolean {
		return this.#state === 'connected';
	}

	/** Whether `publish` would take a message now. */
	get hasRoom(): boolean {
		return this.connected && this.#outgoing.length < WINDOW;
	}

	start(): void {
		// A village that gets its power back must not greet its collector in the same instant.
		if (this.#state === 'idle') this.#wait(this.#port.random() * FIRST_RETRY_MS);
	}

	/** Says good-bye, so that the server does not publish our will, and forgets what was on its way. */
	stop(): void {
		this.#cancelTimer();
		if (this.connected) this.#stream?.write(mqtt.disconnect.encode({flags: 0}));
		this.#stream?.close();
		this.#stream = undefined;
		this.#state = 'idle';
		this.#outgoing = [];
	}

	/** Sends one message. Call only while `hasRoom`. */
	publish(topic: string, payload: Uint8Array, retain: boolean, delivered?: () => void): void {
		const flags = retain ? mqtt.PUBLISH_QOS1 | mqtt.PUBLISH_RETAIN : mqtt.PUBLISH_QOS1;
		const message = {flags, packetId: this.#nextPacketId(), topic, payload, delivered};
		this.#outgoing.push(message);
		this.#stream?.write(mqtt.publish.encode(message));
	}

	#nextPacketId(): number {
		for (;;) {
			this.#packetId = (this.#packetId % 0xffff) + 1;
			const packetId = this.#packetId;
			if (this.#outgoing.length === 0 || !this.#outgoing.some(message => message.packetId === packetId))
				return packetId;
		}
	}

	#wait(delayMs: number): void {
		this.#state = 'waiting';
		this.#timer(delayMs, () => this.#connect());
	}

	#timer(delayMs: number, task: () => void): void {
		this.#cancelTimer();
		this.#cancelTimer = this.#port.clock.after(delayMs, task);
	}

	#connect(): void {
		this.#state = 'connecting';
		this.#splitter = new PacketSplitter(PACKET_LIMIT_BYTES, (type, flags, bytes, start, end) =>
			this.#receive(type, flags, bytes, start, end),
		);
		this.#timer(HANDSHAKE_TIMEOUT_MS, () => this.#fail('timed-out'));
		this.#stream = this.#port.stream(this.#options.address, {
			open: () => this.#greet(),
			data: bytes => this.#data(bytes),
			close: error => this.#closed(error),
		});
	}

	#greet(): void {
		const {clientId, keepAliveS, will, username, password} = this.#options;
		this.#state = 'greeting';
		const connectFlags =
			mqtt.CONNECT_WILL |
			mqtt.CONNECT_WILL_QOS1 |
			mqtt.CONNECT_WILL_RETAIN |
			(username === undefined ? 0 : mqtt.CONNECT_USERNAME) |
			(username === undefined || password === undefined ? 0 : mqtt.CONNECT_PASSWORD);
		this.#stream?.write(
			mqtt.connect.encode({
				flags: 0,
				protocol: 'MQTT',
				level: 4,
				connectFlags,
				keepAliveS,
				clientId,
				willTopic: will.topic,
				willPayload: will.payload,
				username: username ?? '',
				password: encodeUtf8(password ?? ''),
			}),
		);
	}

	#data(bytes: Uint8Array): void {
		this.#heard = true;
		try {
			this.#splitter?.push(bytes);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#fail(error.message);
		}
	}

	#receive(type: number, flags: number, bytes: Uint8Array, start: number, end: number): void {
		switch (type) {
			case mqtt.connack.type:
				return this.#greeted(mqtt.connack.decode(flags, bytes, start, end).code);
			case mqtt.puback.type:
				return this.#acknowledged(mqtt.puback.decode(flags, bytes, start, end).packetId);
			case mqtt.publish.type: {
				const {topic, payload, packetId} = mqtt.publish.decode(flags, bytes, start, end);
				if (packetId !== undefined) this.#stream?.write(mqtt.puback.encode({flags: 0, packetId}));
				return this.#handlers.message(topic, payload);
			}
			case mqtt.suback.type:
			case mqtt.pingresp.type:
				return;
			default:
				return this.#fail(`packet of type ${type}`);
		}
	}

	#greeted(code: number): void {
		if (this.#state !== 'greeting') return this.#fail('a second greeting');
		if (code !== 0) return this.#fail(mqtt.connackReasons[code] ?? `refused with ${code}`);
		this.#state = 'connected';
		this.#retryMs = FIRST_RETRY_MS;
		this.#pinged = false;
		this.#keepAlive();
		this.#stream?.write(
			mqtt.subscribe.encode({flags: 2, packetId: this.#nextPacketId(), filter: this.#options.subscribeTo, qos: 1}),
		);
		for (const message of this.#outgoing) {
			message.flags |= mqtt.PUBLISH_DUPLICATE;
			this.#stream?.write(mqtt.publish.encode(message));
		}
		this.#handlers.connected();
	}

	#acknowledged(packetId: number): void {
		const first = this.#outgoing[0];
		// Acknowledgements come in the order of the messages; a server that does otherwise costs a search.
		const message = first?.packetId === packetId ? first : this.#outgoing.find(other => other.packetId === packetId);
		if (message === undefined) return;
		if (message === first) this.#outgoing.shift();
		else this.#outgoing.splice(this.#outgoing.indexOf(message), 1);
		message.delivered?.();
		this.#handlers.ready();
	}

	/** Half the keep-alive: a ping when nothing was heard; silence after a ping ends the connection. */
	#keepAlive(): void {
		this.#heard = false;
		this.#timer(this.#options.keepAliveS * 500, () => {
			if (!this.#heard && this.#pinged) return this.#fail('silent');
			this.#pinged = !this.#heard || this.#outgoing.length === 0;
			if (this.#pinged) this.#stream?.write(mqtt.pingreq.encode({flags: 0}));
			this.#keepAlive();
		});
	}

	#fail(reason: string): void {
		this.#stream?.close();
		this.#ended(reason);
	}

	#closed(error: PortError | undefined): void {
		this.#ended(error === undefined ? 'closed by the server' : error.message);
	}

	#ended(reason: string): void {
		if (this.#state === 'idle' || this.#state === 'waiting') return;
		this.#stream = undefined;
		const delayMs = this.#retryMs * (0.5 + this.#port.random());
		this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
		this.#wait(delayMs);
		this.#handlers.disconnected(reason, delayMs);
	}
}
