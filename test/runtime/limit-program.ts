// SPDX-License-Identifier: Apache-2.0
import {quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';

// Asks for more memory than the binary's limit: the task fails, the program goes on.
const runtime = quickjsRuntime();
const {clock, log} = runtime;
const before = runtime.memoryBytes() ?? 0;

clock.after(0, () => {
	const held: Uint8Array[] = [];
	for (;;) held.push(new Uint8Array(100_000));
});
clock.after(1, () => {
	const text = 'x'.repeat(1000);
	const held: string[] = [];
	for (let i = 0; ; i++) held.push(`${text}${i}`);
});
clock.after(50, () => {
	const grown = (runtime.memoryBytes() ?? 0) - before;
	log.write('notice', grown < 500_000 ? 'goes on' : `still holds ${grown} bytes more`);
	runtime.exit(0);
});
