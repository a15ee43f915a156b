// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import {
	brief,
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

const pair = pairOn(2412, 'pair-kinds');
const [west, east] = [radioOf(pair, 'west'), radioOf(pair, 'east')];

const adHocScript = [
	...['west', 'east'].flatMap((name, index) => [
		`ip netns exec ${name} ip link set mesh0 nomaster`,
		`ip netns exec ${name} iw dev mesh0 mesh leave`,
		`ip netns exec ${name} ip link set mesh0 down`,
		`ip netns exec ${name} iw dev mesh0 set type ibss`,
		`ip netns exec ${name} ip link set mesh0 up`,
		`ip netns exec ${name} ip addr add 10.78.0.${index + 1}/24 dev mesh0`,
		`ip netns exec ${name} iw dev mesh0 ibss join village 2412 HT20 fixed-freq 02:ca:ff:ee:ba:be`,
	]),
	'sleep 5',
];

/** Ad-hoc routers announce within a band, and leave and join across bands, to the same cell. */
export async function adHocMoves(t: ExecutionContext): Promise<void> {
	const both = (mhz: number) => moveScript([west, east].map(radio => ({radio, mhz: [mhz]})));
	const printed = await runInVirtualTime(pair, [
		...adHocScript,
		pingScript('band', 'west', '10.78.0.2'),
		'sleep 1',
		both(2437),
		'sleep 3',
		pingEndScript('band'),
		pingScript('across', 'west', '10.78.0.2'),
		'sleep 1',
		both(5745),
		'sleep 5',
		pingEndScript('across'),
		'ip netns exec west iw dev mesh0 link',
		'ip netns exec east iw dev mesh0 info',
	]);
	t.deepEqual(
		readMoves(printed).map(({refusal}) => refusal),
		['', '', '', ''],
		brief(printed),
	);
	t.regex(printed, /Joined IBSS 02:ca:ff:ee:ba:be/);
	t.regex(printed, /channel 149/);
	const [band, across] = [readPing(printed, 'band'), readPing(printed, 'across')];
	t.true(band.gapMs < 1000, JSON.stringify(band));
	t.true(across.lost < across.sent / 2, JSON.stringify(across));
	t.log(
		`announced: ${band.lost} of ${band.sent} pings lost, gap ${band.gapMs} ms; left and joined: ${across.lost} of ${across.sent}, gap ${across.gapMs} ms`,
	);
}

const beaconHead =
	'80000000ffffffffffff02000000000002000000000000000000000000000000640001000008736f6c6f2d6170700108820b840c12961824030101';
/** An access point that no hostapd keeps, beside a mesh on the same radio. */
const accessPointScript = (mhz: number) => [
	'ip netns exec west iw phy phy0 interface add ap0 type __ap',
	'ip netns exec west ip link set ap0 up',
	`ip netns exec west iw dev ap0 ap start village ${mhz} 20 100 2 head ${beaconHead}`,
];

/** Radios that cannot be moved stay, and say why; the mesh on them goes on. */
export async function refusalsAreSentences(t: ExecutionContext): Promise<void> {
	const move = (mhz: number[], kept: string[] = []) => moveScript([{radio: west, mhz, kept}]);
	const printed = await runInVirtualTime(pair, [
		awaitMeshScript(pair, 60),
		'sleep 3',
		pingScript('all', 'west', meshAddress(pair, 'east')),
		move([2484, 5825, 5805, 4915]),
		move([2412], ['mesh0']),
		...accessPointScript(5805),
		'sleep 1',
		move([5825]),
		'ip netns exec west iw dev ap0 del',
		'sleep 1',
		pingEndScript('all'),
		'ip netns exec west iw dev mesh0 info',
	]);
	const refusals = readMoves(printed).map(({refusal}) => refusal);
	t.deepEqual(
		refusals,
		[
			'2484 MHz is not allowed by the rules of this country',
			'',
			'',
			'the radio cannot be tuned to 4915 MHz',
			'mesh0 would change to another band, and wpa_supplicant keeps the network of mesh0',
			'hostapd, which keeps the access point ap0, cannot be asked: there is no ubus, and the access point ap0 can only be moved by an announcement',
		],
		brief(printed),
	);
}

/** An access point and a mesh on one radio go together: the kernel waits for both. */
export async function accessPointGoesAlong(t: ExecutionContext): Promise<void> {
	const asked = [`$(ip netns exec west cat /sys/class/net/ap0/ifindex)=${beaconHead}`];
	const printed = await runInVirtualTime(pair, [
		awaitMeshScript(pair, 60),
		'sleep 3',
		...accessPointScript(2412),
		'sleep 1',
		pingScript('all', 'west', meshAddress(pair, 'east')),
		'sleep 1',
		moveScript([
			{radio: west, mhz: [2437], kept: asked},
			{radio: east, mhz: [2437]},
		]),
		'sleep 2',
		pingEndScript('all'),
		'ip netns exec west iw dev ap0 info',
		'ip netns exec west iw dev mesh0 info',
	]);
	t.deepEqual(
		readMoves(printed).map(({refusal}) => refusal),
		['', ''],
		brief(printed),
	);
	t.is([...printed.matchAll(/channel 6 \(2437 MHz\)/g)].length, 2, brief(printed));
	const all = readPing(printed, 'all');
	t.true(all.gapMs <= 1000, JSON.stringify(all));
	t.log(`access point and mesh: ${all.lost} of ${all.sent} pings lost, gap ${all.gapMs} ms`);
}
