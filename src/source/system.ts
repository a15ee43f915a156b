// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import {decodeUtf8} from '../core/text.ts';
import type {Observe} from '../model/observation.ts';
import type {Clock, Files} from '../port/port.ts';

// Load, memory, uptime and the clock's state, from /proc. Formats: Linux Documentation/filesystems/proc.rst.

export interface SystemPort {
	readonly files: Files;
	readonly clock: Clock;
}

/** Reads the router's own state once. */
export function observeSystem(port: SystemPort, observe: Observe): void {
	const read = (path: string): string => {
		try {
			const bytes = port.files.read(path);
			return bytes === undefined ? '' : decodeUtf8(bytes);
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			observe({kind: 'failure', source: 'system', code: error.code, detail: path});
			return '';
		}
	};
	const synchronised = port.clock.synchronised();
	observe({
		kind: 'system',
		load1: firstNumber(read('/proc/loadavg')),
		...readMemory(read('/proc/meminfo')),
		uptimeS: firstNumber(read('/proc/uptime')),
		clockSynchronised: synchronised === undefined ? undefined : Number(synchronised),
	});
}

function firstNumber(text: string): number | undefined {
	const number = Number.parseFloat(text);
	return Number.isFinite(number) ? number : undefined;
}

/** Kernels before 3.14 have no MemAvailable: what is free and cached comes close. */
function readMemory(text: string): {memoryTotalBytes: number | undefined; memoryAvailableBytes: number | undefined} {
	const kilobytes = (name: string): number | undefined => {
		const at = text.indexOf(`${name}:`);
		return at < 0 ? undefined : firstNumber(text.slice(at + name.length + 1, at + name.length + 24));
	};
	const available = kilobytes('MemAvailable') ?? sum(kilobytes('MemFree'), kilobytes('Cached'));
	return {memoryTotalBytes: times1024(kilobytes('MemTotal')), memoryAvailableBytes: times1024(available)};
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined || b === undefined ? undefined : a + b;
}

function times1024(kilobytes: number | undefined): number | undefined {
	return kilobytes === undefined ? undefined : kilobytes * 1024;
}
