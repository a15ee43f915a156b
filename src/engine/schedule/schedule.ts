// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import type {SlotView} from '../../model/slots.ts';
import type {EngineContext} from '../context.ts';
import {RadioSchedule} from './radio-schedule.ts';
import type {RadioDivision, ScheduleInput, SlotSchedule} from './slot-schedule.ts';

/**
 * Time division on the radios that the owner chose: evidence, agreement and gate of each, on its own.
 *
 * Shape: give it to the engine, `new Engine({…, schedule: (context, epoch) => new Schedule(context, epoch)})`.
 */
export class Schedule implements SlotSchedule {
	readonly #context: EngineContext;
	readonly #epoch: number;
	readonly #radios = new Map<number, RadioSchedule>();
	#divisions: readonly RadioDivision[] = [];
	#channels: readonly Channel[] = [];

	constructor(context: EngineContext, epoch: number) {
		this.#context = context;
		this.#epoch = epoch;
	}

	take(input: ScheduleInput): void {
		switch (input.kind) {
			case 'windows':
				return this.#radios.get(input.radio)?.measured(input.windows);
			case 'meshTime':
				return this.#radios.get(input.radio)?.setTime(input.time);
			case 'division':
				this.#divisions = input.radios;
				return this.#arrange();
		}
	}

	setRadios(radios: readonly Channel[]): void {
		this.#channels = radios;
		this.#arrange();
	}

	hearHello(from: NodeId, radio: number, heard: readonly NodeId[]): void {
		this.#radios.get(radio)?.hearHello(from, heard);
	}

	hear(message: PeerMessage, radio: number): void {
		this.#radios.get(radio)?.hear(message);
	}

	view(radio: number): SlotView | undefined {
		return this.#radios.get(radio)?.view();
	}

	/** A radio that is elsewhere begins anew there, with everything open. */
	#arrange(): void {
		for (const [radio, {mhz, division, stop}] of this.#radios) {
			const wanted = this.#divisions.find(each => each.radio === radio);
			if (this.#channels[radio]?.mhz === mhz && wanted !== undefined && isSame(wanted, division)) continue;
			stop();
			this.#radios.delete(radio);
		}
		for (const division of this.#divisions) {
			const mhz = this.#channels[division.radio]?.mhz ?? 0;
			if (mhz === 0 || this.#radios.has(division.radio)) continue;
			this.#radios.set(division.radio, new RadioSchedule(this.#context, this.#epoch, division, mhz));
		}
	}
}

function isSame(a: RadioDivision, b: RadioDivision): boolean {
	return (
		a.weight === b.weight &&
		a.superframe?.slots === b.superframe?.slots &&
		a.superframe?.slotUs === b.superframe?.slotUs
	);
}
