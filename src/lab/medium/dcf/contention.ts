// SPDX-License-Identifier: Apache-2.0
import {type EventQueue, Kind} from './event-queue.ts';
import type {Station} from './station.ts';

const never = Number.POSITIVE_INFINITY;

// The counters. Instead of an event a slot, each station keeps where its counting started (grantNs) and how many slots were
// left then. When the channel becomes busy, what was counted is taken off; when it becomes idle, counting starts anew after
// the arbitration. A station has at most one event in the queue, at or before its deadline: an event that comes too early
// is put off to the deadline, so that a busy channel costs no change in the queue.
//
// Invariant 1: deadlineNs = grantNs + slots · slotNs while the station wants and the channel is idle, else Infinity.
// Invariant 2: a station whose deadline is this very moment sends, whoever else began now: it cannot know yet.

export class Contention {
	readonly #queue: EventQueue;
	readonly #random: () => number;
	readonly #begin: (station: Station, nowNs: number) => void;

	/** `begin` is called when a station's counter is down and it may send. */
	constructor(queue: EventQueue, random: () => number, begin: (station: Station, nowNs: number) => void) {
		this.#queue = queue;
		this.#random = random;
		this.#begin = begin;
	}

	/** The channel became busy. */
	freeze(station: Station, nowNs: number): void {
		if (station.deadlineNs === nowNs) return;
		this.#count(station, nowNs);
		station.grantNs = never;
		station.deadlineNs = never;
	}

	/** Takes off what was counted until now. */
	#count(station: Station, nowNs: number): void {
		const {slotNs, countsAtBoundary} = station.access;
		if (nowNs < station.grantNs) return;
		const counted = Math.floor((nowNs - station.grantNs) / slotNs) + (countsAtBoundary ? 1 : 0);
		station.slots = counted < station.slots ? station.slots - counted : 0;
	}

	/** The channel became idle, or an earlier reservation of it ended. */
	resume(station: Station, nowNs: number): void {
		const idleNs = Math.max(station.reservedNs, nowNs);
		const grantNs = idleNs + station.arbitrationNs;
		station.grantNs = Math.max(grantNs, station.extendedNs);
		if (station.wants) this.#schedule(station, station.grantNs + station.slots * station.access.slotNs);
	}

	/** A station has something to send, and was not waiting before. */
	want(station: Station, nowNs: number): void {
		if (station.wants || station.exchanging || !station.active) return;
		station.wants = true;
		if (station.grantNs === never) {
			if (station.slots === 0) this.draw(station);
			return;
		}
		if (nowNs < station.grantNs && station.slots === 0) this.draw(station);
		const downNs = station.grantNs + station.slots * station.access.slotNs;
		this.#schedule(station, Math.max(downNs, nowNs));
	}

	/** Draws a counter from the window. Source: IEEE 802.11-2020 10.3.3: equal chances for 0 to CW. */
	draw(station: Station): void {
		station.slots = Math.floor(this.#random() * (station.window + 1));
	}

	/** An exchange is over; the next counter runs, whether there is something to send or not. */
	again(station: Station, nowNs: number, wants: boolean): void {
		this.draw(station);
		station.wants = wants;
		station.deadlineNs = never;
		if (station.grantNs === never) return;
		if (station.grantNs < nowNs + station.arbitrationNs) station.grantNs = nowNs + station.arbitrationNs;
		if (wants) this.#schedule(station, station.grantNs + station.slots * station.access.slotNs);
	}

	/** A reservation turned out to be void: its holder said nothing. */
	release(station: Station, nowNs: number): void {
		station.reservedNs = nowNs;
		if (!station.busy) this.resume(station, nowNs);
	}

	/** Not before this time: the gate is closed. The counter is drawn again, others wait for the same opening. */
	defer(station: Station, untilNs: number): void {
		this.draw(station);
		station.grantNs = untilNs + station.arbitrationNs;
		this.#schedule(station, station.grantNs + station.slots * station.access.slotNs);
	}

	#schedule(station: Station, deadlineNs: number): void {
		station.deadlineNs = deadlineNs;
		if (deadlineNs >= station.eventNs) return;
		station.eventNs = deadlineNs;
		this.#queue.push(deadlineNs, Kind.access, station.index);
	}

	/** An access event. */
	due(station: Station, nowNs: number): void {
		if (nowNs !== station.eventNs) return;
		station.eventNs = never;
		if (station.deadlineNs > nowNs) {
			if (station.deadlineNs < never) this.#schedule(station, station.deadlineNs);
			return;
		}
		station.slots = 0;
		station.grantNs = station.busy ? never : station.grantNs;
		station.deadlineNs = never;
		this.#begin(station, nowNs);
	}
}
