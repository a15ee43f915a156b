// SPDX-License-Identifier: Apache-2.0
import {endianness} from 'node:os';
import {PortError} from '../../core/errors.ts';
import type {Clock, Log, Runtime} from '../../port/port.ts';
import {nodeCrypto} from './crypto.ts';
import {NodeDatagram} from './datagram.ts';
import {nodeFiles} from './files.ts';
import {NodeStream} from './stream.ts';
import {TimerQueue} from './timer-queue.ts';

const log: Log = {
	write(level, text) {
		process.stderr.write(`${level}: ${text}\n`);
	},
};

/** An error that nobody caught is written to the log, and the program goes on: on the router nobody is there to restart it. */
function reportUncaught(): void {
	const text = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
	process.on('uncaughtException', error => log.write('error', `uncaught: ${text(error)}`));
	process.on('unhandledRejection', reason => log.write('error', `unhandled promise rejection: ${text(reason)}`));
}

let isReporting = false;

/** The runtime for development: the same agent under Node, without the kernel's netlink. */
export function nodeRuntime(): Runtime {
	if (!isReporting) reportUncaught();
	isReporting = true;
	const timers = new TimerQueue();
	const clock: Clock = {
		nowMs: () => performance.now(),
		wallMs: () => Date.now(),
		synchronised: () => undefined,
		after: (delayMs, task) => timers.after(delayMs, task),
	};
	return {
		clock,
		random: Math.random,
		byteOrder: endianness() === 'BE' ? 'big' : 'little',
		stream: (address, handlers) => new NodeStream(address, handlers),
		datagram: (options, handlers) => new NodeDatagram(options, handlers),
		pathMtuBytes: () => undefined,
		netlink() {
			throw new PortError('unsupported', 'Node has no netlink sockets');
		},
		files: nodeFiles,
		crypto: nodeCrypto,
		log,
		memoryBytes: () => process.memoryUsage().heapUsed,
		onStop(stop) {
			process.once('SIGTERM', stop);
			process.once('SIGINT', stop);
		},
		onReload(reload) {
			process.on('SIGHUP', reload);
		},
		exit: code => process.exit(code),
	};
}
