// SPDX-License-Identifier: Apache-2.0
import {createSocket} from 'node:dgram';
import type {ListenAddress} from './ingest/listener.ts';

export interface EchoService {
	readonly port: number;
	close(): Promise<void>;
}

/** No longer than a router's probe: nobody is to send more through us than they pay for themselves. */
const MOST_BYTES = 64;

/**
 * Sends back what arrives, so that routers can probe the way to the collector by UDP.
 *
 * Source: RFC 862, for short datagrams only. One answer a datagram and never longer: nothing is made larger by it. What
 * comes from a low port is not answered: two such services would never stop talking.
 * Errors: Error that says what could not be opened.
 */
export function startEcho({host, port}: ListenAddress): Promise<EchoService> {
	const socket = createSocket({type: host.includes(':') ? 'udp6' : 'udp4'});
	socket.on('message', (bytes, from) => {
		if (bytes.length > MOST_BYTES || from.port < 1024) return;
		socket.send(bytes, from.port, from.address, () => {}); // who cannot be reached gets nothing
	});
	return new Promise((resolve, reject) => {
		socket.once('error', error => reject(new Error(`echo on ${host} port ${port}: ${error.message}`, {cause: error})));
		socket.bind(port, host, () => {
			socket.removeAllListeners('error');
			socket.on('error', () => {});
			resolve({port: socket.address().port, close: () => new Promise(done => socket.close(() => done()))});
		});
	});
}
