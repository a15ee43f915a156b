// SPDX-License-Identifier: Apache-2.0
import type {GatedInterface, SlotGate} from '../../actuator/slot-gate/gate.ts';
import type {LockOutcome} from '../../actuator/slot-gate/lock.ts';
import type {GateOrder, MeshTime, WantedSlots} from '../../model/slots.ts';
import type {Clock, Log} from '../../port/port.ts';

// What the engine wants of a radio becomes orders for its interfaces, renewed while everything holds. Whatever does not hold,
// a lock that another program has, a kernel that cannot, a clock that may be wrong by too much, leaves the radio open.
//
//   locked out ──lock──▶ asked ──able──▶ open ⇄ gated         refused: open, and asked again after a while

/**
 * Five times as long as an order is renewed. A neighbour that divides time says something once a second: where three of ten of its
 * messages are lost, ten seconds without a word come once in days; where half is, once in half an hour, for a second or two.
 */
export const LEASE_MS = 10_000;
/** A kernel that cannot is asked again: packages are installed, another program ends. */
const ASK_AGAIN_MS = 60_000;
const LOCK_AGAIN_MS = 10_000;

interface State {
	readonly on: GatedInterface;
	/** Absent: it is being asked, or was not yet. Empty: it can. */
	reason: string | undefined;
	askedMs: number;
	isGated: boolean;
}

export class Gates {
	/** Orders that were refused, and attempts to have the lock that another program has. */
	readonly counts = {refused: 0, lockedOut: 0};
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #gate: SlotGate;
	readonly #lock: () => LockOutcome;
	readonly #states = new Map<number, State>();
	#release: (() => void) | undefined;
	#lockRefusal: string | undefined;
	#isTaken = false;
	#lockedMs = Number.NEGATIVE_INFINITY;

	constructor(port: {clock: Clock; log: Log}, gate: SlotGate, lock: () => LockOutcome) {
		this.#clock = port.clock;
		this.#log = port.log;
		this.#gate = gate;
		this.#lock = lock;
	}

	/** Everything is open from now on, and the queues of before are back. */
	stop(): void {
		if (this.#release === undefined) return;
		this.#gate.stop();
		this.#release();
		this.#release = undefined;
	}

	/**
	 * Brings an interface to what is wanted of it. Absent wanted, no time that is good enough, or nobody heard for a lease: it is
	 * open. `heardMs`: when one of the mesh was heard there last. `airtime`: what frames take there, if known.
	 */
	keep(
		on: GatedInterface,
		wanted: WantedSlots | undefined,
		time: MeshTime | undefined,
		heardMs: number,
		airtime?: GateOrder['airtime'],
	): void {
		const state = this.#stateOf(on);
		if (!this.#hasLock() || !this.#isAble(state)) return;
		const nowMs = this.#clock.nowMs();
		if (wanted === undefined || time === undefined || time.errorUs > wanted.guardUs / 2 || isAlone(heardMs, nowMs)) {
			if (state.isGated) this.#gate.open(on);
			state.isGated = false;
			return;
		}
		state.isGated = true;
		this.#gate.apply(on, {...orderOf(wanted, time, nowMs, heardMs), airtime}, refusal => {
			if (refusal === undefined) return;
			this.counts.refused++;
			state.isGated = false;
			this.#refuse(state, refusal);
		});
	}

	/** Why an interface has no gate, whatever is wanted. Absent: it can have one. Asks where it was not asked yet. */
	refusal(on: GatedInterface): string | undefined {
		const state = this.#stateOf(on);
		if (!this.#hasLock()) return this.#lockRefusal;
		this.#isAble(state);
		return state.reason === '' ? undefined : (state.reason ?? 'the kernel is being asked whether it can hold frames');
	}

	/** Another program of this router has the gates. Absent: none, as far as is known. */
	get taken(): string | undefined {
		return !this.#hasLock() && this.#isTaken ? this.#lockRefusal : undefined;
	}

	/** Whether the kernel has not answered yet what it can. */
	isAsked(on: GatedInterface): boolean {
		return this.#release !== undefined && this.#stateOf(on).reason === undefined;
	}

	isGated(on: GatedInterface): boolean {
		return this.#states.get(on.index)?.isGated ?? false;
	}

	/** What holds an interface's frames, where that is not what is usual. */
	means(on: GatedInterface): string | undefined {
		return this.isGated(on) ? this.#gate.means?.(on) : undefined;
	}

	/** An interface that is gone has no gate. */
	keepOnly(indexes: ReadonlySet<number>): void {
		for (const [index, {on, isGated}] of this.#states) {
			if (indexes.has(index)) continue;
			if (isGated) this.#gate.open(on);
			this.#states.delete(index);
		}
	}

	#stateOf(on: GatedInterface): State {
		const known = this.#states.get(on.index);
		if (known?.on.name === on.name) return known;
		const begun: State = {on, reason: undefined, askedMs: Number.NEGATIVE_INFINITY, isGated: false};
		this.#states.set(on.index, begun);
		return begun;
	}

	/** What a gate finds at its start it takes away: so no gate is touched without the lock. */
	#hasLock(): boolean {
		if (this.#release !== undefined) return true;
		const nowMs = this.#clock.nowMs();
		if (nowMs - this.#lockedMs < LOCK_AGAIN_MS) return false;
		this.#lockedMs = nowMs;
		const outcome = this.#lock();
		if (outcome.release === undefined) {
			this.counts.lockedOut++;
			if (outcome.refusal !== this.#lockRefusal) this.#log.write('warning', `no radio is gated: ${outcome.refusal}`);
			this.#lockRefusal = outcome.refusal;
			this.#isTaken = outcome.isTaken;
			return false;
		}
		this.#release = outcome.release;
		this.#lockRefusal = undefined;
		this.#gate.start();
		return true;
	}

	#isAble(state: State): boolean {
		const nowMs = this.#clock.nowMs();
		if (state.reason !== '' && nowMs - state.askedMs >= ASK_AGAIN_MS) {
			state.askedMs = nowMs;
			this.#gate.check(state.on, reason => this.#refuse(state, reason ?? ''));
		}
		return state.reason === '';
	}

	/** An empty reason: it can. */
	#refuse(state: State, reason: string): void {
		if (reason !== '' && reason !== state.reason)
			this.#log.write('warning', `${state.on.name} cannot be gated: ${reason}`);
		state.askedMs = this.#clock.nowMs();
		state.reason = reason;
	}
}

/** Nobody of the mesh was heard for a lease: who knows nothing of the others keeps to no slots. */
export function isAlone(heardMs: number, nowMs: number): boolean {
	return nowMs - heardMs >= LEASE_MS;
}

/**
 * A superframe begins where the mesh's time is a multiple of its length. Its lease counts from when somebody was heard, not from
 * now: where talk stops, all is open a lease later, however often the order was renewed meanwhile.
 */
export function orderOf(
	{superframe, own, open, guardUs}: WantedSlots,
	time: MeshTime,
	nowMs: number,
	heardMs: number,
): GateOrder {
	const nowUs = nowMs * 1000;
	const lengthUs = superframe.slots * superframe.slotUs;
	const intoUs = (nowUs + time.offsetUs) % lengthUs;
	const originUs = Math.round(nowUs - (intoUs < 0 ? intoUs + lengthUs : intoUs));
	return {
		superframe,
		originUs,
		own,
		open,
		guardUs,
		leaseUntilUs: Math.round(1000 * Math.min(nowMs, heardMs)) + LEASE_MS * 1000,
	};
}
