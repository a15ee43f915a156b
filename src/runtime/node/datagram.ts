// SPDX-License-Identifier: Apache-2.0
import {createSocket, type RemoteInfo, type Socket, type SocketOptions} from 'node:dgram';
import {readdirSync, readFileSync} from 'node:fs';
import {isIP} from 'node:net';
import {networkInterfaces} from 'node:os';
import {PortError} from '../../core/errors.ts';
import type {Datagram, DatagramHandlers, DatagramOptions} from '../../port/port.ts';
import {failureOf} from './failure.ts';

/** Node names interfaces where the kernel numbers them. */
function interfaceName(index: number): string {
	const name = interfaceNames().find(each => indexOfInterface(each) === index);
	if (name === undefined) throw new PortError('no-device', `interface ${index}`);
	return name;
}

function interfaceNames(): string[] {
	try {
		return readdirSync('/sys/class/net');
	} catch {
		return Object.keys(networkInterfaces());
	}
}

function indexOfInterface(name: string): number {
	try {
		return Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
	} catch {
		return 0;
	}
}

/** Addresses are numeric here; answering at once makes bind() take effect before it returns. */
function lookup(
	name: string,
	_family: number,
	found: (error: Error | null, address: string, family: number) => void,
): void {
	const family = isIP(name.split('%')[0] ?? '');
	found(family === 0 ? new PortError('invalid', `${name} is no address`) : null, name, family);
}

export class NodeDatagram implements Datagram {
	readonly port: number;
	private readonly family: DatagramOptions['family'];
	private readonly socket: Socket;
	private readonly handlers: DatagramHandlers;
	private isClosed = false;

	constructor(options: DatagramOptions, handlers: DatagramHandlers) {
		const {family, address, port = 0, shared = false, protocol = 'udp'} = options;
		if (protocol === 'icmp') throw new PortError('unsupported', 'Node has no sockets for echo requests');
		this.family = family;
		this.handlers = handlers;
		const type = family === 'ipv4' ? 'udp4' : 'udp6';
		// Node's types have dns.lookup's signature here, of which dgram uses this part.
		const settings = {type, reuseAddr: shared, ipv6Only: family === 'ipv6', lookup} as unknown as SocketOptions;
		this.socket = createSocket(settings);
		this.port = this.bindNow(port, address ?? (family === 'ipv4' ? '0.0.0.0' : '::'));
		this.socket.on('message', (bytes, from) => this.arrived(bytes, from));
		this.socket.on('error', error => this.report(error));
	}

	private bindNow(port: number, address: string): number {
		let failure: unknown;
		this.socket.once('error', error => {
			failure = error;
		});
		try {
			this.socket.bind(port, address);
			if (failure === undefined) return this.socket.address().port;
		} catch (error) {
			failure ??= error;
		} finally {
			this.socket.removeAllListeners('error');
		}
		this.socket.close();
		throw failureOf(failure, `${address} port ${port}`);
	}

	send(bytes: Uint8Array, address: string, port: number, interfaceIndex = 0): void {
		if (this.isClosed) return;
		const report = (error: unknown) => error && this.report(error);
		try {
			if (interfaceIndex > 0 && this.family === 'ipv4')
				this.socket.setMulticastInterface(this.addressOf(interfaceIndex));
			const scoped =
				interfaceIndex > 0 && this.family === 'ipv6' ? `${address}%${interfaceName(interfaceIndex)}` : address;
			this.socket.send(bytes, port, scoped, error => report(error));
		} catch (error) {
			setImmediate(() => this.report(error));
		}
	}

	join(group: string, interfaceIndex: number): void {
		try {
			this.socket.addMembership(group, this.membershipOf(interfaceIndex));
		} catch (error) {
			throw failureOf(error, `join ${group} on interface ${interfaceIndex}`);
		}
	}

	leave(group: string, interfaceIndex: number): void {
		try {
			this.socket.dropMembership(group, this.membershipOf(interfaceIndex));
		} catch (error) {
			throw failureOf(error, `leave ${group} on interface ${interfaceIndex}`);
		}
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.socket.close();
	}

	private membershipOf(interfaceIndex: number): string | undefined {
		if (interfaceIndex === 0) return undefined;
		return this.family === 'ipv6' ? `::%${interfaceName(interfaceIndex)}` : this.addressOf(interfaceIndex);
	}

	private addressOf(interfaceIndex: number): string {
		const name = interfaceName(interfaceIndex);
		const address = networkInterfaces()[name]?.find(each => each.family === 'IPv4')?.address;
		if (address === undefined) throw new PortError('no-device', `${name} has no IPv4 address`);
		return address;
	}

	private arrived(bytes: Buffer, from: RemoteInfo): void {
		if (this.isClosed) return;
		const [address = '', scope] = from.address.split('%');
		const interfaceIndex = scope === undefined ? 0 : indexOfInterface(scope);
		this.handlers.message(new Uint8Array(bytes), {address, port: from.port, interfaceIndex});
	}

	private report(error: unknown): void {
		if (!this.isClosed) this.handlers.error(failureOf(error, `port ${this.port}`));
	}
}
