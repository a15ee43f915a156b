// SPDX-License-Identifier: Apache-2.0

/**
 * What the C host offers, one line each; host/*.c has the details.
 *
 * Where a number can come back for something else, it is a negated errno (see describeErrno); `undefined` is "nothing
 * there now".
 */
declare module 'mesh:host' {
	type Tls = {readonly __tls: unique symbol};

	export const isBigEndian: number;
	export function programArguments(): string[];
	export function nowMs(): number;
	export function wallMs(): number;
	export function synchronised(): boolean | undefined;
	export function memoryBytes(): number;
	export function exit(code: number): never;
	export function describeErrno(errno: number): [word: string, text: string];
	export function log(level: number, text: string): void;

	export function after(delayMs: number, task: () => void): () => void;
	/** `wants`: 1 to read, 2 to write, 3 both, 0 to stop; the handler is told which of them can be done. */
	export function watch(fd: number, wants: number, handler?: (can: number) => void): void;
	export function onStop(handler: () => void): void;
	export function onReload(handler: () => void): void;

	export function connectTcp(address: string, port: number): number;
	export function connectUnix(path: string): number;
	export function openDevice(path: string, baud: number): number;
	export function connectResult(fd: number): number;
	export function send(fd: number, bytes: Uint8Array, offset: number): number;
	export function receive(fd: number): Uint8Array | number | undefined;
	export function close(fd: number): number;

	export function openTls(
		fd: number,
		serverName: string,
		ca: string | undefined,
		certificate: string | undefined,
		key: string | undefined,
		pskIdentity: string | undefined,
		psk: Uint8Array | undefined,
	): Tls | string;
	export function shakeHands(tls: Tls): number | string;
	export function sendTls(tls: Tls, bytes: Uint8Array, offset: number): number | string;
	export function receiveTls(tls: Tls): Uint8Array | number | string | undefined;
	export function endTls(tls: Tls): void;

	export function openDatagram(
		isIpv6: boolean,
		address: string,
		port: number,
		isShared: boolean,
		isEcho: boolean,
	): number;
	export function boundPort(fd: number): number;
	export function sendDatagram(
		fd: number,
		bytes: Uint8Array,
		address: string,
		port: number,
		interfaceIndex: number,
	): number;
	export function receiveDatagram(
		fd: number,
	): [bytes: Uint8Array, address: string, port: number, interfaceIndex: number] | number | undefined;
	export function pathMtu(address: string, interfaceIndex: number): number;
	export function member(fd: number, group: string, interfaceIndex: number, joins: boolean): number;

	export function openNetlink(protocol: number): number;
	export function joinNetlink(fd: number, group: number): number;
	/** 0: the kernel dropped messages. */
	export function receiveNetlink(fd: number): Uint8Array | number | undefined;

	export function createArray(valueBytes: number, entries: number): number;
	export function loadClassifier(instructions: Uint8Array): number;
	/** Writes `bytes` as the value of that index, or reads it into them; they must be as long as a value. */
	export function arrayValue(fd: number, index: number, bytes: Uint8Array, writes: boolean): number;

	/** `mostBytes` absent or 0: all of it. */
	export function readFile(path: string, mostBytes?: number): Uint8Array | number | undefined;
	export function replaceFile(path: string, bytes: Uint8Array, mode: number): number;
	export function listFolder(path: string): string[] | number | undefined;
	/** In place, at once. */
	export function writeFile(path: string, bytes: Uint8Array): number;
	export function removeFile(path: string): number;

	export function randomBytes(length: number): Uint8Array;
	export function randomNumber(): number;
	export function sha256(bytes: Uint8Array): Uint8Array;
	export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
	export function ed25519PublicKey(seed: Uint8Array): Uint8Array;
	export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
	export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
