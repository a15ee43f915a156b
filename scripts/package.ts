// SPDX-License-Identifier: Apache-2.0
import {relative} from 'node:path';
import {parseArgs} from 'node:util';
import {projectRoot} from './build/bundle.ts';
import {targets} from './build/targets.ts';
import {otherArchs, writeDistribution} from './package/distribution.ts';

const usage = `npm run package -- [--arch ARCH|all] [--output FOLDER] [--keys FOLDER | --unsigned]
Makes the packages for routers, without root and without OpenWrt's build system:

  dist/*.ipk dist/*.apk    the agent, its optional parts and its LuCI pages, for opkg (OpenWrt to 24.10) and apk (25.12 on)
  dist/feed/ARCH/          the same as a feed, with its indexes
  dist/key/                the public keys a router needs to trust the feed

  --arch      ${targets.map(({arch}) => arch).join(', ')}, or all of these;
              also ${[...otherArchs.keys()].join(', ')}
  --keys      folder with key.pem and key.usign; made there when missing (default: in the cache of this user)
  --unsigned  no signatures: opkg and apk must be told to take them`;

try {
	const {values} = parseArgs({
		options: {
			arch: {type: 'string', default: 'all'},
			output: {type: 'string', default: 'dist'},
			keys: {type: 'string'},
			unsigned: {type: 'boolean', default: false},
			help: {type: 'boolean', default: false},
		},
	});
	if (values.help) console.log(usage);
	else {
		const rows = await writeDistribution({
			archs: values.arch === 'all' ? targets.map(({arch}) => arch) : values.arch.split(','),
			folder: values.output,
			keys: values.unsigned ? 'none' : (values.keys ?? 'own'),
		});
		const width = Math.max(...rows.map(({path}) => relative(projectRoot, path).length));
		for (const {path, bytes, holds} of rows)
			console.log(`${relative(projectRoot, path).padEnd(width)}  ${String(bytes).padStart(7)} bytes  ${holds}`);
	}
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
