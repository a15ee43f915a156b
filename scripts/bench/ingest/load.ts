// SPDX-License-Identifier: Apache-2.0
// Publishers that cost little themselves: packets are made before, windows are cut out of them, acknowledgements counted.
import {connect, type Socket} from 'node:net';
import mqttPacket, {type Packet} from 'mqtt-packet';
import {topicFor} from '../../../src/wire/report/topic.ts';

/** What one node sends. */
export interface NodeLoad {
	readonly node: string;
	readonly hello: Uint8Array;
	readonly frames: readonly Uint8Array[];
}

interface Prepared {
	readonly socket: Socket;
	readonly packets: Buffer;
	/** Where each packet ends. */
	readonly ends: readonly number[];
	sent: number;
	acknowledged: number;
}

const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;

function prepare({node, frames}: NodeLoad): {packets: Buffer; ends: number[]} {
	const ends: number[] = [];
	const parts: Buffer[] = [];
	let end = 0;
	for (const [i, frame] of frames.entries()) {
		const packet = publish(topicFor(node, 't'), frame, (i % 65_535) + 1);
		parts.push(packet);
		end += packet.length;
		ends.push(end);
	}
	return {packets: Buffer.concat(parts), ends};
}

function publish(topic: string, payload: Uint8Array, messageId: number): Buffer {
	return mqttPacket.generate({
		cmd: 'publish',
		topic,
		payload: Buffer.from(payload),
		qos: 1,
		messageId,
		dup: false,
		retain: false,
	} as Packet);
}

/** Connections that said hello and wait for the word to publish. */
export class Load {
	readonly #nodes: Prepared[];
	readonly #window: number;

	private constructor(nodes: Prepared[], window: number) {
		this.#nodes = nodes;
		this.#window = window;
	}

	static async open(port: number, loads: readonly NodeLoad[], window: number): Promise<Load> {
		const nodes = await Promise.all(
			loads.map(async load => ({...prepare(load), socket: await greet(port, load), sent: 0, acknowledged: 0})),
		);
		return new Load(nodes, window);
	}

	/** Publishes everything, at most `window` unacknowledged on a connection. Resolves when all is acknowledged. */
	async run(): Promise<{frames: number; bytes: number; tookMs: number}> {
		const startMs = performance.now();
		await Promise.all(this.#nodes.map(node => this.#publish(node)));
		const tookMs = performance.now() - startMs;
		return {
			frames: this.#nodes.reduce((sum, {ends}) => sum + ends.length, 0),
			bytes: this.#nodes.reduce((sum, {packets}) => sum + packets.length, 0),
			tookMs,
		};
	}

	#publish(node: Prepared): Promise<void> {
		return new Promise((resolve, reject) => {
			let held = 0;
			const send = () => {
				const to = Math.min(node.ends.length, node.acknowledged + this.#window);
				// Half a window at a time: one system call for many packets, as a busy client's would be.
				if (to - node.sent < this.#window / 2 && to < node.ends.length) return;
				if (to > node.sent)
					node.socket.write(node.packets.subarray(node.ends[node.sent - 1] ?? 0, node.ends[to - 1] ?? 0));
				node.sent = to;
			};
			node.socket.on('data', (chunk: Buffer) => {
				held += chunk.length;
				node.acknowledged += Math.floor(held / PUBACK_BYTES);
				held %= PUBACK_BYTES;
				if (node.acknowledged >= node.ends.length) resolve();
				else send();
			});
			node.socket.on('close', () => reject(new Error('the listener closed a connection')));
			send();
		});
	}

	close(): void {
		for (const {socket} of this.#nodes) {
			socket.removeAllListeners('close');
			socket.destroy();
		}
	}
}

/** Connects, says hello and waits until both are acknowledged. */
function greet(port: number, {node, hello}: NodeLoad): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect({host: '127.0.0.1', port, noDelay: true}, () => {
			socket.write(
				mqttPacket.generate({
					cmd: 'connect',
					protocolId: 'MQTT',
					protocolVersion: 4,
					clientId: node,
					clean: true,
					keepalive: 600,
				} as Packet),
			);
			socket.write(publish(topicFor(node, 'hello'), hello, 1));
		});
		let bytes = 0;
		const count = (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes < CONNACK_BYTES + PUBACK_BYTES) return;
			socket.removeListener('data', count);
			socket.removeAllListeners('error');
			socket.on('error', () => undefined);
			resolve(socket);
		};
		socket.on('data', count);
		socket.once('error', reject);
	});
}
