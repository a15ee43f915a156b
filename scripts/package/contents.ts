// SPDX-License-Identifier: Apache-2.0
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectRoot} from '../build/bundle.ts';
import {buildLuci} from '../build/luci.ts';
import {dependencies, packageFields, readMakefile} from './makefile.ts';
import type {Package, PackageFile} from './package.ts';

// What is in the packages: the tree openwrt-package/root with the agent's binary, its optional parts, and the LuCI app.

/** Without a SOURCE_DATE_EPOCH packages carry this moment: the first second of 2026. */
const defaultTimeS = 1_767_225_600;

/** Other than 0644; as openwrt-package/Makefile sets them. */
function modeOf(path: string): number {
	if (path === 'etc/config/astral-mesh') return 0o600;
	const isProgram =
		/^(?:etc\/init\.d|etc\/uci-defaults|etc\/hotplug\.d\/lime-config|usr\/libexec\/astral-mesh|.*\/shared-state\/publishers)\//.test(
			path,
		);
	return isProgram ? 0o755 : 0o644;
}

export function buildTimeS(): number {
	const given = process.env.SOURCE_DATE_EPOCH;
	return given === undefined ? defaultTimeS : Number(given);
}

const byPath = (a: PackageFile, b: PackageFile): number => (a.path < b.path ? -1 : 1);

const makefileFolder = join(projectRoot, 'openwrt-package');

/** The agent's package for one architecture. Absent `release`: the Makefile's. */
export async function agentPackage(arch: string, binary: Uint8Array, release?: number): Promise<Package> {
	const files: PackageFile[] = [{path: 'usr/sbin/astral-mesh', bytes: binary, mode: 0o755}];
	const root = join(makefileFolder, 'root');
	for (const entry of await readdir(root, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name).slice(root.length + 1);
		files.push({path, bytes: await readFile(join(root, path)), mode: modeOf(path)});
	}
	return describedPackage('', arch, files, release);
}

/** The package of the agent's optional parts for one architecture. Absent `release`: the Makefile's. */
export async function extrasPackage(arch: string, extras: Uint8Array, release?: number): Promise<Package> {
	return describedPackage('-extras', arch, [{path: 'usr/lib/astral-mesh/extras', bytes: extras, mode: 0o644}], release);
}

/** What the Makefile says of the package whose name is its own and this ending. */
async function describedPackage(
	ending: string,
	arch: string,
	files: readonly PackageFile[],
	release: number | undefined,
): Promise<Package> {
	const makefile = readMakefile(await readFile(join(makefileFolder, 'Makefile'), 'utf8'));
	const {variables, definitions} = makefile;
	const name = `${variables.get('PKG_NAME')}${ending}`;
	const fields = packageFields(makefile, name);
	const lines = (part: string): string[] => (definitions.get(`Package/${name}/${part}`) ?? '').split('\n');
	const script = (part: string): string => {
		const text = definitions.get(`Package/${name}/${part}`);
		return text === undefined ? '' : `${text}\n`;
	};
	return {
		name,
		version: `${variables.get('PKG_VERSION')}-r${release ?? variables.get('PKG_RELEASE')}`,
		arch,
		description: lines('description')
			.map(line => line.trim())
			.join(' '),
		license: variables.get('PKG_LICENSE') ?? '',
		section: fields.get('SECTION') ?? '',
		maintainer: variables.get('PKG_MAINTAINER') ?? '',
		url: fields.get('URL') ?? '',
		depends: dependencies(fields.get('DEPENDS') ?? ''),
		users: (fields.get('USERID') ?? '').split(' ').filter(user => user !== ''),
		files: [...files].sort(byPath),
		conffiles: lines('conffiles').filter(line => line !== ''),
		scripts: {postinst: script('postinst'), prerm: script('prerm'), postrm: script('postrm')},
		timeS: buildTimeS(),
	};
}

const luciPostinst = `#!/bin/sh
[ -n "\${IPKG_INSTROOT}" ] && exit 0
rm -f /tmp/luci-indexcache /tmp/luci-indexcache.*
rm -rf /tmp/luci-modulecache/
/etc/init.d/rpcd reload 2>/dev/null
exit 0
`;

/** The package of the LuCI app, with what LuCI's own luci.mk would have added: texts as .lmo, a cleared cache. */
export async function luciPackage(version: string): Promise<Package> {
	const {path, files} = await buildLuci();
	const {variables} = readMakefile(await readFile(join(path, 'Makefile'), 'utf8'));
	return {
		name: variables.get('LUCI_NAME') ?? '',
		version,
		arch: 'all',
		description: variables.get('LUCI_DESCRIPTION') ?? variables.get('LUCI_TITLE') ?? '',
		license: variables.get('PKG_LICENSE') ?? '',
		section: 'luci',
		maintainer: 'mesh-noc',
		url: '',
		depends: dependencies(variables.get('LUCI_DEPENDS') ?? ''),
		users: [],
		files: [...files].sort(byPath),
		conffiles: [],
		scripts: {postinst: luciPostinst, prerm: '', postrm: ''},
		timeS: buildTimeS(),
	};
}
