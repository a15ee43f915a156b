// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {Checks} from '../qemu/openwrt/check.ts';
import {checkOnDebian} from '../qemu/openwrt/debian.ts';
import {checkOnImage} from '../qemu/openwrt/image.ts';

const usage = `npm run test:openwrt -- [--image FILE [--rootfs FILE] [--machine x86_64|armsr|malta]]
Installs the packages on an OpenWrt in QEMU and checks what they do there, a line each.

  --image     a combined disk (x86-64, armsr) or a kernel (malta), of 22.03 to 25.12; .gz is unpacked
  --rootfs    the root file system beside a kernel
  --machine   guessed from the file's name when absent
  --console   shows what the router prints

Without an image the checks that are possible are made on a kernel built from Debian's source, with stand-ins.`;

const {values} = parseArgs({
	options: {
		image: {type: 'string'},
		rootfs: {type: 'string'},
		machine: {type: 'string'},
		console: {type: 'boolean', default: false},
		help: {type: 'boolean', default: false},
	},
});

async function run(): Promise<number> {
	const checks = new Checks(line => console.log(line));
	const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-openwrt-'));
	try {
		if (values.image === undefined) {
			console.log(
				'No image was given: the packages by our own readers, then the agent on hwsim radios of User-Mode Linux;',
			);
			console.log('package manager, procd, uci and ubusd are stand-ins (qemu/openwrt/stand-in).\n');
			await checkOnDebian(checks, {folder, distribution: {keys: join(folder, 'keys')}});
		} else {
			console.log(`OpenWrt of ${values.image} in QEMU.\n`);
			await checkOnImage(checks, {
				image: values.image,
				rootfs: values.rootfs,
				machine: values.machine,
				folder,
				onConsole: values.console ? text => process.stdout.write(text) : () => undefined,
			});
		}
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
	console.log(`\n${checks.results.length - checks.failed} passed, ${checks.failed} failed`);
	return checks.failed === 0 ? 0 : 1;
}

if (values.help) console.log(usage);
else
	process.exit(
		await run().catch((error: Error) => {
			console.error(error.message);
			return 1;
		}),
	);
