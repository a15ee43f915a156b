// SPDX-License-Identifier: Apache-2.0
/**
 * Static big-endian MIPS tools, built from Debian's sources, since Debian has no such architecture any more:
 * busybox, iw and iproute2's ip, so that what the guest prints comes from the programs everyone knows.
 */
import {copyFile, mkdir, readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {downloadFromSuite, ensurePackages} from '../../scripts/debian.ts';
import {cached} from './cached.ts';
import {runWithProgress, timed} from './progress.ts';

const suite = 'bookworm';
const cross = 'mips-linux-gnu';
const packages = [
	'make',
	'gcc',
	'libc6-dev',
	'gcc-mips-linux-gnu',
	'libc6-dev-mips-cross',
	'flex',
	'bison',
	'bzip2',
	'xz-utils',
];

interface Recipe {
	sourcePackage: string;
	/** Run in the unpacked source; `$CROSS` is the compiler's prefix, `$LIBNL` libnl's folder. */
	script: string;
	/** The program that comes out, if one does. */
	program?: string;
}

const quietLink = '2>&1 | grep -E "error|undefined" && exit 1';
const recipes: Recipe[] = [
	{
		sourcePackage: 'busybox',
		script: [
			'make -s ARCH=mips CROSS_COMPILE=$CROSS- defconfig >/dev/null',
			"sed -i 's/# CONFIG_STATIC is not set/CONFIG_STATIC=y/; s/^CONFIG_TC=y/# CONFIG_TC is not set/' .config",
			'make -j2 ARCH=mips CROSS_COMPILE=$CROSS- SKIP_STRIP=n busybox',
		].join('\n'),
		program: 'busybox',
	},
	{
		sourcePackage: 'libnl3',
		script: [
			'./configure -q --host=$CROSS --disable-cli --enable-static --disable-shared --disable-pthreads',
			'make -j2 lib/libnl-3.la lib/libnl-genl-3.la',
		].join('\n'),
	},
	{
		sourcePackage: 'iw',
		script: [
			'make -s PKG_CONFIG=true nl80211-commands.inc',
			'sh version.sh version.c',
			`$CROSS-gcc -O2 -s -std=gnu99 -fcommon -DCONFIG_LIBNL30 -I$LIBNL/include -static -o iw *.c $LIBNL/lib/.libs/libnl-genl-3.a $LIBNL/lib/.libs/libnl-3.a ${quietLink}`,
			'test -x iw',
		].join('\n'),
		program: 'iw',
	},
	{
		sourcePackage: 'iproute2',
		script: [
			'CC=$CROSS-gcc PKG_CONFIG=false ./configure >/dev/null',
			'make -j2 SUBDIRS="lib ip" HOSTCC=gcc CC=$CROSS-gcc AR=$CROSS-ar LDFLAGS="-static -s" SHARED_LIBS=n',
		].join('\n'),
		program: 'ip/ip',
	},
];

async function buildTools(folder: string): Promise<void> {
	await ensurePackages(packages);
	const sources = join(folder, 'source');
	let libnl = '';
	for (const {sourcePackage, script, program} of recipes) {
		const label = `mips ${sourcePackage}`;
		const {files} = await timed(`${label}: download`, () =>
			downloadFromSuite(suite, sourcePackage, {source: true}, sources),
		);
		const tarball = files.find(file => /\.orig\.tar\.[a-z0-9]+$/.test(file)) ?? '';
		const tree = join(sources, sourcePackage);
		await mkdir(tree);
		await runWithProgress(label, 'tar', ['-xf', tarball, '--strip-components=1'], {cwd: tree});
		if (sourcePackage === 'libnl3') libnl = tree;
		await timed(label, () =>
			runWithProgress(label, 'sh', ['-ec', script], {cwd: tree, env: {CROSS: cross, LIBNL: libnl}}),
		);
		if (program !== undefined) await copyFile(join(tree, program), join(folder, program.split('/').at(-1) ?? ''));
	}
	await rm(sources, {recursive: true, force: true});
}

/** The tools by name, each with the path of its binary. */
export async function mipsTools(): Promise<Map<string, string>> {
	const own = await readFile(import.meta.filename, 'utf8');
	const folder = await cached('tools-mips', [own], buildTools);
	return new Map((await readdir(folder)).map(name => [name, join(folder, name)]));
}
