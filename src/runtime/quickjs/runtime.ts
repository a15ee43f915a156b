// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import type {Bpf, Files, LogLevel, Runtime} from '../../port/port.ts';
import {HostDatagram} from './datagram.ts';
import {check, failureOf} from './failure.ts';
import {HostNetlink} from './netlink.ts';
import {HostStream} from './stream.ts';

const levels: Record<LogLevel, number> = {error: 3, warning: 4, notice: 5, debug: 7}; // as syslog counts

const files: Files = {
	read(path, mostBytes = 0) {
		const got = host.readFile(path, mostBytes);
		if (typeof got === 'number') throw failureOf(got, path);
		return got;
	},
	replace(path, bytes, mode = -1) {
		check(host.replaceFile(path, bytes, mode), path);
	},
	write(path, bytes) {
		check(host.writeFile(path, bytes), path);
	},
	list(path) {
		const got = host.listFolder(path);
		if (typeof got === 'number') throw failureOf(got, path);
		return got?.sort();
	},
	remove(path) {
		check(host.removeFile(path), path);
	},
};

const bpf: Bpf = {
	createArray: (valueBytes, entries) => check(host.createArray(valueBytes, entries), 'bpf array'),
	loadClassifier: instructions => check(host.loadClassifier(instructions), 'bpf program'),
	write: (array, index, value) => void check(host.arrayValue(array, index, value, true), 'bpf write'),
	read: (array, index, value) => void check(host.arrayValue(array, index, value, false), 'bpf read'),
	close: host.close,
};

/** The words after the program's name. */
export function programArguments(): string[] {
	return host.programArguments();
}

/** The router's own runtime: everything is the C host's. */
export function quickjsRuntime(): Runtime {
	return {
		clock: {nowMs: host.nowMs, wallMs: host.wallMs, synchronised: host.synchronised, after: host.after},
		random: host.randomNumber,
		byteOrder: host.isBigEndian ? 'big' : 'little',
		stream: (address, handlers) => new HostStream(address, handlers),
		datagram: (options, handlers) => new HostDatagram(options, handlers),
		pathMtuBytes(address, interfaceIndex = 0) {
			const mtu = host.pathMtu(address, interfaceIndex);
			return mtu > 0 ? mtu : undefined;
		},
		netlink: (protocol, handlers) => new HostNetlink(protocol, handlers),
		bpf,
		files,
		crypto: {
			randomBytes: host.randomBytes,
			sha256: host.sha256,
			hmacSha256: host.hmacSha256,
			ed25519PublicKey: host.ed25519PublicKey,
			ed25519Sign: host.ed25519Sign,
			ed25519Verify: host.ed25519Verify,
		},
		log: {write: (level, text) => host.log(levels[level], text)},
		memoryBytes: host.memoryBytes,
		onStop: host.onStop,
		onReload: host.onReload,
		exit: host.exit,
	};
}
