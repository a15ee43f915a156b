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

const pair = pairOn(5180, 'pair-5');

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

/** Called back, or ended, while it listens: the radio is in its mesh again at once, and not in a minute. */
export async function listeningEndsEarly(t: ExecutionContext): Promise<void> {
	const west = radioOf(pair, 'west');
	const inside = 'ip netns exec west';
	const printed = await runInVirtualTime(pair, [
		awaitMeshScript(pair, 60),
		'sleep 3',
		moveScript([{radio: west, mhz: [5260, 5180], isHasty: true}]),
		'sleep 2',
		`echo "called back: $(${inside} iw dev mesh0 info | grep channel) $(${inside} iw dev mesh0 station dump | grep plink)"`,
		`${inside} /tmp/retune ${west.number} 5260 20 0 >/dev/null 2>&1 </dev/null & mover=$!`,
		'sleep 10',
		`echo "listening: $(${inside} iw dev mesh0 info | grep channel)"`,
		'kill -TERM $mover',
		'sleep 2',
		`echo "ended: $(${inside} iw dev mesh0 info | grep channel) $(${inside} iw dev mesh0 station dump | grep plink)"`,
	]);
	const [first, second] = readMoves(printed);
	t.deepEqual([first?.mhz, second?.mhz], [5260, 5180], brief(printed));
	t.is(first?.refusal, 'it was called back while it listened for radar');
	t.is(second?.refusal, '');
	t.true((second?.endedMs ?? 0) - (second?.startedMs ?? 0) < 1000);
	t.regex(printed, /called back:.*5180 MHz.*ESTAB/, brief(printed));
	t.regex(printed, /listening:.*5260 MHz/);
	t.regex(printed, /ended:.*5180 MHz.*ESTAB/, brief(printed));
}
