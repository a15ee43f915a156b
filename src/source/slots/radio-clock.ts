// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import type {Clock, Files} from '../../port/port.ts';

/** The time of a radio, read at `atUs` of the router's own clock, and how long the reading took at most. */
export interface RadioTime {
	readonly atUs: number;
	readonly tsfUs: number;
	readonly withinUs: number;
}

/** A reading that was interrupted for longer is made again, and the shortest counts. */
const SHORT_US = 40;
const ATTEMPTS = 3;
/** The kernel writes that where the driver knows no time of its radio. */
const UNKNOWN = 2 ** 53;

/**
 * Reads a radio's clock where the kernel shows it: between two readings of our own.
 *
 * Absent: undefined without debugfs (OpenWrt has it), without mac80211's part of it, or where the driver cannot say.
 * Source: Linux net/mac80211/debugfs_netdev.c, ieee80211_if_fmt_tsf.
 */
export function readRadioTime(files: Files, clock: Clock, radio: string, interfaceName: string): RadioTime | undefined {
	const path = `/sys/kernel/debug/ieee80211/${radio}/netdev:${interfaceName}/tsf`;
	let best: RadioTime | undefined;
	for (let attempt = 0; attempt < ATTEMPTS && (best?.withinUs ?? SHORT_US) >= SHORT_US; attempt++) {
		const beforeUs = clock.nowMs() * 1000;
		const text = readText(files, path);
		const afterUs = clock.nowMs() * 1000;
		const tsfUs = text === undefined ? Number.NaN : Number(text);
		if (!(tsfUs > 0 && tsfUs < UNKNOWN)) return undefined;
		const withinUs = (afterUs - beforeUs) / 2;
		if (best === undefined || withinUs < best.withinUs) best = {atUs: beforeUs + withinUs, tsfUs, withinUs};
	}
	return best;
}

function readText(files: Files, path: string): string | undefined {
	try {
		const bytes = files.read(path, 64);
		return bytes === undefined ? undefined : decodeUtf8(bytes).trim();
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return undefined;
	}
}
