// SPDX-License-Identifier: Apache-2.0
import {createPrivateKey, generateKeyPairSync, verify} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {type AdbValue, AdbWriter, readAdb, readBlocks, writeBlocks} from '../../scripts/package/adb.ts';
import {INDEX_SCHEMA, PACKAGE_SCHEMA, readApk, writeApk, writeIndex} from '../../scripts/package/apk.ts';
import {signEcdsa, verifyDatabase} from '../../scripts/package/signature.ts';
import {examplePackage} from './example.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', 'fixture', 'apk', name));
const publicKey = fixture('key.pub.pem').toString();

test('apk: a package that apk-tools wrote is read, its files and its signature are right', t => {
	const read = readApk(fixture('small-1.0-r1.apk'));
	t.is(read.schema, PACKAGE_SCHEMA);
	t.is(read.info.get(1), 'small');
	t.is(read.info.get(2), '1.0-r1');
	t.is(read.info.get(5), 'noarch');
	t.deepEqual(
		read.files.map(({path, mode, bytes}) => [path, mode.toString(8), bytes.length]),
		[
			['etc/config/small', '600', 20],
			['usr/sbin/small', '755', 21],
		],
	);
	const [signature = new Uint8Array()] = read.signatures;
	t.true(verifyDatabase(publicKey, PACKAGE_SCHEMA, read.database, signature));
	t.false(verifyDatabase(publicKey, INDEX_SCHEMA, read.database, signature));
	const changed = Uint8Array.from(read.database, (byte, i) => (i === 100 ? byte ^ 1 : byte));
	t.false(verifyDatabase(publicKey, PACKAGE_SCHEMA, changed, signature));
});

test('apk: an index that apk-tools wrote is read, and names the package by the hash of its database', t => {
	const index = readApk(fixture('packages.adb'));
	t.is(index.schema, INDEX_SCHEMA);
	t.true(verifyDatabase(publicKey, INDEX_SCHEMA, index.database, index.signatures[0] ?? new Uint8Array()));
	const text = index.database.reduce((all, byte) => all + String.fromCharCode(byte), '');
	t.true(text.includes('small') && text.includes('1.0-r1'));
});

test('apk: a package of ours has its files, its description and what OpenWrt looks up', t => {
	const contents = examplePackage();
	const read = readApk(writeApk(contents).bytes);
	t.is(read.signatures.length, 0);
	t.is(read.info.get(1), contents.name);
	t.is(read.info.get(2), contents.version);
	const text = (path: string): string | undefined => {
		const bytes = read.files.find(file => file.path === path)?.bytes;
		return bytes === undefined ? undefined : Buffer.from(bytes).toString();
	};
	for (const {path, bytes} of contents.files) t.is(text(path), Buffer.from(bytes).toString());
	t.is(text('lib/apk/packages/example.conffiles'), '/etc/config/example\n');
	t.is(
		text('lib/apk/packages/example.list'),
		'/etc/config/example\n/lib/apk/packages/example.rusers\n/usr/sbin/example\n',
	);
	t.is(text('lib/apk/packages/example.rusers'), 'example:example\n');
	t.regex(text('lib/apk/packages/example.conffiles_static') ?? '', /^\/etc\/config\/example [0-9a-f]{64}\n$/);
	const scripts = Buffer.from(read.database).toString('latin1');
	t.true(scripts.includes('export PKG_UPGRADE=1'), 'the script after an upgrade says that it is one');
	t.true(scripts.includes('default_prerm'));
});

test('apk: the same package and key give the same bytes; another key another signature', t => {
	const key = (): string =>
		generateKeyPairSync('ec', {namedCurve: 'prime256v1'}).privateKey.export({format: 'pem', type: 'sec1'}).toString();
	const [first, second] = [key(), key()];
	t.deepEqual(writeApk(examplePackage(), first).bytes, writeApk(examplePackage(), first).bytes);
	t.notDeepEqual(writeApk(examplePackage(), first).bytes, writeApk(examplePackage(), second).bytes);
	t.deepEqual(writeApk(examplePackage(), first).hash, writeApk(examplePackage(), second).hash);
});

test('apk: an index of ours is signed, sorted, and says the size of each file', t => {
	const {privateKey, publicKey: own} = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
	const pem = privateKey.export({format: 'pem', type: 'pkcs8'}).toString();
	const packages = [writeApk({...examplePackage(), name: 'zeta'}), writeApk({...examplePackage(), name: 'alpha'})];
	const read = readApk(writeIndex(packages, pem));
	const ownPem = own.export({format: 'pem', type: 'spki'}).toString();
	t.true(verifyDatabase(ownPem, INDEX_SCHEMA, read.database, read.signatures[0] ?? new Uint8Array()));
	const text = Buffer.from(read.database).toString('latin1');
	t.true(text.indexOf('alpha') < text.indexOf('zeta'));
});

// RFC 6979, A.2.5: P-256 with SHA-512.
for (const [message, r, s] of [
	[
		'sample',
		'8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00',
		'2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe',
	],
	[
		'test',
		'461d93f31b6540894788fd206c07cfa0cc35f46fa3c91816fff1040ad1581a04',
		'39af9f15de0db8d97e72719c74820d304ce5226e32dedae67519e840d1194e55',
	],
] as const)
	test(`signature: of '${message}' is that of RFC 6979`, t => {
		const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
		const key = createPrivateKey({
			format: 'jwk',
			key: {
				kty: 'EC',
				crv: 'P-256',
				d: base64url('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'),
				x: base64url('60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6'),
				y: base64url('7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299'),
			},
		});
		const signature = signEcdsa(key, Buffer.from(message));
		t.true(signature.toString('hex').includes(r));
		t.true(signature.toString('hex').endsWith(s));
		t.true(verify('sha512', Buffer.from(message), key, signature));
	});

test('adb: numbers, texts, arrays and empty slots come back', t => {
	const long = 'y'.repeat(70_000);
	const slots = new Map<number, AdbValue>([
		[1, 'name'],
		[2, 5],
		[3, 2 ** 29],
		[4, 2 ** 40],
		[6, 'x'.repeat(300)],
		[7, long],
	]);
	const read = readAdb(new AdbWriter().write({slots: new Map([...slots, [8, {items: ['a', 'b']}]])}));
	const plain = (value: unknown): unknown =>
		Buffer.isBuffer(value) ? value.toString() : Array.isArray(value) ? value.map(plain) : value;
	t.deepEqual(plain(read), [
		undefined,
		'name',
		5,
		2 ** 29,
		2 ** 40,
		undefined,
		'x'.repeat(300),
		long,
		[undefined, 'a', 'b'],
	]);
});

test('adb: a file that is cut or changed anywhere is refused or read, never a crash of another kind', t => {
	const file = writeBlocks(PACKAGE_SCHEMA, [{type: 'database', bytes: readApk(fixture('small-1.0-r1.apk')).database}]);
	const attempt = (bytes: Uint8Array): void => {
		try {
			const {blocks} = readBlocks(bytes);
			readAdb(blocks[0]?.bytes ?? new Uint8Array());
		} catch (error) {
			t.regex((error as Error).message, /^adb: /);
		}
	};
	for (let length = 0; length < file.length; length++) attempt(file.subarray(0, length));
	for (let at = 0; at < file.length; at++)
		attempt(Uint8Array.from(file, (byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)));
	t.pass();
});
