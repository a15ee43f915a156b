// SPDX-License-Identifier: Apache-2.0
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {BALL_HOPS} from '../settings.ts';
import type {LocalMesh} from '../view/neighbourhood.ts';
import {hasHomeless} from './prospects.ts';

const HOUR_MS = 3_600_000;
/** Links without a channel are brought together by radios that have not moved so often; for so long. */
const HOMELESS_MS = 25_000;
/** Long enough to plan what brings them together and to carry it out. */
const URGENT_MS = 12_000;

/**
 * How often radios of ours moved for a plan in the last hour, and whether they may again.
 *
 * Shape: who has moved `retunesPerHour` times looks pinned to others, so that plans are made around it. Where a link near has
 *        had no channel for long, it may move as often again.
 */
export class RetuneBudget {
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	/** When each radio moved. */
	readonly #movedMs = new Map<number, number[]>();
	/** Since when a link near has no channel. */
	#homelessMs = Number.POSITIVE_INFINITY;
	#urgentUntilMs = 0;
	#spent = '';

	constructor(context: EngineContext, own: OwnNode) {
		this.#context = context;
		this.#own = own;
		own.isSpent = radio => this.isSpent(radio);
	}

	isSpent(radio: number): boolean {
		const {settings, nowMs} = this.#context;
		const {retunesPerHour} = settings();
		return this.#recent(radio).length >= (nowMs() < this.#urgentUntilMs ? 2 * retunesPerHour : retunesPerHour);
	}

	/** A radio moves now. */
	spend(radio: number): void {
		this.#movedMs.set(radio, [...this.#recent(radio), this.#context.nowMs()]);
	}

	/** In each round: who has moved often enough says so; who may again says that. */
	look(mesh: LocalMesh): void {
		const nowMs = this.#context.nowMs();
		this.#homelessMs = hasHomeless(mesh, BALL_HOPS) ? Math.min(this.#homelessMs, nowMs) : Number.POSITIVE_INFINITY;
		if (nowMs - this.#homelessMs >= HOMELESS_MS) this.#urgentUntilMs = nowMs + URGENT_MS;
		const spent = this.#own.radios.flatMap((_, radio) => (this.isSpent(radio) ? [radio] : [])).join();
		if (spent === this.#spent) return;
		this.#spent = spent;
		this.#own.changed();
	}

	#recent(radio: number): readonly number[] {
		const sinceMs = this.#context.nowMs() - HOUR_MS;
		return (this.#movedMs.get(radio) ?? []).filter(atMs => atMs > sinceMs);
	}
}
