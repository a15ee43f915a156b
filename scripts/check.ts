// SPDX-License-Identifier: Apache-2.0
import {runStep} from './test/step.ts';

// npm run check: what can be said of the code without running it.

let failed = 0;
for (const [name, words] of [
	['types (tsc)', ['tsc', '--noEmit']],
	['style (biome)', ['biome', 'check', '--error-on-warnings', '.']],
] as const) {
	const {ok} = await runStep(name, words);
	if (!ok) failed++;
}
process.exit(failed === 0 ? 0 : 1);
