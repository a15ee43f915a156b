// SPDX-License-Identifier: Apache-2.0
import type {NocClock} from '../clock.ts';
import type {Intake, IntakeEvent} from '../ingest/intake.ts';
import {latestValues} from '../latest.ts';
import {nodeSummary} from './node-summary.ts';

export interface LiveMessage {
	readonly event: string;
	readonly data: string;
}

interface Watcher {
	readonly node: string | undefined;
	send(message: LiveMessage): void;
}

const FLUSH_MS = 500;
export const MAX_WATCHERS = 200;

/**
 * Live updates for pages that are open: what changed in half a second is told once, however often it changed.
 */
export class Live {
	readonly #clock: NocClock;
	readonly #watchers = new Set<Watcher>();
	readonly #changed = new Set<string>();
	#scheduled = false;
	#intake: Intake | undefined;

	constructor(clock: NocClock) {
		this.#clock = clock;
	}

	attach(intake: Intake): void {
		this.#intake = intake;
	}

	get watchers(): number {
		return this.#watchers.size;
	}

	/** Follows one node (its values) or, without a name, all (their summaries). Returns how to stop. */
	watch(node: string | undefined, send: Watcher['send']): () => void {
		const watcher = {node, send};
		this.#watchers.add(watcher);
		return () => this.#watchers.delete(watcher);
	}

	tell({kind, node, text}: IntakeEvent): void {
		if (this.#watchers.size === 0) return;
		if (kind === 'event' && text !== undefined) {
			const message = {event: 'event', data: JSON.stringify({node, text})};
			for (const watcher of this.#watchers)
				if (watcher.node === undefined || watcher.node === node) watcher.send(message);
			return;
		}
		this.#changed.add(node);
		if (this.#scheduled) return;
		this.#scheduled = true;
		this.#clock.after(FLUSH_MS, () => this.#flush());
	}

	#flush(): void {
		this.#scheduled = false;
		const wallMs = this.#clock.wallMs();
		for (const name of this.#changed) {
			const record = this.#intake?.nodes.get(name);
			if (record === undefined) continue;
			const summary = {event: 'node', data: JSON.stringify(nodeSummary(record, wallMs))};
			let values: LiveMessage | undefined;
			for (const watcher of this.#watchers) {
				if (watcher.node === undefined) watcher.send(summary);
				else if (watcher.node === name) {
					values ??= {event: 'values', data: JSON.stringify({node: name, values: latestValues(record)})};
					watcher.send(summary);
					watcher.send(values);
				}
			}
		}
		this.#changed.clear();
	}
}
