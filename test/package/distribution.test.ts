// SPDX-License-Identifier: Apache-2.0
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {targets} from '../../scripts/build/targets.ts';
import {binaryArch, otherArchs, writeDistribution} from '../../scripts/package/distribution.ts';
import {generatedOptionFiles} from '../../scripts/package/options.ts';
import {options, readConfiguration, uciName} from '../../src/model/configuration.ts';
import {parseUciConfiguration} from '../../src/source/uci-configuration.ts';
import {readText} from '../guard/source.ts';
import {temporaryFolder} from '../helper/collector.ts';

async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
	const files = new Map<string, Buffer>();
	for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		files.set(path.slice(folder.length + 1), await readFile(path));
	}
	return files;
}

test('distribution: two are the same bytes, packages, indexes and signatures', async t => {
	t.timeout(15 * 60_000);
	const keys = await temporaryFolder(t);
	const [first, second] = [await temporaryFolder(t), await temporaryFolder(t)];
	const archs = ['x86_64', 'mips_24kc'];
	for (const folder of [first, second]) await writeDistribution({archs, folder, keys});
	const [one, two] = [await contentsOf(first), await contentsOf(second)];
	t.deepEqual([...one.keys()].sort(), [...two.keys()].sort());
	for (const [path, bytes] of one) t.true(bytes.equals(two.get(path) ?? Buffer.alloc(0)), path);
	t.true(one.has('luci-app-astral-mesh_0.1.0-r1_all.apk'));
	t.true(one.has('feed/mips_24kc/packages.adb'));
	t.true(one.has('feed/x86_64/Packages.sig'));
});

test('distribution: every other name of an architecture leads to a binary there is', t => {
	const known = targets.map(({arch}) => arch);
	for (const arch of [...otherArchs.keys(), 'aarch64_cortex-a73']) t.true(known.includes(binaryArch(arch)), arch);
	t.is(binaryArch('mips_24kc'), 'mips_24kc');
});

test('options: what stands in the tree is what the table makes', t => {
	for (const [path, text] of generatedOptionFiles()) t.is(readText(path), text, `${path}: npm run package`);
});

test('options: the installed configuration has every option, and sets none', t => {
	const text = generatedOptionFiles().get('openwrt-package/root/etc/config/astral-mesh') ?? '';
	const read = parseUciConfiguration(new TextEncoder().encode(text), 'file');
	t.deepEqual([read.problems, read.texts.size, read.isWhole], [[], 0, true]);
	for (const name of Object.keys(options)) t.true(text.includes(`#option ${uciName(name)} `), name);
});

test('options: the installed configuration with every comment taken off is valid and changes nothing', t => {
	const text = generatedOptionFiles().get('openwrt-package/root/etc/config/astral-mesh') ?? '';
	const all = text.replaceAll('#option', 'option');
	const {texts, problems} = parseUciConfiguration(new TextEncoder().encode(all), 'file');
	t.deepEqual(problems, []);
	t.deepEqual(readConfiguration(texts), readConfiguration(new Map()));
});
