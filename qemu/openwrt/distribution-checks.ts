// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {INDEX_SCHEMA, PACKAGE_SCHEMA, readApk} from '../../scripts/package/apk.ts';
import {readIpk, readParagraph} from '../../scripts/package/ipk.ts';
import {verifyDatabase} from '../../scripts/package/signature.ts';
import {verifyUsign} from '../../scripts/package/usign.ts';
import {type Checks, expect} from './check.ts';

// What can be said of packages and their feed without a router: both forms hold the same, every hash and signature is right.

/** `folder` is what `npm run package` wrote to. */
export async function checkDistribution(checks: Checks, folder: string, arch: string): Promise<void> {
	const feed = join(folder, 'feed', arch);
	const names = await readdir(feed);
	const read = (name: string): Promise<Buffer> => readFile(join(feed, name));
	const keyFolder = join(folder, 'key/etc');
	await checks.run('opkg index: sizes and hashes are those of the packages', async () => {
		const paragraphs = (await read('Packages')).toString().trim().split('\n\n').map(readParagraph);
		for (const fields of paragraphs) {
			const name = fields.get('Filename') ?? '';
			const bytes = await read(name);
			expect(fields.get('Size') === String(bytes.length), `${name}: size`);
			expect(fields.get('SHA256sum') === createHash('sha256').update(bytes).digest('hex'), `${name}: hash`);
		}
		return `${paragraphs.length} packages`;
	});
	await checks.run('opkg index: signed by the key that routers are given', async () => {
		const [number = ''] = await readdir(join(keyFolder, 'opkg/keys'));
		const key = await readFile(join(keyFolder, 'opkg/keys', number), 'utf8');
		expect(verifyUsign(key, await read('Packages'), (await read('Packages.sig')).toString()), 'the signature is wrong');
		return number;
	});
	for (const name of names.filter(each => each.endsWith('.ipk')))
		await checks.run(`${name}: opkg can install it`, async () => {
			const {control, data} = readIpk(await read(name));
			return `${control.get('Package')} ${control.get('Version')}, ${data.filter(({bytes}) => bytes).length} files`;
		});
	const pem = await readFile(join(keyFolder, 'apk/keys/astral-mesh.pem'), 'utf8');
	for (const [name, schema] of [
		...names.filter(each => each.endsWith('.apk')).map(each => [each, PACKAGE_SCHEMA] as const),
		['packages.adb', INDEX_SCHEMA] as const,
	])
		await checks.run(`${name}: apk can read it, its hashes and its signature are right`, async () => {
			const {database, signatures, files, info} = readApk(await read(name));
			const [signature = new Uint8Array()] = signatures;
			expect(verifyDatabase(pem, schema, database, signature), 'the signature is wrong');
			return schema === PACKAGE_SCHEMA ? `${info.get(1)} ${info.get(2)}, ${files.length} files` : '';
		});
	await checks.run('both forms of the agent install the same files', async () => {
		const ipk = readIpk(await read(names.find(name => name.startsWith('astral-mesh_')) ?? ''));
		const apk = readApk(await read(names.find(name => /^astral-mesh-\d/.test(name)) ?? ''));
		const ofApk = apk.files.filter(({path}) => !path.startsWith('lib/apk/'));
		for (const {path, mode, bytes} of ofApk) {
			const same = ipk.data.find(({name}) => name === `./${path}`);
			expect(same?.bytes !== undefined && Buffer.compare(same.bytes, bytes) === 0, `${path} differs`);
			expect(same?.mode === mode, `${path} has another mode`);
		}
		return `${ofApk.length} files`;
	});
}
