// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Configuration} from '../../model/configuration.ts';
import type {Files, Runtime} from '../../port/port.ts';

// By what each routing protocol shows that it runs here. Asked at each start, and apart from everything that asks them.

export const BATMAN_MODULE = '/sys/module/batman_adv';
/** Where babeld's read-only local socket is, as packages set it up (`local-path`). */
export const BABEL_SOCKETS = ['/var/run/babeld.sock', '/var/run/babeld/ro.sock', '/var/run/babeld-ro.sock'];
export const OLSR_CONFIGURATION = '/etc/config/olsrd';
export const OLSR2_CONFIGURATION = '/etc/config/olsrd2';
export const bmxFolder = (version: 'bmx6' | 'bmx7'): string => `/var/run/${version}/json`;

/** Whether a name is in the folder that its path says. */
export function isThere(files: Pick<Files, 'list'>, path: string): boolean {
	const at = path.lastIndexOf('/');
	return files.list(path.slice(0, at))?.includes(path.slice(at + 1)) === true;
}

const signs = [
	BATMAN_MODULE,
	...BABEL_SOCKETS,
	OLSR_CONFIGURATION,
	OLSR2_CONFIGURATION,
	bmxFolder('bmx6'),
	bmxFolder('bmx7'),
];

/** Why no routing protocol is asked. Absent: undefined where one is. */
export function routingAbsence({routing}: Configuration, {files}: Runtime): string | undefined {
	if (routing === 'off') return 'routing is off';
	if (routing === 'all') return undefined;
	try {
		return signs.some(sign => isThere(files, sign))
			? undefined
			: 'no batman-adv, babeld, olsrd, olsrd2, bmx6 or bmx7 was found yet';
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return `it cannot be seen which routing protocol runs: ${error.message}`;
	}
}
