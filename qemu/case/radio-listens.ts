// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import {
	brief,
	moveScript,
	pingEndScript,
	pingScript,
	radioOf,
	readMoves,
	readPing,
	runInVirtualTime,
} from '../moves.ts';
import {awaitMeshScript, meshAddress} from '../topology/setup.ts';
import type {Topology} from '../topology/topology.ts';

const pair: Topology = {
	name: 'pair-5',
	routers: [
		{name: 'west', radios: [{mhz: 5180}]},
		{name: 'east', radios: [{mhz: 5180}]},
	],
	links: [{from: 'west', to: 'east', signalDbm: -60}],
};

/** A channel of radars: listened to for a minute, left at once when one comes, and not entered again. */
export async function radioListensForRadar(t: ExecutionContext): Promise<void> {
	const radios = pair.routers.map(({name}) => radioOf(pair, name));
	const to = (...mhz: number[]) => moveScript(radios.map(radio => ({radio, mhz})));
	const printed = await runInVirtualTime(pair, [
		awaitMeshScript(pair, 60),
		'sleep 3',
		to(5260),
		'sleep 3',
		pingScript('there', 'west', meshAddress(pair, 'east')),
		'sleep 2',
		pingEndScript('there'),
		'echo 1 >/sys/kernel/debug/ieee80211/phy0/hwsim/dfs_simulate_radar',
		pingScript('away', 'west', meshAddress(pair, 'east')),
		to(5180, 5260),
		'sleep 2',
		pingEndScript('away'),
	]);
	const moves = readMoves(printed);
	const [went, , left, again] = [moves[0], moves[1], moves[2], moves[3]];
	t.deepEqual(
		moves.map(({mhz, refusal}) => `${mhz} ${refusal}`.trim()).sort(),
		[
			'5180',
			'5180',
			'5260',
			'5260',
			'5260 radar was seen on 5260 MHz in the last half hour',
			'5260 radar was seen on 5260 MHz in the last half hour',
		],
		brief(printed),
	);
	const tookS = ((went?.endedMs ?? 0) - (went?.startedMs ?? 0)) / 1000;
	t.true(tookS >= 60 && tookS < 64, `listened ${tookS} s`);
	const there = readPing(printed, 'there');
	t.is(there.lost, 0, 'the mesh is complete where it listened');
	const away = readPing(printed, 'away');
	t.true(away.gapMs < 300, JSON.stringify(away));
	const leftMs = (left?.endedMs ?? 0) - (left?.startedMs ?? 0);
	t.true(leftMs < 1000, `left in ${leftMs} ms`);
	t.true((again?.refusal ?? '') !== '');
	t.log(
		`moved after listening ${tookS.toFixed(1)} s; left after radar in ${leftMs.toFixed(0)} ms, with ${away.lost} of ${away.sent} pings lost`,
	);
}
