// SPDX-License-Identifier: Apache-2.0
/**
 * The C sources that are not ours: fetched from Debian, verified, unpacked once.
 *
 * Each is pinned by the SHA-256 of its archive. Debian replaces versions, so a newer one is taken too — apt has checked
 * its signature — and said out loud: the tests then judge it.
 */
import {execFile} from 'node:child_process';
import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';
import {cacheRoot, downloadFromSuite, sha256OfFile} from '../debian.ts';
import {withLock} from './lock.ts';
import {say} from './say.ts';

const execute = promisify(execFile);

interface Pin {
	readonly packageName: string;
	readonly source: boolean;
	readonly version: string;
	readonly sha256: string;
	/** How the archive among the downloaded files ends. */
	readonly archive: RegExp;
	/** The folder inside what is unpacked; the first one where undefined. */
	readonly inside?: string;
}

const pins = {
	quickjs: {
		packageName: 'qjs-src',
		source: false,
		version: '0.17.0-1',
		sha256: '04631979bdadaccffd76c1cb0aff5d07389aa889a90b6a902eba858a3a3b3988',
		archive: /\.deb$/,
		inside: 'usr/src/quickjs-ng',
	},
	mbedtls: {
		packageName: 'mbedtls',
		source: true,
		version: '3.6.7-3',
		sha256: 'a7e8bcbec0e6f761b4af24f25677626b35f762f68eef79c08677a363212d11f6',
		archive: /\.orig\.tar\.\w+$/,
	},
	// Its Ed25519 is TweetNaCl's with the strict checks of RFC 8032; mbedTLS 3.6 has none.
	dropbear: {
		packageName: 'dropbear',
		source: true,
		version: '2026.94-1',
		sha256: 'e098034a843699200c8c977a991fff73159735bf795d5f72ef672c41a6b1ae81',
		archive: /\.orig\.tar\.\w+$/,
	},
} as const satisfies Record<string, Pin>;

export type SourceName = keyof typeof pins;

export interface Source {
	readonly folder: string;
	readonly version: string;
	/** Of the archive: stands for every byte of the folder. */
	readonly sha256: string;
}

const opened = new Map<SourceName, Promise<Source>>();

/** Fetches, verifies and unpacks a source; later calls find it in the cache. */
export function openSource(name: SourceName): Promise<Source> {
	const known = opened.get(name);
	if (known !== undefined) return known;
	const source = withLock(`source-${name}`, () => open(name, pins[name]));
	opened.set(name, source);
	return source;
}

async function open(name: SourceName, pin: Pin): Promise<Source> {
	const root = join(cacheRoot(), 'source', name);
	const record = join(root, 'source.json');
	const stored = await readFile(record, 'utf8').catch(() => undefined);
	if (stored !== undefined) {
		const source = JSON.parse(stored) as Source & {pinned: string};
		if (source.pinned === pin.sha256) return source;
	}
	say(`fetching ${pin.packageName} ${pin.version}`);
	await rm(root, {recursive: true, force: true});
	const download = await downloadFromSuite('sid', pin.packageName, {source: pin.source}, join(root, 'archive'));
	const archive = download.files.find(file => pin.archive.test(file));
	if (archive === undefined) throw new Error(`${pin.packageName}: apt handed over no archive`);
	const sha256 = await sha256OfFile(archive);
	if (sha256 !== pin.sha256) {
		if (download.version === pin.version)
			throw new Error(`${basename(archive)} is not the pinned ${pin.version}: its SHA-256 is ${sha256}`);
		say(`${pin.packageName}: Debian now has ${download.version}, pinned is ${pin.version}; taking the newer one`);
	}
	const unpacked = join(root, 'unpacked.part');
	await mkdir(unpacked, {recursive: true});
	if (archive.endsWith('.deb')) await execute('dpkg-deb', ['-x', archive, unpacked]);
	else await execute('tar', ['-xf', archive, '-C', unpacked]);
	await rename(unpacked, join(root, 'unpacked'));
	const top = (await readdir(join(root, 'unpacked')))[0] ?? '';
	const folder = join(root, 'unpacked', pin.inside ?? top);
	const source: Source = {folder, version: download.version, sha256};
	await writeFile(record, `${JSON.stringify({...source, pinned: pin.sha256})}\n`);
	return source;
}
