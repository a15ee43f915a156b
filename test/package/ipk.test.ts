// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {writeApk} from '../../scripts/package/apk.ts';
import {feedFiles} from '../../scripts/package/feed.ts';
import {readIpk, readParagraph, writeIpk} from '../../scripts/package/ipk.ts';
import {gzip, readTar, writeTar} from '../../scripts/package/tar.ts';
import {readUsignKey, signUsign, usignKey, verifyUsign} from '../../scripts/package/usign.ts';
import {temporaryFolder} from '../helper/collector.ts';
import {examplePackage} from './example.ts';

test('ipk: is read again, with its description, its scripts and its conffiles', t => {
	const {control, controlFiles, data} = readIpk(writeIpk(examplePackage()));
	t.is(control.get('Package'), 'example');
	t.is(control.get('Version'), '1.2.3-r4');
	t.is(control.get('Architecture'), 'mips_24kc');
	t.is(control.get('Depends'), 'libc, base');
	t.is(control.get('Require-User'), 'example:example');
	t.deepEqual(
		controlFiles.filter(({bytes}) => bytes !== undefined).map(({name, mode}) => [name, mode.toString(8)]),
		[
			['./conffiles', '644'],
			['./control', '644'],
			['./postinst', '755'],
			['./postinst-pkg', '755'],
			['./prerm', '755'],
			['./prerm-pkg', '755'],
		],
	);
	t.is(data.find(({name}) => name === './etc/config/example')?.mode, 0o600);
});

test('ipk: two of the same contents are the same bytes', t => {
	t.deepEqual(writeIpk(examplePackage()), writeIpk(examplePackage()));
});

test('ipk: the tar of this machine finds the three members opkg wants, in their order', t => {
	const names = execFileSync('tar', ['-tz'], {input: writeIpk(examplePackage())}).toString();
	t.is(names, './debian-binary\n./data.tar.gz\n./control.tar.gz\n');
});

test('ipk: what opkg would not install is refused', t => {
	const members = readTar(gunzipSync(writeIpk(examplePackage())));
	const archive = (list: typeof members): Buffer => gzip(writeTar(list, 0));
	t.throws(() => readIpk(Buffer.from('!<arch>\n')), {message: /not a gzip stream/});
	t.throws(() => readIpk(archive(members.slice(1))), {message: /no \.\/debian-binary/});
	t.throws(() => readIpk(archive(members.filter(({name}) => name !== './control.tar.gz'))), {
		message: /no \.\/control\.tar\.gz/,
	});
	const script = examplePackage();
	t.throws(() => readIpk(writeIpk({...script, scripts: {...script.scripts, postinst: '#!/bin/sh\r\n'}})), {
		message: /CR LF/,
	});
});

test('feed: the index says the size and hash of each package, and its signature is by the key', t => {
	const contents = examplePackage();
	const ipk = writeIpk(contents);
	const usign = usignKey(new Uint8Array(32).fill(7));
	const files = feedFiles([{contents, ipkName: 'example.ipk', ipk, apk: writeApk(contents)}], {
		usign,
		privateKeyPem: examplePem,
	});
	const index = Buffer.from(files.get('Packages') ?? []);
	const fields = readParagraph(index.toString());
	t.is(fields.get('Filename'), 'example.ipk');
	t.is(fields.get('Size'), String(ipk.length));
	t.is(fields.get('SHA256sum'), createHash('sha256').update(ipk).digest('hex'));
	t.deepEqual(gunzipSync(files.get('Packages.gz') ?? new Uint8Array()), index);
	t.true(verifyUsign(usign.publicText, index, Buffer.from(files.get('Packages.sig') ?? []).toString()));
	t.deepEqual([...files.keys()].sort(), [
		'Packages',
		'Packages.gz',
		'Packages.manifest',
		'Packages.sig',
		'packages.adb',
	]);
});

test('usign: a secret key is read again; another message or key is refused', t => {
	const key = usignKey(new Uint8Array(32).fill(1));
	t.deepEqual(readUsignKey(key.secretText), key);
	const message = Buffer.from('Package: a\n');
	const signature = signUsign(key, message);
	t.true(verifyUsign(key.publicText, message, signature));
	t.false(verifyUsign(key.publicText, Buffer.from('Package: b\n'), signature));
	t.false(verifyUsign(usignKey(new Uint8Array(32).fill(2)).publicText, message, signature));
	t.throws(() => readUsignKey(key.publicText), {message: /not a secret key/});
	t.throws(() => readUsignKey('nothing'), {message: /not a key/});
});

test("usign: OpenBSD's signify, whose format it is, accepts key and signature", async t => {
	const folder = await temporaryFolder(t);
	const {writeFile} = await import('node:fs/promises');
	const key = usignKey(new Uint8Array(32).fill(3));
	const message = Buffer.from('Package: a\n');
	await writeFile(`${folder}/key.pub`, key.publicText);
	await writeFile(`${folder}/Packages`, message);
	await writeFile(`${folder}/Packages.sig`, signUsign(key, message));
	const verify = (): string =>
		execFileSync(
			'signify-openbsd',
			['-V', '-p', `${folder}/key.pub`, '-m', `${folder}/Packages`, '-x', `${folder}/Packages.sig`],
			{stdio: 'pipe'},
		).toString();
	t.regex(verify(), /Signature Verified/);
	await writeFile(`${folder}/Packages`, 'Package: b\n');
	t.throws(verify);
});

const examplePem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
-----END PRIVATE KEY-----
`;
