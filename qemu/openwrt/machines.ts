// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {ensurePackages} from '../../scripts/debian.ts';

// The machines that OpenWrt has images for and QEMU can be. Source: OpenWrt, target/linux/{x86,armsr,malta}.

export const machineNames = ['x86_64', 'armsr', 'malta'] as const;
export type MachineName = (typeof machineNames)[number];

/** By the words that OpenWrt puts into the names of its images. Errors: an Error that asks for --machine. */
export function machineOf(image: string, given: string | undefined): MachineName {
	const found = machineNames.find(name => name === given);
	if (given !== undefined && found === undefined)
		throw new Error(`--machine is one of ${machineNames.join(', ')}, not ${given}`);
	if (found !== undefined) return found;
	const name = basename(image);
	if (/x86[-_]64/.test(name)) return 'x86_64';
	if (/armsr|armvirt/.test(name)) return 'armsr';
	if (/malta/.test(name)) return 'malta';
	throw new Error(`${name} does not say what machine it is for: --machine ${machineNames.join('|')}`);
}

/** The network between router and host: nothing else is on it, and the router gets no way further. */
export const network = {prefix: '192.168.77.0/24', host: '192.168.77.2', router: '192.168.77.15'} as const;

export interface Started {
	readonly command: string;
	readonly words: readonly string[];
}

export interface BootOptions {
	readonly machine: MachineName;
	/** A combined disk, or a kernel. */
	readonly image: string;
	readonly rootfs: string | undefined;
	/** Port of the loopback that leads to the router's web server. */
	readonly httpPort: number;
	/** Unpacked images go here. */
	readonly folder: string;
}

interface Recipe {
	readonly command: string;
	readonly packages: readonly string[];
	readonly words: readonly string[];
	readonly drive: string;
	readonly root: string;
	readonly card: string;
	readonly console: string;
	/** Firmware that a combined disk needs. Absent: the machine has its own. */
	readonly firmware?: string;
}

const recipes: Readonly<Record<MachineName, Recipe>> = {
	x86_64: {
		command: 'qemu-system-x86_64',
		packages: ['qemu-system-x86'],
		words: ['-M', 'q35', '-cpu', 'max', '-accel', 'tcg,thread=multi'],
		drive: 'virtio',
		root: '/dev/vda',
		card: 'virtio-net-pci,romfile=',
		console: 'ttyS0',
	},
	armsr: {
		command: 'qemu-system-aarch64',
		packages: ['qemu-system-arm', 'qemu-efi-aarch64'],
		words: ['-M', 'virt', '-cpu', 'cortex-a57'],
		drive: 'virtio',
		root: '/dev/vda',
		card: 'virtio-net-pci,romfile=',
		console: 'ttyAMA0',
		firmware: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
	},
	malta: {
		command: 'qemu-system-mips',
		packages: ['qemu-system-mips'],
		words: ['-M', 'malta', '-cpu', '24Kc'],
		drive: 'ide',
		root: '/dev/sda',
		card: 'pcnet,romfile=',
		console: 'ttyS0',
	},
};

/** A disk begins with a boot sector; a kernel does not, or is asked for with a root beside it. */
async function isDisk(path: string): Promise<boolean> {
	const head = (await readFile(path)).subarray(0, 1024);
	const isElf = head.toString('latin1', 1, 4) === 'ELF';
	const isArmKernel = head.toString('latin1', 56, 60) === 'ARM\x64';
	const isBzImage = head.toString('latin1', 0x202, 0x206) === 'HdrS';
	return !isElf && !isArmKernel && !isBzImage && head[510] === 0x55 && head[511] === 0xaa;
}

async function unpacked(path: string, folder: string): Promise<string> {
	if (!existsSync(path)) throw new Error(`there is no file ${path}`);
	if (!path.endsWith('.gz')) return path;
	const target = join(folder, basename(path, '.gz'));
	await writeFile(target, gunzipSync(await readFile(path)));
	return target;
}

/** The command that boots an image. What it writes to its disk is forgotten. */
export async function startOf(options: BootOptions): Promise<Started> {
	const recipe = recipes[options.machine];
	await ensurePackages([...recipe.packages]);
	const image = await unpacked(options.image, options.folder);
	const words = [...recipe.words, '-m', '256', '-nographic', '-nodefaults', '-no-reboot'];
	words.push('-serial', 'stdio', '-monitor', 'none');
	const drive = (path: string): string[] => ['-drive', `file=${path},format=raw,if=${recipe.drive},snapshot=on`];
	if (options.rootfs === undefined && (await isDisk(image))) {
		if (recipe.firmware !== undefined) words.push('-bios', recipe.firmware);
		words.push(...drive(image));
	} else {
		const root = options.rootfs === undefined ? undefined : await unpacked(options.rootfs, options.folder);
		words.push('-kernel', image);
		words.push('-append', `console=${recipe.console}${root === undefined ? '' : ` root=${recipe.root} rootwait`}`);
		if (root !== undefined) words.push(...drive(root));
	}
	const {prefix, host, router} = network;
	const forward = `hostfwd=tcp:127.0.0.1:${options.httpPort}-${router}:80`;
	words.push('-netdev', `user,id=lan,net=${prefix},host=${host},${forward}`, '-device', `${recipe.card},netdev=lan`);
	return {command: recipe.command, words};
}
