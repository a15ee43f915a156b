// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import {
	type AdbArray,
	type AdbObject,
	type AdbValue,
	AdbWriter,
	type ReadValue,
	readAdb,
	readBlocks,
	writeBlocks,
} from './adb.ts';
import type {Package, PackageFile} from './package.ts';
import {signDatabase} from './signature.ts';

// An .apk of apk-tools 3, and the index of a folder of them.
// Source: apk-tools 3.0, src/apk_adb.h (numbers of fields), src/app_mkpkg.c and src/app_mkndx.c (what is written).

export const PACKAGE_SCHEMA = 'pckg';
export const INDEX_SCHEMA = 'indx';

const infoField = {
	name: 1,
	version: 2,
	hashes: 3,
	description: 4,
	arch: 5,
	license: 6,
	origin: 7,
	maintainer: 8,
	url: 9,
	installedSize: 12,
	fileSize: 13,
	depends: 15,
} as const;
const packageField = {info: 1, paths: 2, scripts: 3} as const;
const folderField = {name: 1, acl: 2, files: 3} as const;
const fileField = {name: 1, acl: 2, size: 3, mtime: 4, hashes: 5} as const;
const aclField = {mode: 1, user: 2, group: 3} as const;
const scriptField = {postInstall: 3, preDeinstall: 4, postDeinstall: 5, postUpgrade: 7} as const;
const indexField = {packages: 2} as const;
const DEPENDENCY_NAME = 1;
const UNIQUE_ID_BYTES = 20;

const object = (...slots: readonly (readonly [number, AdbValue])[]): AdbObject => ({slots: new Map(slots)});
const array = (items: readonly AdbValue[]): AdbArray => ({items});
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** OpenWrt's functions, then ours: what its build system puts in front of a package's own script. */
function script(contents: Package, call: string, own: string): string {
	const body = own.replace(/^#!.*\n/, '');
	return `#!/bin/sh
[ "\${IPKG_NO_SCRIPT}" = "1" ] && exit 0
[ -s "\${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "\${IPKG_INSTROOT}/lib/functions.sh"
export root="\${IPKG_INSTROOT}"
export pkgname="${contents.name}"
${call}
${body}`;
}

/** What OpenWrt's functions look up about an installed package. */
function recordFiles({name, files, conffiles, users}: Package): PackageFile[] {
	const folder = 'lib/apk/packages';
	const record = (suffix: string, lines: readonly string[]): PackageFile[] =>
		lines.length === 0
			? []
			: [{path: `${folder}/${name}.${suffix}`, bytes: Buffer.from(`${lines.join('\n')}\n`), mode: 0o644}];
	const sums = conffiles.flatMap(path => {
		const found = files.find(file => `/${file.path}` === path);
		return found === undefined ? [] : [`${path} ${createHash('sha256').update(found.bytes).digest('hex')}`];
	});
	const kept = [...record('rusers', users), ...record('conffiles', conffiles), ...record('conffiles_static', sums)];
	const list = [...files, ...record('rusers', users)].map(({path}) => `/${path}`).sort(byBytes);
	return [...kept, ...record('list', list)];
}

interface Folder {
	readonly path: string;
	readonly files: readonly PackageFile[];
}

/** The root and every folder below it, in the order of their paths. */
function foldersOf(files: readonly PackageFile[]): Folder[] {
	const folders = new Map<string, PackageFile[]>([['', []]]);
	for (const file of files) {
		const parts = file.path.split('/');
		for (let depth = 1; depth < parts.length; depth++) {
			const path = parts.slice(0, depth).join('/');
			if (!folders.has(path)) folders.set(path, []);
		}
		folders.get(parts.slice(0, -1).join('/'))?.push(file);
	}
	return [...folders]
		.map(([path, of]) => ({path, files: of.sort((a, b) => byBytes(nameOf(a), nameOf(b)))}))
		.sort((a, b) => byBytes(a.path, b.path));
}

const nameOf = ({path}: PackageFile): string => path.slice(path.lastIndexOf('/') + 1);
const acl = (mode: number): AdbObject =>
	object([aclField.mode, mode], [aclField.user, 'root'], [aclField.group, 'root']);

function fileEntry(file: PackageFile, timeS: number): AdbObject {
	return object(
		[fileField.name, nameOf(file)],
		[fileField.acl, acl(file.mode)],
		[fileField.size, file.bytes.length],
		[fileField.mtime, timeS],
		[fileField.hashes, createHash('sha256').update(file.bytes).digest()],
	);
}

function infoSlots(contents: Package, installedBytes: number): Map<number, AdbValue> {
	const {name, version, arch, description, license, maintainer, url, depends} = contents;
	const names = [...new Set(depends)].sort(byBytes);
	return new Map<number, AdbValue>([
		[infoField.name, name],
		[infoField.version, version],
		[infoField.description, description],
		[infoField.arch, arch === 'all' ? 'noarch' : arch],
		[infoField.license, license],
		[infoField.origin, name],
		[infoField.maintainer, maintainer],
		[infoField.url, url],
		[infoField.installedSize, Math.max(1, installedBytes)],
		[infoField.depends, array(names.map(each => object([DEPENDENCY_NAME, each])))],
	]);
}

export interface Apk {
	readonly bytes: Buffer;
	/** What the index of a feed says of it, but for the file's size. */
	readonly info: ReadonlyMap<number, AdbValue>;
	/** SHA-256 of the database: what the index knows the package by. */
	readonly hash: Buffer;
}

/** Absent `privateKeyPem`: without a signature, for `apk add --allow-untrusted` and for feeds, whose index is signed. */
export function writeApk(contents: Package, privateKeyPem?: string): Apk {
	const {timeS, scripts} = contents;
	const folders = foldersOf([...contents.files, ...recordFiles(contents)]);
	const installedBytes = folders.flatMap(({files}) => files).reduce((sum, {bytes}) => sum + bytes.length, 0);
	const install = script(contents, 'add_group_and_user\ndefault_postinst', scripts.postinst);
	const upgrade = `#!/bin/sh\nexport PKG_UPGRADE=1\n${install.replace(/^#!.*\n/, '')}`;
	const info = infoSlots(contents, installedBytes);
	const root = (uniqueId: Uint8Array): AdbObject =>
		object(
			[packageField.info, {slots: new Map([...info, [infoField.hashes, uniqueId]])}],
			[
				packageField.paths,
				array(
					folders.map(({path, files}) =>
						object(
							[folderField.name, path],
							[folderField.acl, acl(0o755)],
							[folderField.files, array(files.map(file => fileEntry(file, timeS)))],
						),
					),
				),
			],
			[
				packageField.scripts,
				object(
					[scriptField.postInstall, install],
					[scriptField.preDeinstall, script(contents, 'default_prerm', scripts.prerm)],
					[scriptField.postDeinstall, scripts.postrm],
					[scriptField.postUpgrade, upgrade],
				),
			],
		);
	// The package's own identity: the hash of the database while the identity is zero.
	const blank = new AdbWriter().write(root(new Uint8Array(UNIQUE_ID_BYTES)));
	const uniqueId = createHash('sha256').update(blank).digest().subarray(0, UNIQUE_ID_BYTES);
	const database = new AdbWriter().write(root(uniqueId));
	const signature = privateKeyPem === undefined ? [] : [signDatabase(privateKeyPem, PACKAGE_SCHEMA, database)];
	const file = writeBlocks(PACKAGE_SCHEMA, [
		{type: 'database', bytes: database},
		...signature.map(bytes => ({type: 'signature', bytes}) as const),
		...folders.flatMap(({files}, folder) =>
			files.flatMap(({bytes}, i) =>
				bytes.length === 0 ? [] : [{type: 'data', bytes: dataOf(folder + 1, i + 1, bytes)} as const],
			),
		),
	]);
	return {bytes: compress(file), info, hash: createHash('sha256').update(database).digest()};
}

function dataOf(folder: number, file: number, bytes: Uint8Array): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32LE(folder, 0);
	head.writeUInt32LE(file, 4);
	return Buffer.concat([head, bytes]);
}

const COMPRESSED = Buffer.from('ADBd');
const compress = (file: Uint8Array): Buffer => Buffer.concat([COMPRESSED, deflateRawSync(file, {level: 9})]);

/** packages.adb: what apk reads of a feed. Absent `privateKeyPem`: without a signature. */
export function writeIndex(packages: readonly Apk[], privateKeyPem?: string): Buffer {
	const sorted = [...packages].sort((a, b) =>
		byBytes(String(a.info.get(infoField.name)), String(b.info.get(infoField.name))),
	);
	const entries = sorted.map(({info, bytes, hash}) => ({
		slots: new Map([...info, [infoField.hashes, hash], [infoField.fileSize, bytes.length]]),
	}));
	const database = new AdbWriter().write(object([indexField.packages, array(entries)]));
	const signature = privateKeyPem === undefined ? [] : [signDatabase(privateKeyPem, INDEX_SCHEMA, database)];
	return compress(
		writeBlocks(INDEX_SCHEMA, [
			{type: 'database', bytes: database},
			...signature.map(bytes => ({type: 'signature', bytes}) as const),
		]),
	);
}

export interface ReadFile {
	readonly path: string;
	readonly mode: number;
	readonly bytes: Uint8Array;
}

export interface ReadApk {
	readonly schema: string;
	readonly database: Uint8Array;
	readonly signatures: readonly Uint8Array[];
	readonly root: ReadValue;
	/** Files of a package, in its order. Empty for an index. */
	readonly files: readonly ReadFile[];
	/** By the number of the field, as a text. */
	readonly info: ReadonlyMap<number, string>;
}

type List = readonly ReadValue[];
const list = (value: ReadValue): List => (Array.isArray(value) ? (value as List) : []);
const text = (value: ReadValue): string => (Buffer.isBuffer(value) ? value.toString() : String(value ?? ''));

/** Reads an .apk or an index and checks each file against its hash. Errors: an Error that says what is wrong with it. */
export function readApk(bytes: Uint8Array): ReadApk {
	const compressed = COMPRESSED.equals(bytes.subarray(0, 4));
	const {schema, blocks} = readBlocks(compressed ? inflateRawSync(bytes.subarray(4)) : bytes);
	const database = blocks[0]?.bytes ?? new Uint8Array();
	const root = readAdb(database);
	const folders = schema === PACKAGE_SCHEMA ? list(list(root)[packageField.paths]) : [];
	const contents = new Map<string, Uint8Array>();
	for (const {type, bytes: data} of blocks) {
		if (type !== 'data') continue;
		const view = new DataView(data.buffer, data.byteOffset);
		contents.set(`${view.getUint32(0, true)} ${view.getUint32(4, true)}`, data.subarray(8));
	}
	const files = folders.slice(1).flatMap((folder, f) =>
		list(list(folder)[folderField.files])
			.slice(1)
			.map((entry, i): ReadFile => {
				const fields = list(entry);
				const content = contents.get(`${f + 1} ${i + 1}`) ?? new Uint8Array();
				const folderName = text(list(folder)[folderField.name]);
				const path = `${folderName === '' ? '' : `${folderName}/`}${text(fields[fileField.name])}`;
				const hash = createHash('sha256').update(content).digest('hex');
				const expected = fields[fileField.hashes];
				if (!Buffer.isBuffer(expected) || expected.toString('hex') !== hash)
					throw new Error(`apk: ${path} is not what its hash says`);
				return {path, mode: Number(list(fields[fileField.acl])[aclField.mode] ?? 0), bytes: content};
			}),
	);
	const info = list(list(root)[packageField.info]);
	return {
		schema,
		database,
		signatures: blocks.filter(({type}) => type === 'signature').map(block => block.bytes),
		root,
		files,
		info: new Map(info.flatMap((value, i) => (value === undefined ? [] : [[i, text(value)] as const]))),
	};
}
