// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {type Apk, writeIndex} from './apk.ts';
import {controlLines} from './ipk.ts';
import type {Package} from './package.ts';
import {gzip} from './tar.ts';
import {signUsign, type UsignKey} from './usign.ts';

export interface FeedEntry {
	readonly contents: Package;
	/** Its file in the feed's folder. */
	readonly ipkName: string;
	readonly ipk: Uint8Array;
	readonly apk: Apk;
}

export interface FeedKeys {
	readonly usign: UsignKey;
	readonly privateKeyPem: string;
}

/** The files of a feed's folder beside its packages, by name. Absent `keys`: nothing is signed. */
export function feedFiles(entries: readonly FeedEntry[], keys?: FeedKeys): Map<string, Uint8Array> {
	const paragraphs = [...entries]
		.sort((a, b) => (a.contents.name < b.contents.name ? -1 : 1))
		.map(({contents, ipkName, ipk}) => {
			const lines = controlLines(contents);
			const place = [
				`Filename: ${ipkName}`,
				`Size: ${ipk.length}`,
				`SHA256sum: ${createHash('sha256').update(ipk).digest('hex')}`,
			];
			return {head: lines.slice(0, -1), description: lines.slice(-1), place, manifest: lines};
		});
	const indexText = paragraphs.map(({head, place, description}) => [...head, ...place, ...description].join('\n'));
	const index = Buffer.from(`${indexText.join('\n\n')}\n\n`);
	// As OpenWrt's: the index with what only a build farm or a web page reads of a package.
	const manifestText = paragraphs.map(({manifest, place}) => [
		...manifest.slice(0, -1),
		...place,
		...manifest.slice(-1),
	]);
	const manifest = Buffer.from(`${manifestText.map(lines => lines.join('\n')).join('\n\n')}\n\n`);
	const files = new Map<string, Uint8Array>([
		['Packages', index],
		['Packages.gz', gzip(index)],
		['Packages.manifest', manifest],
		[
			'packages.adb',
			writeIndex(
				entries.map(({apk}) => apk),
				keys?.privateKeyPem,
			),
		],
	]);
	if (keys !== undefined) files.set('Packages.sig', Buffer.from(signUsign(keys.usign, index)));
	return files;
}
