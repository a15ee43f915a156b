// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {agentPackage, extrasPackage, luciPackage} from '../../scripts/package/contents.ts';
import {dependencies, packageFields, readMakefile} from '../../scripts/package/makefile.ts';
import {version} from '../../src/agent/version.ts';
import {root} from '../guard/source.ts';
import {temporaryFolder} from '../helper/collector.ts';

const makefileOf = (folder: string): string => readFileSync(join(root, folder, 'Makefile'), 'utf8');

/** As much of OpenWrt's build system as it takes to expand a package's Makefile, and to print what came of it. */
async function stubs(folder: string): Promise<void> {
	await mkdir(join(folder, 'include'), {recursive: true});
	await mkdir(join(folder, 'feeds/luci'), {recursive: true});
	await writeFile(join(folder, 'rules.mk'), `INCLUDE_DIR:=${folder}/include\nARCH_PACKAGES:=aarch64_cortex-a53\n`);
	const show = (name: string): string => `$(info [${name}]$(${name}))`;
	await writeFile(
		join(folder, 'include/package.mk'),
		`define BuildPackage
$(eval $(Package/$(1)))
${['TITLE', 'SECTION', 'DEPENDS', 'USERID', 'PKG_VERSION', 'PKG_RELEASE', 'PKG_LICENSE', 'ASTRAL_MESH_ARCH'].map(show).join('\n')}
$(foreach part,description conffiles postinst prerm postrm install,$(info [$(part)]$(Package/$(1)/$(part)))$(info [end]))
$(eval all:;@:)
endef
`,
	);
	await writeFile(
		join(folder, 'feeds/luci/luci.mk'),
		`${['LUCI_NAME', 'LUCI_TITLE', 'LUCI_DESCRIPTION', 'LUCI_DEPENDS', 'LUCI_PKGARCH'].map(show).join('\n')}\nall:;@:\n`,
	);
}

test('Makefile: what make expands is what our own reader reads', async t => {
	const folder = await temporaryFolder(t);
	await stubs(folder);
	const output = execFileSync('make', ['-s', '-C', join(root, 'openwrt-package'), `TOPDIR=${folder}`]).toString();
	const expanded = (name: string): string => new RegExp(`^\\[${name}\\](.*)$`, 'm').exec(output)?.[1] ?? '';
	const block = (name: string): string => new RegExp(`\\[${name}\\]([\\s\\S]*?)\\n?\\[end\\]`).exec(output)?.[1] ?? '';
	const makefile = readMakefile(makefileOf('openwrt-package'));
	const fields = packageFields(makefile, 'astral-mesh');
	for (const name of ['TITLE', 'SECTION', 'DEPENDS', 'USERID']) t.is(fields.get(name), expanded(name), name);
	for (const name of ['PKG_VERSION', 'PKG_RELEASE', 'PKG_LICENSE'])
		t.is(makefile.variables.get(name), expanded(name), name);
	for (const name of ['description', 'conffiles', 'postinst', 'prerm', 'postrm'])
		t.is(makefile.definitions.get(`Package/astral-mesh/${name}`), block(name), name);
	t.is(expanded('ASTRAL_MESH_ARCH'), 'aarch64_generic');
});

test('Makefile: the LuCI app is described as LuCI has it', async t => {
	const folder = await temporaryFolder(t);
	await stubs(folder);
	const output = execFileSync('make', ['-s', '-C', join(root, 'luci-app'), `TOPDIR=${folder}`]).toString();
	const {variables} = readMakefile(makefileOf('luci-app'));
	for (const [, name = '', value] of output.matchAll(/^\[(\w+)\](.*)$/gm)) t.is(variables.get(name), value, name);
	t.is(variables.get('LUCI_PKGARCH'), 'all');
});

test('Makefile: its version is that of the release', t => {
	t.is(readMakefile(makefileOf('openwrt-package')).variables.get('PKG_VERSION'), version);
});

test('Makefile: dependencies are names without conditions', t => {
	t.deepEqual(dependencies('@(mips||arm) +luci-base +astral-mesh'), ['luci-base', 'astral-mesh']);
	t.throws(() => readMakefile('define a\nb\n'), {message: /does not end/});
});

test('package: the agent has its binary, its service and its settings, with the modes they need', async t => {
	const contents = await agentPackage('mips_24kc', Buffer.from('binary'));
	const modes = new Map(contents.files.map(({path, mode}) => [path, mode]));
	t.is(modes.get('usr/sbin/astral-mesh'), 0o755);
	t.is(modes.get('etc/config/astral-mesh'), 0o600, 'it may hold passwords');
	t.is(modes.get('etc/init.d/astral-mesh'), 0o755);
	t.is(modes.get('usr/share/acl.d/astral-mesh.json'), 0o644);
	for (const path of ['etc/hotplug.d/ieee80211/90-astral-mesh', 'lib/upgrade/keep.d/astral-mesh'])
		t.is(modes.get(path), 0o644, path);
	t.deepEqual(contents.conffiles, ['/etc/config/astral-mesh']);
	t.deepEqual(contents.users, ['astral-mesh:astral-mesh']);
	t.deepEqual(contents.depends, []);
});

test('package: the optional parts are a package of their own, which needs the agent and restarts it', async t => {
	const [extras, agent] = [
		await extrasPackage('mips_24kc', Buffer.from('x')),
		await agentPackage('mips_24kc', Buffer.from('')),
	];
	t.is(extras.name, 'astral-mesh-extras');
	t.is(extras.version, agent.version);
	t.deepEqual(extras.depends, ['astral-mesh']);
	t.deepEqual(
		extras.files.map(({path, mode}) => [path, mode]),
		[['usr/lib/astral-mesh/extras', 0o644]],
	);
	t.regex(extras.scripts.postinst, /astral-mesh running && \/etc\/init.d\/astral-mesh restart/);
	t.true(makefileOf('openwrt-package').includes('BuildPackage,astral-mesh-extras'));
});

test('package: every script is what busybox and dash can read', async t => {
	const contents = await agentPackage('mips_24kc', Buffer.from('binary'));
	const scripts = contents.files.filter(({bytes}) => /^#!|^# SPDX/.test(Buffer.from(bytes).toString('latin1', 0, 6)));
	t.true(scripts.length >= 5);
	const all = [...scripts.map(({bytes}) => Buffer.from(bytes).toString()), ...Object.values(contents.scripts)];
	for (const [i, text] of all.entries()) {
		const name = scripts[i]?.path ?? `script ${i}`;
		if (name === 'etc/config/astral-mesh') continue;
		t.notThrows(() => execFileSync('sh', ['-n'], {input: text, stdio: ['pipe', 'ignore', 'pipe']}), name);
		t.notThrows(() => execFileSync('busybox', ['ash', '-n'], {input: text, stdio: ['pipe', 'ignore', 'pipe']}), name);
		t.false(text.includes('\r'));
	}
});

test('package: access lists are JSON, and what may be read and written is told apart', async t => {
	const contents = await agentPackage('mips_24kc', Buffer.from('binary'));
	const json = (path: string): Record<string, never> =>
		JSON.parse(Buffer.from(contents.files.find(file => file.path === path)?.bytes ?? []).toString());
	const {agentObject} = await import('../../src/agent/object-definition.ts');
	const methods = (access: string): string[] =>
		Object.entries(agentObject.methods)
			.filter(([, method]) => method.access === access)
			.map(([name]) => name)
			.sort();
	const acl = json('usr/share/rpcd/acl.d/astral-mesh.json')['astral-mesh'] as unknown as Record<
		'read' | 'write',
		{ubus: Record<string, string[]>}
	>;
	t.deepEqual(acl.read.ubus['astral-mesh']?.sort(), methods('read'));
	t.deepEqual(acl.write.ubus['astral-mesh']?.sort(), methods('write'));
	t.like(json('usr/share/acl.d/astral-mesh.json'), {user: 'astral-mesh', publish: ['astral-mesh']});
	const capabilities = json('etc/capabilities/astral-mesh.json') as unknown as Record<string, string[]>;
	for (const set of Object.values(capabilities))
		t.deepEqual(set, ['CAP_NET_ADMIN', 'CAP_NET_BIND_SERVICE', 'CAP_NET_RAW']);
});

test('package: the LuCI app has its pages, its texts as catalogues and who may read them', async t => {
	const {files, arch, depends} = await luciPackage('1.0-r1');
	const paths = files.map(({path}) => path);
	t.is(arch, 'all');
	t.deepEqual(depends, ['luci-base', 'astral-mesh']);
	for (const path of [
		'www/luci-static/resources/view/astral-mesh/overview.js',
		'usr/lib/lua/luci/i18n/astral-mesh.es.lmo',
		'usr/share/luci/menu.d/luci-app-astral-mesh.json',
		'usr/share/rpcd/acl.d/luci-app-astral-mesh.json',
	])
		t.true(paths.includes(path), path);
});
