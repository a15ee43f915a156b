// SPDX-License-Identifier: Apache-2.0
import type {Clock, Runtime, Stream} from '../../src/port/port.ts';

/**
 * A router's power. Once it is cut nothing of the router runs any more: no timer, no byte from a connection; its
 * connections just end.
 */
export class Power {
	isOn = true;
	readonly #streams = new Set<Stream>();

	cut(): void {
		this.isOn = false;
		for (const stream of this.#streams) stream.close();
		this.#streams.clear();
	}

	clock(clock: Clock): Clock {
		return {
			nowMs: () => clock.nowMs(),
			wallMs: () => clock.wallMs(),
			synchronised: () => clock.synchronised(),
			after: (delayMs, task) => clock.after(delayMs, () => this.isOn && task()),
		};
	}

	streams(open: Runtime['stream']): Runtime['stream'] {
		return (address, handlers) => {
			const stream = open(address, {
				open: () => this.isOn && handlers.open(),
				data: bytes => this.isOn && handlers.data(bytes),
				drain: () => this.isOn && handlers.drain?.(),
				close: error => {
					this.#streams.delete(stream);
					if (this.isOn) handlers.close(error);
				},
			});
			this.#streams.add(stream);
			return stream;
		};
	}
}
