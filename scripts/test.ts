// SPDX-License-Identifier: Apache-2.0
import {ensurePackages} from './debian.ts';
import {testPackages} from './test/packages.ts';
import {countTests, runStep} from './test/step.ts';

// npm test: types, style, every test, then the benches with a kernel one after another. `npm test -- FILE…` runs the
// named tests only. The last line is `N passed, N failed`.

const named = process.argv.slice(2);
let passed = 0;
let failed = 0;

function add(count: {passed: number; failed: number}): void {
	passed += count.passed;
	failed += count.failed;
}

await ensurePackages([...testPackages]);
if (named.length > 0) add(countTests(await runStep('tests', ['ava', ...named])));
else {
	for (const [name, words] of [
		['types (tsc)', ['tsc', '--noEmit']],
		['style (biome)', ['biome', 'check', '--error-on-warnings', '.']],
	] as const)
		add((await runStep(name, words)).ok ? {passed: 1, failed: 0} : {passed: 0, failed: 1});
	add(countTests(await runStep('tests', ['ava', 'test/**/*.test.ts', '!test/qemu/**'])));
	// A bench fills a machine: one at a time.
	add(countTests(await runStep('kernel benches', ['ava', '--concurrency=1', 'test/qemu/**', '!test/qemu/tcg*'])));
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
