// SPDX-License-Identifier: Apache-2.0
import type {Clock, Datagram, Netlink, Runtime, Stream} from '../../src/port/port.ts';

/**
 * A router's power. Once it is cut nothing of the router runs any more: no timer, no byte from a connection or the kernel; its
 * connections just end.
 */
export class Power {
	isOn = true;
	readonly #streams = new Set<Stream>();
	readonly #sockets = new Set<Datagram | Netlink>();

	cut(): void {
		this.isOn = false;
		for (const stream of this.#streams) stream.close();
		this.#streams.clear();
		for (const socket of this.#sockets) socket.close();
		this.#sockets.clear();
	}

	/** The runtime of a router as long as it has power. */
	sockets(runtime: Pick<Runtime, 'datagram' | 'netlink'>): Pick<Runtime, 'datagram' | 'netlink'> {
		const keep = <S extends Datagram | Netlink>(socket: S): S => {
			this.#sockets.add(socket);
			return socket;
		};
		return {
			datagram: (options, handlers) => keep(runtime.datagram(options, handlers)),
			netlink: (protocol, handlers) => keep(runtime.netlink(protocol, handlers)),
		};
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
