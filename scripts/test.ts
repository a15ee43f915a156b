// SPDX-License-Identifier: Apache-2.0
import {ensurePackages} from './debian.ts';
import {testPackages} from './test/packages.ts';
import {countTests, runStep} from './test/step.ts';

// npm test: types, style, every test, then the benches with a kernel. `npm test -- FILE…` runs the named tests only.
// The last line is `N passed, N failed`.

const inVirtualTime = ['slots', 'stories', 'taprio'].map(name => `test/qemu/${name}.test.ts`);
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
	// A bench in real time has the machine to itself. Of those in virtual time each fills a core, and does the same on a busy one.
	const others = ['!test/qemu/tcg*', ...inVirtualTime.map(file => `!${file}`)];
	add(countTests(await runStep('kernel benches', ['ava', '--concurrency=1', 'test/qemu/**', ...others])));
	add(countTests(await runStep('kernel benches in virtual time', ['ava', '--concurrency=2', ...inVirtualTime])));
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
