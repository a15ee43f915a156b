// SPDX-License-Identifier: Apache-2.0
import type {ConformanceCase} from './case.ts';

/** What the test looks for in the log after the run: errors that nobody caught must be there, caught ones must not. */
export const expectedReports = ['thrown in a timer', 'rejected and never handled', 'thrown in a job'];
export const forbiddenReports = ['rejected and handled', 'rejected and handled later'];

export const errorCases: readonly ConformanceCase[] = [
	{
		name: 'errors: one that a timer throws is reported and the loop goes on',
		needs: ['uncaught'],
		waits: true,
		run({runtime: {clock}, done}) {
			clock.after(1, () => {
				throw new Error('thrown in a timer');
			});
			clock.after(5, done);
		},
	},
	{
		name: 'errors: a rejection that nobody handles is reported, a handled one is not',
		needs: ['uncaught'],
		waits: true,
		run({runtime: {clock}, done}) {
			void Promise.reject(new Error('rejected and never handled'));
			Promise.reject(new Error('rejected and handled')).catch(() => {});
			const late = Promise.reject(new Error('rejected and handled later'));
			void Promise.resolve().then(() => late.catch(() => {}));
			void Promise.resolve().then(() => {
				throw new Error('thrown in a job');
			});
			clock.after(5, done);
		},
	},
	{
		name: 'errors: promise jobs run before the next timer',
		needs: ['kernel'], // virtual time runs the tasks of one instant in one go
		waits: true,
		run({runtime: {clock}, equal, done}) {
			const order: string[] = [];
			clock.after(1, () => {
				void Promise.resolve()
					.then(() => order.push('job'))
					.then(() => order.push('job of the job'));
				order.push('timer');
			});
			clock.after(1, () => order.push('next timer'));
			clock.after(10, () => {
				equal(order, ['timer', 'job', 'job of the job', 'next timer'], 'order');
				done();
			});
		},
	},
];
