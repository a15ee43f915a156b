// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import type {Configuration} from '../model/configuration.ts';
import type {Files, Runtime} from '../port/port.ts';

/** Where ubusd listens. Source: OpenWrt since 21.02. */
export const UBUS_SOCKET = '/var/run/ubus/ubus.sock';

/** On OpenWrt there is a bus, even where it starts later than we do; elsewhere only where a socket is named. */
export function busAbsence({ubusSocket}: Configuration, {files}: Runtime): string | undefined {
	const isThere = ubusSocket !== '' || isOpenWrt(files);
	return isThere ? undefined : 'this is no OpenWrt, and no socket of ubusd is set';
}

function isOpenWrt(files: Files): boolean {
	try {
		return files.list('/var/run/ubus') !== undefined || files.read('/etc/openwrt_release') !== undefined;
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return true; // it is there, and is not for us to read
	}
}
