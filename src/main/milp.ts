// SPDX-License-Identifier: Apache-2.0
import highs from 'highs';
import type {SolveMilp} from '../lab/command/command.ts';

/** HiGHS, compiled to WebAssembly: the same answer on every machine. */
export const solveMilp: SolveMilp = async (program, limitS) => {
	const solver = await highs();
	const solution = solver.solve(program, {time_limit: limitS, mip_rel_gap: 0});
	const values = new Map<string, number>();
	for (const [name, column] of Object.entries(solution.Columns))
		if ('Primal' in column) values.set(name, column.Primal);
	return {optimal: solution.Status === 'Optimal', objective: solution.ObjectiveValue, values};
};
