// SPDX-License-Identifier: Apache-2.0
/** Debian's hostapd beside a mesh on one radio: it is told where to go in the words that go over ubus on OpenWrt. */
import {execFile} from 'node:child_process';
import {copyFile, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';
import {downloadFromSuite, ensurePackages} from '../../scripts/debian.ts';
import {
	brief,
	copyRetune,
	moveScript,
	pairOn,
	pingEndScript,
	pingScript,
	radioOf,
	readMoves,
	readPing,
	runInVirtualTime,
} from '../moves.ts';
import {awaitMeshScript, meshAddress} from '../topology/setup.ts';

const execute = promisify(execFile);
const pair = pairOn(5180, 'pair-hostapd');
const [west, east] = [radioOf(pair, 'west'), radioOf(pair, 'east')];
const SUITE = 'bookworm';
const folder = '/tmp/ap';

/** Unpacks hostapd beside the machine, never installs it: it is a service that would start. Its libraries are this machine's. */
async function copyHostapd(share: string): Promise<void> {
	await ensurePackages(['libnl-route-3-200']);
	const stage = await mkdtemp(join(tmpdir(), 'mesh-noc-hostapd-'));
	try {
		const {files} = await downloadFromSuite(SUITE, 'hostapd', {}, stage);
		await execute('dpkg-deb', ['-x', files.find(file => file.includes('hostapd')) ?? '', join(stage, 'root')]);
		for (const name of ['hostapd', 'hostapd_cli']) {
			const program = join(stage, 'root/usr/sbin', name);
			const {stdout} = await execute('ldd', [program]);
			const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(match => match[1] ?? '');
			for (const path of [program, ...libraries]) await copyFile(path, join(share, basename(path)));
		}
	} finally {
		await rm(stage, {recursive: true, force: true});
	}
}

const program = (name: string, words: string) => `LD_LIBRARY_PATH=${folder} ${folder}/${name} ${words}`;

const hostapdScript = [
	`mkdir -p ${folder}; cp /host/hostapd /host/hostapd_cli /host/*.so* ${folder}/; chmod 755 ${folder}/*`,
	'ip netns exec west iw phy phy0 interface add ap0 type __ap',
	`printf '%s\\n' interface=ap0 driver=nl80211 ctrl_interface=${folder}/control ssid=village hw_mode=a channel=36 ieee80211n=1 country_code=ES >${folder}/ap.conf`,
	`ip netns exec west env ${program('hostapd', `-B ${folder}/ap.conf`)} >${folder}/log 2>&1 </dev/null || { echo hostapd failed; cat ${folder}/log; }`,
	// What ubusd and hostapd's own ubus.c do on OpenWrt.
	`(for i in $(seq 4000); do [ -f ${folder}/asked ] && { read -r name words <${folder}/asked; rm ${folder}/asked; echo "asked $name $words"; ${program('hostapd_cli', `-p ${folder}/control -i $name chan_switch $words`)} >${folder}/answer.part 2>&1; mv ${folder}/answer.part ${folder}/answer; break; }; sleep 0.01; done) &`,
];

/** hostapd takes the words, announces to its clients, and goes with the mesh that shares its radio. */
export async function hostapdGoesAlong(t: ExecutionContext): Promise<void> {
	const printed = await runInVirtualTime(
		pair,
		[
			awaitMeshScript(pair, 60),
			'sleep 3',
			...hostapdScript,
			'sleep 3',
			'ip netns exec west iw dev ap0 info',
			pingScript('all', 'west', meshAddress(pair, 'east')),
			'sleep 1',
			moveScript([
				{radio: west, mhz: [5200], kept: [`hostapd=${folder}`]},
				{radio: east, mhz: [5200]},
			]),
			'sleep 2',
			pingEndScript('all'),
			'ip netns exec west iw dev ap0 info',
			'ip netns exec west iw dev mesh0 info',
			`echo "frequency $(${program('hostapd_cli', `-p ${folder}/control -i ap0 status`)} | sed -n 's/^freq=//p')"`,
		],
		async share => {
			await copyRetune(share);
			await copyHostapd(share);
		},
	);
	t.deepEqual(
		readMoves(printed).map(({refusal}) => refusal),
		['', ''],
		brief(printed),
	);
	t.regex(printed, /asked ap0 \d+ 5200 ht/);
	t.regex(printed, /frequency 5200/, 'hostapd knows where it is');
	t.is([...printed.matchAll(/channel 40 \(5200 MHz\)/g)].length, 2, brief(printed));
	const all = readPing(printed, 'all');
	t.true(all.gapMs <= 1000, JSON.stringify(all));
	t.log(`hostapd and mesh: ${all.lost} of ${all.sent} pings lost, gap ${all.gapMs} ms`);
}
