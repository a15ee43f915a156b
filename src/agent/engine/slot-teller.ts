// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../../model/observation.ts';
import type {SlotPicture} from '../../model/slot-picture.ts';

/** Figures change all the time; a collector that began meanwhile learns of slots that stay. */
const AGAIN_MS = 300_000;

/** Tells the collector of a radio's slots: when somebody else owns one, when the gate's state is another, and now and then. */
export class SlotTeller {
	readonly #observe: Observe;
	readonly #told = new Map<string, {readonly atMs: number; readonly shape: string}>();

	constructor(observe: Observe) {
		this.#observe = observe;
	}

	/** All radios, each time: who is not among them any more is told of anew when it is back. */
	tell(nowMs: number, pictures: readonly SlotPicture[]): void {
		for (const radio of [...this.#told.keys()])
			if (!pictures.some(picture => picture.radio === radio)) this.#told.delete(radio);
		for (const picture of pictures) {
			const {radio, state, sentences, slots, slotUs, open, routers} = picture;
			const shape = JSON.stringify([state, sentences[0], slots, slotUs, open, routers]);
			const told = this.#told.get(radio);
			if (told?.shape === shape && nowMs - told.atMs < AGAIN_MS) continue;
			this.#told.set(radio, {atMs: nowMs, shape});
			this.#observe({kind: 'event', event: 'slots', subject: radio, detail: JSON.stringify(picture)});
		}
	}
}
