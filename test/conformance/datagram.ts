// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import type {Datagram, DatagramOptions} from '../../src/port/port.ts';
import type {ConformanceCase, Stage} from './case.ts';
import {codeOf} from './file.ts';

const loopbackIndex = 1;
const needs = ['kernel'] as const;

function open(
	stage: Stage,
	options: DatagramOptions,
	message: (text: string, interfaceIndex: number) => void,
): Datagram {
	return stage.runtime.datagram(options, {
		message: (bytes, source) => message(decodeUtf8(bytes), source.interfaceIndex),
		error: error => stage.ok(false, error.message),
	});
}

/** Sends to and fro between two sockets of one family. */
function pingPong(stage: Stage, family: 'ipv4' | 'ipv6', address: string): void {
	const server = stage.runtime.datagram(
		{family, address},
		{
			message(bytes, source) {
				stage.equal(source.address, address, 'source address');
				server.send(bytes, source.address, source.port);
			},
			error: error => stage.ok(false, error.message),
		},
	);
	const client = stage.runtime.datagram(
		{family},
		{
			message(bytes, source) {
				stage.equal(decodeUtf8(bytes), 'ping', 'text');
				stage.equal(source.port, server.port, 'source port');
				server.close();
				client.close();
				client.close();
				stage.done();
			},
			error: error => stage.ok(false, error.message),
		},
	);
	stage.ok(client.port > 0 && server.port > 0 && client.port !== server.port, 'ports');
	client.send(encodeUtf8('ping'), address, server.port);
}

function multicast(stage: Stage, family: 'ipv4' | 'ipv6', group: string, interfaceIndex: number): void {
	const heard: string[] = [];
	const interfaces: number[] = [];
	const listen = (name: string, port: number) =>
		open(stage, {family, port, shared: true}, (text, index) => {
			heard.push(`${name} ${text}`);
			interfaces.push(index);
		});
	const first = listen('first', 0);
	first.close();
	const sockets = [listen('a', first.port), listen('b', first.port)];
	for (const socket of sockets) socket.join(group, interfaceIndex);
	const sender = open(stage, {family}, () => {});
	sender.send(encodeUtf8('hello'), group, first.port, interfaceIndex);
	stage.runtime.clock.after(150, () => {
		for (const socket of sockets) socket.leave(group, interfaceIndex);
		sender.send(encodeUtf8('left'), group, first.port, interfaceIndex);
	});
	stage.runtime.clock.after(300, () => {
		stage.equal(heard.sort(), ['a hello', 'b hello'], 'heard');
		if (stage.settings.has.includes('packet-info'))
			stage.equal(interfaces, [interfaceIndex, interfaceIndex], 'interface');
		for (const socket of [...sockets, sender]) socket.close();
		stage.done();
	});
}

export const datagramCases: readonly ConformanceCase[] = [
	{
		name: 'datagram: goes to and fro over IPv4',
		needs,
		waits: true,
		run: stage => pingPong(stage, 'ipv4', '127.0.0.1'),
	},
	{
		name: 'datagram: goes to and fro over IPv6',
		needs,
		waits: true,
		run: stage => pingPong(stage, 'ipv6', '::1'),
	},
	{
		name: 'datagram: tells the interface it came in by',
		needs: ['kernel', 'packet-info'],
		waits: true,
		run(stage) {
			const socket = open(stage, {family: 'ipv4', address: '127.0.0.1'}, (_text, interfaceIndex) => {
				stage.equal(interfaceIndex, loopbackIndex, 'interface');
				socket.close();
				stage.done();
			});
			socket.send(encodeUtf8('x'), '127.0.0.1', socket.port);
		},
	},
	{
		name: 'datagram: an empty one and one of 60 kB arrive as they are',
		needs,
		waits: true,
		run(stage) {
			const lengths: number[] = [];
			const socket = open(stage, {family: 'ipv4', address: '127.0.0.1'}, text => {
				lengths.push(text.length);
				if (lengths.length < 2) return;
				stage.equal(lengths, [0, 60_000], 'lengths');
				socket.close();
				stage.done();
			});
			socket.send(new Uint8Array(0), '127.0.0.1', socket.port);
			socket.send(encodeUtf8('y'.repeat(60_000)), '127.0.0.1', socket.port);
		},
	},
	{
		name: 'datagram: a port that is taken is busy',
		needs,
		run(stage) {
			const socket = open(stage, {family: 'ipv4', address: '127.0.0.1'}, () => {});
			const again = {family: 'ipv4', address: '127.0.0.1', port: socket.port} as const;
			stage.equal(
				codeOf(() => open(stage, again, () => {})),
				'busy',
				'code',
			);
			socket.close();
		},
	},
	{
		name: 'datagram: binding to an address that is not ours says unreachable, to no address says invalid',
		needs,
		run(stage) {
			stage.equal(
				codeOf(() => open(stage, {family: 'ipv4', address: '192.0.2.1'}, () => {})),
				'unreachable',
				'foreign address',
			);
			stage.equal(
				codeOf(() => open(stage, {family: 'ipv4', address: 'name'}, () => {})),
				'invalid',
				'name',
			);
		},
	},
	{
		name: 'datagram: sending what is too long is an error of the handlers',
		needs,
		waits: true,
		run(stage) {
			const socket = stage.runtime.datagram(
				{family: 'ipv4', address: '127.0.0.1'},
				{
					message: () => stage.ok(false, 'arrived'),
					error(error) {
						stage.equal(error.code, 'invalid', error.message);
						socket.close();
						stage.done();
					},
				},
			);
			socket.send(new Uint8Array(70_000), '127.0.0.1', socket.port);
		},
	},
	{
		name: 'datagram: two sockets that share a port both hear an IPv4 group, until they leave',
		needs: ['kernel', 'multicast'],
		waits: true,
		run: stage => multicast(stage, 'ipv4', '239.255.77.77', loopbackIndex),
	},
	{
		name: 'datagram: two sockets that share a port both hear a link-local IPv6 group, until they leave',
		needs: ['kernel', 'multicast', 'link-local'],
		waits: true,
		run: stage => multicast(stage, 'ipv6', 'ff02::77:77', stage.settings.linkLocalIndex ?? 0),
	},
	{
		name: 'datagram: joining on an interface that is not there is no-device',
		needs: ['kernel', 'multicast'],
		run(stage) {
			const socket = open(stage, {family: 'ipv6'}, () => {});
			stage.equal(
				codeOf(() => socket.join('ff02::77:77', 4_000_000)),
				'no-device',
				'code',
			);
			socket.close();
		},
	},
];
