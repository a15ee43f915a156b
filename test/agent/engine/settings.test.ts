// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {engineAbsence} from '../../../src/agent/engine/absence.ts';
import {credentialsOf, engineSettings} from '../../../src/agent/engine/settings.ts';
import {PortError} from '../../../src/core/errors.ts';
import {readConfiguration} from '../../../src/model/configuration.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {linkLocalOf} from '../../../src/source/peer/link-local.ts';

const KEY = '00112233445566778899aabbccddeeff';
const read = (texts: Record<string, string>) => readConfiguration(new Map(Object.entries(texts)));

test('settings: by themselves an engine observes, and without a key there is none', t => {
	const {configuration, problems} = read({});
	t.deepEqual(problems, []);
	t.deepEqual(engineSettings(configuration, [], 3), {
		participation: 'observe',
		pinned: [],
		homeMhz: [],
		isQuiet: false,
		leastGain: 0.1,
		retunesPerHour: 2,
	});
	t.regex(engineAbsence(configuration) ?? '', /no key/);
	t.is(engineAbsence(read({meshKeys: KEY}).configuration), undefined);
	t.is(engineAbsence(read({meshKeyFile: '/etc/key'}).configuration), undefined);
});

test('settings: an hour is quiet where its owner said so, and none without a clock', t => {
	const {configuration} = read({quietHours: ' 7  20 21 ', retunesPerHour: '5', homeChannels: '2437 5180'});
	t.like(engineSettings(configuration, [1], 20), {isQuiet: true, retunesPerHour: 5});
	t.false(engineSettings(configuration, [1], 19).isQuiet);
	t.false(engineSettings(configuration, [1], undefined).isQuiet);
	t.deepEqual(engineSettings(configuration, [1], 1).homeMhz, [2437, 5180]);
});

test('settings: what is no key, hour or channel is refused and said, keys without their digits', t => {
	for (const [name, value] of Object.entries({
		meshKeys: `${KEY} 0011`,
		meshAllow: KEY,
		quietHours: '7 24',
		homeChannels: '5180 mill',
		participation: 'yes',
		retunesPerHour: '21',
		leastGainPercent: '0',
	})) {
		const {problems} = read({[name]: value});
		t.is(problems.length, 1, name);
		t.false(problems[0]?.message.includes('0011223') === true && name === 'meshKeys');
	}
});

test('settings: keys come from the options, a router’s own from its file', t => {
	const files = new SimFiles();
	const {configuration} = read({meshKeys: `${KEY} ${KEY}ff`, meshKeyFile: '/etc/key', meshAllow: KEY + KEY});
	t.throws(() => credentialsOf(configuration, files), {instanceOf: PortError});
	files.set('/etc/key', new Uint8Array(31));
	t.throws(() => credentialsOf(configuration, files), {instanceOf: PortError, message: /32 bytes/});
	files.set('/etc/key', new Uint8Array(32));
	const {keys, seed, allowed, network} = credentialsOf(configuration, files);
	t.deepEqual(
		keys.map(({length}) => length),
		[16, 17],
	);
	t.is(seed?.length, 32);
	t.is(allowed[0]?.length, 32);
	t.is(network, 'mesh');
});

test('link-local: is written as the kernel writes it', t => {
	t.is(linkLocalOf('02:00:00:00:00:01'), 'fe80::ff:fe00:1');
	t.is(linkLocalOf('64:66:b3:0a:f2:9e'), 'fe80::6666:b3ff:fe0a:f29e');
	t.is(linkLocalOf('00:11:22:33:44:55'), 'fe80::211:22ff:fe33:4455');
});
