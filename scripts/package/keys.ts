// SPDX-License-Identifier: Apache-2.0
import {createPublicKey, generateKeyPairSync, randomBytes} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheRoot} from '../debian.ts';
import type {FeedKeys} from './feed.ts';
import {readUsignKey, usignKey} from './usign.ts';

// Whoever builds a feed signs it with keys of their own: made once, kept outside the tree, readable by their owner only.

export const keyFolder = (): string => join(cacheRoot(), 'package-key');

/** Reads the keys of a folder: `key.pem` (EC, prime256v1) and `key.usign`. Those that are not there are made. */
export async function feedKeys(folder = keyFolder()): Promise<FeedKeys> {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const kept = async (name: string, make: () => string): Promise<string> => {
		const path = join(folder, name);
		const text = await readFile(path, 'utf8').catch(() => undefined);
		if (text !== undefined) return text;
		const fresh = make();
		await writeFile(path, fresh, {mode: 0o600, flag: 'wx'});
		return fresh;
	};
	const pem = await kept('key.pem', () =>
		generateKeyPairSync('ec', {namedCurve: 'prime256v1'}).privateKey.export({format: 'pem', type: 'sec1'}).toString(),
	);
	const usign = await kept('key.usign', () => usignKey(randomBytes(32)).secretText);
	return {privateKeyPem: pem, usign: readUsignKey(usign)};
}

/** What a router needs to trust the feed, by the path it has there. */
export function publicKeyFiles({privateKeyPem, usign}: FeedKeys): ReadonlyMap<string, string> {
	const pem = createPublicKey(privateKeyPem).export({format: 'pem', type: 'spki'}).toString();
	return new Map([
		[`etc/opkg/keys/${usign.number}`, usign.publicText],
		['etc/apk/keys/astral-mesh.pem', pem],
	]);
}
