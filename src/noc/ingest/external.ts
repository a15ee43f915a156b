// SPDX-License-Identifier: Apache-2.0
import {connect as connectTcp, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import mqttPacket, {type Packet} from 'mqtt-packet';
import {parseTopic, type TopicKind} from '../../wire/report/topic.ts';
import type {NocClock} from '../clock.ts';
import type {ExternalBroker} from '../options.ts';
import type {AckTarget} from '../store/message-log.ts';
import type {Intake} from './intake.ts';
import {PacketSplitter} from './packet-splitter.ts';
import {type PublishLayout, readPublish} from './publish.ts';

const KINDS: readonly TopicKind[] = ['hello', 't', 'ev', 'state', 'res'];
const KEEPALIVE_S = 30;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const SESSION_S = 3600;
const RECEIVE_MAXIMUM = 2000;
const MAX_PACKET_BYTES = 1_048_576;
const layout: PublishLayout = {
	qos: 0,
	retain: false,
	duplicate: false,
	topicAt: 0,
	topicEnd: 0,
	messageId: 0,
	payloadAt: 0,
};

export interface ExternalServices {
	readonly clock: NocClock;
	readonly intake: Intake;
	/** [0, 1) */
	readonly random: () => number;
	readonly clientId: string;
	say(line: string): void;
}

/**
 * The collector as a client of a broker that others run, in MQTT 5.
 *
 * A message is acknowledged to the broker when it is on our disk, and the broker keeps the session: what we had not
 * acknowledged when we died comes again. (MQTT.js would do, but it takes the next message only when the last is dealt
 * with; waiting for the disk each time would leave a few hundred messages a second.) One collector reads all of a
 * node's messages, never a `$share`: frames are deltas of the ones before.
 */
export class ExternalClient {
	connected = false;
	detail = 'not connected yet';
	readonly #broker: ExternalBroker;
	readonly #services: ExternalServices;
	readonly #address: URL;
	#socket: Socket | undefined;
	#link: Link | undefined;
	#retryMs = FIRST_RETRY_MS;
	#cancel: (() => void) | undefined;
	#messageId = 0;
	#closed = false;
	#pressed = false;

	/** Errors: Error for an address that is none. That the broker cannot be reached is told by `connected`. */
	constructor(broker: ExternalBroker, services: ExternalServices) {
		const address = URL.canParse(broker.url) ? new URL(broker.url) : undefined;
		if (address === undefined || !/^mqtts?:$/.test(address.protocol) || address.hostname === '')
			throw new Error(`broker: "${broker.url}" is not mqtt://host:port or mqtts://host:port`);
		this.#broker = broker;
		this.#services = services;
		this.#address = address;
		this.#connect();
	}

	#connect(): void {
		const {protocol, hostname, port} = this.#address;
		const tls = protocol === 'mqtts:';
		const host = hostname.replace(/^\[|\]$/g, '');
		const target = {host, port: Number(port === '' ? (tls ? 8883 : 1883) : port)};
		const {ca, username, password} = this.#broker;
		const socket = tls
			? connectTls({...target, servername: host, ...(ca === undefined ? {} : {ca})})
			: connectTcp({...target, noDelay: true});
		this.#socket = socket;
		const link = new Link(socket, this.#services.intake);
		this.#link = link;
		socket.once(tls ? 'secureConnect' : 'connect', () => {
			link.send({
				cmd: 'connect',
				protocolId: 'MQTT',
				protocolVersion: 5,
				clientId: this.#services.clientId,
				clean: false,
				keepalive: KEEPALIVE_S,
				properties: {
					sessionExpiryInterval: SESSION_S,
					receiveMaximum: RECEIVE_MAXIMUM,
					maximumPacketSize: MAX_PACKET_BYTES,
				},
				...(username === undefined ? {} : {username, password: Buffer.from(password ?? '')}),
			});
			this.#beat(link);
		});
		socket.on('data', (chunk: Buffer) => link.receive(chunk, packet => this.#handle(link, packet)));
		socket.on('error', error => {
			this.detail = error.message;
		});
		socket.on('close', () => this.#lost(link));
		if (this.#pressed) socket.pause();
	}

	#handle(link: Link, packet: Packet): void {
		switch (packet.cmd) {
			case 'connack':
				if (packet.reasonCode !== 0) {
					this.detail = `the broker refuses us with reason 0x${(packet.reasonCode ?? 0).toString(16)}`;
					this.#socket?.destroy();
					return;
				}
				link.send({
					cmd: 'subscribe',
					messageId: this.#nextId(),
					// Retained messages once a connection: the hellos of nodes that are silent now.
					subscriptions: KINDS.map(kind => ({topic: `mesh/v1/+/+/${kind}`, qos: 1 as const, rh: 0})),
				});
				return;
			case 'suback':
				if (packet.granted.some(code => Number(code) > 2)) {
					this.detail = 'the broker refuses the subscription';
					this.#socket?.destroy();
					return;
				}
				this.connected = true;
				this.detail = '';
				this.#retryMs = FIRST_RETRY_MS;
				this.#services.say(`connected to ${this.#broker.url}`);
				return;
			case 'disconnect':
				this.detail = `the broker ended the connection with reason 0x${(packet.reasonCode ?? 0).toString(16)}`;
				this.#socket?.destroy();
				return;
			default:
				return;
		}
	}

	#nextId(): number {
		this.#messageId = (this.#messageId % 65_535) + 1;
		return this.#messageId;
	}

	/** Pings, and ends a connection over which nothing came for one and a half intervals. */
	#beat(link: Link): void {
		this.#cancel = this.#services.clock.after((KEEPALIVE_S * 1000) / 2, () => {
			if (link.silentBeats++ > 2) {
				this.detail = 'the broker went silent';
				this.#socket?.destroy();
				return;
			}
			link.send({cmd: 'pingreq'});
			this.#beat(link);
		});
	}

	#lost(link: Link): void {
		if (link !== this.#link) return;
		link.dead = true;
		this.#cancel?.();
		if (this.connected) this.#services.say(`lost ${this.#broker.url}: ${this.detail}`);
		if (this.connected && this.detail === '') this.detail = 'the connection ended';
		this.connected = false;
		if (this.#closed) return;
		const delayMs = this.#retryMs * (0.5 + this.#services.random());
		this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
		this.#cancel = this.#services.clock.after(delayMs, () => this.#connect());
	}

	/** While the disk lags behind nothing is read. */
	press(pressed: boolean): void {
		this.#pressed = pressed;
		if (pressed) this.#socket?.pause();
		else this.#socket?.resume();
	}

	/** Sends a command to a node; one that cannot be sent now is not worth keeping. */
	send(topic: string, payload: string): void {
		if (!this.connected) return;
		this.#link?.send({
			cmd: 'publish',
			topic,
			payload,
			qos: 1,
			dup: false,
			retain: false,
			messageId: this.#nextId(),
			properties: {messageExpiryInterval: 60},
		});
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#cancel?.();
		const socket = this.#socket;
		if (socket === undefined || socket.destroyed) return;
		await new Promise<void>(resolve => {
			socket.once('close', () => resolve());
			this.#services.clock.after(500, () => socket.destroy());
			this.#link?.send({cmd: 'disconnect', reasonCode: 0});
			socket.end();
		});
	}
}

/** One connection to the broker. */
class Link implements AckTarget {
	dead = false;
	silentBeats = 0;
	readonly #socket: Socket;
	readonly #intake: Intake;
	readonly #splitter = new PacketSplitter(MAX_PACKET_BYTES);

	constructor(socket: Socket, intake: Intake) {
		this.#socket = socket;
		this.#intake = intake;
	}

	send(packet: Packet): void {
		if (!this.dead && !this.#socket.destroyed) this.#socket.write(mqttPacket.generate(packet, {protocolVersion: 5}));
	}

	/** Takes bytes of the broker; bytes that make no sense end the connection. */
	receive(chunk: Buffer, handle: (packet: Packet) => void): void {
		this.silentBeats = 0;
		try {
			this.#splitter.push(chunk);
			for (let bytes = this.#splitter.next(); bytes !== undefined; bytes = this.#splitter.next()) {
				if (readPublish(bytes, 5, layout))
					this.#take(
						bytes.toString('utf8', layout.topicAt, layout.topicEnd),
						bytes.subarray(layout.payloadAt),
						layout.messageId,
					);
				else {
					const packet = parseFromBroker(bytes);
					if (packet.cmd !== 'publish') handle(packet);
					else this.#take(packet.topic, Buffer.from(packet.payload), packet.messageId ?? 0);
				}
			}
		} catch (error) {
			this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
		}
	}

	#take(topic: string, payload: Uint8Array, messageId: number): void {
		const parsed = parseTopic(topic);
		const record = parsed === undefined ? undefined : this.#intake.node(parsed.node);
		if (messageId > 0) this.#intake.acknowledgeLater(this, messageId);
		if (parsed !== undefined && record !== undefined && payload.length > 0)
			this.#intake.take(record, parsed.kind, payload);
	}

	acknowledge(ids: readonly number[]): void {
		for (const messageId of ids) this.send({cmd: 'puback', messageId, reasonCode: 0});
	}
}

/** Errors: Error for bytes that are no packet. */
function parseFromBroker(bytes: Buffer): Packet {
	const parser = mqttPacket.parser({protocolVersion: 5});
	let packet: Packet | undefined;
	parser.on('packet', read => {
		packet = read;
	});
	parser.on('error', error => {
		throw error;
	});
	parser.parse(bytes);
	if (packet === undefined) throw new Error('the broker sent half a packet');
	return packet;
}
