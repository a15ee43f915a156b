// SPDX-License-Identifier: Apache-2.0
import {createServer, type Server, type Socket} from 'node:net';
import {createServer as createTlsServer, type TLSSocket} from 'node:tls';
import {Connection} from './connection.ts';
import type {ConnectionServices, Transport} from './connection-services.ts';

export interface ListenAddress {
	readonly host: string;
	readonly port: number;
}

export interface TlsFiles {
	/** PEM text. */
	readonly certificate: string;
	readonly key: string;
	/** PEM text of the authority whose client certificates are asked for. Absent: none are. */
	readonly clientAuthority?: string;
}

const SWEEP_MS = 500;
const LINGER_MS = 1000;
/** A client that sends and never reads its acknowledgements is cut off here. */
const MAX_UNREAD_BYTES = 1_048_576;

/** The embedded MQTT listener: sockets in, connections out. */
export class Listener {
	readonly connections = new Set<Connection>();
	refusedConnections = 0;
	readonly #services: ConnectionServices;
	readonly #maxConnections: number;
	readonly #servers: Server[] = [];
	readonly #sockets = new Set<Socket>();
	#cancelSweep: (() => void) | undefined;
	#pressed = false;

	constructor(services: ConnectionServices, maxConnections: number) {
		this.#services = services;
		this.#maxConnections = maxConnections;
		this.#sweep();
	}

	/** Listens on an address and returns the port. Errors: as net.Server. */
	async listen(address: ListenAddress, tls?: TlsFiles): Promise<number> {
		const accept = (socket: Socket) => this.#accept(socket);
		const server =
			tls === undefined
				? createServer({noDelay: true}, accept)
				: createTlsServer(
						{
							cert: tls.certificate,
							key: tls.key,
							noDelay: true,
							minVersion: 'TLSv1.2',
							handshakeTimeout: 10_000,
							...(tls.clientAuthority === undefined
								? {}
								: {ca: tls.clientAuthority, requestCert: true, rejectUnauthorized: true}),
						},
						accept,
					);
		server.on('tlsClientError', () => {
			this.refusedConnections++;
		});
		// Sockets are limited before their handshake too.
		if (tls !== undefined) server.maxConnections = this.#maxConnections;
		this.#servers.push(server);
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(address.port, address.host, () => {
				server.removeListener('error', reject);
				resolve();
			});
		});
		const bound = server.address();
		return typeof bound === 'object' && bound !== null ? bound.port : address.port;
	}

	/** While the disk lags behind nothing is read. */
	press(pressed: boolean): void {
		this.#pressed = pressed;
		for (const socket of this.#sockets) {
			if (pressed) socket.pause();
			else if (!this.#held.has(socket)) socket.resume();
		}
	}

	readonly #held = new Set<Socket>();

	#accept(socket: Socket): void {
		if (this.#sockets.size >= this.#maxConnections) {
			this.refusedConnections++;
			socket.destroy();
			return;
		}
		this.#sockets.add(socket);
		const {clock} = this.#services;
		const name = certificateName(socket);
		const transport: Transport = {
			write: bytes => {
				if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
				else if (!socket.destroyed) socket.write(bytes);
			},
			end: () => {
				socket.end();
				clock.after(LINGER_MS, () => socket.destroy());
			},
			pause: () => {
				this.#held.add(socket);
				socket.pause();
			},
			resume: () => {
				this.#held.delete(socket);
				if (!this.#pressed) socket.resume();
			},
			...(name === undefined ? {} : {certificateName: name}),
		};
		const connection = new Connection(this.#services, transport);
		this.connections.add(connection);
		socket.on('data', (chunk: Buffer) => connection.receive(chunk));
		socket.on('error', () => undefined); // 'close' follows
		socket.on('close', () => {
			this.#sockets.delete(socket);
			this.#held.delete(socket);
			this.connections.delete(connection);
			connection.closed();
		});
		if (this.#pressed) socket.pause();
	}

	#sweep(): void {
		this.#cancelSweep = this.#services.clock.after(SWEEP_MS, () => {
			const nowMs = this.#services.clock.nowMs();
			for (const connection of this.connections)
				if (this.#pressed) connection.forgiveSilence(nowMs);
				else connection.check(nowMs);
			this.#services.sessions.expire(nowMs);
			this.#sweep();
		});
	}

	async close(): Promise<void> {
		this.#cancelSweep?.();
		for (const connection of [...this.connections]) connection.shutDown();
		const ended = this.#servers.map(server => new Promise<void>(resolve => server.close(() => resolve())));
		for (const socket of this.#sockets) socket.destroySoon();
		await Promise.all(ended);
	}
}

function certificateName(socket: Socket): string | undefined {
	const {authorized} = socket as Partial<TLSSocket>;
	if (authorized !== true) return undefined;
	const name = (socket as TLSSocket).getPeerCertificate().subject?.CN;
	return typeof name === 'string' ? name : undefined;
}
