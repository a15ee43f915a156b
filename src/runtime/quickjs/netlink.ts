// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import type {Netlink, NetlinkHandlers} from '../../port/port.ts';
import {check, failureOf} from './failure.ts';

const datagramsPerTurn = 16;

export class HostNetlink implements Netlink {
	private fd: number;
	private readonly handlers: NetlinkHandlers;

	constructor(protocol: number, handlers: NetlinkHandlers) {
		this.fd = check(host.openNetlink(protocol), `netlink protocol ${protocol}`);
		this.handlers = handlers;
		host.watch(this.fd, 1, () => this.readable());
	}

	/** Errors: PortError when the kernel does not take it. */
	send(bytes: Uint8Array): void {
		check(host.send(this.fd, bytes, 0), 'netlink send');
	}

	join(group: number): void {
		check(host.joinNetlink(this.fd, group), `netlink group ${group}`);
	}

	close(): void {
		if (this.fd < 0) return;
		host.watch(this.fd, 0);
		host.close(this.fd);
		this.fd = -1;
	}

	private readable(): void {
		for (let i = 0; i < datagramsPerTurn && this.fd >= 0; i++) {
			const got = host.receiveNetlink(this.fd);
			if (got === undefined) return;
			if (got === 0) this.handlers.overrun();
			else if (typeof got === 'number') {
				const failure = failureOf(got, 'netlink receive');
				this.close();
				this.handlers.close(failure);
			} else this.handlers.frames(got);
		}
	}
}
