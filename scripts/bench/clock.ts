// SPDX-License-Identifier: Apache-2.0
import {watchClocks} from '../../qemu/clocks.ts';
import {prepareImages} from '../../qemu/prepare.ts';
import {type ClockSetup, ClockWorld, chain} from '../../test/helper/clock-world.ts';
import type {Row} from './row.ts';

export const name = 'clock';
export const about =
	"how well routers agree on the mesh's time: five hops of 20 ppm quartzes, and five hops on a kernel";

const HOPS = 5;
const SEEDS = 20;
const TARGET_US = 50;
const KERNEL_S = 120;

function quantile(values: number[], share: number): number {
	values.sort((a, b) => a - b);
	return values[Math.floor(values.length * share)] ?? Number.NaN;
}

/** The last of a chain in a simulated world, once a second after it settled. */
function simulate(setup: Partial<ClockSetup>) {
	const [errorsUs, saidUs]: [number[], number[]] = [[], []];
	let beyond = 0;
	for (let seed = 1; seed <= SEEDS; seed++) {
		const world = new ClockWorld({...chain(HOPS + 1), ...setup, seed});
		world.pass(90);
		for (let i = 0; i < 300; i++) {
			world.pass(1);
			const errorUs = Math.abs(world.errorUs(HOPS, 0));
			const withinUs = world.timeOf(HOPS)?.errorUs ?? 0;
			errorsUs.push(errorUs);
			saidUs.push(withinUs);
			if (errorUs > withinUs) beyond++;
		}
	}
	return {
		p50: quantile(errorsUs, 0.5),
		p99: quantile(errorsUs, 0.99),
		said: quantile(saidUs, 0.5),
		beyondShare: beyond / errorsUs.length,
	};
}

export async function run(report: (row: Row) => void): Promise<void> {
	const row = (metric: string, value: number, unit: string, target?: number): void =>
		report({bench: name, metric, value, unit, ...(target !== undefined && {baseline: target, ratio: value / target})});
	for (const [what, setup] of [
		['beacons', {}],
		['messages', {beacons: false}],
		['messages, 3 ms of waiting', {beacons: false, meanDelayUs: 3000}],
	] as const) {
		const {p50, p99, said, beyondShare} = simulate(setup);
		row(`simulated, 20 ppm, ${HOPS} hops, ${what}: error p50`, p50, 'us');
		row(`simulated, 20 ppm, ${HOPS} hops, ${what}: error p99`, p99, 'us', what === 'beacons' ? TARGET_US : undefined);
		row(`simulated, 20 ppm, ${HOPS} hops, ${what}: what it says it may be, p50`, said, 'us');
		row(`simulated, 20 ppm, ${HOPS} hops, ${what}: beyond what it says`, beyondShare * 100, '%');
	}
	await prepareImages(['uml']);
	for (const files of [true, false]) {
		const all = await watchClocks(KERNEL_S, files);
		const last = all.filter(({hops}) => hops === Math.max(...all.map(each => each.hops)));
		const source = last.at(-1)?.source ?? 'nothing';
		const what = `kernel in real time, ${last[0]?.hops ?? 0} hops, ${source}`;
		const errorsUs = last.map(({offsetUs}) => Math.abs(offsetUs));
		row(`${what}: error p50`, quantile(errorsUs, 0.5), 'us');
		row(`${what}: largest error`, quantile(errorsUs, 0.9999), 'us', files ? TARGET_US : undefined);
		row(
			`${what}: what it says it may be, p50`,
			quantile(
				last.map(({withinUs}) => withinUs),
				0.5,
			),
			'us',
		);
		row(
			`${what}: beyond what it says`,
			(100 * all.filter(each => Math.abs(each.offsetUs) > each.withinUs).length) / all.length,
			'%',
		);
	}
}
