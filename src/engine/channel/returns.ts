// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {Move} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';

const PAUSE_MS = 1000;
const TRIES = 5;
/** A driver that has not yet moved a radio when it is called back has by then. */
const LOOK_MS = 250;
const LOOKS = 8;

interface Return {
	readonly move: Move;
	/** How often the driver is asked again. */
	left: number;
}

/** Radios that go back to where they were: who has not arrived yet is sent back when it does, and who is refused asks again. */
export class Returns {
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	readonly #retune: (radio: number, to: Channel) => void;
	readonly #returns = new Map<number, Return>();

	constructor(context: EngineContext, own: OwnNode, retune: (radio: number, to: Channel) => void) {
		this.#context = context;
		this.#own = own;
		this.#retune = retune;
	}

	begin(move: Move): void {
		const back = {move, left: TRIES};
		this.#returns.set(move.radio, back);
		this.#look(back, LOOKS);
	}

	/** The radio goes elsewhere. */
	cancel(radio: number): void {
		this.#returns.delete(radio);
	}

	#look(back: Return, looks: number): void {
		const {radio, from, to} = back.move;
		if (this.#returns.get(radio) !== back) return;
		const {agenda, nowMs} = this.#context;
		if (this.#own.radios[radio]?.mhz === to.mhz) this.#retune(radio, from);
		else if (looks > 0) agenda.at(nowMs() + LOOK_MS, () => this.#look(back, looks - 1));
	}

	/** Who was to go back and could not is where nobody expects it. */
	refused(radio: number): void {
		const back = this.#returns.get(radio);
		if (back === undefined || back.left === 0) return;
		back.left--;
		const {agenda, nowMs} = this.#context;
		agenda.at(nowMs() + PAUSE_MS, () => {
			if (this.#returns.get(radio) !== back || this.#own.radios[radio]?.mhz === back.move.from.mhz) return;
			this.#retune(radio, back.move.from);
		});
	}
}
