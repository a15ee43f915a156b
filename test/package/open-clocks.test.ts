// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {temporaryFolder} from '../helper/collector.ts';
import {openDebugfs} from '../helper/debugfs.ts';

const open = (folder: string, files: readonly string[], mode: string) =>
	openDebugfs('open-clocks', folder, files, mode);

const files = [
	'ieee80211/phy0/netdev:mesh0/tsf',
	'ieee80211/phy0/netdev:mesh0/flags',
	'ieee80211/phy1/netdev:mesh1/tsf',
	'ieee80211/phy1/rc',
];

test("clocks: the daemon is given what shows a radio's clock and the way there, nothing else", async t => {
	const [notes, mode] = await open(await temporaryFolder(t), files, 'all');
	t.deepEqual(notes, ['astral-mesh ieee80211/phy0/netdev:mesh0/tsf', 'astral-mesh ieee80211/phy1/netdev:mesh1/tsf']);
	t.is(mode, 0o711);
});

test('clocks: without such files, or where no time is divided, nothing is changed', async t => {
	t.deepEqual(await open(await temporaryFolder(t), ['ieee80211/phy0/rc'], 'all'), [[], 0o700]);
	t.deepEqual(await open(await temporaryFolder(t), files, ''), [[], 0o700]);
});
