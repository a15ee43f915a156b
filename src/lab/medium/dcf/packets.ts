// SPDX-License-Identifier: Apache-2.0

/** What is known of a packet beside its place in a queue. */
export const Mark = {received: 1, retried: 2, acknowledgement: 4} as const;

/** All packets that wait or are on their way: typed arrays, with the free ones in a list. */
export class PacketPool {
	flow = new Int32Array(256);
	hop = new Uint8Array(256);
	tries = new Uint32Array(256);
	marks = new Uint8Array(256);
	sequence = new Int32Array(256);
	bornNs = new Float64Array(256);
	/** When it came into the queue it is in. */
	queuedNs = new Float64Array(256);
	/** Behind it in its queue, or in the list of free ones; -1 ends both. */
	next = new Int32Array(256);
	/** For acknowledgements of a window: how many packets had arrived. */
	value = new Float64Array(256);
	#free = -1;
	#used = 0;

	take(flow: number, bornNs: number): number {
		let packet = this.#free;
		if (packet >= 0) this.#free = this.next[packet] as number;
		else {
			if (this.#used === this.flow.length) this.#grow();
			packet = this.#used++;
		}
		this.flow[packet] = flow;
		this.hop[packet] = 0;
		this.tries[packet] = 0;
		this.marks[packet] = 0;
		this.sequence[packet] = -1;
		this.bornNs[packet] = bornNs;
		this.queuedNs[packet] = bornNs;
		this.next[packet] = -1;
		this.value[packet] = 0;
		return packet;
	}

	give(packet: number): void {
		this.next[packet] = this.#free;
		this.#free = packet;
	}

	#grow(): void {
		const length = this.flow.length * 2;
		const longer = <A extends Int32Array | Uint8Array | Uint32Array | Float64Array>(old: A, fresh: A): A => {
			fresh.set(old as never);
			return fresh;
		};
		this.flow = longer(this.flow, new Int32Array(length));
		this.hop = longer(this.hop, new Uint8Array(length));
		this.tries = longer(this.tries, new Uint32Array(length));
		this.marks = longer(this.marks, new Uint8Array(length));
		this.sequence = longer(this.sequence, new Int32Array(length));
		this.bornNs = longer(this.bornNs, new Float64Array(length));
		this.queuedNs = longer(this.queuedNs, new Float64Array(length));
		this.next = longer(this.next, new Int32Array(length));
		this.value = longer(this.value, new Float64Array(length));
	}
}
