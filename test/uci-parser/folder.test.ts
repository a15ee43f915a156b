// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {MemoryFiles} from '../../scripts/conformance/memory-files.ts';
import {UciError, UciFolder} from '../../src/uci-parser/index.ts';
import {encodeText} from '../../src/uci-parser/text.ts';

function filesWith(mode: number): MemoryFiles {
	const files = new MemoryFiles();
	files.put('/etc/config/network', encodeText('# mine\nconfig interface lan\n\toption proto static\n'), mode);
	return files;
}

function textOf(files: MemoryFiles, path: string): string | undefined {
	const bytes = files.read(path);
	return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

for (const mode of [0o600, 0o644])
	test(`folder: a file of mode ${mode.toString(8)} keeps it, and its changes have it`, t => {
		const files = filesWith(mode);
		const folder = new UciFolder(files);
		folder.set('network.lan.proto=dhcp');
		t.is(files.mode('/tmp/.uci/network'), mode);
		t.true(folder.commit('network'));
		t.is(files.mode('/etc/config/network'), mode);
		t.is(textOf(files, '/etc/config/network'), "\nconfig interface 'lan'\n\toption proto 'dhcp'\n\n");
		t.is(textOf(files, '/tmp/.uci/network'), '');
	});

test('folder: nothing is written where nothing changed, so comments stay', t => {
	const files = filesWith(0o600);
	const before = textOf(files, '/etc/config/network');
	const folder = new UciFolder(files);
	folder.set('network.lan.proto=static');
	t.false(folder.commit('network'));
	t.is(textOf(files, '/etc/config/network'), before);
	t.is(files.mode('/tmp/.uci/network'), undefined);
});

test('folder: reads what others changed, and forgets it', t => {
	const files = filesWith(0o600);
	files.put(
		'/tmp/.uci/network',
		encodeText("network.lan.proto='dhcp'\n+network.cfg02a8c7='route'\nnetwork.cfg02a8c7.target='0'\n"),
	);
	const folder = new UciFolder(files);
	t.is(folder.get('network.lan.proto'), 'dhcp');
	t.is(folder.get('network.@route[0].target'), '0');
	t.deepEqual(
		folder.changes('network').map(({kind, section}) => kind + section),
		['lan', '+cfg02a8c7', 'cfg02a8c7'],
	);
	folder.revert('network.cfg02a8c7');
	t.is(textOf(files, '/tmp/.uci/network'), "network.lan.proto='dhcp'\n");
	t.throws(() => folder.get('network.@route[0]'), {instanceOf: UciError, message: 'Entry not found'});
});

test('folder: a failure to write the file leaves the changes', t => {
	const files = filesWith(0o600);
	const folder = new UciFolder(files);
	folder.set('network.lan.proto=dhcp');
	const changes = textOf(files, '/tmp/.uci/network');
	const replace = files.replace.bind(files);
	files.replace = (path, bytes, mode) => {
		if (path.startsWith('/etc')) throw new Error('no space left');
		replace(path, bytes, mode);
	};
	t.throws(() => folder.commit('network'), {message: 'no space left'});
	t.is(textOf(files, '/tmp/.uci/network'), changes);
	files.replace = replace;
	t.true(folder.commit('network'));
});

test('folder: bytes that are no UTF-8 go through', t => {
	const files = new MemoryFiles();
	const value = Uint8Array.of(0xff, 0x41, 0xc3, 0xb6, 0x80);
	const start = encodeText("\nconfig t 's'\n\toption a '");
	files.put('/etc/config/x', Uint8Array.from([...start, ...value, ...encodeText("'\n\n")]));
	const folder = new UciFolder(files);
	folder.set('x.s.b=ö');
	folder.commit('x');
	const end = encodeText("'\n\toption b 'ö'\n\n");
	t.deepEqual(files.read('/etc/config/x'), Uint8Array.from([...start, ...value, ...end]));
});
