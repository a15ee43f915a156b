// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../src/core/errors.ts';
import {seededRandom} from '../../src/core/random.ts';
import type {Fields, Table} from '../../src/wire/netlink/attributes.ts';
import {stationDetailMessage} from '../../src/wire/nl80211/station-detail.ts';
import {linkAttributes} from '../../src/wire/rtnetlink/link.ts';
import {fuzz} from '../fuzz/fuzzer.ts';
import {mutate} from '../fuzz/mutate.ts';
import {messageTables, sample, targets, textOf} from '../fuzz/targets.ts';
import type {ConformanceCase} from './case.ts';

const SEED = 20261121;
const MUTANTS = 150;
const RUNS = 40;

/** What a decoder answered, or why it refused. */
function answer(decode: () => unknown): string {
	try {
		return textOf(decode());
	} catch (error) {
		return error instanceof DecodeError ? `${error.code} ${error.path} ${error.offset}` : `threw ${String(error)}`;
	}
}

export const attributeCases: readonly ConformanceCase[] = [
	{
		name: 'attributes: the host reads what the script reads, and refuses what it refuses',
		run({equal}) {
			const random = seededRandom(SEED);
			const tables = [...Object.values(messageTables), stationDetailMessage, linkAttributes];
			for (const each of tables as unknown as Table<Fields>[]) {
				for (const order of ['little', 'big'] as const) {
					const whole = sample(each, order);
					for (let i = 0; i < MUTANTS; i++) {
						const bytes = i === 0 ? whole : mutate(random, whole, whole);
						const start = Math.min(i & 3, bytes.length);
						const byHost = answer(() => each.decode(bytes, order, start));
						const byScript = answer(() => each.decodeByScript(bytes, order, start));
						equal(byHost, byScript, `${each.path} ${order}, seed ${SEED}, input ${i}`);
					}
				}
			}
		},
	},
	...targets.map(target => ({
		name: `fuzz: ${target.name} answers or throws a DecodeError`,
		run({equal}: Parameters<ConformanceCase['run']>[0]) {
			const options = {seed: SEED, more: (runs: number) => runs < RUNS, nowMs: () => 0, limitMs: 1};
			equal(fuzz(target, target.seeds, options).findings.length, 0, `${target.name}, seed ${SEED}`);
		},
	})),
];
