// SPDX-License-Identifier: Apache-2.0
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {UciError, type UciFiles, UciFolder} from '../../src/uci-parser/index.ts';

// The folder on a disk: what a program that uses the library writes for it.

const disk: UciFiles = {
	read: path => (existsSync(path) && statSync(path).isFile() ? new Uint8Array(readFileSync(path)) : undefined),
	replace(path, bytes, mode) {
		const beside = `${path}.part`;
		writeFileSync(beside, bytes);
		chmodSync(beside, mode);
		renameSync(beside, path);
	},
	list: path => (existsSync(path) ? readdirSync(path) : undefined),
	mode: path => (existsSync(path) ? statSync(path).mode & 0o7777 : undefined),
	makeFolder(path, mode) {
		mkdirSync(path);
		chmodSync(path, mode);
	},
};

test('folder on a disk: changes wait, are committed, and modes stay', t => {
	const root = mkdtempSync(join(tmpdir(), 'uci-'));
	t.teardown(() => rmSync(root, {recursive: true}));
	const config = join(root, 'config');
	const save = join(root, 'save');
	mkdirSync(config, {mode: 0o755});
	const text = "config interface 'lan'\n\toption proto 'static'\n";
	for (const [name, mode] of [
		['network', 0o600],
		['dhcp', 0o644],
	] as const) {
		writeFileSync(join(config, name), text);
		chmodSync(join(config, name), mode);
	}
	const folder = new UciFolder(disk, {configFolder: config, saveFolder: save, overrideFolder: '', deltaFolders: []});
	t.deepEqual(folder.list(), ['dhcp', 'network']);
	for (const name of ['network', 'dhcp']) folder.set(`${name}.lan.proto=dhcp`);
	t.deepEqual(readdirSync(save).sort(), ['dhcp', 'network']);
	t.is(statSync(join(save, 'network')).mode & 0o777, 0o600);
	t.is(statSync(join(save, 'dhcp')).mode & 0o777, 0o644);
	t.is(readFileSync(join(config, 'network'), 'utf8'), text);
	for (const name of ['network', 'dhcp']) t.true(folder.commit(name));
	t.is(statSync(join(config, 'network')).mode & 0o777, 0o600);
	t.is(statSync(join(config, 'dhcp')).mode & 0o777, 0o644);
	t.is(readFileSync(join(config, 'network'), 'utf8'), "\nconfig interface 'lan'\n\toption proto 'dhcp'\n\n");
	t.is(readFileSync(join(save, 'network'), 'utf8'), '');
	t.deepEqual(readdirSync(config).sort(), ['dhcp', 'network']);
	t.throws(() => folder.load('firewall'), {instanceOf: UciError, message: 'Entry not found'});
});
