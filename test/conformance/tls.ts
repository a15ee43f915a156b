// SPDX-License-Identifier: Apache-2.0
import {fromHex} from '../../src/core/bytes.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import type {StreamAddress, TlsOptions} from '../../src/port/port.ts';
import type {ConformanceCase, Stage} from './case.ts';
import {echo, expectFailure} from './stream.ts';

const serverName = 'collector.test';
const needs = ['servers', 'tls'] as const;

function address(port: number, tls: TlsOptions): StreamAddress {
	return {kind: 'tls', host: '127.0.0.1', port, tls};
}

function echoCase(name: string, place: (stage: Stage) => StreamAddress, bytes = encodeUtf8('hello')): ConformanceCase {
	return {name, needs, waits: true, run: stage => echo(stage, place(stage), bytes)};
}

function failureCase(name: string, place: (stage: Stage) => StreamAddress, code = 'tls'): ConformanceCase {
	return {name, needs, waits: true, run: stage => expectFailure(stage, place(stage), code)};
}

export const tlsCases: readonly ConformanceCase[] = [
	echoCase('tls: 1.2 to a server with the right certificate', ({servers: {tls}}) =>
		address(tls.port12, {ca: tls.ca, serverName}),
	),
	echoCase('tls: 1.3 to a server with the right certificate', ({servers: {tls}}) =>
		address(tls.port13, {ca: tls.ca, serverName}),
	),
	echoCase(
		'tls: many records arrive whole over 1.2',
		({servers: {tls}}) => address(tls.port12, {ca: tls.ca, serverName}),
		Uint8Array.from({length: 200_000}, (_, i) => (i * 7) & 255),
	),
	echoCase(
		'tls: many records arrive whole over 1.3',
		({servers: {tls}}) => address(tls.port13, {ca: tls.ca, serverName}),
		Uint8Array.from({length: 200_000}, (_, i) => (i * 11) & 255),
	),
	echoCase('tls: our certificate opens a server that asks for one', ({servers: {tls}}) =>
		address(tls.clientCertificatePort, {
			ca: tls.ca,
			serverName,
			certificate: tls.certificate,
			key: tls.key,
		}),
	),
	echoCase('tls: a shared key stands in for certificates', ({servers: {tls}}) =>
		address(tls.pskPort, {psk: {identity: tls.pskIdentity, key: fromHex(tls.pskHex)}}),
	),
	failureCase('tls: a wrong shared key is refused', ({servers: {tls}}) =>
		address(tls.pskPort, {psk: {identity: tls.pskIdentity, key: fromHex('00'.repeat(32))}}),
	),
	failureCase('tls: a certificate for another name is refused over 1.2', ({servers: {tls}}) =>
		address(tls.port12, {ca: tls.ca, serverName: 'other.test'}),
	),
	failureCase('tls: a certificate for another name is refused over 1.3', ({servers: {tls}}) =>
		address(tls.port13, {ca: tls.ca, serverName: 'other.test'}),
	),
	failureCase('tls: without a server name the host must be in the certificate', ({servers: {tls}}) =>
		address(tls.port13, {ca: tls.ca}),
	),
	failureCase('tls: a certificate of another authority is refused over 1.2', ({servers: {tls}}) =>
		address(tls.port12, {ca: tls.otherCa, serverName}),
	),
	failureCase('tls: a certificate of another authority is refused over 1.3', ({servers: {tls}}) =>
		address(tls.port13, {ca: tls.otherCa, serverName}),
	),
	failureCase('tls: a certificate that has ended is refused', ({servers: {tls}}) =>
		address(tls.expiredPort, {ca: tls.ca, serverName}),
	),
	failureCase('tls: without authorities and key nothing is trusted', ({servers: {tls}}) => address(tls.port13, {})),
	failureCase('tls: with a shared key only, a server with a certificate is not trusted', ({servers: {tls}}) =>
		address(tls.port12, {psk: {identity: tls.pskIdentity, key: fromHex(tls.pskHex)}}),
	),
	failureCase('tls: authorities that are no PEM are an error', ({servers: {tls}}) =>
		address(tls.port13, {ca: 'no certificate', serverName}),
	),
	failureCase(
		'tls: a refused connection stays refused',
		({servers: {tls, refusedPort}}) => address(refusedPort, {ca: tls.ca, serverName}),
		'refused',
	),
	failureCase('tls: a server that speaks no TLS is an error', ({servers: {tls, halfClosePort}}) =>
		address(halfClosePort, {ca: tls.ca, serverName}),
	),
];
