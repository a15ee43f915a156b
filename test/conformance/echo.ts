// SPDX-License-Identifier: Apache-2.0
import {fromHex, toHex} from '../../src/core/bytes.ts';
import {decodeEchoReply, type EchoFamily, encodeEchoRequest} from '../../src/wire/probe/echo.ts';
import type {ConformanceCase, Stage} from './case.ts';

const payload = fromHex('6d6573686e6f63');

/** The kernel itself answers echo requests to the loopback. */
function echo(stage: Stage, family: EchoFamily, address: string): void {
	const {runtime} = stage;
	const socket = runtime.datagram(
		{family, protocol: 'icmp'},
		{
			message(bytes, source) {
				const reply = decodeEchoReply(family, bytes);
				if (reply === undefined || reply.identifier !== socket.port) return;
				stage.equal(reply.sequence, 513, 'sequence');
				stage.equal(toHex(reply.payload), toHex(payload), 'payload');
				stage.equal(source.address, address, 'address');
				socket.close();
				stage.done();
			},
			error: error => stage.ok(false, error.message),
		},
	);
	socket.send(encodeEchoRequest(family, {identifier: socket.port, sequence: 513, payload}), address, 0);
}

export const echoCases: readonly ConformanceCase[] = [
	{
		name: 'echo: a request over IPv4 is answered',
		needs: ['echo'],
		waits: true,
		run: stage => echo(stage, 'ipv4', '127.0.0.1'),
	},
	{
		name: 'echo: a request over IPv6 is answered',
		needs: ['echo'],
		waits: true,
		run: stage => echo(stage, 'ipv6', '::1'),
	},
	{
		name: 'path MTU: over the loopback it is the loopback’s, and no address has none',
		needs: ['path-mtu'],
		run(stage) {
			stage.equal(stage.runtime.pathMtuBytes('127.0.0.1'), 65_535, 'IPv4: no packet is longer');
			stage.equal(stage.runtime.pathMtuBytes('::1'), 65_536, 'IPv6');
			stage.equal(stage.runtime.pathMtuBytes('nowhere'), undefined, 'no address');
		},
	},
	{
		name: 'device: what is written to a line comes back from its other end',
		needs: ['device'],
		waits: true,
		run(stage) {
			const path = `${stage.settings.folder}/../line`; // a FIFO that the test made
			let text = '';
			const stream = stage.runtime.stream(
				{kind: 'device', path, baud: 9600},
				{
					open: () => stream.write(fromHex('24475047470d0a')),
					data(bytes) {
						text += toHex(bytes);
						if (text.length < 14) return;
						stage.equal(text, '24475047470d0a', 'bytes');
						stream.close();
						stage.done();
					},
					close: error => stage.ok(false, `closed: ${error?.message}`),
				},
			);
		},
	},
	{
		name: 'device: one that is not there ends as not-found',
		needs: ['device'],
		waits: true,
		run(stage) {
			stage.runtime.stream(
				{kind: 'device', path: `${stage.settings.folder}/no-line`, baud: 9600},
				{
					open: () => stage.ok(false, 'opened'),
					data: () => stage.ok(false, 'data'),
					close(error) {
						stage.equal(error?.code, 'not-found', 'code');
						stage.done();
					},
				},
			);
		},
	},
];
