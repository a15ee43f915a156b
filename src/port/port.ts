// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import type {PortError} from '../core/errors.ts';

// What an agent needs of the world. Types only: quickjs (routers), node (development) and sim (virtual time) fill them.
// Handlers are called from the event loop, never from within the call that registered them.

export interface Clock {
	/** Monotonic milliseconds with a fraction; its zero means nothing. */
	nowMs(): number;
	/** Milliseconds since 1970-01-01 UTC, as the system believes. Steps when the system's clock is set. */
	wallMs(): number;
	/** Whether the kernel says its clock follows a reference. Absent: undefined where it cannot be asked. */
	synchronised(): boolean | undefined;
	/** Runs `task` once after `delayMs` (fractions count). Calling the result cancels it; cancelling twice is harmless. */
	after(delayMs: number, task: () => void): () => void;
}

export interface TlsOptions {
	/** PEM text of the certificates we trust. Absent: no server can be verified, so `psk` must be there. */
	readonly ca?: string;
	/** The name the server's certificate must carry. Absent: the address' host. */
	readonly serverName?: string;
	/** Our own certificate chain and key, PEM text. */
	readonly certificate?: string;
	readonly key?: string;
	readonly psk?: {readonly identity: string; readonly key: Uint8Array};
}

export type StreamAddress =
	| {readonly kind: 'tcp'; readonly host: string; readonly port: number}
	| {readonly kind: 'tls'; readonly host: string; readonly port: number; readonly tls: TlsOptions}
	| {readonly kind: 'unix'; readonly path: string}
	/** A serial line. `baud` is one of 4800, 9600, 19200, 38400, 57600, 115200. */
	| {readonly kind: 'device'; readonly path: string; readonly baud: number};

export interface StreamHandlers {
	/** Connected (for TLS: verified). Nothing may be written before. */
	open(): void;
	/** Bytes arrived. The array is the receiver's to keep. */
	data(bytes: Uint8Array): void;
	/** Everything written so far has left. */
	drain?(): void;
	/** The end, exactly once, whoever caused it. Absent error: closed in order. Not called after our own close(). */
	close(error?: PortError): void;
}

export interface Stream {
	/** Queues bytes; the caller must not change them afterwards. */
	write(bytes: Uint8Array): void;
	/** Bytes written that have not left yet. */
	readonly queuedBytes: number;
	close(): void;
}

export interface DatagramOptions {
	readonly family: 'ipv4' | 'ipv6';
	/**
	 * 'icmp': echo requests, never fragmented, and what answers them; bytes are ICMP messages from their type on, the
	 * Datagram's `port` is the identifier to use, and messages meant for others may arrive too. Absent: UDP.
	 */
	readonly protocol?: 'udp' | 'icmp';
	/** Absent: the wildcard address, and any free port. */
	readonly address?: string;
	readonly port?: number;
	/** Several sockets may share the port (multicast). */
	readonly shared?: boolean;
}

export interface DatagramSource {
	readonly address: string;
	readonly port: number;
	/** The interface it came in by; 0 where unknown. */
	readonly interfaceIndex: number;
}

export interface DatagramHandlers {
	message(bytes: Uint8Array, source: DatagramSource): void;
	error(error: PortError): void;
}

export interface Datagram {
	/** The port we are bound to. */
	readonly port: number;
	/** Sends one datagram. `interfaceIndex` scopes link-local and multicast destinations; 0 leaves it to the kernel. */
	send(bytes: Uint8Array, address: string, port: number, interfaceIndex?: number): void;
	join(group: string, interfaceIndex: number): void;
	leave(group: string, interfaceIndex: number): void;
	close(): void;
}

export interface NetlinkHandlers {
	/** One datagram from the kernel: one or more messages, each aligned to 4 bytes. */
	frames(bytes: Uint8Array): void;
	/** The kernel had to drop messages for us (ENOBUFS): what we know by events is stale. */
	overrun(): void;
	/** The socket is gone. */
	close(error: PortError): void;
}

/** One netlink socket. Extended acknowledgements are on, strict checking of dump requests too where the kernel has it. */
export interface Netlink {
	send(bytes: Uint8Array): void;
	/** Joins a multicast group by its number. Errors: PortError. */
	join(group: number): void;
	close(): void;
}

/** Small files of a router: configuration, /proc, /sys. Synchronous: they are in memory or flash and short. */
export interface Files {
	/**
	 * The whole file, or at most so many bytes of it: the kernel's files that are streams keep the rest for the next time.
	 *
	 * Absent: undefined when there is no such file. Errors: PortError.
	 */
	read(path: string, mostBytes?: number): Uint8Array | undefined;
	/**
	 * Writes all of it or nothing: a temporary file beside it, synced, renamed over it.
	 *
	 * Absent mode: that of the file it replaces, 0644 where there is none. Errors: PortError.
	 */
	replace(path: string, bytes: Uint8Array, mode?: number): void;
	/** Writes into a file that is there, in place and at once, as files through which a kernel is told want it. Errors: PortError. */
	write(path: string, bytes: Uint8Array): void;
	/** The names in a folder, sorted. Absent: undefined when there is no such folder. Errors: PortError. */
	list(path: string): readonly string[] | undefined;
	/** Removes a file; one that is not there is fine. Errors: PortError. */
	remove(path: string): void;
}

/**
 * The kernel's machine for small programs, eBPF, as far as a queue's gate needs it. Descriptors are the system's. Values have
 * the length that the array was made with.
 *
 * Errors: PortError, of each.
 */
export interface Bpf {
	createArray(valueBytes: number, entries: number): number;
	/** A program that classifies packets, as the kernel takes it. */
	loadClassifier(instructions: Uint8Array): number;
	write(array: number, index: number, value: Uint8Array): void;
	/** Reads into `value`. */
	read(array: number, index: number, value: Uint8Array): void;
	close(descriptor: number): void;
}

export type LogLevel = 'error' | 'warning' | 'notice' | 'debug';

export interface Log {
	write(level: LogLevel, text: string): void;
}

export interface Crypto {
	randomBytes(length: number): Uint8Array;
	sha256(bytes: Uint8Array): Uint8Array;
	hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
	/** Ed25519 (RFC 8032): the 32-byte public key of a 32-byte secret seed. */
	ed25519PublicKey(seed: Uint8Array): Uint8Array;
	ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
	ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export interface Runtime {
	readonly clock: Clock;
	/** [0, 1); seeded in the lab. */
	readonly random: () => number;
	readonly byteOrder: ByteOrder;
	/** Errors are reported to the handlers, never thrown. */
	stream(address: StreamAddress, handlers: StreamHandlers): Stream;
	/** Errors: PortError when it cannot be bound. */
	datagram(options: DatagramOptions, handlers: DatagramHandlers): Datagram;
	/** Errors: PortError 'unsupported' where there is no netlink. */
	netlink(protocol: number, handlers: NetlinkHandlers): Netlink;
	/**
	 * The largest packet that the kernel believes to pass to an address without fragments, in bytes, headers included.
	 * Absent: undefined where there is no way there or it cannot be asked.
	 */
	pathMtuBytes(address: string, interfaceIndex?: number): number | undefined;
	/** Absent: the runtime has none; whether the kernel has one shows when it is used. */
	readonly bpf?: Bpf;
	readonly files: Files;
	readonly crypto: Crypto;
	readonly log: Log;
	/** Bytes of memory the script engine holds now. Absent: undefined where it cannot be asked. */
	memoryBytes(): number | undefined;
	/** Called once when the process is asked to stop (SIGTERM, SIGINT). */
	onStop(stop: () => void): void;
	/** Called when the process is asked to read its configuration again (SIGHUP). */
	onReload(reload: () => void): void;
	/** Ends the program. */
	exit(code: number): void;
}
