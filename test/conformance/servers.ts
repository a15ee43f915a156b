// SPDX-License-Identifier: Apache-2.0
import {createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import {createServer as createTlsServer, type TlsOptions} from 'node:tls';
import type {Servers} from './case.ts';
import {makeCertificates} from './certificates.ts';

const loopback = '127.0.0.1';

export interface RunningServers {
	readonly settings: Servers;
	close(): void;
}

function listening(server: Server, place: {port: number; host: string} | {path: string}): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(place, () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : 0);
		});
	});
}

function echo(socket: Socket): void {
	socket.on('error', () => {});
	socket.pipe(socket);
}

/** Starts every server the conformance cases talk to, on the loopback interface. */
export async function startServers(folder: string): Promise<RunningServers> {
	const certificates = await makeCertificates(folder);
	const {ca, otherCa, rsaServer, ecServer, expiredServer, client} = certificates;
	const servers: Server[] = [];
	const start = async (server: Server): Promise<number> => {
		servers.push(server);
		return listening(server, {port: 0, host: loopback});
	};
	const startTls = (options: TlsOptions): Promise<number> => {
		const server = createTlsServer(options, echo);
		server.on('tlsClientError', () => {}); // the refusals are the point
		return start(server);
	};
	const own = ({certificate, key}: {certificate: string; key: string}) => ({cert: certificate, key});
	const pskIdentity = 'router-7';
	const psk = Buffer.from('5ec2e7'.padEnd(64, '9a'), 'hex');
	const unixPath = join(folder, 'echo.socket');
	const unixServer = createServer(echo);
	servers.push(unixServer);
	await listening(unixServer, {path: unixPath});
	const refused = createServer();
	const refusedPort = await listening(refused, {port: 0, host: loopback});
	refused.close();
	const settings: Servers = {
		echoPort: await start(createServer(echo)),
		halfClosePort: await start(
			createServer({allowHalfOpen: true}, socket => {
				socket.on('error', () => {});
				socket.end('hello');
				socket.on('data', () => {});
				socket.on('end', () => socket.destroy());
			}),
		),
		resetPort: await start(
			createServer(socket => {
				socket.on('error', () => {});
				socket.once('data', () => socket.resetAndDestroy());
			}),
		),
		refusedPort,
		unixPath,
		tls: {
			port12: await startTls({...own(rsaServer), maxVersion: 'TLSv1.2'}),
			port13: await startTls({...own(ecServer), minVersion: 'TLSv1.3'}),
			clientCertificatePort: await startTls({...own(ecServer), ca, requestCert: true, rejectUnauthorized: true}),
			pskPort: await startTls({
				ciphers: 'PSK',
				pskCallback: (_socket, identity) => (identity === pskIdentity ? psk : null),
			}),
			pskIdentity,
			pskHex: psk.toString('hex'),
			expiredPort: await startTls(own(expiredServer)),
			ca,
			otherCa,
			certificate: client.certificate,
			key: client.key,
		},
	};
	const close = () => {
		for (const server of servers) server.close();
	};
	return {settings, close};
}
