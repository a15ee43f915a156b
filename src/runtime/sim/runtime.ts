// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {PortError} from '../../core/errors.ts';
import type {Clock, Crypto, Log, LogLevel, Netlink, NetlinkHandlers, Runtime} from '../../port/port.ts';
import {SimFiles} from './files.ts';
import type {SimNetwork} from './network.ts';

/** What answers a router's netlink sockets: `FakeKernel`, or nothing. */
export interface NetlinkService {
	open(protocol: number, handlers: NetlinkHandlers): Netlink;
}

export interface SimRuntimeOptions {
	/** Its name, which is its address on the simulated network. */
	readonly host: string;
	readonly clock: Clock;
	readonly random: () => number;
	readonly byteOrder: ByteOrder;
	/** Absent: netlink is not supported. */
	readonly kernel?: NetlinkService;
	/** Absent: every connection is unreachable. */
	readonly network?: SimNetwork;
	/** Real streams in place of simulated ones, for a mesh that reports to a real collector. */
	readonly stream?: Runtime['stream'];
	readonly files?: SimFiles;
	/** Hashes and signatures; its random bytes are replaced by seeded ones. Absent: using them is an error. */
	readonly crypto?: Crypto;
	readonly onLog?: (level: LogLevel, text: string) => void;
}

/** A runtime whose time, chance, kernel and network are the lab's. */
export interface SimRuntime extends Runtime {
	readonly files: SimFiles;
	/** As if the process were sent SIGTERM and SIGHUP. */
	stop(): void;
	reload(): void;
	/** The code it ended with. Absent: it has not. */
	readonly exitCode: number | undefined;
}

export function simRuntime(options: SimRuntimeOptions): SimRuntime {
	let onStop = (): void => {};
	let onReload = (): void => {};
	let exitCode: number | undefined;
	const {host, clock, random, kernel, network} = options;
	const log: Log = {write: (level, text) => options.onLog?.(level, text)};
	return {
		clock,
		random,
		byteOrder: options.byteOrder,
		files: options.files ?? new SimFiles(),
		crypto: {...(options.crypto ?? noCrypto), randomBytes: length => randomBytes(random, length)},
		log,
		stream(address, handlers) {
			if (options.stream !== undefined) return options.stream(address, handlers);
			if (network !== undefined) return network.stream(host, address, handlers);
			const cancel = clock.after(0, () => handlers.close(new PortError('unreachable', 'there is no network')));
			return {write: () => {}, queuedBytes: 0, close: cancel};
		},
		datagram(datagramOptions, handlers) {
			if (network === undefined) throw new PortError('unsupported', 'there is no network');
			return network.datagram(host, datagramOptions, handlers);
		},
		pathMtuBytes: () => undefined,
		netlink(protocol, handlers) {
			if (kernel === undefined) throw new PortError('unsupported', 'there is no kernel');
			return kernel.open(protocol, handlers);
		},
		memoryBytes: () => undefined,
		onStop(stop) {
			onStop = stop;
		},
		onReload(reload) {
			onReload = reload;
		},
		exit(code) {
			exitCode = code;
		},
		stop: () => onStop(),
		reload: () => onReload(),
		get exitCode() {
			return exitCode;
		},
	};
}

function randomBytes(random: () => number, length: number): Uint8Array {
	return Uint8Array.from({length}, () => Math.floor(random() * 256));
}

function unsupported(): never {
	throw new PortError('unsupported', 'this simulation was given no hashes and signatures');
}

const noCrypto: Crypto = {
	randomBytes: unsupported,
	sha256: unsupported,
	hmacSha256: unsupported,
	ed25519PublicKey: unsupported,
	ed25519Sign: unsupported,
	ed25519Verify: unsupported,
};
