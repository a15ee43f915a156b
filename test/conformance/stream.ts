// SPDX-License-Identifier: Apache-2.0
import {concatBytes} from '../../src/core/bytes.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import type {StreamAddress} from '../../src/port/port.ts';
import type {ConformanceCase, Stage} from './case.ts';

const loopback = '127.0.0.1';
const needs = ['servers'] as const;

/** Sends `bytes` to a server that echoes them, and ends the case when they are back. */
export function echo(stage: Stage, address: StreamAddress, bytes: Uint8Array): void {
	const back: Uint8Array[] = [];
	let missing = bytes.length;
	const stream = stage.runtime.stream(address, {
		open() {
			stream.write(bytes);
			stage.ok(stream.queuedBytes >= 0 && stream.queuedBytes <= bytes.length, 'queuedBytes');
		},
		data(part) {
			back.push(part);
			missing -= part.length;
			if (missing > 0) return;
			const all = concatBytes(back);
			stage.ok(all.length === bytes.length && all.every((byte, i) => byte === bytes[i]), 'the echo differs');
			stream.close();
			stage.done();
		},
		close(error) {
			stage.equal(`closed: ${error?.message}`, 'an echo', 'stream');
			stage.done();
		},
	});
}

/** Connects where it must fail, and checks the PortError's code. */
export function expectFailure(stage: Stage, address: StreamAddress, code: string): void {
	stage.runtime.stream(address, {
		open: () => stage.ok(false, 'opened'),
		data: () => stage.ok(false, 'data'),
		close(error) {
			stage.equal(error?.code, code, error?.message ?? 'no error');
			stage.done();
		},
	});
}

function pattern(length: number): Uint8Array {
	return Uint8Array.from({length}, (_, i) => (i * 31 + (i >> 8)) & 255);
}

export const streamCases: readonly ConformanceCase[] = [
	{
		name: 'stream: bytes come back from an echo server',
		needs,
		waits: true,
		run: stage => echo(stage, {kind: 'tcp', host: loopback, port: stage.servers.echoPort}, encodeUtf8('hello')),
	},
	{
		name: 'stream: a megabyte at once waits in the queue and arrives whole',
		needs,
		waits: true,
		run: stage => echo(stage, {kind: 'tcp', host: loopback, port: stage.servers.echoPort}, pattern(1 << 20)),
	},
	{
		name: 'stream: a name of /etc/hosts is a host',
		needs: ['servers', 'kernel'],
		waits: true,
		run: stage => echo(stage, {kind: 'tcp', host: 'localhost', port: stage.servers.echoPort}, encodeUtf8('hello')),
	},
	{
		name: 'stream: a local socket is a stream',
		needs,
		waits: true,
		run: stage => echo(stage, {kind: 'unix', path: stage.servers.unixPath}, pattern(100_000)),
	},
	{
		name: 'stream: nothing is called within the call that opens it',
		needs,
		waits: true,
		run(stage) {
			let hasReturned = false;
			const stream = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				{
					open() {
						stage.ok(hasReturned, 'opened at once');
						stream.close();
						stage.done();
					},
					data() {},
					close() {},
				},
			);
			hasReturned = true;
		},
	},
	{
		name: 'stream: a refused connection closes with refused',
		needs,
		waits: true,
		run: stage => expectFailure(stage, {kind: 'tcp', host: loopback, port: stage.servers.refusedPort}, 'refused'),
	},
	{
		name: 'stream: a local socket that is not there closes with not-found',
		needs,
		waits: true,
		run: stage => expectFailure(stage, {kind: 'unix', path: `${stage.settings.folder}/none`}, 'not-found'),
	},
	{
		name: 'stream: a host name that DNS cannot carry closes with name',
		needs: ['servers', 'kernel'],
		waits: true,
		run: stage => expectFailure(stage, {kind: 'tcp', host: `${'x'.repeat(70)}.invalid`, port: 1}, 'name'),
	},
	{
		name: 'stream: when the peer ends, its last bytes come first and then close without an error',
		needs,
		waits: true,
		run(stage) {
			let text = '';
			stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.halfClosePort},
				{
					open() {},
					data(bytes) {
						text += decodeUtf8(bytes);
					},
					close(error) {
						stage.equal(text, 'hello', 'text');
						stage.equal(error?.code, undefined, 'error');
						stage.done();
					},
				},
			);
		},
	},
	{
		name: 'stream: a reset closes with reset',
		needs: ['servers', 'kernel'],
		waits: true,
		run(stage) {
			const stream = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.resetPort},
				{
					open: () => stream.write(encodeUtf8('!')),
					data: () => stage.ok(false, 'data'),
					close(error) {
						stage.equal(error?.code, 'reset', error?.message ?? 'no error');
						stage.done();
					},
				},
			);
		},
	},
	{
		name: 'stream: our own close is not reported, and nothing comes after it',
		needs,
		waits: true,
		run(stage) {
			let isClosed = false;
			const stream = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				{
					open() {
						stream.write(encodeUtf8('echo'));
						stream.close();
						stream.close();
						isClosed = true;
						stage.runtime.clock.after(100, stage.done);
					},
					data: () => stage.ok(!isClosed, 'data after close'),
					close: () => stage.ok(false, 'our close was reported'),
				},
			);
		},
	},
	{
		name: 'stream: closing before it is open opens nothing',
		needs,
		waits: true,
		run(stage) {
			const stream = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				{
					open: () => stage.ok(false, 'opened'),
					data: () => {},
					close: () => stage.ok(false, 'closed'),
				},
			);
			stream.close();
			stage.runtime.clock.after(100, stage.done);
		},
	},
	{
		name: 'stream: drain tells when everything has left',
		needs,
		waits: true,
		run(stage) {
			const stream = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				{
					open: () => stream.write(pattern(400_000)),
					data: () => {},
					drain() {
						stage.equal(stream.queuedBytes, 0, 'queuedBytes');
						stream.close();
						stage.done();
					},
					close: error => stage.ok(false, `closed: ${error?.message}`),
				},
			);
		},
	},
	{
		name: 'stream: a chain of timers without delay does not starve it',
		needs: ['servers', 'kernel'], // where time is virtual, such a chain stops it
		waits: true,
		run(stage) {
			let isOver = false;
			const spin = (): void => {
				if (!isOver) stage.runtime.clock.after(0, spin);
			};
			spin();
			echo(
				{
					...stage,
					servers: stage.servers,
					done() {
						isOver = true;
						stage.done();
					},
				},
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				encodeUtf8('through'),
			);
		},
	},
	{
		name: 'stream: a second ready stream is served when the first stays silent',
		needs,
		waits: true,
		run(stage) {
			const silent = stage.runtime.stream(
				{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
				{
					open() {
						echo(
							{
								...stage,
								servers: stage.servers,
								done() {
									silent.close();
									stage.done();
								},
							},
							{kind: 'tcp', host: loopback, port: stage.servers.echoPort},
							pattern(70_000),
						);
					},
					data() {},
					close() {},
				},
			);
		},
	},
];
