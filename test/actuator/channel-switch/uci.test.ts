// SPDX-License-Identifier: Apache-2.0
import {mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readWishes, writeWishes} from '../../../src/actuator/channel-switch/handover.ts';
import {noteChange, readChanges, writeChanges} from '../../../src/actuator/channel-switch/original.ts';
import {HANDOVER, ORIGINAL, UciIntents, WIRELESS} from '../../../src/actuator/channel-switch/uci.ts';
import {channelIn, settingsFor} from '../../../src/actuator/channel-switch/wireless-section.ts';
import {PortError} from '../../../src/core/errors.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Files} from '../../../src/port/port.ts';
import {nodeFiles} from '../../../src/runtime/node/files.ts';
import {findSection} from '../../../src/uci-parser/package.ts';
import {parsePackage} from '../../../src/uci-parser/parse.ts';
import {temporaryFolder} from '../../helper/collector.ts';

const wireless = `# written by hand
config wifi-device 'radio0'
	option type 'mac80211'
	option path 'platform/ahb/18100000.wmac' # the one on the board
	option channel '11'
	option band '2g'
	option htmode 'HT20'

config wifi-device 'radio1'
	option type 'mac80211'
	option path 'pci0000:00/0000:00:00.0'
	option channel 'auto'
	option band '5g'
	option htmode 'VHT80'

config wifi-iface 'mesh1'
	option device 'radio1'
	option mode 'mesh'
	option mesh_id 'LiMe'
	option key 'do not tell'
`;
const sys = {
	'/sys/devices/platform/ahb/18100000.wmac/ieee80211/phy3/index': '3\n',
	'/sys/devices/pci0000:00/0000:00:00.0/ieee80211/phy1/index': '1\n',
	'/sys/class/ieee80211/phy3/index': '3\n',
	'/sys/class/ieee80211/phy1/index': '1\n',
};

interface Router {
	readonly files: Files;
	readonly intents: UciIntents;
	readonly said: string[];
	text(path: string): Promise<string>;
	path(path: string): string;
}

/** A router's files in a folder of their own, on a real disk; `may` says which may be written or read. */
async function router(t: ExecutionContext, may: (path: string) => boolean = () => true): Promise<Router> {
	const folder = await temporaryFolder(t);
	const path = (name: string): string => join(folder, name);
	const all = {...sys, [WIRELESS]: wireless, '/etc/astral-mesh/.keep': '', '/var/run/astral-mesh/.keep': ''};
	for (const [name, text] of Object.entries(all)) {
		await mkdir(join(path(name), '..'), {recursive: true});
		await writeFile(path(name), text, {mode: name === WIRELESS ? 0o600 : 0o644});
	}
	const check = (name: string): string => {
		if (!may(name)) throw new PortError('permission', name, 13);
		return path(name);
	};
	const files: Files = {
		read: (name, most) => nodeFiles.read(check(name), most),
		replace: (name, bytes, mode) => nodeFiles.replace(check(name), bytes, mode),
		write: (name, bytes) => nodeFiles.write(check(name), bytes),
		list: name => nodeFiles.list(check(name)),
		remove: name => nodeFiles.remove(check(name)),
	};
	const said: string[] = [];
	const intents = new UciIntents(files, {write: (level, text) => said.push(`${level}: ${text}`)});
	return {files, intents, said, text: name => readFile(path(name), 'utf8'), path};
}

test('intent: a channel that held is written where it belongs, and nothing else is touched', async t => {
	const {intents, text, path} = await router(t);
	intents.keep(1, {mhz: 5230, widthMhz: 40});
	const expected = wireless.replace("channel 'auto'", "channel '44'").replace("htmode 'VHT80'", "htmode 'VHT40'");
	t.is(await text(WIRELESS), expected);
	t.is((await stat(path(WIRELESS))).mode & 0o777, 0o600);
	t.is(await text(ORIGINAL), 'radio1.channel\tauto\t44\nradio1.htmode\tVHT80\tVHT40\n');
});

test('intent: what is there already is not written', async t => {
	const {intents, text} = await router(t);
	intents.keep(3, {mhz: 2462, widthMhz: 20});
	t.is(intents.counts.written, 0);
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	t.is(intents.counts.written, 1);
	t.regex(await text(WIRELESS), /option channel '1'\n/);
});

test('intent: back at what was there first, there is nothing left to restore', async t => {
	const {intents, text} = await router(t);
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	intents.keep(3, {mhz: 2462, widthMhz: 20});
	t.is(await text(WIRELESS), wireless);
	t.is(await text(ORIGINAL), '');
});

test('restore: puts back the first value after many changes, and says where the radios belong', async t => {
	const {intents, text, path} = await router(t);
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	intents.keep(3, {mhz: 2437, widthMhz: 20});
	intents.keep(1, {mhz: 5180, widthMhz: 20});
	t.deepEqual(intents.restore(), [
		{radio: 3, channel: {mhz: 2462, widthMhz: 20}},
		{radio: 1, channel: undefined},
	]);
	t.is(await text(WIRELESS), wireless);
	await t.throwsAsync(stat(path(ORIGINAL)));
	t.deepEqual(intents.restore(), []);
});

test('restore: what somebody else changed since stays', async t => {
	const {intents, files, text} = await router(t);
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	const others = (await text(WIRELESS)).replace("channel '1'", "channel '6'");
	files.replace(WIRELESS, encodeUtf8(others));
	t.deepEqual(intents.restore(), []);
	t.is(await text(WIRELESS), others);
});

test('renew: sets ours again after lime-config wrote the value of before, and leaves a third one alone', async t => {
	const {intents, files, text} = await router(t);
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	intents.keep(1, {mhz: 5180, widthMhz: 20});
	const ours = await text(WIRELESS);
	files.replace(WIRELESS, encodeUtf8(wireless));
	intents.renew();
	t.is(await text(WIRELESS), ours);
	const others = wireless.replace("channel '11'", "channel '6'");
	files.replace(WIRELESS, encodeUtf8(others));
	intents.renew();
	t.regex(await text(WIRELESS), /option channel '6'\n/);
	t.regex(await text(WIRELESS), /option channel '36'\n/);
});

test('handover: a daemon without rights leaves its wish, and who has them takes it', async t => {
	let isRoot = false;
	const {intents, text, said} = await router(t, path => isRoot || !path.startsWith('/etc/'));
	intents.keep(1, {mhz: 5230, widthMhz: 40});
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	intents.keep(3, {mhz: 2437, widthMhz: 20});
	t.is(await text(HANDOVER), '1 5230 40\n3 2437 20\n');
	t.is(intents.counts.written, 0);
	isRoot = true;
	intents.takeWishes();
	t.regex(await text(WIRELESS), /option channel '44'/);
	t.regex(await text(WIRELESS), /option channel '6'/);
	await t.throwsAsync(text(HANDOVER));
	t.true(said.some(line => line.includes('left for who may write it')));
});

test('handover: a wish that is none is left out', t => {
	const wishes = [{radio: 1, channel: {mhz: 5230, widthMhz: 40}}];
	t.deepEqual(readWishes(writeWishes(wishes)), wishes);
	const text = 'rm -rf\n1 5230 40 1\n1 99999 20\n1 5230 33\n-1 2412 20\n1 1e3 20\n2 2412 20';
	t.deepEqual(readWishes(text), [{radio: 2, channel: {mhz: 2412, widthMhz: 20}}]);
});

test('intent: a radio without a section, and a damaged file, are said once and change nothing', async t => {
	const {intents, files, text, said} = await router(t);
	intents.keep(7, {mhz: 2412, widthMhz: 20});
	intents.keep(7, {mhz: 2412, widthMhz: 20});
	t.is(await text(WIRELESS), wireless);
	t.is(intents.counts.failed, 2);
	t.is(said.filter(line => line.startsWith('warning')).length, 1);
	files.replace(WIRELESS, encodeUtf8('config wifi-device\n\toption\n'));
	intents.keep(3, {mhz: 2412, widthMhz: 20});
	t.is(await text(WIRELESS), 'config wifi-device\n\toption\n');
});

test('original: lines that say something else are left out', t => {
	const changes = [{section: 'radio0', option: 'channel', before: '', ours: '36'}];
	t.deepEqual(readChanges(writeChanges(changes)), changes);
	t.deepEqual(readChanges("radio0.key\t1\t2\nradio0.channel\t1\t';reboot'\n"), []);
	t.deepEqual(readChanges('x\n\t\t\nradio0.channel\t11\n.channel\t1\t2\n'), []);
});

test('original: the first value stays known until somebody else has been there', t => {
	const first = noteChange([], 'radio0', 'channel', '11', '1');
	const second = noteChange(first, 'radio0', 'channel', '1', '6');
	t.deepEqual(second, [{section: 'radio0', option: 'channel', before: '11', ours: '6'}]);
	const after = noteChange(second, 'radio0', 'channel', '9', '1');
	t.deepEqual(after, [{section: 'radio0', option: 'channel', before: '9', ours: '1'}]);
});

const section = (options: Record<string, string>) => {
	const lines = Object.entries(options).map(([name, value]) => `\toption ${name} '${value}'\n`);
	const pkg = parsePackage(encodeUtf8(`config wifi-device 'r'\n${lines.join('')}`), 'wireless');
	const found = findSection(pkg, 'r');
	if (found === undefined) throw new Error('there is no section');
	return found;
};

const settings = test.macro({
	title: (name = '') => `settings: ${name}`,
	exec(t, options: Record<string, string>, mhz: number, widthMhz: number, expected: Record<string, string>) {
		t.deepEqual(Object.fromEntries(settingsFor(section(options), {mhz, widthMhz})), expected);
		const after = channelIn(section({...options, ...expected}));
		t.deepEqual(after, {mhz, widthMhz}, 'read again it is the same channel');
	},
});

test('802.11n, 40 MHz upwards', settings, {channel: '11', htmode: 'HT20', band: '2g'}, 2422, 40, {
	band: '2g',
	channel: '1',
	htmode: 'HT40+',
});
test('a new band', settings, {channel: '1', htmode: 'HT40+', band: '2g'}, 5745, 20, {
	band: '5g',
	channel: '149',
	htmode: 'HT20',
});
test('802.11ac goes to 2.4 GHz as 802.11n', settings, {channel: '36', htmode: 'VHT80', band: '5g'}, 2437, 20, {
	band: '2g',
	channel: '6',
	htmode: 'HT20',
});
test('80 MHz', settings, {channel: '36', htmode: 'HE40', band: '5g'}, 5775, 80, {
	band: '5g',
	channel: '149',
	htmode: 'HE80',
});
test('an old configuration', settings, {channel: '36', hwmode: '11a'}, 5220, 20, {hwmode: '11a', channel: '44'});
test('6 GHz', settings, {channel: '1', htmode: 'HE80', band: '6g'}, 6025, 20, {
	band: '6g',
	channel: '15',
	htmode: 'HE20',
});
