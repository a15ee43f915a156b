// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8} from '../../src/core/text.ts';
import type {Runtime} from '../../src/port/port.ts';
import type {ConformanceCase, Outcome, Settings} from './case.ts';
import {allCases, runConformance} from './run.ts';

/** What the program writes before each outcome, so that the test finds it among other lines of the log. */
export const outcomeMark = 'outcome ';

/**
 * The suite as a program: its one argument names a file of Settings as JSON.
 *
 * `ownCases` are those of one runtime only. With `signals` instead of a file, it says what it is asked: SIGHUP and SIGTERM, and ends with code 7 on the latter.
 * With `exit` it ends at once, with code 5.
 */
export function conformanceProgram(
	runtime: Runtime,
	programArguments: readonly string[],
	ownCases: readonly ConformanceCase[] = [],
): void {
	const [argument = ''] = programArguments;
	if (argument === 'signals') {
		waitForSignals(runtime);
		return;
	}
	if (argument === 'exit') {
		runtime.exit(5);
		runtime.log.write('error', 'after exit');
	}
	const bytes = runtime.files.read(argument);
	if (bytes === undefined) {
		runtime.log.write('error', `no settings in ${argument}`);
		return runtime.exit(2);
	}
	const settings = JSON.parse(decodeUtf8(bytes)) as Settings;
	const report = (outcome: Outcome): void => runtime.log.write('notice', outcomeMark + JSON.stringify(outcome));
	const isWanted = ({name}: ConformanceCase): boolean => settings.only?.some(start => name.startsWith(start)) ?? true;
	const cases = [...allCases, ...ownCases].filter(isWanted);
	runConformance(runtime, settings, report, () => runtime.exit(0), cases);
}

function waitForSignals(runtime: Runtime): void {
	runtime.onReload(() => runtime.log.write('notice', 'reload'));
	runtime.onStop(() => {
		runtime.log.write('notice', 'stop');
		runtime.exit(7);
		runtime.log.write('error', 'after exit');
	});
	runtime.clock.after(60_000, () => {});
	runtime.clock.after(0, () => runtime.log.write('notice', 'ready'));
}
