// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';
import type {GateCounts, GatedInterface, SlotGate} from './gate.ts';
import {KernelGate, type KernelGateOptions} from './kernel-gate.ts';
import type {TaprioGate} from './taprio-gate.ts';

type Done = (refusal: string | undefined) => void;

/**
 * The gate that a kernel can have: fq and eBPF, and where that cannot be taprio, whose code is only then loaded.
 *
 * fq holds each frame until its own time, tells data from what is for all, does not open while it is told anew, and ends with its
 * lease at any moment; so it is preferred wherever there is a choice.
 */
export class BestGate implements SlotGate {
	readonly #options: KernelGateOptions;
	readonly #fair: KernelGate;
	#taprio: TaprioGate | undefined;
	/** Why taprio and not fq, by interface. */
	readonly #instead = new Map<number, string>();
	/** Absent: nothing is being cleared away. */
	#waiting: (() => void)[] | undefined;
	#isStopped = false;

	constructor(options: KernelGateOptions) {
		this.#options = options;
		this.#fair = new KernelGate(options);
	}

	/** What another agent left is cleared away before anybody looks what there is. */
	start(done: () => void = () => {}): void {
		this.#waiting = [];
		this.#fair.start(() => {
			const waiting = this.#waiting ?? [];
			this.#waiting = undefined;
			for (const task of waiting) task();
			done();
		});
	}

	check(on: GatedInterface, done: Done): void {
		if (this.#waiting !== undefined) return void this.#waiting.push(() => this.check(on, done));
		this.#fair.check(on, reason => {
			if (reason === undefined) {
				this.#taprio?.drop(on);
				this.#instead.delete(on.index);
				return done(undefined);
			}
			this.#withTaprio(taprio => {
				if (typeof taprio === 'string') return done(`${reason}; ${taprio}`);
				taprio.check(on, other => {
					if (other === undefined) this.#instead.set(on.index, reason);
					// A word that holds for both is said once.
					done(other === undefined || other === reason ? other : `${reason}; nor can taprio hold frames: ${other}`);
				});
			});
		});
	}

	apply(on: GatedInterface, order: GateOrder, done: Done): void {
		this.#of(on).apply(on, order, done);
	}

	open(on: GatedInterface): void {
		this.#of(on).open(on);
	}

	counts(on: GatedInterface): GateCounts | undefined {
		return this.#of(on).counts(on);
	}

	means(on: GatedInterface): string | undefined {
		const means = this.#taprio?.means(on);
		return means && `Frames are held by ${means}, since ${this.#instead.get(on.index) ?? 'there is no other way'}.`;
	}

	stop(): void {
		this.#isStopped = true;
		this.#fair.stop();
		this.#taprio?.stop();
	}

	#of({index}: GatedInterface): SlotGate {
		return (this.#instead.has(index) ? this.#taprio : undefined) ?? this.#fair;
	}

	#withTaprio(then: (taprio: TaprioGate | string) => void): void {
		if (this.#taprio !== undefined) return then(this.#taprio);
		import('./taprio-gate.ts').then(
			module => {
				if (this.#isStopped) return then('it was stopped');
				if (this.#taprio === undefined) {
					this.#taprio = new module.TaprioGate(this.#options);
					this.#taprio.start();
				}
				then(this.#taprio);
			},
			(error: unknown) => then(`taprio is not installed: ${error instanceof Error ? error.message : String(error)}`),
		);
	}
}
