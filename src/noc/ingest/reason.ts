// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';

/** Reason codes of MQTT 5 that we give. Source: MQTT 5 section 2.4. */
export const reason = {
	success: 0x00,
	disconnectWithWill: 0x04,
	noSubscription: 0x11,
	malformed: 0x81,
	protocolError: 0x82,
	versionUnsupported: 0x84,
	clientIdRefused: 0x85,
	badCredentials: 0x86,
	notAuthorised: 0x87,
	busy: 0x89,
	shuttingDown: 0x8b,
	badAuthenticationMethod: 0x8c,
	keepAliveTimeout: 0x8d,
	takenOver: 0x8e,
	topicNameInvalid: 0x90,
	receiveMaximumExceeded: 0x93,
	topicAliasInvalid: 0x94,
	packetTooLarge: 0x95,
	quotaExceeded: 0x97,
	payloadInvalid: 0x99,
	qosUnsupported: 0x9b,
} as const;

export type Reason = (typeof reason)[keyof typeof reason];

/** A client that broke the protocol; its connection ends with this reason. */
export class ProtocolError extends Error {
	readonly reason: Reason;

	constructor(code: Reason, detail: string) {
		super(detail);
		this.name = 'ProtocolError';
		this.reason = code;
	}
}

/** The CONNACK code of MQTT 3.1.1 that is nearest to a reason of MQTT 5. Source: MQTT 3.1.1 table 3.1. */
export function returnCode(code: Reason): number {
	switch (code) {
		case reason.versionUnsupported:
			return 1;
		case reason.clientIdRefused:
			return 2;
		case reason.busy:
		case reason.shuttingDown:
			return 3;
		case reason.badCredentials:
			return 4;
		default:
			return 5;
	}
}

/** The reason for bytes that could not be cut into packets. */
export function reasonOf(error: unknown): Reason {
	if (error instanceof ProtocolError) return error.reason;
	return error instanceof DecodeError && error.code === 'limit' ? reason.packetTooLarge : reason.malformed;
}
