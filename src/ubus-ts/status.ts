// SPDX-License-Identifier: Apache-2.0

// How a request ended, as the numbers that travel (ubusmsg.h, enum ubus_msg_status).
export const OK = 0;
export const INVALID_COMMAND = 1;
export const INVALID_ARGUMENT = 2;
export const METHOD_NOT_FOUND = 3;
export const NOT_FOUND = 4;
export const NO_DATA = 5;
export const PERMISSION_DENIED = 6;
export const TIMEOUT = 7;
export const NOT_SUPPORTED = 8;
export const UNKNOWN_ERROR = 9;
export const CONNECTION_FAILED = 10;
export const NO_MEMORY = 11;
export const PARSE_ERROR = 12;
export const SYSTEM_ERROR = 13;

const texts = [
	'Success',
	'Invalid command',
	'Invalid argument',
	'Method not found',
	'Not found',
	'No response',
	'Permission denied',
	'Request timed out',
	'Operation not supported',
	'Unknown error',
	'Connection failed',
	'Out of memory',
	'Parsing message data failed',
	'System error',
];

/** The words that the ubus tool prints for a status. */
export function statusText(status: number): string {
	return texts[status] ?? `Unknown error: ${status}`;
}

/** A request that did not succeed. A handler that throws one answers with its status. */
export class UbusError extends Error {
	readonly status: number;

	constructor(status: number, detail = '') {
		super(detail === '' ? statusText(status) : `${statusText(status)}: ${detail}`);
		this.name = 'UbusError';
		this.status = status;
	}
}
