// SPDX-License-Identifier: Apache-2.0
import type {Runtime} from '../../src/port/port.ts';

/** What a case needs of the world around the runtime; where it is missing the case is skipped and said so. */
export type Need =
	| 'kernel' // real files and sockets
	| 'servers' // the stream servers that the test started
	| 'tls' // TLS servers among them
	| 'multicast'
	| 'link-local' // an interface with a link-local IPv6 address
	| 'packet-info' // datagrams tell the interface they came in by
	| 'echo' // the loopback answers echo requests
	| 'path-mtu'
	| 'device' // a FIFO named 'line' beside the folder
	| 'netlink'
	| 'no-netlink'
	| 'crypto'
	| 'uncaught'; // the process itself reports what nobody caught

/** Where the test's servers listen, and what they expect. */
export interface Servers {
	readonly echoPort: number;
	/** Sends 'hello', ends its side, and goes on reading. */
	readonly halfClosePort: number;
	/** Accepts and sends nothing, until it gets a byte; then it resets. */
	readonly resetPort: number;
	readonly refusedPort: number;
	readonly unixPath: string;
	/** A name server on 127.0.0.1 (see servers.ts for the names it knows). */
	readonly namePort: number;
	/** Only for cases that need 'tls'. */
	readonly tls: {
		/** Echo servers whose certificate is for 'collector.test' by the authority `ca`. */
		readonly port12: number;
		readonly port13: number;
		/** Wants a certificate of ours by the same authority. */
		readonly clientCertificatePort: number;
		readonly pskPort: number;
		readonly pskIdentity: string;
		readonly pskHex: string;
		/** Its certificate ended long ago. */
		readonly expiredPort: number;
		readonly ca: string;
		readonly otherCa: string;
		readonly certificate: string;
		readonly key: string;
	};
}

export interface Settings {
	/** An empty folder that the cases may fill. */
	readonly folder: string;
	readonly has: readonly Need[];
	/** Only cases whose names start with one of these. Absent: all. */
	readonly only?: readonly string[];
	/** The number of an interface with a link-local IPv6 address. */
	readonly linkLocalIndex?: number;
	readonly servers?: Servers;
}

/** What a case works with. Every check that fails fails the case; the first failure is reported. */
export interface Stage {
	readonly runtime: Runtime;
	readonly settings: Settings;
	/** Only for cases that need 'servers'. */
	readonly servers: Servers;
	equal(actual: unknown, expected: unknown, what: string): void;
	ok(condition: boolean, what: string): void;
	/** Ends a case that has not ended when its `run` returned. */
	done(): void;
}

export interface ConformanceCase {
	/** A sentence that starts with its subject. */
	readonly name: string;
	readonly needs?: readonly Need[];
	/** Whether `run` ends the case by returning, or `done` does. */
	readonly waits?: boolean;
	run(stage: Stage): void;
}

export interface Outcome {
	readonly name: string;
	readonly result: 'passed' | 'failed' | 'skipped';
	readonly why?: string;
}
