// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';

/** A network device over a radio, by its name and the kernel's number. */
export interface GatedInterface {
	readonly name: string;
	readonly index: number;
}

/** How many frames a gate saw while an order was in force; they begin at 0 with each new gate. */
export interface GateCounts {
	/** To one neighbour: own slots only. */
	readonly dataPassed: number;
	/** Waited for a slot, then went. */
	readonly dataHeld: number;
	/** More than two superframes were waiting already. */
	readonly dataDropped: number;
	/** Multicast, routing and our own messages: own and open slots. */
	readonly sharedPassed: number;
	readonly sharedHeld: number;
}

/**
 * What holds a device's frames until their slot. One answer for every call; nothing here throws.
 *
 * A gate obeys the last order until that order's lease ends, whoever is alive by then; after that everything is open. So an
 * order is renewed by applying it again with a later lease, which costs one system call.
 */
export interface SlotGate {
	/** Takes away what an agent that was killed left behind. */
	start(): void;
	/** Whether this kernel can hold this device's frames: without a word, or a sentence on why not. Changes nothing. */
	check(on: GatedInterface, done: (reason: string | undefined) => void): void;
	/** Sets the gate up where there is none yet, and gives it the order. `done` comes once, with a sentence where it failed. */
	apply(on: GatedInterface, order: GateOrder, done: (refusal: string | undefined) => void): void;
	/** Everything passes from now on, until the next `apply`; the gate stays where it is. */
	open(on: GatedInterface): void;
	/** Absent: the device has no gate, or one that does not count. */
	counts(on: GatedInterface): GateCounts | undefined;
	/** What holds its frames, where that is not what is usual, and why: a sentence. */
	means?(on: GatedInterface): string | undefined;
	/** Takes all gates away and puts the queues back that were there before, at once. */
	stop(): void;
}
