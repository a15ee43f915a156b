// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';
import type {Clock} from '../../port/port.ts';
import type {Schedule} from '../../wire/rtnetlink/taprio.ts';
import type {TokenBucket} from '../../wire/rtnetlink/token-bucket.ts';
import {type GateRow, openFrom, paceOf, rowOf, scheduleOf} from './taprio-schedule.ts';

// Keeps the schedules of a radio's queues to what is ordered.
//
//   open --order--> changing --its base time, and the kernel says that it is in force--> held --other slots, phase--> changing
//                                                                                         |  ^
//                                                                                         +--+ renewing
//
// The kernel keeps one schedule beside the one in force. While a gate is held that is the one that opens everything, and its base
// time is the end of the lease: nobody has to be alive for it. So:
//   1  who is held has its end in the kernel, but while a change is under way, some 20 ms
//   2  nothing is told while gates are closed, but a change of slots, which opens them for an entry
//   3  nobody believes to be held before the kernel says so

/** A change is told so long before its base time: enough for a machine that is busy. */
const LEAD_NS = 20_000_000;
const LATEST_NS = 5_000_000;
const SETTLE_NS = 1_000_000;
const ASK_AGAIN_MS = 5;
const MOST_QUESTIONS = 50;
/** After an entry began, and before it ends. */
const CALM_LEAD_NS = 300_000;
const CALM_TAIL_NS = 2_000_000;
const LONGEST_LEASE_NS = 60_000_000_000;
const LEAST_TOLERANCE_NS = 50_000;
const TOLERANCE_PER_GUARD = 16;
/** Gates are later than they were agreed on by this share of the guard, so that one which is a little early is still no earlier. */
const LAG_PER_GUARD = 8;
const NS_PER_US = 1000;
const NS_PER_MS = 1_000_000;
/** Two clocks of routers do not differ by more: what does is a step. */
const MOST_RATE = 200e-6;
/** An error that gathered in a shorter time is believed in part only: the mesh's time is not exact. */
const SURE_SPAN_NS = 8_000_000_000;
/** What the air takes is an estimate: a change by less than a quarter is none. */
const CHANGE = 4;

/** A sentence: why it failed. */
type Done = (refusal: string | undefined) => void;

/** The queues of a radio, told the same. */
export interface Carriage {
	put(schedule: Schedule, done: Done): void;
	/** The base time of the schedule in force, if all have the same one. */
	inForce(done: (baseNs: number | undefined) => void): void;
	/** How data is let go while its gate is open. */
	pace(bucket: TokenBucket, done: Done): void;
}

/** What is in force. */
interface Force {
	readonly row: GateRow;
	readonly baseNs: number;
	readonly cycleNs: number;
	/** By how much a superframe is longer by this router's clock than by the mesh's. */
	readonly rate: number;
	leaseNs: number;
}

export class Steering {
	readonly #clock: Clock;
	readonly #carriage: Carriage;
	#order: GateOrder | undefined;
	/** Who waits for what is under way, and who came since. */
	#under: Done[] = [];
	#waiting: Done[] = [];
	#force: Force | undefined;
	#bucket: TokenBucket | undefined;
	#isBusy = false;
	/** Grows when what is under way is void. */
	#turn = 0;
	#cancel = (): void => {};

	constructor(clock: Clock, carriage: Carriage) {
		this.#clock = clock;
		this.#carriage = carriage;
	}

	/** `done` once the order is in force, or a later one is. */
	apply(order: GateOrder, done: Done): void {
		this.#order = order;
		this.#waiting.push(done);
		if (!this.#isBusy) this.#steer();
	}

	/** All is open a moment from now. */
	open(): void {
		this.#void(undefined);
		this.#carriage.put(openFrom(this.#nowNs() + LATEST_NS), () => {});
	}

	/** Nothing is told any more. */
	stop(): void {
		this.#void('it was stopped');
	}

	#void(answer: string | undefined): void {
		this.#turn++;
		this.#cancel();
		this.#isBusy = false;
		this.#force = undefined;
		const waiting = [...this.#under, ...this.#waiting];
		this.#under = [];
		this.#waiting = [];
		for (const done of waiting) done(answer);
	}

	#steer(): void {
		const order = this.#order;
		if (order === undefined) return;
		const row = rowOf(order, this.#nowNs() / NS_PER_US);
		this.#under = this.#waiting;
		this.#waiting = [];
		this.#isBusy = true;
		const end: Done = refusal => {
			const under = this.#under;
			this.#under = [];
			this.#isBusy = false;
			for (const done of under) done(refusal);
			if (this.#waiting.length > 0 && !this.#isBusy) this.#steer();
		};
		if (typeof row === 'string') return end(`an order that makes no sense: ${row}`);
		// The end of the last lease is in the kernel already.
		if (order.leaseUntilUs * NS_PER_US < this.#nowNs() + row.superframeNs + LEAD_NS) return end(undefined);
		this.#pace(paceOf(order, row), end, () => {
			const force = this.#force;
			if (force === undefined || !this.#isHeld(force, row, order)) this.#change(row, order, end);
			else this.#renew(force, order, end);
		});
	}

	#pace(bucket: TokenBucket, end: Done, next: () => void): void {
		if (this.#bucket !== undefined && isLike(bucket, this.#bucket)) return next();
		this.#carriage.pace(
			bucket,
			this.#ifNow(refusal => {
				if (refusal !== undefined) return end(refusal);
				this.#bucket = bucket;
				next();
			}),
		);
	}

	#isHeld(force: Force, row: GateRow, order: GateOrder): boolean {
		const nowNs = this.#nowNs();
		const toleranceNs = Math.max(LEAST_TOLERANCE_NS, (order.guardUs * NS_PER_US) / TOLERANCE_PER_GUARD);
		return (
			force.row.text === row.text &&
			nowNs + row.superframeNs + LEAD_NS < force.leaseNs &&
			Math.abs(errorOf(force, row, order, nowNs)) <= toleranceNs
		);
	}

	#change(row: GateRow, order: GateOrder, end: Done): void {
		const startNs = startOf(row, order);
		const earliestNs = this.#nowNs() + LEAD_NS + LATEST_NS;
		const baseNs = Math.round(startNs + Math.ceil((earliestNs - startNs) / row.superframeNs) * row.superframeNs);
		const rate = this.#rate(row, order);
		const schedule = scheduleOf(row, baseNs, Math.round(row.superframeNs * (1 + rate)));
		this.#at(baseNs - LEAD_NS, () => {
			if (baseNs - this.#nowNs() < LATEST_NS) return this.#change(row, order, end);
			// From here on the lease of before is none.
			this.#force = undefined;
			this.#carriage.put(
				schedule,
				this.#ifNow(refusal => {
					if (refusal !== undefined) return end(refusal);
					const force = {row, baseNs, cycleNs: schedule.cycleNs, rate, leaseNs: 0};
					this.#at(baseNs + SETTLE_NS, () => this.#confirm(force, order, end, MOST_QUESTIONS));
				}),
			);
		});
	}

	#confirm(force: Force, order: GateOrder, end: Done, questions: number): void {
		this.#carriage.inForce(
			this.#ifNow(baseNs => {
				if (baseNs === force.baseNs) {
					this.#force = force;
					return this.#renew(force, this.#order ?? order, end);
				}
				if (questions > 0)
					return this.#at(this.#nowNs() + ASK_AGAIN_MS * NS_PER_MS, () =>
						this.#confirm(force, order, end, questions - 1),
					);
				this.#carriage.put(openFrom(this.#nowNs() + LATEST_NS), () => {});
				end('the kernel did not put the slots in force');
			}),
		);
	}

	/** The end of the lease, told while all gates are open. */
	#renew(force: Force, order: GateOrder, end: Done): void {
		this.#at(this.#nowNs() + calmIn(force, this.#nowNs()), () => {
			const leaseNs = Math.round(Math.min(order.leaseUntilUs * NS_PER_US, this.#nowNs() + LONGEST_LEASE_NS));
			this.#carriage.put(
				openFrom(leaseNs),
				this.#ifNow(refusal => {
					if (refusal !== undefined) return end(refusal);
					force.leaseNs = leaseNs;
					this.#carriage.inForce(
						this.#ifNow(baseNs => {
							if (baseNs !== force.baseNs) this.#force = undefined;
							end(undefined);
						}),
					);
				}),
			);
		});
	}

	/** How the clocks run, from the error that has gathered since the schedule began. */
	#rate(row: GateRow, order: GateOrder): number {
		const force = this.#force;
		if (force === undefined || force.row.text !== row.text) return force?.rate ?? 0;
		const nowNs = this.#nowNs();
		const spanNs = nowNs - force.baseNs;
		const errorRate = errorOf(force, row, order, nowNs) / spanNs;
		if (Math.abs(errorRate) > MOST_RATE) return force.rate;
		const believed = errorRate * Math.min(1, spanNs / SURE_SPAN_NS);
		return Math.max(-MOST_RATE, Math.min(MOST_RATE, force.rate + believed));
	}

	#at(ns: number, task: () => void): void {
		const ms = (ns - this.#nowNs()) / NS_PER_MS;
		if (ms <= 0) return task();
		this.#cancel = this.#clock.after(
			ms,
			this.#ifNow(() => task()),
		);
	}

	#ifNow<T extends unknown[]>(task: (...words: T) => void): (...words: T) => void {
		const turn = this.#turn;
		return (...words) => {
			if (turn === this.#turn) task(...words);
		};
	}

	#nowNs(): number {
		return this.#clock.nowMs() * NS_PER_MS;
	}
}

function isLike(one: TokenBucket, other: TokenBucket): boolean {
	return (['bytesPerS', 'overheadBytes', 'burstBytes', 'backlogBytes'] as const).every(
		name => Math.abs(one[name] - other[name]) * CHANGE <= other[name],
	);
}

/** When a row should begin, now or sometime. */
function startOf({offsetNs}: GateRow, {originUs, guardUs}: GateOrder): number {
	return Math.round((originUs + guardUs / LAG_PER_GUARD) * NS_PER_US) + offsetNs;
}

/** How much later a row should begin than it does. */
function errorOf({baseNs, cycleNs}: Force, row: GateRow, order: GateOrder, nowNs: number): number {
	const {superframeNs} = row;
	const startNs = startOf(row, order);
	const wantedNs = startNs + Math.round((nowNs - startNs) / superframeNs) * superframeNs;
	const away = wantedNs - baseNs;
	return away - Math.round(away / cycleNs) * cycleNs;
}

/** How long until all gates are open, and stay so for a while. */
function calmIn({row: {calmNs}, baseNs, cycleNs}: Force, nowNs: number): number {
	const phaseNs = (((nowNs - baseNs) % cycleNs) + cycleNs) % cycleNs;
	const from = cycleNs - calmNs.before + Math.min(CALM_LEAD_NS, calmNs.before);
	const until = calmNs.after - Math.min(CALM_TAIL_NS, calmNs.after / 2);
	return phaseNs < until || phaseNs >= from ? 0 : from - phaseNs;
}
