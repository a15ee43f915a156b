// SPDX-License-Identifier: Apache-2.0
import {type PortCode, PortError} from '../../core/errors.ts';

const codes: Readonly<Record<string, PortCode>> = {
	ECONNREFUSED: 'refused',
	ENETUNREACH: 'unreachable',
	EHOSTUNREACH: 'unreachable',
	ENETDOWN: 'unreachable',
	EADDRNOTAVAIL: 'unreachable',
	ETIMEDOUT: 'timed-out',
	ECONNRESET: 'reset',
	ECONNABORTED: 'reset',
	EPIPE: 'reset',
	EACCES: 'permission',
	EPERM: 'permission',
	EROFS: 'permission',
	ENOENT: 'not-found',
	ENOTDIR: 'not-found',
	EADDRINUSE: 'busy',
	EBUSY: 'busy',
	EAGAIN: 'busy',
	EINVAL: 'invalid',
	EMSGSIZE: 'invalid',
	EISDIR: 'invalid',
	ENAMETOOLONG: 'invalid',
	ENOSPC: 'no-space',
	EDQUOT: 'no-space',
	EFBIG: 'no-space',
	ENODEV: 'no-device',
	ENXIO: 'no-device',
	EOPNOTSUPP: 'unsupported',
	EPROTONOSUPPORT: 'unsupported',
	EAFNOSUPPORT: 'unsupported',
	ENOPROTOOPT: 'unsupported',
	ENOSYS: 'unsupported',
	ENOTFOUND: 'name',
	EAI_AGAIN: 'name',
	EAI_NODATA: 'name',
};

/** What Node said, in the port's words. Errors of OpenSSL and of certificate checks carry codes of their own. */
export function failureOf(error: unknown, subject: string): PortError {
	if (error instanceof PortError) return error;
	const {code, errno, message} = error as NodeJS.ErrnoException;
	const number = typeof errno === 'number' && errno > -1000 ? -errno : 0;
	const word = code === undefined ? 'io' : (codes[code] ?? (isTls(code) ? 'tls' : 'io'));
	return new PortError(word, `${subject}: ${message}`, number);
}

function isTls(code: string): boolean {
	return (
		['ERR_SSL', 'ERR_TLS', 'ERR_OSSL', 'EPROTO', 'CERT_', 'DEPTH_', 'SELF_', 'UNABLE_'].some(start =>
			code.startsWith(start),
		) || code.endsWith('_CERT')
	);
}
