// SPDX-License-Identifier: Apache-2.0
import {createSocket} from 'node:dgram';
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

/** What a name is answered with: [type, data in hexadecimal] of each record. */
const records: Readonly<Record<string, readonly (readonly [type: number, hex: string])[]>> = {
	'both.test': [
		[1, 'c0000207'],
		[28, '20010db8000000000000000000000007'],
	],
	'four.test': [[1, '7f000001']],
	'alias.test': [
		[5, '04666f757204746573740000'], // CNAME
		[1, '7f000001'],
	],
	'cut.test': [[1, '7f00']],
};

/** A DNS server. It sends a forged answer before each right one, and is silent about 'silent.test'. */
async function startNameServer(): Promise<{port: number; close(): void}> {
	const socket = createSocket('udp4');
	socket.on('message', (query, from) => {
		const labels: string[] = [];
		let at = 12;
		for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
			labels.push(query.toString('latin1', at + 1, at + 1 + length));
			at += 1 + length;
		}
		const name = labels.join('.').toLowerCase();
		if (name === 'silent.test') return;
		const type = query.readUInt16BE(at + 1);
		const known = records[name];
		const answers = (known ?? []).filter(([each]) => each === type || (each === 5 && type === 1));
		const header = Buffer.from(query.subarray(0, at + 5));
		header.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2);
		header.writeUInt16BE(answers.length, 6);
		const body = answers.map(([each, hex]) => {
			const data = Buffer.from(hex, 'hex');
			const fixed = Buffer.from('c00c00000001000000000000', 'hex');
			fixed.writeUInt16BE(each, 2);
			fixed.writeUInt16BE(data.length, 10);
			return Buffer.concat([fixed, data]);
		});
		const answer = Buffer.concat([header, ...body]);
		const forged = Buffer.from(answer);
		forged.writeUInt16BE((answer.readUInt16BE(0) + 1) & 0xffff, 0);
		for (const message of [Buffer.from('nonsense'), forged, answer]) socket.send(message, from.port, from.address);
	});
	await new Promise<void>(resolve => socket.bind(0, loopback, resolve));
	return {port: socket.address().port, close: () => socket.close()};
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
	const nameServer = await startNameServer();
	const settings: Servers = {
		namePort: nameServer.port,
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
		nameServer.close();
	};
	return {settings, close};
}
