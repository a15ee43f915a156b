// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import {type PortCode, PortError} from '../../core/errors.ts';

/** The PortError of a negated errno. `subject` says what was tried. */
export function failureOf(result: number, subject: string): PortError {
	const [word, text] = host.describeErrno(-result);
	return new PortError(word as PortCode, `${subject}: ${text}`, -result);
}

/** Passes a result of 0 or more. Errors: PortError of a negated errno. */
export function check(result: number, subject: string): number {
	if (result < 0) throw failureOf(result, subject);
	return result;
}
