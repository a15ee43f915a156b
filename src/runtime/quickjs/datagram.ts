// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import type {Datagram, DatagramHandlers, DatagramOptions} from '../../port/port.ts';
import {check, failureOf} from './failure.ts';

const datagramsPerTurn = 16; // so that a flood leaves the loop time for the rest

export class HostDatagram implements Datagram {
	readonly port: number;
	private fd: number;
	/** A raw socket shows the IPv4 header in front of an echo. */
	private readonly mayHaveHeader: boolean;
	private readonly handlers: DatagramHandlers;

	constructor(options: DatagramOptions, handlers: DatagramHandlers) {
		const {family, address = '', port = 0, shared = false, protocol = 'udp'} = options;
		const isEcho = protocol === 'icmp';
		const place = isEcho ? `${family} echo` : `${address} port ${port}`;
		this.fd = check(host.openDatagram(family === 'ipv6', address, isEcho ? 0 : port, shared, isEcho), place);
		this.mayHaveHeader = isEcho && family === 'ipv4';
		// A raw socket has no port: any identifier will do, and the answers to others' are told apart by it.
		this.port = host.boundPort(this.fd) || (isEcho ? port || 1 + Math.floor(host.randomNumber() * 65_535) : 0);
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
			this.handlers.message(this.mayHaveHeader ? withoutHeader(bytes) : bytes, {address, port, interfaceIndex});
		}
	}

	private report(result: number, subject: string): void {
		if (this.fd >= 0) this.handlers.error(failureOf(result, subject));
	}
}

/** An IPv4 header starts with its version, which is no type of an ICMP message. */
function withoutHeader(bytes: Uint8Array): Uint8Array {
	const first = bytes[0] ?? 0;
	return first >> 4 === 4 ? bytes.subarray((first & 15) * 4) : bytes;
}
