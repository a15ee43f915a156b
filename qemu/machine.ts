// SPDX-License-Identifier: Apache-2.0
/** The three machines a bench can be: how each is started, and what its kernel offers. */
import {createSocket} from 'node:dgram';
import {readFile, statfs} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {ensurePackages} from '../scripts/debian.ts';
import {Guest, type GuestOptions, type Launch} from './guest.ts';
import {debianKernel, debianModules} from './image/debian-kernel.ts';
import {maltaInitramfs, umlInitramfs} from './image/initramfs.ts';
import {kernel} from './image/kernel.ts';
import {freestProcessor} from './processor.ts';
import type {Medium} from './topology/setup.ts';

/** `uml`: our kernel as a process. `malta`: our kernel, big-endian MIPS. `tcg`: Debian's own kernel, emulated x86_64. */
export type MachineName = 'uml' | 'malta' | 'tcg';

export interface MachineOptions {
	radios: number;
	/** The guest can reach the host's loopback as 10.0.2.2. */
	uplink?: boolean;
	/** Virtual time (uml only): timers fire at once when nothing else is to be done. Not together with an uplink. */
	virtualTime?: boolean;
	memoryMb?: number;
	/** One instruction per nanosecond of the guest's time (malta only), so that its clock counts instructions. */
	countInstructions?: boolean;
	/** Runs before anything else, see Guest.first. With virtual time no moment passes between boot and script. */
	firstScript?: string;
	/** The guest is ended after this time in any case. */
	limitS?: number;
}

/** What the scripts of a case have to know about the machine they run on. */
export interface Machine {
	name: MachineName;
	medium: Medium;
	uplinkDevice: string;
	boot(options: MachineOptions): Promise<Guest>;
}

const defaultLimitS = 600;

function guestOptions({limitS = defaultLimitS, firstScript}: MachineOptions): GuestOptions {
	return firstScript === undefined ? {limitS} : {limitS, firstScript};
}

/** Two UDP ports of the loopback that are free now. */
async function freePorts(): Promise<[number, number]> {
	const sockets = [createSocket('udp4'), createSocket('udp4')];
	const ports = await Promise.all(
		sockets.map(
			socket => new Promise<number>(resolve => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port))),
		),
	);
	for (const socket of sockets) socket.close();
	return [ports[0] ?? 0, ports[1] ?? 0];
}

/**
 * The card of a User-Mode Linux guest towards the host needs no privilege: it speaks L2TPv3 over UDP on the loopback to a
 * QEMU without a machine, whose user networking ends the guest's TCP connections in ordinary sockets.
 */
async function umlUplink(): Promise<{words: string[]; companion: Launch}> {
	await ensurePackages(['qemu-system-mips']);
	const [guestPort, hostPort] = await freePorts();
	const tunnel = `src=127.0.0.1,dst=127.0.0.1,udp=on,srcport=${hostPort},dstport=${guestPort},txsession=1,rxsession=2`;
	const words = ['-M', 'none', '-nodefaults', '-nographic', '-serial', 'none', '-monitor', 'none'];
	words.push('-netdev', 'user,id=user', '-netdev', `l2tpv3,id=tunnel,${tunnel}`);
	words.push('-netdev', 'hubport,hubid=0,id=h0,netdev=user', '-netdev', 'hubport,hubid=0,id=h1,netdev=tunnel');
	const device = `vec0:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=${guestPort},dstport=${hostPort}`;
	return {
		words: [`${device},tx_session=2,rx_session=1,depth=64`],
		companion: {command: 'qemu-system-mips', words},
	};
}

/** Whether the guest's memory, which is an executable file, fits into /dev/shm; in a container it often does not. */
async function sharedMemoryHolds(memoryMb: number): Promise<boolean> {
	const mounts = await readFile('/proc/mounts', 'utf8');
	const mount = mounts.split('\n').findLast(line => line.split(' ')[1] === '/dev/shm');
	if (mount === undefined || mount.includes('noexec')) return false;
	const {bavail, bsize} = await statfs('/dev/shm');
	return bavail * bsize > memoryMb * 2 ** 20;
}

const uml: Machine = {
	name: 'uml',
	medium: 'lab',
	uplinkDevice: 'vec0',
	async boot(options) {
		if (options.uplink === true && options.virtualTime === true)
			throw new Error('the host does not follow virtual time: no uplink with it');
		const image = await kernel('uml');
		const initramfs = await umlInitramfs();
		const uplink = options.uplink === true ? await umlUplink() : undefined;
		const memoryMb = options.memoryMb ?? 256;
		const hasRoom = await sharedMemoryHolds(memoryMb);
		const processor = await freestProcessor(basename(image));
		return Guest.boot(
			share => ({
				// A guest's kernel and its processes take turns, thousands of times a second. On one processor that is a switch, on
				// two of a virtual machine it is to wake one up: what takes 100 s held to one took 350 s on two.
				command: 'taskset',
				env: hasRoom ? {} : {TMPDIR: join(share, '.run')},
				words: [
					...['-c', String(processor), image],
					`mem=${memoryMb}M`,
					`initrd=${initramfs}`,
					'rdinit=/init',
					'console=tty0',
					'con0=fd:0,fd:1',
					'con=null',
					'quiet',
					`mac80211_hwsim.radios=${options.radios}`,
					`bench.share=${share}`,
					`uml_dir=${join(share, '.run')}/`,
					...(options.virtualTime === true ? ['time-travel=inf-cpu'] : []),
					...(uplink?.words ?? []),
				],
			}),
			{...guestOptions(options), companions: uplink === undefined ? [] : [uplink.companion]},
		);
	},
};

/** Words common to the emulated machines: console on the standard streams, shared folder by 9p, user networking. */
function emulatorWords(share: string, options: MachineOptions, memoryMb: number): string[] {
	const words = ['-nographic', '-nodefaults', '-no-reboot', '-serial', 'stdio', '-monitor', 'none'];
	words.push('-m', String(options.memoryMb ?? memoryMb));
	words.push('-fsdev', `local,id=share,path=${share},security_model=none,multidevs=remap`);
	words.push('-device', 'virtio-9p-pci,fsdev=share,mount_tag=host');
	if (options.uplink === true) words.push('-netdev', 'user,id=user', '-device', 'virtio-net-pci,netdev=user,romfile=');
	return words;
}

const malta: Machine = {
	name: 'malta',
	medium: 'lab',
	uplinkDevice: 'eth0',
	async boot(options) {
		if (options.virtualTime === true) throw new Error('malta has no virtual time');
		await ensurePackages(['qemu-system-mips']);
		const image = await kernel('malta');
		const initramfs = await maltaInitramfs();
		return Guest.boot(
			share => ({
				command: 'qemu-system-mips',
				words: [
					...['-M', 'malta', '-cpu', '24Kc', '-kernel', image, '-initrd', initramfs],
					...(options.countInstructions === true ? ['-icount', 'shift=0'] : []),
					...emulatorWords(share, options, 128),
					'-append',
					`console=ttyS0 quiet panic=-1 rdinit=/init mac80211_hwsim.radios=${options.radios} bench.share=host`,
				],
			}),
			guestOptions(options),
		);
	},
};

const tcg: Machine = {
	name: 'tcg',
	medium: 'stock',
	uplinkDevice: 'eth0',
	async boot(options) {
		if (options.virtualTime === true) throw new Error('tcg has no virtual time');
		await ensurePackages(['qemu-system-x86']);
		const {image, initramfs} = await debianKernel();
		const modules = `bench.modules=${debianModules.join(',')} bench.radios=${options.radios}`;
		return Guest.boot(
			share => ({
				command: 'qemu-system-x86_64',
				words: [
					...['-M', 'q35', '-cpu', 'max', '-kernel', image, '-initrd', initramfs],
					// One instruction a nanosecond, and no time for the processor's sleep: an hour of it is the same on any host.
					...(options.countInstructions === true
						? ['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off']
						: ['-accel', 'tcg,thread=multi']),
					...emulatorWords(share, options, 384),
					'-append',
					`console=ttyS0 quiet panic=-1 rdinit=/init mitigations=off net.ifnames=0 ${modules} bench.share=host`,
				],
			}),
			guestOptions(options),
		);
	},
};

const machines: Record<MachineName, Machine> = {uml, malta, tcg};

/** The machine of that name. */
export function machine(name: MachineName): Machine {
	return machines[name];
}
