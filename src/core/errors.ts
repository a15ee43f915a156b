// SPDX-License-Identifier: Apache-2.0

/** Why untrusted bytes were refused. The words are stable: log, telemetry and documentation use the same ones. */
export type DecodeCode =
	| 'truncated' // the bytes end before the value does
	| 'length' // a stated length contradicts its surroundings
	| 'range' // a number outside what its field can mean
	| 'missing' // a required part is absent
	| 'type' // a tag or a value of another kind than promised
	| 'version' // a version this release does not speak
	| 'syntax' // text that does not follow its grammar
	| 'limit' // more of something than we are willing to hold
	| 'sequence'; // a part that does not follow from the one before

/**
 * Bytes from the air, the bus, the broker or the disk that do not mean anything.
 *
 * Shape:  `path` names the field in dotted form ('nl80211.survey.noiseDbm'), `offset` is the byte it starts at.
 */
export class DecodeError extends Error {
	readonly code: DecodeCode;
	readonly path: string;
	readonly offset: number;

	constructor(code: DecodeCode, path: string, offset: number, detail = '') {
		super(`${path}: ${code} at byte ${offset}${detail === '' ? '' : `: ${detail}`}`);
		this.name = 'DecodeError';
		this.code = code;
		this.path = path;
		this.offset = offset;
	}
}

/** Why the outside world refused a request. */
export type PortCode =
	| 'refused'
	| 'unreachable'
	| 'timed-out'
	| 'reset'
	| 'name' // a host name that does not resolve
	| 'tls' // handshake or verification failed
	| 'permission'
	| 'not-found'
	| 'busy'
	| 'invalid'
	| 'no-space'
	| 'no-device'
	| 'unsupported'
	| 'io';

/** A request to the outside world that failed. Never thrown for something that is merely absent. */
export class PortError extends Error {
	readonly code: PortCode;
	/** The kernel's errno as a positive number, 0 where there is none. */
	readonly errno: number;

	constructor(code: PortCode, detail: string, errno = 0) {
		super(`${code}: ${detail}`);
		this.name = 'PortError';
		this.code = code;
		this.errno = errno;
	}
}
