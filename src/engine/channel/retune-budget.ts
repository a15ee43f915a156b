// SPDX-License-Identifier: Apache-2.0
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {BALL_HOPS} from '../settings.ts';
import type {LocalMesh} from '../view/neighbourhood.ts';
import {isTorn} from './prospects.ts';

const HOUR_MS = 3_600_000;
/** Links without a channel are brought together by radios that have not moved so often; for so long. */
const HOMELESS_MS = 32_000;

/**
 * How often radios of ours moved for a plan in the last hour, and whether they may again.
 *
 * Shape: who has moved `retunesPerHour` times looks pinned to others, so that plans are made around it. Of a node with several
 *        radios the last move is for links without a channel. Where one near has had none for long, radios may move as often again.
 */
export class RetuneBudget {
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	/** When each radio moved. */
	readonly #movedMs = new Map<number, number[]>();
	/** Since when a link near has no channel. */
	#homelessMs = Number.POSITIVE_INFINITY;
	#spent = '';

	constructor(context: EngineContext, own: OwnNode) {
		this.#context = context;
		this.#own = own;
		for (const {radio, atMs} of context.movedBefore)
			this.#movedMs.set(radio, [...(this.#movedMs.get(radio) ?? []), atMs]);
		own.isSpent = radio => this.isSpent(radio);
	}

	isSpent(radio: number): boolean {
		const {settings, nowMs} = this.#context;
		const {retunesPerHour} = settings();
		const moved = this.#own.radios.map((_, each) => this.#recent(each));
		const count = (moved[radio] ?? []).length;
		if (nowMs() - this.#homelessMs >= HOMELESS_MS) return count >= 2 * retunesPerHour;
		if (count >= retunesPerHour) return true;
		if (this.#homelessMs < Number.POSITIVE_INFINITY || moved.length === 1) return false;
		// What was agreed is carried out.
		if (this.#own.hasToMove && !this.#own.isOnPlan(radio)) return false;
		// The last move of a node is for a link without a channel: plans get one radio less than there are moves left.
		const left = moved.reduce((sum, times) => sum + Math.max(0, retunesPerHour - times.length), 0);
		// First those that a plan still wants elsewhere, then where others are loud, then who came there first.
		const rankOf = (each: number): number => (this.#own.isOnPlan(each) ? 4 - this.#loudness(each) : 0);
		const lastMs = (each: number): number => moved[each]?.at(-1) ?? 0;
		const order = this.#own.radios
			.map((_, each) => each)
			.filter(each => (moved[each] ?? []).length < retunesPerHour)
			.sort((a, b) => rankOf(a) - rankOf(b) || lastMs(a) - lastMs(b));
		return order.indexOf(radio) >= left - 1;
	}

	/** How busy others keep the channel that a radio is on: 0 to 3. */
	#loudness(radio: number): number {
		const mhz = this.#own.radios[radio]?.mhz;
		return (this.#own.channels.find(channel => channel.mhz === mhz)?.busy ?? 0) >> 6;
	}

	/** A radio moves now. */
	spend(radio: number): void {
		this.#movedMs.set(radio, [...this.#recent(radio), this.#context.nowMs()]);
	}

	/** In each round: who has moved often enough says so; who may again says that. */
	look(mesh: LocalMesh): void {
		const nowMs = this.#context.nowMs();
		// From when it has none until it is carried out that it has one.
		const isHomeless = isTorn(mesh, BALL_HOPS);
		this.#homelessMs = isHomeless ? Math.min(this.#homelessMs, nowMs) : Number.POSITIVE_INFINITY;
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
