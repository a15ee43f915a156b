// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Checks} from '../../qemu/openwrt/check.ts';
import {checkOnDebian} from '../../qemu/openwrt/debian.ts';
import {machineOf} from '../../qemu/openwrt/machines.ts';
import {temporaryFolder} from '../helper/collector.ts';

test.serial(
	'OpenWrt package: on a router of the bench it is installed, asked, changed, upgraded and removed',
	async t => {
		t.timeout(15 * 60_000);
		const folder = await temporaryFolder(t);
		const checks = new Checks(line => t.log(line));
		await checkOnDebian(checks, {folder, distribution: {keys: `${folder}/keys`}});
		t.deepEqual(
			checks.results.filter(({ok}) => !ok),
			[],
		);
		t.true(checks.results.length >= 20, 'all checks were made');
	},
);

test('OpenWrt image: its name says the machine, or it is asked for', t => {
	t.is(machineOf('openwrt-24.10.0-x86-64-generic-ext4-combined.img.gz', undefined), 'x86_64');
	t.is(machineOf('openwrt-armsr-armv8-generic-kernel.bin', undefined), 'armsr');
	t.is(machineOf('openwrt-malta-be-vmlinux.elf', undefined), 'malta');
	t.is(machineOf('disk.img', 'malta'), 'malta');
	t.throws(() => machineOf('disk.img', undefined), {message: /--machine/});
	t.throws(() => machineOf('disk.img', 'amiga'), {message: /not amiga/});
});
