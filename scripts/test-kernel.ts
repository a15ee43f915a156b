// SPDX-License-Identifier: Apache-2.0
import {ensurePackages} from './debian.ts';
import {testPackages} from './test/packages.ts';
import {countTests, runStep} from './test/step.ts';

// npm run test:kernel: the agent on a Debian kernel that nobody here touched, under QEMU.

await ensurePackages([...testPackages]);
const {passed, failed} = countTests(
	await runStep('unmodified kernel (QEMU TCG)', ['ava', '--concurrency=1', 'test/qemu/tcg*.test.ts']),
);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
