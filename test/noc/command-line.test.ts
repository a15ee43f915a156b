// SPDX-License-Identifier: Apache-2.0
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {parseNocArguments, usage} from '../../src/noc/command-line.ts';
import {temporaryFolder} from '../helper/collector.ts';

const parse = (line: string) => parseNocArguments(line.split(' ').filter(word => word !== ''));

test('command line: listens on this machine only unless it is told otherwise', async t => {
	t.like(await parse(''), {
		kind: 'run',
		options: {
			dataFolder: 'mesh-noc-data',
			http: {host: '127.0.0.1', port: 8080},
			mqtt: {host: '127.0.0.1', port: 1883},
		},
	});
	t.deepEqual(await parse('--help'), {kind: 'text', text: usage});
});

test('command line: reads addresses of every kind', async t => {
	for (const [text, address] of [
		['0.0.0.0:1', {host: '0.0.0.0', port: 1}],
		['[::1]:65535', {host: '::1', port: 65_535}],
		[':1883', {host: '::', port: 1883}],
		['noc.example:1', {host: 'noc.example', port: 1}],
	] as const)
		t.like(await parse(`--http ${text}`), {options: {http: address}});
	for (const text of ['x', '1883', 'a:b:1', 'host:70000', '[::1]'])
		await t.throwsAsync(parse(`--http ${text}`), {instanceOf: TypeError}, text);
});

test('command line: reads files, limits and a broker', async t => {
	const folder = await temporaryFolder(t);
	const path = join(folder, 'credentials');
	await writeFile(path, 'r1:secret\n');
	const parsed = await parse(
		`--broker mqtt://b:1 --broker-user me --credentials ${path} --limit maxNodes=5 --limit receiveMaximum=7 --mqtt off`,
	);
	t.like(parsed, {
		options: {
			credentials: 'r1:secret\n',
			broker: {url: 'mqtt://b:1', username: 'me'},
			limits: {maxNodes: 5, receiveMaximum: 7},
		},
	});
	t.false(parsed.kind === 'run' && 'mqtt' in parsed.options);
});

test('command line: says what is wrong', async t => {
	await t.throwsAsync(parse('--bogus'), {message: /bogus/});
	await t.throwsAsync(parse('--limit maxNodes=0'), {message: /--limit: "maxNodes=0"/});
	await t.throwsAsync(parse('--limit nodes=1'), {message: /is not one of the limits/});
	await t.throwsAsync(parse('--mqtts :8883'), {message: /--certificate is missing/});
	await t.throwsAsync(parse('--credentials /nowhere/x'), {message: '--credentials: /nowhere/x cannot be read'});
});
