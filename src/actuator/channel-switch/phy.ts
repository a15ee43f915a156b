// SPDX-License-Identifier: Apache-2.0
import {DECIMAL, decodeUtf8, isMadeOf} from '../../core/text.ts';
import type {Files} from '../../port/port.ts';
import type {Section} from '../../uci-parser/package.ts';
import {textOf} from './wireless-section.ts';

// Which radio of the kernel a wifi-device section means, the way netifd finds it: by the radio's name, by the place of its
// device on a bus, or by its address.

const CLASS = '/sys/class/ieee80211';
/** Paths are of /sys/devices; older configurations leave the first folder out. */
const ROOTS = ['/sys/devices', '/sys/devices/platform'];

/** The kernel's number of a section's radio. Absent: it is not there now. */
export function wiphyOf(section: Section, files: Files): number | undefined {
	const name = phyOf(section, files);
	const text = name === undefined ? '' : lineOf(files, `${CLASS}/${name}/index`);
	return text !== '' && isMadeOf(text, DECIMAL) ? Number(text) : undefined;
}

function phyOf(section: Section, files: Files): string | undefined {
	const named = textOf(section, 'phy');
	if (named !== undefined && isPlain(named) && files.list(`${CLASS}/${named}`) !== undefined) return named;
	const path = textOf(section, 'path');
	if (path !== undefined && !path.includes('..')) {
		// Several radios of one device are told apart by what follows the plus.
		const plus = path.lastIndexOf('+');
		const place = plus < 0 ? path : path.slice(0, plus);
		const index = plus < 0 ? 0 : Number(path.slice(plus + 1));
		for (const root of ROOTS) {
			const names = files.list(`${root}/${place}/ieee80211`);
			const found = names === undefined ? undefined : [...names].sort(byNumber)[index];
			if (found !== undefined) return found;
		}
	}
	const address = textOf(section, 'macaddr')?.toLowerCase();
	if (address === undefined) return undefined;
	return files.list(CLASS)?.find(name => lineOf(files, `${CLASS}/${name}/macaddress`) === address);
}

function lineOf(files: Files, path: string): string {
	return decodeUtf8(files.read(path, 64) ?? new Uint8Array()).trim();
}

/** phy2 comes before phy10. */
function byNumber(a: string, b: string): number {
	return a.length - b.length || (a < b ? -1 : 1);
}

function isPlain(name: string): boolean {
	return name !== '' && !name.includes('/') && !name.includes('..');
}
