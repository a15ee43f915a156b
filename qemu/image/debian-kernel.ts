// SPDX-License-Identifier: Apache-2.0
/** Debian's own kernel, as its package has it: unpacked beside the machine, never installed on it. */
import {execFile} from 'node:child_process';
import {copyFile, mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {promisify} from 'node:util';
import {downloadFromSuite, ensurePackages} from '../../scripts/debian.ts';
import type {Entry} from './archive.ts';
import {cached} from './cached.ts';
import {nativeEntries, toolsVersion, writeInitramfs} from './initramfs.ts';
import {timed} from './progress.ts';

const execute = promisify(execFile);
const suite = 'trixie';
const metaPackage = 'linux-image-amd64';

/** Loaded by the init script, in this order; what they need comes with them. */
export const debianModules = [
	'virtio_pci',
	'9pnet_virtio',
	'9p',
	'virtio_net',
	'bridge',
	'veth',
	'batman_adv',
	'mac80211_hwsim',
];

/** The unpacked package of the kernel that the suite's meta package depends on today. */
async function unpackKernel(folder: string): Promise<void> {
	const meta = await downloadFromSuite(suite, metaPackage, {}, folder);
	const {stdout} = await execute('dpkg-deb', ['-f', meta.files[0] ?? '', 'Depends']);
	const name = /linux-image-[^ ,]+/.exec(stdout)?.[0];
	if (name === undefined) throw new Error(`${metaPackage} ${meta.version} depends on no kernel: ${stdout}`);
	const image = await timed(`${name}: download`, () => downloadFromSuite(suite, name, {}, folder));
	await execute('dpkg-deb', ['-x', image.files.find(file => file.includes(name)) ?? '', join(folder, 'root')]);
	console.log(`${name} ${image.version}: unmodified, as ${suite} has it`);
}

async function readModule(path: string): Promise<Buffer> {
	if (!path.endsWith('.xz')) return readFile(path);
	const {stdout} = await execute('xz', ['-dc', path], {encoding: 'buffer', maxBuffer: 1 << 28});
	return stdout;
}

/** The wanted modules and those they need, decompressed, with fresh tables for modprobe. */
async function moduleEntries(root: string, stage: string): Promise<Map<string, Entry>> {
	const modules =
		(await readdir(join(root, 'usr/lib/modules')).catch(() => [])).length > 0 ? 'usr/lib/modules' : 'lib/modules';
	const version = (await readdir(join(root, modules)))[0];
	if (version === undefined) throw new Error('the kernel package has no modules');
	const from = join(root, modules, version);
	const to = join(stage, 'lib/modules', version);
	await mkdir(join(stage, 'whole/lib/modules'), {recursive: true});
	await rename(from, join(stage, 'whole/lib/modules', version));
	const whole = join(stage, 'whole/lib/modules', version);
	await execute('depmod', ['-b', join(stage, 'whole'), version]);
	for (const module of await dependencies(whole)) {
		const target = join(to, module.replace(/\.xz$/, ''));
		await mkdir(dirname(target), {recursive: true});
		await writeFile(target, await readModule(join(whole, module)));
	}
	for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'])
		await copyFile(join(whole, name), join(to, name));
	await execute('depmod', ['-b', stage, version]);
	const entries = new Map<string, Entry>();
	for (const item of await readdir(to, {recursive: true, withFileTypes: true})) {
		if (!item.isFile()) continue;
		const path = join(item.parentPath, item.name);
		entries.set(relative(stage, path), {data: await readFile(path), mode: 0o644});
	}
	return entries;
}

async function dependencies(folder: string): Promise<Set<string>> {
	const lines = (await readFile(join(folder, 'modules.dep'), 'utf8')).trim().split('\n');
	const nameOf = (path: string) => (path.split('/').at(-1) ?? '').replace(/\.ko.*$/, '').replaceAll('-', '_');
	const table = new Map(
		lines.map(line => {
			const [path = '', rest = ''] = line.split(':');
			return [nameOf(path), [path, ...rest.trim().split(' ').filter(Boolean)]] as const;
		}),
	);
	const needed = new Set<string>();
	// A gate's queue and its filter are loaded when they are asked for, as on routers.
	const gate = ['sch_fq', 'sch_ingress', 'cls_bpf', 'sch_taprio', '8021q'];
	const wanted = [
		...debianModules,
		...gate,
		'af_packet',
		'ccm',
		'ctr',
		'cmac',
		'gcm',
		'crc32c_generic',
		'crc16',
		'libcrc32c',
	];
	for (const module of wanted) for (const path of table.get(module) ?? []) needed.add(path);
	return needed;
}

/** The kernel image and an initramfs with its modules and this machine's tools. */
export async function debianKernel(): Promise<{image: string; initramfs: string}> {
	await ensurePackages(['kmod', 'xz-utils']);
	const own = await readFile(import.meta.filename, 'utf8');
	const folder = await cached('kernel-debian', [own, await toolsVersion()], async fresh => {
		await unpackKernel(fresh);
		const root = join(fresh, 'root');
		const image = (await readdir(join(root, 'boot'))).find(name => name.startsWith('vmlinuz'));
		if (image === undefined) throw new Error('the kernel package has no image');
		await copyFile(join(root, 'boot', image), join(fresh, 'kernel'));
		const entries = new Map([...(await nativeEntries()), ...(await moduleEntries(root, join(fresh, 'stage')))]);
		await writeInitramfs(entries, join(fresh, 'initramfs'));
		for (const name of await readdir(fresh))
			if (name !== 'kernel' && name !== 'initramfs') await rm(join(fresh, name), {recursive: true, force: true});
	});
	return {image: join(folder, 'kernel'), initramfs: join(folder, 'initramfs')};
}
