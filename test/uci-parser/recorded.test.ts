// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {playUciCase} from '../../scripts/conformance/uci-case.ts';

const folder = join(import.meta.dirname, '..', 'fixture', 'uci');

for (const name of readdirSync(folder).filter(file => file.endsWith('.json')))
	test(`uci: ${name.slice(0, -5)} is as recorded from the real tool`, t => {
		const {failure} = playUciCase(readFileSync(join(folder, name), 'utf8'));
		t.is(failure, undefined);
	});

test('uci: random files and commands give what the real tool gave', t => {
	const cases = JSON.parse(gunzipSync(readFileSync(join(folder, 'generated.json.gz'))).toString()) as unknown[];
	t.is(cases.length, 300);
	for (const each of cases) {
		const {name, failure} = playUciCase(JSON.stringify(each));
		t.is(failure, undefined, name);
	}
});

test('uci: a recording that says something else is noticed', t => {
	const text = readFileSync(join(folder, '01-basic-named.json'), 'utf8');
	t.regex(
		playUciCase(text.replace("test.lan.proto='static'", "test.lan.proto='dhcp'")).failure ?? '',
		/^stdout of show test/,
	);
});
