// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32, writeU16, writeU32} from '../../src/core/bytes.ts';
import type {ConformanceCase, Stage} from './case.ts';
import {codeOf} from './file.ts';

// Source: Linux include/uapi/linux/netlink.h and rtnetlink.h.
const routeProtocol = 0;
const getLink = 18;
const newLink = 16;
const doneType = 3;
const errorType = 2;
const dumpFlags = 0x301; // NLM_F_REQUEST | NLM_F_DUMP

function linkDump(stage: Stage, sequence: number): Uint8Array {
	const order = stage.runtime.byteOrder;
	const request = new Uint8Array(32);
	writeU32(request, 0, request.length, order);
	writeU16(request, 4, getLink, order);
	writeU16(request, 6, dumpFlags, order);
	writeU32(request, 8, sequence, order);
	return request;
}

export const netlinkCases: readonly ConformanceCase[] = [
	{
		name: 'netlink: a dump of links comes as frames of whole messages and ends',
		needs: ['netlink'],
		waits: true,
		run(stage) {
			const order = stage.runtime.byteOrder;
			let links = 0;
			const socket = stage.runtime.netlink(routeProtocol, {
				frames(bytes) {
					for (let at = 0; at + 16 <= bytes.length; ) {
						const length = readU32(bytes, at, order);
						const type = readU16(bytes, at + 4, order);
						stage.ok(length >= 16 && at + length <= bytes.length, 'length');
						stage.equal(readU32(bytes, at + 8, order), 42, 'sequence');
						if (type === newLink) links++;
						if (type === errorType) stage.ok(false, 'the kernel answered with an error');
						if (type === doneType || type === errorType || length < 16) {
							stage.ok(links >= 1, 'no links');
							socket.close();
							stage.done();
							return;
						}
						at += (length + 3) & ~3;
					}
				},
				overrun: () => stage.ok(false, 'overrun'),
				close: error => stage.ok(false, error.message),
			});
			socket.send(linkDump(stage, 42));
		},
	},
	{
		name: 'netlink: joining a group that is not there is an error',
		needs: ['netlink'],
		run(stage) {
			const socket = stage.runtime.netlink(routeProtocol, {frames() {}, overrun() {}, close() {}});
			stage.equal(
				codeOf(() => socket.join(100_000)),
				'invalid',
				'code',
			);
			socket.close();
		},
	},
	{
		name: 'netlink: a protocol that the kernel does not have is unsupported',
		needs: ['netlink'],
		run(stage) {
			stage.equal(
				codeOf(() => stage.runtime.netlink(99, {frames() {}, overrun() {}, close() {}})),
				'unsupported',
				'code',
			);
		},
	},
	{
		name: 'netlink: where there is none, it is unsupported',
		needs: ['no-netlink'],
		run(stage) {
			stage.equal(
				codeOf(() => stage.runtime.netlink(routeProtocol, {frames() {}, overrun() {}, close() {}})),
				'unsupported',
				'code',
			);
		},
	},
];
