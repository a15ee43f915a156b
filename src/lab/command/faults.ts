// SPDX-License-Identifier: Apache-2.0
import {type Fault, type FaultRow, faults as kinds, runFault} from '../astral/faults.ts';
import {type LabCommand, LabError, type LabIo, parseWords, wholeNumber} from './command.ts';
import {tableOf} from './table.ts';

/** What a campaign must come to, by the design's targets. */
export interface FaultSummary {
	readonly fault: Fault;
	readonly runs: number;
	readonly switches: number;
	readonly lostLinks: number;
	/** Runs in which every link without a channel had one again within 10 s. */
	readonly quickShare: number;
	readonly slowestRecoveryS: number;
	/** Runs that never became whole again. */
	readonly unrecovered: number;
	readonly mostRetunes: number;
	readonly farthestRetuneHops: number;
	readonly violations: number;
	/** By how much more is left in conflict than in the same meshes without the lies. Absent: nobody lied. */
	readonly conflictGrowth?: number;
}

const QUICK_S = 10;
/** Of messages, in every run. */
const LOSS = 0.05;
/** So many runs are spread over all cores, in parts of so many. */
const BESIDE_FROM = 200;
const PART_RUNS = 100;

/** `honest`: the same runs with liars that tell the truth. */
export function summaryOfFaults(
	fault: Fault,
	rows: readonly FaultRow[],
	honest: readonly FaultRow[] = [],
): FaultSummary {
	const most = (pick: (row: FaultRow) => number): number => Math.max(0, ...rows.map(pick));
	const sum = (pick: (row: FaultRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
	return {
		fault,
		runs: rows.length,
		switches: sum(row => row.switches),
		lostLinks: sum(row => row.lostLinks),
		quickShare: rows.filter(row => row.longestOutageS <= QUICK_S).length / Math.max(1, rows.length),
		slowestRecoveryS: most(row => row.recoveredS ?? 0),
		unrecovered: rows.filter(row => row.recoveredS === undefined).length,
		mostRetunes: most(row => row.mostRetunes),
		farthestRetuneHops: most(row => row.farthestRetuneHops),
		violations: sum(row => row.violations),
		...(honest.length === 0
			? {}
			: {
					conflictGrowth:
						sum(row => row.conflictFraction) / honest.reduce((total, row) => total + row.conflictFraction, 0) - 1,
				}),
	};
}

/** In this process, by seed. */
async function runHere(io: LabIo, chosen: readonly Fault[], first: number, runs: number): Promise<FaultRow[]> {
	const rows: FaultRow[] = [];
	for (let run = 0; run < runs; run++) {
		const fault = chosen[run % chosen.length] as Fault;
		io.progress(run, runs, fault);
		rows.push(runFault({fault, seed: first + run, loss: LOSS}));
		if (fault === 'liars') rows.push(runFault({fault, seed: first + run, loss: LOSS, isHonest: true}));
	}
	return rows;
}

/** The same in other processes, one a core. */
async function runBeside(io: LabIo, chosen: readonly Fault[], first: number, runs: number): Promise<FaultRow[]> {
	const rows: FaultRow[] = [];
	const size = chosen.length * Math.ceil(PART_RUNS / chosen.length);
	let next = 0;
	let done = 0;
	const work = async (): Promise<void> => {
		while (next < runs) {
			const [from, count] = [next, Math.min(size, runs - next)];
			next += count;
			const words = ['--runs', `${count}`, '--seed', `${first + from}`, '--only', chosen.join(), '--rows', '--json'];
			for (const line of (await io.runBeside?.(['faults', ...words])) ?? []) {
				const row: FaultRow | FaultSummary = JSON.parse(line);
				if ('seed' in row) rows.push(row);
			}
			done += count;
			io.progress(done, runs, 'faults');
		}
	};
	await Promise.all(Array.from({length: io.cores ?? 1}, work));
	return rows.sort((a, b) => a.seed - b.seed);
}

/** Many small meshes, each with something that goes wrong. */
export const faults: LabCommand = {
	name: 'faults',
	usage: '[--runs 400] [--only FAULT,…] [--seed 1] [--json]',
	about: 'lets nodes die, return, lie, lose messages, meet radar and drivers that refuse, and counts what that does',
	async run(words, io) {
		const parsed = parseWords(words, ['--json', '--rows'], ['--runs', '--only', '--seed']);
		const runs = wholeNumber(parsed, '--runs', 400, 1, 1_000_000);
		const first = wholeNumber(parsed, '--seed', 1, 0, 2 ** 30);
		const only = parsed.values.get('--only')?.split(',') ?? kinds;
		const unknown = only.find(name => !(kinds as readonly string[]).includes(name));
		if (unknown !== undefined) throw new LabError(`there is no fault '${unknown}': ${kinds.join(', ')}`, 2);
		const chosen = kinds.filter(kind => only.includes(kind));
		const rows = await (runs >= BESIDE_FROM && io.runBeside !== undefined ? runBeside : runHere)(
			io,
			chosen,
			first,
			runs,
		);
		io.progress(1, 1, '');
		if (parsed.flags.has('--rows')) for (const row of rows) io.print(JSON.stringify(row));
		const summaries = chosen.map(fault => {
			const own = rows.filter(row => row.fault === fault);
			return summaryOfFaults(
				fault,
				own.filter(row => !row.isHonest),
				own.filter(row => row.isHonest),
			);
		});
		if (parsed.flags.has('--json')) {
			for (const summary of summaries) io.print(JSON.stringify(summary));
			return 0;
		}
		const head = [
			'fault',
			'runs',
			'switches',
			'links lost',
			'whole in 10 s',
			'slowest recovery',
			'never',
			'retunes an hour',
			'hops',
			'violations',
			'more in conflict',
		];
		const lines = summaries.map(row => [
			row.fault,
			`${row.runs}`,
			`${row.switches}`,
			`${row.lostLinks}`,
			`${(100 * row.quickShare).toFixed(2)} %`,
			`${row.slowestRecoveryS.toFixed(0)} s`,
			`${row.unrecovered}`,
			`${row.mostRetunes}`,
			`${row.farthestRetuneHops}`,
			`${row.violations}`,
			row.conflictGrowth === undefined ? '' : `${(100 * row.conflictGrowth).toFixed(1)} %`,
		]);
		for (const line of tableOf(head, lines)) io.print(line);
		return 0;
	},
};
