// SPDX-License-Identifier: Apache-2.0
import {toHex} from '../../src/core/bytes.ts';
import type {Runtime} from '../../src/port/port.ts';
import {attributeCases} from './attribute.ts';
import type {ConformanceCase, Outcome, Settings, Stage} from './case.ts';
import {cryptoCases} from './crypto.ts';
import {datagramCases} from './datagram.ts';
import {echoCases} from './echo.ts';
import {errorCases} from './error.ts';
import {fileCases} from './file.ts';
import {netlinkCases} from './netlink.ts';
import {onDemandCases} from './on-demand.ts';
import {peerCases} from './peer.ts';
import {rowCases} from './row.ts';
import {searchCases} from './search.ts';
import {spectralCases} from './spectral.ts';
import {streamCases} from './stream.ts';
import {textCases} from './text.ts';
import {timerCases} from './timer.ts';
import {tlsCases} from './tls.ts';

const caseLimitMs = 20_000;

export const allCases: readonly ConformanceCase[] = [
	...timerCases,
	...textCases,
	...attributeCases,
	...rowCases,
	...spectralCases,
	...searchCases,
	...cryptoCases,
	...peerCases,
	...fileCases,
	...streamCases,
	...tlsCases,
	...datagramCases,
	...netlinkCases,
	...echoCases,
	...onDemandCases,
	...errorCases,
];

/** Runs the cases one after another on a runtime; `finished` gets every outcome in order. */
export function runConformance(
	runtime: Runtime,
	settings: Settings,
	report: (outcome: Outcome) => void,
	finished: () => void,
	cases: readonly ConformanceCase[] = allCases,
): void {
	let index = 0;
	const next = (): void => {
		const each = cases[index++];
		if (each === undefined) {
			finished();
			return;
		}
		runCase(runtime, settings, each, outcome => {
			report(outcome);
			runtime.clock.after(0, next);
		});
	};
	next();
}

function runCase(
	runtime: Runtime,
	settings: Settings,
	each: ConformanceCase,
	finished: (outcome: Outcome) => void,
): void {
	const {name} = each;
	const missing = (each.needs ?? []).filter(need => !settings.has.includes(need));
	if (missing.length > 0) {
		finished({name, result: 'skipped', why: `no ${missing.join(', ')}`});
		return;
	}
	let failure: string | undefined;
	let isOver = false;
	const end = (): void => {
		if (isOver) return;
		isOver = true;
		cancel();
		finished(failure === undefined ? {name, result: 'passed'} : {name, result: 'failed', why: failure});
	};
	const fail = (why: string): void => {
		failure ??= isOver ? undefined : why;
	};
	const stage: Stage = {
		runtime,
		settings,
		get servers() {
			if (settings.servers === undefined) throw new Error('no servers');
			return settings.servers;
		},
		equal(actual, expected, what) {
			const [is, should] = [plain(actual), plain(expected)];
			if (is !== should) fail(`${what}: ${is} instead of ${should}`);
		},
		ok(condition, what) {
			if (!condition) fail(what);
		},
		done: end,
	};
	const cancel = runtime.clock.after(caseLimitMs, () => {
		fail('did not end');
		end();
	});
	try {
		each.run(stage);
	} catch (error) {
		fail(`threw ${String(error)}`);
		end();
	}
	if (!each.waits) end();
}

function plain(value: unknown): string {
	return value instanceof Uint8Array ? toHex(value) : (JSON.stringify(value) ?? 'undefined');
}
