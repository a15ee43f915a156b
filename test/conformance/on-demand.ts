// SPDX-License-Identifier: Apache-2.0
import type {ConformanceCase} from './case.ts';
import {startsLoaded} from './on-demand/shared.ts';

/** A module behind `import()`: a part of the program that is read when it is asked for. */
export const onDemandCases: readonly ConformanceCase[] = [
	{
		name: 'modules: one that is imported on demand runs then, once, and shares what it imports',
		waits: true,
		run({ok, done}) {
			ok(!startsLoaded(), 'its code did not run before it was imported');
			void (async () => {
				const first = await import('./on-demand/part.ts');
				const again = await import('./on-demand/part.ts');
				ok(startsLoaded(), 'it runs when it is imported and sees the same module as everyone');
				ok(first === again && again.timesLoaded() === 1, 'a second import gives the same module');
				done();
			})();
		},
	},
];
