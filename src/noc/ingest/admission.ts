// SPDX-License-Identifier: Apache-2.0
import type {IConnectPacket, Packet} from 'mqtt-packet';
import {type Identity, mayPublish} from './authorisation.ts';
import type {ConnectionLimits} from './connection-services.ts';
import {type Reason, reason} from './reason.ts';

/** What a client that may come in gets. */
export interface Admission {
	readonly clientId: string;
	/** How long its session outlives the connection, and what it asked for. */
	readonly expiryS: number;
	readonly askedExpiryS: number;
	readonly keepaliveS: number;
	/** Silence after which it counts as gone. */
	readonly silenceMs: number;
}

/** Judges a CONNECT of someone whose word is good: the reason to refuse it, or what it gets. */
export function admit(
	packet: IConnectPacket,
	identity: Identity,
	limits: ConnectionLimits,
	newClientId: () => string,
): Reason | Admission {
	const v5 = packet.protocolVersion === 5;
	const {will} = packet;
	if (packet.properties?.authenticationMethod !== undefined) return reason.badAuthenticationMethod;
	if (will !== undefined) {
		if (mayPublish(identity, will.topic) === undefined) return reason.notAuthorised;
		if (will.qos === 2) return reason.qosUnsupported;
	}
	if (packet.clientId === '' && !v5 && packet.clean !== true) return reason.clientIdRefused;
	const wantedS = packet.keepalive ?? 0;
	// MQTT 3.1.1 has no way to tell a client of another keepalive than its own.
	const keepaliveS = v5
		? Math.min(wantedS || limits.maxKeepaliveS, limits.maxKeepaliveS)
		: wantedS || limits.maxKeepaliveS;
	const unset = v5 || packet.clean === true ? 0 : limits.maxSessionExpiryS;
	const askedExpiryS = (v5 ? packet.properties?.sessionExpiryInterval : undefined) ?? unset;
	return {
		clientId: packet.clientId === '' ? newClientId() : packet.clientId,
		askedExpiryS,
		expiryS: Math.min(askedExpiryS, limits.maxSessionExpiryS),
		keepaliveS,
		silenceMs: keepaliveS * 1500,
	};
}

/** The CONNACK that says so. Source: MQTT 5 section 3.2.2.3. */
export function connack(packet: IConnectPacket, got: Admission, present: boolean, limits: ConnectionLimits): Packet {
	if (packet.protocolVersion !== 5) return {cmd: 'connack', sessionPresent: present, returnCode: 0};
	return {
		cmd: 'connack',
		sessionPresent: present,
		reasonCode: reason.success,
		properties: {
			receiveMaximum: limits.receiveMaximum,
			maximumQoS: 1,
			maximumPacketSize: limits.maxPacketBytes,
			topicAliasMaximum: 0,
			wildcardSubscriptionAvailable: false,
			subscriptionIdentifiersAvailable: false,
			sharedSubscriptionAvailable: false,
			...(got.expiryS === got.askedExpiryS ? {} : {sessionExpiryInterval: got.expiryS}),
			...(got.keepaliveS === packet.keepalive ? {} : {serverKeepAlive: got.keepaliveS}),
			...(packet.clientId === '' ? {assignedClientIdentifier: got.clientId} : {}),
		},
	};
}
