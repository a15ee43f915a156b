// SPDX-License-Identifier: Apache-2.0
import {gunzipSync} from 'node:zlib';
import type {Package} from './package.ts';
import {gzip, readTar, type TarEntry, treeEntries, writeTar} from './tar.ts';

// An .ipk as opkg of OpenWrt takes it: gzip of tar of ./debian-binary, ./data.tar.gz and ./control.tar.gz.
// Source: opkg-lede, libopkg/pkg_extract.c. An ar archive, a plain tar or data in xz install nothing there.

/** The lines of a package's control file, which the index of a feed repeats. */
export function controlLines(contents: Package): string[] {
	const {name, version, arch, depends, license, section, users, url, maintainer, description} = contents;
	const installedBytes = contents.files.reduce((sum, {bytes}) => sum + bytes.length, 0);
	return [
		`Package: ${name}`,
		`Version: ${version}`,
		...(depends.length === 0 ? [] : [`Depends: ${depends.join(', ')}`]),
		`SourceName: ${name}`,
		`License: ${license}`,
		`Section: ${section}`,
		...(users.length === 0 ? [] : [`Require-User: ${users.join(' ')}`]),
		`SourceDateEpoch: ${contents.timeS}`,
		...(url === '' ? [] : [`URL: ${url}`]),
		`Maintainer: ${maintainer}`,
		`Architecture: ${arch}`,
		`Installed-Size: ${installedBytes}`,
		`Description:  ${description}`,
	];
}

/** opkg calls these; OpenWrt's own functions run what is in the `-pkg` files and then (de)activate the service. */
const wrapper = (name: string): string => `#!/bin/sh
[ "\${IPKG_NO_SCRIPT}" = "1" ] && exit 0
[ -s "\${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "\${IPKG_INSTROOT}/lib/functions.sh"
default_${name} "$0" "$@"
`;

export function writeIpk(contents: Package): Buffer {
	const {timeS, files, conffiles, scripts} = contents;
	const control: {path: string; bytes: Uint8Array; mode: number}[] = [];
	const add = (path: string, text: string, mode: number): void => {
		control.push({path, bytes: Buffer.from(text), mode});
	};
	add('control', `${controlLines(contents).join('\n')}\n`, 0o644);
	if (conffiles.length > 0) add('conffiles', `${conffiles.join('\n')}\n`, 0o644);
	add('postinst', wrapper('postinst'), 0o755);
	add('prerm', wrapper('prerm'), 0o755);
	for (const [name, text] of Object.entries(scripts))
		if (text !== '') add(name === 'postrm' ? name : `${name}-pkg`, text, 0o755);
	const part = (entries: readonly TarEntry[]): Buffer => gzip(writeTar(entries, timeS));
	return part([
		{name: './debian-binary', mode: 0o644, bytes: Buffer.from('2.0\n')},
		{name: './data.tar.gz', mode: 0o644, bytes: part(treeEntries(files))},
		{name: './control.tar.gz', mode: 0o644, bytes: part(treeEntries(control))},
	]);
}

export interface ReadIpk {
	/** By name; continuation lines joined. */
	readonly control: ReadonlyMap<string, string>;
	readonly controlFiles: readonly TarEntry[];
	readonly data: readonly TarEntry[];
}

/** Reads a package as opkg does. Errors: an Error that says why opkg would not install it. */
export function readIpk(bytes: Uint8Array): ReadIpk {
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new Error('ipk: not a gzip stream');
	const outer = readTar(gunzipSync(bytes));
	const member = (name: string): Uint8Array => {
		const found = outer.find(entry => entry.name === `./${name}`)?.bytes;
		if (found === undefined) throw new Error(`ipk: there is no ./${name}`);
		return found;
	};
	if (Buffer.from(member('debian-binary')).toString() !== '2.0\n') throw new Error('ipk: not version 2.0');
	const controlFiles = readTar(gunzipSync(member('control.tar.gz')));
	const control = controlFiles.find(({name}) => name === './control')?.bytes;
	if (control === undefined) throw new Error('ipk: there is no control file');
	for (const {name, mode, bytes: script} of controlFiles) {
		if (script === undefined || !/^\.\/(?:pre|post)(?:inst|rm)/.test(name)) continue;
		if ((mode & 0o111) === 0) throw new Error(`ipk: ${name} cannot be executed`);
		if (Buffer.from(script).includes('\r')) throw new Error(`ipk: ${name} has lines that end in CR LF`);
	}
	return {
		control: readParagraph(Buffer.from(control).toString()),
		controlFiles,
		data: readTar(gunzipSync(member('data.tar.gz'))),
	};
}

/** One paragraph of `Name: value` lines; a line that begins with a space continues the one before. */
export function readParagraph(text: string): Map<string, string> {
	const fields = new Map<string, string>();
	let last = '';
	for (const line of text.split('\n')) {
		const at = line.indexOf(':');
		if (line.startsWith(' ')) fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
		else if (at > 0) {
			last = line.slice(0, at);
			fields.set(last, line.slice(at + 1).trim());
		}
	}
	return fields;
}
