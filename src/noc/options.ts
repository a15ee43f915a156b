// SPDX-License-Identifier: Apache-2.0
import type {ConnectionLimits} from './ingest/connection-services.ts';
import type {ListenAddress, TlsFiles} from './ingest/listener.ts';

/** An external broker that the collector is a client of. */
export interface ExternalBroker {
	/** `mqtt://host:port` or `mqtts://host:port`. */
	readonly url: string;
	readonly username?: string;
	readonly password?: string;
	/** PEM text of the authority that the broker's certificate must come from. */
	readonly ca?: string;
}

/** How long each resolution is kept. */
export interface Retention {
	readonly rawDays: number;
	readonly fiveMinuteDays: number;
	readonly hourDays: number;
}

/**
 * Something that stands beside a collector under its address and is no part of it: `npm start` has one for its simulated
 * mesh. A collector that runs by itself has none.
 */
export interface Companion {
	/** What it answers begins with this: `/name/`. */
	readonly prefix: string;
	/** Elements for the page's head, its own script and style sheet, which lie under the prefix. */
	readonly head: string;
	answer(request: Request): Promise<Response>;
}

export interface CollectorOptions {
	/** Folder of the database and the message log. */
	readonly dataFolder: string;
	/** Port 0 takes any free one. */
	readonly http?: ListenAddress;
	/** Absent: no listener without TLS. */
	readonly mqtt?: ListenAddress;
	readonly mqtts?: ListenAddress & {readonly tls: TlsFiles};
	/** Where UDP probes of routers are sent back. Absent: nowhere. */
	readonly echo?: ListenAddress;
	/** The text of a credentials file. Absent: whoever reaches the listener may write, which suits a lab or a closed LAN. */
	readonly credentials?: string;
	readonly broker?: ExternalBroker;
	readonly limits?: Partial<CollectorLimits>;
	readonly retention?: Partial<Retention>;
	/** How long a lone message waits for company before it is committed. */
	readonly commitDelayMs?: number;
	/** Whether the log is rolled into the database a minute after every full hour, or only when it is large. */
	readonly roll?: 'hourly' | 'never';
	/** Whether to serve the web page, which is built at start; it is unless this says false. */
	readonly web?: boolean;
	readonly companion?: Companion;
	readonly log?: (line: string) => void;
}

export interface CollectorLimits extends ConnectionLimits {
	readonly maxConnections: number;
	readonly maxNodes: number;
	/** Received and not on the disk yet: above it nothing is read. */
	readonly maxPendingBytes: number;
	/** Received and not rolled yet: above it the log is rolled before its hour. */
	readonly maxLogBytes: number;
}

export const defaultLimits: CollectorLimits = {
	maxPacketBytes: 524_288,
	receiveMaximum: 1000,
	bytesPerSecond: 1_048_576,
	packetsPerSecond: 2000,
	maxKeepaliveS: 600,
	maxSessionExpiryS: 3600,
	connectTimeoutMs: 10_000,
	maxConnections: 4000,
	maxNodes: 10_000,
	maxPendingBytes: 67_108_864,
	maxLogBytes: 268_435_456,
};

export const defaultRetention: Retention = {rawDays: 14, fiveMinuteDays: 90, hourDays: 3 * 365};
