// SPDX-License-Identifier: Apache-2.0
import {connect, type Socket} from 'node:net';
import mqttPacket, {type Packet} from 'mqtt-packet';

/** A client that sends exactly the bytes it is told to, right or wrong. */
export class RawMqtt {
	readonly received: Packet[] = [];
	closed = false;
	readonly #socket: Socket;
	readonly #version: 4 | 5;
	#wake: (() => void)[] = [];

	private constructor(socket: Socket, version: 4 | 5) {
		this.#socket = socket;
		this.#version = version;
		const parser = mqttPacket.parser({protocolVersion: version});
		parser.on('packet', packet => {
			this.received.push(packet);
			this.#ring();
		});
		parser.on('error', () => this.#ring());
		socket.on('data', chunk => parser.parse(chunk as Buffer));
		socket.on('error', () => undefined);
		socket.on('close', () => {
			this.closed = true;
			this.#ring();
		});
	}

	static open(port: number, version: 4 | 5): Promise<RawMqtt> {
		return new Promise((resolve, reject) => {
			const socket = connect({host: '127.0.0.1', port, noDelay: true}, () => resolve(new RawMqtt(socket, version)));
			socket.once('error', reject);
		});
	}

	/** Opens and says CONNECT; resolves with the CONNACK received. */
	static async connected(port: number, version: 4 | 5, more: Record<string, unknown> = {}): Promise<RawMqtt> {
		const client = await RawMqtt.open(port, version);
		client.sendPacket({
			cmd: 'connect',
			protocolId: 'MQTT',
			protocolVersion: version,
			clientId: `raw-${Math.floor(performance.now() * 1000)}`,
			clean: true,
			keepalive: 60,
			...more,
		} as Packet);
		await client.packet('connack');
		return client;
	}

	send(bytes: Uint8Array | readonly number[]): void {
		this.#socket.write(Uint8Array.from(bytes));
	}

	sendPacket(packet: Packet): void {
		this.#socket.write(mqttPacket.generate(packet, {protocolVersion: this.#version}));
	}

	#ring(): void {
		const wake = this.#wake;
		this.#wake = [];
		for (const one of wake) one();
	}

	/** Waits for a packet of a kind, and takes it out. Errors: Error when the connection ends first. */
	async packet<C extends Packet['cmd']>(cmd: C): Promise<Extract<Packet, {cmd: C}>> {
		for (;;) {
			const place = this.received.findIndex(packet => packet.cmd === cmd);
			if (place >= 0) return this.received.splice(place, 1)[0] as Extract<Packet, {cmd: C}>;
			if (this.closed) throw new Error(`the connection ended before a ${cmd}`);
			await new Promise<void>(resolve => this.#wake.push(resolve));
		}
	}

	/** Waits for the end, and gives the last packet before it. */
	async end(): Promise<Packet | undefined> {
		while (!this.closed) await new Promise<void>(resolve => this.#wake.push(resolve));
		return this.received.at(-1);
	}

	destroy(): void {
		this.#socket.destroy();
	}
}
