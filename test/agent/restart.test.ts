// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {counterIncrease} from '../../src/noc/store/bucket.ts';
import {readAll} from '../helper/received.ts';
import {bench, startAgent} from '../helper/router.ts';

const NAME = 'station.transmitBytes mesh0 02:00:00:00:00:00';

test("restart: a neighbour's traffic in between is not lost, for the kernel went on counting", t => {
	const on = bench();
	const traffic = (transmitBytes: number): void => {
		const {state} = on.kernel;
		state.interfaces = state.interfaces.map(each => ({
			...each,
			stations: each.stations.map(station => ({...station, info: {...station.info, transmitBytes}})),
		}));
	};
	startAgent(on);
	traffic(1000);
	on.time.advance(61_000);
	on.runtime.stop();
	traffic(5000);
	on.time.advance(30_000);
	startAgent(on);
	on.time.advance(61_000);
	traffic(400); // the peer left and came back: its counters began anew
	on.time.advance(60_000);
	const {rows} = readAll(on);
	const values = rows.map(row => row.get(NAME)).filter(value => value !== undefined);
	t.deepEqual([...new Set(values)], [1000, 5000, 400]);
	const increases = values.slice(1).map((value, i) => counterIncrease(values[i] ?? 0, value));
	t.is(
		increases.reduce((sum, increase) => sum + increase, 0),
		4000 + 400,
	);
});
