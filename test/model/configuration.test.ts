// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {options, parseBroker, readConfiguration} from '../../src/model/configuration.ts';
import {parseConfiguration} from '../../src/source/configuration.ts';

test('configuration: every option has an initial value that its own rule accepts', t => {
	for (const [name, option] of Object.entries(options)) {
		const {initial, parse} = option as {initial: string | number; parse: (text: string) => unknown};
		t.is(parse(String(initial)), initial, name);
	}
});

test('configuration: a bad value is said and leaves what was there', t => {
	const {configuration} = readConfiguration(new Map([['intervalS', '5']]));
	const second = readConfiguration(
		new Map([
			['intervalS', '0'],
			['colour', 'red'],
		]),
		configuration,
	);
	t.is(second.configuration.intervalS, 5);
	t.deepEqual(
		second.problems.map(problem => problem.message),
		["intervalS: '0' is not a whole number from 1 to 3600", 'colour: there is no such option'],
	);
});

test('configuration: a secret is not repeated in a message', t => {
	const {problems} = readConfiguration(new Map([['psk', 'abc-secret']]));
	t.is(problems.length, 1);
	t.false(problems[0]?.message.includes('abc-secret'));
});

test('configuration: a file is lines of name = value, comments, and lines that are said to be neither', t => {
	const {texts, problems} = parseConfiguration('# a comment\n\n broker = [fe80::1]:1883 \nnode=\nwhat\n', 'file');
	t.deepEqual(
		[...texts],
		[
			['broker', '[fe80::1]:1883'],
			['node', ''],
		],
	);
	t.deepEqual(
		problems.map(problem => problem.message),
		["file, line 5: expected 'name = value'"],
	);
});

for (const [text, expected] of [
	['noc.lan:1883', {tls: false, host: 'noc.lan', port: 1883}],
	['tls://192.0.2.1:8883', {tls: true, host: '192.0.2.1', port: 8883}],
	['[2001:db8::1]:1883', {tls: false, host: '2001:db8::1', port: 1883}],
	['tls://[fe80::1%mesh0]:1', {tls: true, host: 'fe80::1%mesh0', port: 1}],
	['noc', undefined],
	['noc:0', undefined],
	['noc:70000', undefined],
	['http://noc:80', undefined],
	['2001:db8::1:1883', undefined],
] as const) {
	test(`configuration: the broker '${text}' is ${expected === undefined ? 'refused' : 'read'}`, t => {
		t.deepEqual(parseBroker(text), expected);
	});
}
