// SPDX-License-Identifier: Apache-2.0
import {Agenda} from '../../src/engine/agenda.ts';
import type {EngineContext} from '../../src/engine/context.ts';
import {usualSettings} from '../../src/engine/settings.ts';

/** What a part of the engine is given, with a time that the test sets and chance that is always the middle. */
export function testContext(more: Partial<EngineContext> = {}) {
	const time = {nowMs: 0};
	const context: EngineContext = {
		id: 1,
		movedBefore: [],
		agenda: new Agenda(),
		random: () => 0.5,
		settings: () => usualSettings,
		nowMs: () => time.nowMs,
		decide() {},
		send: () => 0,
		forward() {},
		explain() {},
		...more,
	};
	return {context, time};
}
