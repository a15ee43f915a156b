// SPDX-License-Identifier: Apache-2.0
import {constants, openSync} from 'node:fs';
import {connect as connectTcp, isIP, Socket} from 'node:net';
import {type ConnectionOptions, connect as connectTls} from 'node:tls';
import {isatty, ReadStream} from 'node:tty';
import {PortError} from '../../core/errors.ts';
import type {Stream, StreamAddress, StreamHandlers} from '../../port/port.ts';
import {failureOf} from './failure.ts';

const openingLimitMs = 30_000;
const farewellLimitMs = 2_000;

function tlsOptions(address: StreamAddress & {kind: 'tls'}): ConnectionOptions {
	const {ca, serverName = address.host, certificate, key, psk} = address.tls;
	const options: ConnectionOptions = {
		host: address.host,
		port: address.port,
		rejectUnauthorized: true,
		minVersion: 'TLSv1.2',
		...(isIP(serverName) === 0 ? {servername: serverName} : {}),
		...(certificate === undefined ? {} : {cert: certificate}),
		...(key === undefined ? {} : {key}),
		...(ca === undefined ? {} : {ca}),
	};
	if (psk === undefined) return options;
	const answer = () => ({identity: psk.identity, psk: psk.key});
	if (ca !== undefined) return {...options, pskCallback: answer};
	// Without authorities no certificate could be verified: only suites that use the key are offered.
	const ciphers = 'ECDHE-PSK-CHACHA20-POLY1305:PSK-CHACHA20-POLY1305:PSK-AES128-GCM-SHA256';
	return {...options, pskCallback: answer, ciphers, maxVersion: 'TLSv1.2', checkServerIdentity: () => undefined};
}

function openSocket(address: StreamAddress): Socket {
	if (address.kind === 'unix') return connectTcp({path: address.path});
	if (address.kind === 'device') return openDevice(address.path);
	if (address.kind === 'tcp') return connectTcp({host: address.host, port: address.port, noDelay: true});
	return connectTls(tlsOptions(address));
}

/** Node sets no line's speed: it stays as the system has it. */
function openDevice(path: string): Socket {
	const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
	if (!isatty(fd)) return new Socket({fd, readable: true, writable: true});
	const line = new ReadStream(fd);
	line.setRawMode(true);
	return line;
}

export class NodeStream implements Stream {
	queuedBytes = 0;
	private isOpen = false;
	private isClosed = false;
	private failure: PortError | undefined;
	private socket: Socket | undefined;
	private readonly limit: NodeJS.Timeout;
	private readonly subject: string;
	private readonly handlers: StreamHandlers;

	constructor(address: StreamAddress, handlers: StreamHandlers) {
		this.handlers = handlers;
		this.subject =
			address.kind === 'unix' || address.kind === 'device' ? address.path : `${address.host} port ${address.port}`;
		this.limit = setTimeout(() => {
			this.failure = new PortError('timed-out', this.subject);
			this.socket?.destroy();
		}, openingLimitMs);
		if (address.kind === 'tls' && address.tls.ca === undefined && address.tls.psk === undefined)
			setImmediate(() => this.ended(new PortError('tls', `${this.subject}: no way to verify the server`)));
		else this.begin(address);
	}

	private begin(address: StreamAddress): void {
		try {
			this.socket = openSocket(address);
		} catch (error) {
			const failure =
				address.kind === 'tls' ? new PortError('tls', (error as Error).message) : failureOf(error, this.subject);
			setImmediate(() => this.ended(failure));
			return;
		}
		if (address.kind === 'device') setImmediate(() => this.opened());
		this.socket.once(address.kind === 'tls' ? 'secureConnect' : 'connect', () => this.opened());
		this.socket.on('data', (bytes: Buffer) => {
			if (!this.isClosed) this.handlers.data(new Uint8Array(bytes));
		});
		this.socket.on('error', error => {
			this.failure ??= failureOf(error, this.subject);
		});
		this.socket.on('close', () => this.ended(this.failure));
	}

	private opened(): void {
		clearTimeout(this.limit);
		if (this.isClosed) return;
		this.isOpen = true;
		this.handlers.open();
	}

	write(bytes: Uint8Array): void {
		if (!this.isOpen || this.isClosed || bytes.length === 0) return;
		this.queuedBytes += bytes.length;
		this.socket?.write(bytes, error => {
			if (error) return; // 'error' and 'close' tell
			this.queuedBytes -= bytes.length;
			if (this.queuedBytes === 0 && !this.isClosed) this.handlers.drain?.();
		});
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		clearTimeout(this.limit);
		if (!this.isOpen) {
			this.socket?.destroy();
			return;
		}
		this.socket?.end();
		setTimeout(() => this.socket?.destroy(), farewellLimitMs).unref();
	}

	private ended(failure: PortError | undefined): void {
		clearTimeout(this.limit);
		if (this.isClosed) return;
		this.isClosed = true;
		this.handlers.close(failure);
	}
}
