// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {temporaryFolder} from '../helper/collector.ts';
import {openDebugfs} from '../helper/debugfs.ts';

const open = (folder: string, files: readonly string[], mode: string) =>
	openDebugfs('open-spectral', folder, files, mode);

const files = ['ieee80211/phy0/ath9k/spectral_scan_ctl', 'ieee80211/phy0/ath9k/spectral_scan0', 'ieee80211/phy0/rc'];

test('spectral: the daemon is given the files of the scan and the way to them, nothing else', async t => {
	const [notes, mode] = await open(await temporaryFolder(t), files, 'background');
	t.deepEqual(notes, [
		'astral-mesh ieee80211/phy0/ath9k/spectral_scan0',
		'astral-mesh ieee80211/phy0/ath9k/spectral_scan_ctl',
	]);
	t.is(mode, 0o711);
});

test('spectral: without such files, or where it is off, nothing is changed', async t => {
	t.deepEqual(await open(await temporaryFolder(t), ['ieee80211/phy0/rc'], ''), [[], 0o700]);
	t.deepEqual(await open(await temporaryFolder(t), files, 'off'), [[], 0o700]);
});
