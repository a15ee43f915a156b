// SPDX-License-Identifier: Apache-2.0
import type {Decision} from '../../model/agent-object.ts';
import type {Explanation} from '../../model/decision.ts';
import {tell} from '../../model/explanation.ts';
import type {Observe} from '../../model/observation.ts';
import type {Clock, Log} from '../../port/port.ts';

/** What fits on a page. */
const HELD = 64;

/** The last decisions, told once for the bus, the log and the collector. */
export class DecisionLog {
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #observe: Observe;
	readonly #decisions: Decision[] = [];
	count = 0;

	constructor(clock: Clock, log: Log, observe: Observe) {
		this.#clock = clock;
		this.#log = log;
		this.#observe = observe;
	}

	get decisions(): readonly Decision[] {
		return this.#decisions;
	}

	add(explanation: Explanation, nameOf: (radio: number) => string): void {
		const {subject, action, reason, outcome} = tell(explanation, nameOf);
		const {atMs, numbers} = explanation;
		const wallMs = Math.round(this.#clock.wallMs() - this.#clock.nowMs() + atMs);
		this.count++;
		this.#decisions.push({atMs: wallMs, subject, action, reason, numbers, ...(outcome === undefined ? {} : {outcome})});
		if (this.#decisions.length > HELD) this.#decisions.shift();
		const detail = `${action}. ${reason}`;
		this.#log.write('notice', `${subject} ${detail}`);
		this.#observe({kind: 'event', event: 'decision', subject, detail});
	}
}
