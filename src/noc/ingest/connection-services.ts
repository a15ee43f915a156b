// SPDX-License-Identifier: Apache-2.0
import type {NocClock} from '../clock.ts';
import type {Identity} from './authorisation.ts';
import type {Intake} from './intake.ts';
import type {Reason} from './reason.ts';
import type {Sessions} from './session.ts';

export interface ConnectionLimits {
	readonly maxPacketBytes: number;
	/** Messages of one client that may wait for the disk. */
	readonly receiveMaximum: number;
	readonly bytesPerSecond: number;
	readonly packetsPerSecond: number;
	readonly maxKeepaliveS: number;
	readonly maxSessionExpiryS: number;
	readonly connectTimeoutMs: number;
}

/** The transport of a connection. */
export interface Transport {
	write(bytes: Uint8Array): void;
	/** Sends what was written, then ends. */
	end(): void;
	/** Stops reading until `resume`. */
	pause(): void;
	resume(): void;
	/** Certificate subject, when the client showed a verified one. */
	readonly certificateName?: string;
}

export interface ConnectionServices {
	readonly clock: NocClock;
	readonly intake: Intake;
	readonly sessions: Sessions;
	readonly limits: ConnectionLimits;
	/** Who the client is. Absent: undefined when its word is not good. */
	authenticate(
		username: string | undefined,
		password: Buffer | undefined,
		certificateName?: string,
	): Promise<Identity | undefined>;
	/** A connection ended because the client broke a rule. */
	refused(code: Reason): void;
	throttled(): void;
	newClientId(): string;
}
