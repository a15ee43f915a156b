// SPDX-License-Identifier: Apache-2.0
import mqttPacket, {type IConnectPacket, type IPublishPacket, type ISubscribePacket, type Packet} from 'mqtt-packet';
import {encodeUtf8} from '../../core/text.ts';
import type {TopicKind} from '../../wire/report/topic.ts';
import type {AckTarget} from '../store/message-log.ts';
import {admit, connack} from './admission.ts';
import {type Identity, mayPublish, maySubscribe} from './authorisation.ts';
import type {ConnectionServices, Transport} from './connection-services.ts';
import type {NodeRecord} from './intake.ts';
import {parsePacket} from './packet.ts';
import {PacketSplitter} from './packet-splitter.ts';
import {type PublishLayout, readPublish} from './publish.ts';
import {ProtocolError, type Reason, reason, reasonOf, returnCode} from './reason.ts';
import type {Outbound, Session, SessionHolder} from './session.ts';
import {TokenBucket} from './token-bucket.ts';

const CONNECT_BYTES = 16_384;
const MAX_TOPICS = 64;
const layout: PublishLayout = {
	qos: 0,
	retain: false,
	duplicate: false,
	topicAt: 0,
	topicEnd: 0,
	messageId: 0,
	payloadAt: 0,
};

/**
 * One client of the listener: MQTT 3.1.1 and 5 as a state machine over a transport.
 *
 * States: waiting (only CONNECT is taken) → checking (nothing is read) → open → closed.
 */
export class Connection implements AckTarget, SessionHolder {
	readonly #services: ConnectionServices;
	readonly #transport: Transport;
	readonly #splitter: PacketSplitter;
	readonly #bytes: TokenBucket;
	readonly #packets: TokenBucket;
	#state: 'waiting' | 'checking' | 'open' | 'closed' = 'waiting';
	#version = 0;
	#identity: Identity = {};
	#session: Session | undefined;
	#will: IConnectPacket['will'];
	#held = false;
	#paused = false;
	#cancelWait: (() => void) | undefined;
	#unacknowledged = 0;
	#lastHeardMs: number;
	#silenceMs: number;
	/** Topics written before, so that the usual one costs a comparison. */
	#lastTopic: Buffer = Buffer.alloc(0);
	#lastRecord: NodeRecord | undefined;
	#lastKind: TopicKind = 't';
	readonly #records = new Set<NodeRecord>();

	constructor(services: ConnectionServices, transport: Transport) {
		const {limits, clock} = services;
		const nowMs = clock.nowMs();
		this.#services = services;
		this.#transport = transport;
		this.#splitter = new PacketSplitter(Math.min(CONNECT_BYTES, limits.maxPacketBytes));
		this.#bytes = new TokenBucket(limits.bytesPerSecond, limits.bytesPerSecond, nowMs);
		this.#packets = new TokenBucket(limits.packetsPerSecond, limits.packetsPerSecond, nowMs);
		this.#lastHeardMs = nowMs;
		this.#silenceMs = limits.connectTimeoutMs;
	}

	get open(): boolean {
		return this.#state === 'open';
	}

	/** Takes what the transport received. Never throws. */
	receive(chunk: Buffer): void {
		if (this.#state === 'closed') return;
		const nowMs = this.#services.clock.nowMs();
		this.#lastHeardMs = nowMs;
		this.#bytes.refill(nowMs);
		this.#packets.refill(nowMs);
		this.#bytes.take(chunk.length);
		this.#splitter.push(chunk);
		this.#work();
		if (this.#bytes.exhausted) this.#wait(this.#bytes.waitMs());
	}

	/** Handles the packets that are here, as far as the budget goes. */
	#work(): void {
		try {
			while ((this.#state === 'open' || this.#state === 'waiting') && !this.#held) {
				if (this.#packets.exhausted) {
					this.#wait(this.#packets.waitMs());
					return;
				}
				const packet = this.#splitter.next();
				if (packet === undefined) return;
				this.#packets.take(1);
				this.#handle(packet);
			}
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			this.#refuse(reasonOf(error));
		}
	}

	#wait(ms: number): void {
		if (this.#cancelWait !== undefined || this.#state === 'closed') return;
		this.#services.throttled();
		this.#held = true;
		this.#pause();
		this.#cancelWait = this.#services.clock.after(Math.ceil(ms), () => {
			this.#cancelWait = undefined;
			this.#held = false;
			const nowMs = this.#services.clock.nowMs();
			this.#bytes.refill(nowMs);
			this.#packets.refill(nowMs);
			this.#lastHeardMs = nowMs; // the silence was ours
			this.#work();
			if (!this.#held && this.#state !== 'checking') this.#resume();
		});
	}

	#pause(): void {
		if (this.#paused) return;
		this.#paused = true;
		this.#transport.pause();
	}

	#resume(): void {
		if (!this.#paused) return;
		this.#paused = false;
		this.#transport.resume();
	}

	#handle(bytes: Buffer): void {
		if (this.#state === 'open') {
			if (readPublish(bytes, this.#version, layout)) {
				this.#publish(bytes);
				return;
			}
			if ((bytes[0] ?? 0) >> 4 === 1) throw new ProtocolError(reason.protocolError, 'CONNECT again');
			this.#dispatch(parsePacket(bytes, this.#version));
			return;
		}
		if ((bytes[0] ?? 0) >> 4 !== 1) throw new ProtocolError(reason.protocolError, 'something before CONNECT');
		const packet = parsePacket(bytes, 0);
		if (packet.cmd === 'connect') this.#connect(packet);
	}

	#connect(packet: IConnectPacket & {bridgeMode?: boolean}): void {
		this.#version = packet.protocolVersion ?? 4;
		if (packet.bridgeMode === true) throw new ProtocolError(reason.versionUnsupported, 'bridge mode');
		this.#state = 'checking';
		this.#pause();
		const {username, password} = packet;
		this.#services
			.authenticate(
				username,
				password === undefined ? undefined : Buffer.from(password),
				this.#transport.certificateName,
			)
			.then(identity => {
				if (this.#state !== 'checking') return;
				if (identity === undefined) this.#refuse(reason.badCredentials);
				else this.#admit(packet, identity);
			})
			.catch(() => this.#refuse(reason.busy));
	}

	#admit(packet: IConnectPacket, identity: Identity): void {
		const {limits, sessions, clock} = this.#services;
		const got = admit(packet, identity, limits, this.#services.newClientId);
		if (typeof got === 'number') return this.#refuse(got);
		const key = `${identity.node ?? ''}/${got.clientId}`;
		const {session, present} = sessions.open(key, packet.clean === true, this);
		session.expiryS = got.expiryS;
		this.#identity = identity;
		this.#session = session;
		this.#will = packet.will;
		this.#silenceMs = got.silenceMs;
		this.#splitter.maxBytes = limits.maxPacketBytes;
		this.#state = 'open';
		this.#lastHeardMs = clock.nowMs();
		this.#send(connack(packet, got, present, limits));
		session.resume(clock.nowMs());
		this.#work();
		if (!this.#held) this.#resume();
	}

	#dispatch(packet: Packet): void {
		switch (packet.cmd) {
			case 'publish':
				this.#publishParsed(packet);
				return;
			case 'subscribe':
				this.#subscribe(packet);
				return;
			case 'unsubscribe': {
				const session = this.#session;
				const granted = packet.unsubscriptions.map(topic =>
					session !== undefined && this.#services.sessions.unsubscribe(session, topic)
						? reason.success
						: reason.noSubscription,
				);
				this.#send({cmd: 'unsuback', messageId: packet.messageId ?? 0, granted} as Packet);
				return;
			}
			case 'puback':
				this.#session?.inFlight.delete(packet.messageId ?? 0);
				return;
			case 'pingreq':
				this.#send({cmd: 'pingresp'});
				return;
			case 'disconnect': {
				if (packet.reasonCode !== reason.disconnectWithWill) this.#will = undefined;
				const expiryS = packet.properties?.sessionExpiryInterval;
				const session = this.#session;
				if (expiryS !== undefined && session !== undefined) {
					if (session.expiryS === 0 && expiryS > 0)
						throw new ProtocolError(reason.protocolError, 'session expiry raised from 0');
					session.expiryS = Math.min(expiryS, this.#services.limits.maxSessionExpiryS);
				}
				this.#transport.end();
				this.closed();
				return;
			}
			default:
				// AUTH without a method, or a half of QoS 2, which we do not offer.
				throw new ProtocolError(reason.protocolError, `${packet.cmd} is out of place`);
		}
	}

	/** The way of nearly all messages: no property, no string made of the topic when it is the same as before. */
	#publish(bytes: Buffer): void {
		const {topicAt, topicEnd, payloadAt, messageId} = layout;
		const last = this.#lastTopic;
		const same = last.length === topicEnd - topicAt && last.compare(bytes, topicAt, topicEnd) === 0;
		if (!same) {
			if (!this.#resolve(bytes.toString('utf8', topicAt, topicEnd), messageId)) return;
			this.#lastTopic = Buffer.from(bytes.subarray(topicAt, topicEnd));
		}
		this.#take(bytes.subarray(payloadAt), messageId);
	}

	#publishParsed(packet: IPublishPacket): void {
		if (packet.qos === 2) throw new ProtocolError(reason.qosUnsupported, 'QoS 2');
		if (packet.properties?.topicAlias !== undefined) throw new ProtocolError(reason.topicAliasInvalid, 'topic alias');
		if (packet.properties?.subscriptionIdentifier !== undefined)
			throw new ProtocolError(reason.protocolError, 'subscription identifier from a client');
		this.#lastTopic = Buffer.alloc(0);
		const messageId = packet.messageId ?? 0;
		if (!this.#resolve(packet.topic, messageId)) return;
		this.#take(Buffer.from(packet.payload), messageId);
	}

	/** Finds whom a topic belongs to; where it may not be written says so, in MQTT 3.1.1 by closing. */
	#resolve(topic: string, messageId: number): boolean {
		const parsed = mayPublish(this.#identity, topic);
		const record = parsed === undefined ? undefined : this.#services.intake.node(parsed.node);
		if (
			parsed !== undefined &&
			record !== undefined &&
			(this.#records.has(record) || this.#records.size < MAX_TOPICS)
		) {
			this.#lastRecord = record;
			this.#lastKind = parsed.kind;
			if (!this.#records.has(record)) {
				this.#records.add(record);
				this.#services.intake.connected(record, 1);
			}
			return true;
		}
		const code = parsed === undefined ? reason.notAuthorised : reason.quotaExceeded;
		if (this.#version !== 5) throw new ProtocolError(code, 'topic refused');
		if (messageId > 0) this.#send({cmd: 'puback', messageId, reasonCode: code});
		this.#services.refused(code);
		return false;
	}

	#take(payload: Buffer, messageId: number): void {
		const record = this.#lastRecord;
		if (record === undefined) return;
		if (messageId > 0) {
			if (++this.#unacknowledged > this.#services.limits.receiveMaximum) {
				if (this.#version === 5) throw new ProtocolError(reason.receiveMaximumExceeded, 'too many at once');
				this.#held = true; // MQTT 3.1.1 has no word for it: we stop reading until the disk has caught up
				this.#pause();
			}
			this.#services.intake.acknowledgeLater(this, messageId);
		}
		this.#services.intake.take(record, this.#lastKind, payload);
	}

	acknowledge(ids: readonly number[]): void {
		this.#unacknowledged -= ids.length;
		if (this.#state !== 'open') return;
		const bytes = Buffer.allocUnsafe(ids.length * 4);
		let at = 0;
		for (const id of ids) {
			bytes[at] = 0x40;
			bytes[at + 1] = 2;
			bytes[at + 2] = id >> 8;
			bytes[at + 3] = id & 0xff;
			at += 4;
		}
		this.#transport.write(bytes);
		if (this.#held && this.#cancelWait === undefined && this.#unacknowledged <= this.#services.limits.receiveMaximum) {
			this.#held = false;
			this.#work();
			if (!this.#held) this.#resume();
		}
	}

	#subscribe(packet: ISubscribePacket): void {
		const refusal = this.#version === 5 ? reason.notAuthorised : 0x80;
		const granted = packet.subscriptions.map(({topic, qos}) => {
			if (maySubscribe(this.#identity, topic) === undefined || this.#session === undefined) return refusal;
			const level = qos === 0 ? 0 : 1;
			this.#services.sessions.subscribe(this.#session, topic, level);
			return level;
		});
		this.#send({cmd: 'suback', messageId: packet.messageId ?? 0, granted} as Packet);
	}

	deliver(message: Outbound, messageId: number, again: boolean): void {
		if (this.#state !== 'open') return;
		this.#send({
			cmd: 'publish',
			topic: message.topic,
			payload: message.payload,
			qos: message.qos,
			dup: again,
			retain: false,
			...(messageId > 0 ? {messageId} : {}),
		});
	}

	takenOver(): void {
		this.#refuse(reason.takenOver, false);
	}

	/** The silence so far was not the client's. */
	forgiveSilence(nowMs: number): void {
		this.#lastHeardMs = nowMs;
	}

	/** Called now and then: ends a connection that went silent. */
	check(nowMs: number): void {
		if (this.#paused || nowMs - this.#lastHeardMs <= this.#silenceMs) return;
		if (this.#state === 'open') this.#refuse(reason.keepAliveTimeout);
		else this.#refuse(reason.protocolError);
	}

	shutDown(): void {
		this.#refuse(reason.shuttingDown, false);
	}

	#refuse(code: Reason, count = true): void {
		if (this.#state === 'closed') return;
		if (count) this.#services.refused(code);
		if (this.#state === 'open') {
			if (this.#version === 5) this.#send({cmd: 'disconnect', reasonCode: code});
		} else if (this.#version === 5) this.#send({cmd: 'connack', sessionPresent: false, reasonCode: code});
		else if (this.#version !== 0 || code === reason.versionUnsupported)
			this.#send({cmd: 'connack', sessionPresent: false, returnCode: returnCode(code)});
		this.#transport.end();
		this.closed();
	}

	#send(packet: Packet): void {
		this.#transport.write(mqttPacket.generate(packet, {protocolVersion: this.#version === 5 ? 5 : 4}));
	}

	/** The transport is gone, or is about to be: the session is put aside, and the will is published unless it was withdrawn. */
	closed(): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#cancelWait?.();
		const {intake, sessions, clock} = this.#services;
		const session = this.#session;
		const will = this.#will;
		this.#will = undefined;
		for (const record of this.#records) intake.connected(record, -1);
		this.#records.clear();
		if (session !== undefined) sessions.release(session, this, clock.nowMs());
		if (will === undefined) return;
		const parsed = mayPublish(this.#identity, will.topic);
		const publish = () => {
			const record = parsed === undefined ? undefined : intake.node(parsed.node);
			if (parsed === undefined || record === undefined) return;
			const payload = typeof will.payload === 'string' ? encodeUtf8(will.payload) : will.payload;
			intake.take(record, parsed.kind, payload);
		};
		const delayS = Math.min(will.properties?.willDelayInterval ?? 0, session?.expiryS ?? 0);
		// A delayed will is not sent when the client is back by then.
		if (delayS === 0) publish();
		else clock.after(delayS * 1000, () => (session?.holder === undefined ? publish() : undefined));
	}
}
