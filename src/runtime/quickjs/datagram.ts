// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import type {Datagram, DatagramHandlers, DatagramOptions} from '../../port/port.ts';
import {check, failureOf} from './failure.ts';

const datagramsPerTurn = 16; // so that a flood leaves the loop time for the rest

export class HostDatagram implements Datagram {
	readonly port: number;
	private fd: number;
	private readonly handlers: DatagramHandlers;

	constructor(options: DatagramOptions, handlers: DatagramHandlers) {
		const {family, address = '', port = 0, shared = false} = options;
		this.fd = check(host.openDatagram(family === 'ipv6', address, port, shared), `${address} port ${port}`);
		this.port = host.boundPort(this.fd);
		this.handlers = handlers;
		host.watch(this.fd, 1, () => this.readable());
	}

	send(bytes: Uint8Array, address: string, port: number, interfaceIndex = 0): void {
		if (this.fd < 0) return;
		const sent = host.sendDatagram(this.fd, bytes, address, port, interfaceIndex);
		if (sent < 0) host.after(0, () => this.report(sent, `${address} port ${port}`));
	}

	join(group: string, interfaceIndex: number): void {
		check(host.member(this.fd, group, interfaceIndex, true), `join ${group} on interface ${interfaceIndex}`);
	}

	leave(group: string, interfaceIndex: number): void {
		check(host.member(this.fd, group, interfaceIndex, false), `leave ${group} on interface ${interfaceIndex}`);
	}

	close(): void {
		if (this.fd < 0) return;
		host.watch(this.fd, 0);
		host.close(this.fd);
		this.fd = -1;
	}

	private readable(): void {
		for (let i = 0; i < datagramsPerTurn && this.fd >= 0; i++) {
			const got = host.receiveDatagram(this.fd);
			if (got === undefined) return;
			if (typeof got === 'number') {
				this.report(got, `port ${this.port}`);
				return;
			}
			const [bytes, address, port, interfaceIndex] = got;
			this.handlers.message(bytes, {address, port, interfaceIndex});
		}
	}

	private report(result: number, subject: string): void {
		if (this.fd >= 0) this.handlers.error(failureOf(result, subject));
	}
}
