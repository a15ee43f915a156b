// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import {PortError} from '../../core/errors.ts';
import type {Stream, StreamAddress, StreamHandlers} from '../../port/port.ts';
import {failureOf} from './failure.ts';
import {resolveName} from './resolve.ts';

const openingLimitMs = 30_000; // name, connection and handshake together
const attemptLimitMs = 8_000; // for one address while others are left
const farewellLimitMs = 2_000; // for what is still queued when we close

type State = 'opening' | 'shaking' | 'open' | 'leaving' | 'closed';

/**
 * One connection, from the name to the last byte.
 *
 * Shape:  opening → (TLS: shaking →) open → closed by the peer, an error or us; ours passes `leaving` while bytes are queued.
 */
export class HostStream implements Stream {
	queuedBytes = 0;
	private state: State = 'opening';
	private fd = -1;
	private tls: host.Tls | undefined;
	private addresses: string[] = [];
	private readonly queue: Uint8Array[] = [];
	private offset = 0; // into the first of the queue
	private lastFailure: PortError | undefined;
	private drainDue = false;
	private cancelAttempt: () => void = () => {};
	private cancelLimit: () => void;
	private cancelMore: () => void = () => {};
	private readonly address: StreamAddress;
	private readonly handlers: StreamHandlers;

	constructor(address: StreamAddress, handlers: StreamHandlers) {
		this.address = address;
		this.handlers = handlers;
		this.cancelLimit = host.after(openingLimitMs, () => this.end(new PortError('timed-out', this.subject())));
		host.after(0, () => this.begin());
	}

	write(bytes: Uint8Array): void {
		if (this.state !== 'open' || bytes.length === 0) return;
		this.queue.push(bytes);
		this.queuedBytes += bytes.length;
		if (this.queue.length > 1) return; // the first one waits for the kernel already
		const failure = this.flush();
		if (failure !== undefined) this.cancelMore = host.after(0, () => this.end(failure));
	}

	close(): void {
		if (this.state === 'closed' || this.state === 'leaving') return;
		if (this.state !== 'open' || this.queuedBytes === 0) {
			this.release();
			return;
		}
		this.state = 'leaving';
		this.cancelMore();
		this.cancelLimit = host.after(farewellLimitMs, () => this.release());
		host.watch(this.fd, 2);
	}

	private subject(): string {
		const {address} = this;
		return address.kind === 'unix' || address.kind === 'device' ? address.path : `${address.host} port ${address.port}`;
	}

	private begin(): void {
		if (this.state !== 'opening') return;
		if (this.address.kind === 'unix') {
			this.awaitOutcome(host.connectUnix(this.address.path));
			return;
		}
		if (this.address.kind === 'device') {
			this.awaitOutcome(host.openDevice(this.address.path, this.address.baud));
			return;
		}
		const {host: name, port} = this.address;
		const fd = host.connectTcp(name, port); // -EINVAL for what is no number
		if (fd >= 0 || name.includes(':') || host.describeErrno(-fd)[0] !== 'invalid') {
			this.awaitOutcome(fd);
			return;
		}
		resolveName(name, (addresses, failure) => {
			if (this.state !== 'opening') return;
			this.addresses = [...addresses];
			this.lastFailure = failure;
			this.tryNext();
		});
	}

	private tryNext(): void {
		const address = this.addresses.shift();
		if (address === undefined || this.address.kind === 'unix' || this.address.kind === 'device') {
			this.end(this.lastFailure ?? new PortError('name', this.subject()));
			return;
		}
		this.awaitOutcome(host.connectTcp(address, this.address.port));
	}

	/** Waits for the outcome of a connection that has begun. */
	private awaitOutcome(fd: number): void {
		if (fd < 0) {
			this.fail(failureOf(fd, this.subject()));
			return;
		}
		this.fd = fd;
		if (this.addresses.length > 0)
			this.cancelAttempt = host.after(attemptLimitMs, () => this.fail(new PortError('timed-out', this.subject())));
		host.watch(fd, 2, can => this.ready(can));
	}

	/** One address failed: the next one, or the end. */
	private fail(failure: PortError): void {
		this.cancelAttempt();
		this.drop();
		this.lastFailure = failure;
		if (this.addresses.length > 0) this.tryNext();
		else this.end(failure);
	}

	private ready(can: number): void {
		if (this.state === 'opening') this.connected();
		else if (this.state === 'shaking') this.shake();
		else {
			if (can & 2) this.writable();
			if (can & 1 && this.state === 'open') this.readable();
		}
	}

	private connected(): void {
		const result = host.connectResult(this.fd);
		if (result < 0) {
			this.fail(failureOf(result, this.subject()));
			return;
		}
		this.cancelAttempt();
		if (this.address.kind !== 'tls') {
			this.opened();
			return;
		}
		const {tls, host: name} = this.address;
		const session = host.openTls(
			this.fd,
			tls.serverName ?? name,
			tls.ca,
			tls.certificate,
			tls.key,
			tls.psk?.identity,
			tls.psk?.key,
		);
		if (typeof session === 'string') {
			this.end(new PortError('tls', `${this.subject()}: ${session}`));
			return;
		}
		this.tls = session;
		this.state = 'shaking';
		this.shake();
	}

	private shake(): void {
		if (this.tls === undefined) return;
		const result = host.shakeHands(this.tls);
		if (result === 0) this.opened();
		else if (typeof result === 'number' && result > 0) host.watch(this.fd, result);
		else this.end(this.failureFrom(result));
	}

	private opened(): void {
		this.cancelLimit();
		this.state = 'open';
		host.watch(this.fd, 1);
		if (this.tls !== undefined) this.cancelMore = host.after(0, () => this.readable()); // may have come with the handshake
		this.handlers.open();
	}

	private failureFrom(result: number | string): PortError {
		if (typeof result === 'string') return new PortError('tls', `${this.subject()}: ${result}`);
		return failureOf(result, this.subject());
	}

	private readable(): void {
		if (this.state !== 'open') return;
		const got = this.tls === undefined ? host.receive(this.fd) : host.receiveTls(this.tls);
		if (got === undefined) return;
		if (typeof got === 'number' || typeof got === 'string') {
			this.end(this.failureFrom(got));
			return;
		}
		if (got.length === 0) {
			this.end();
			return;
		}
		if (this.tls !== undefined) {
			this.cancelMore(); // the session may hold more that no event will announce
			this.cancelMore = host.after(0, () => this.readable());
		}
		this.handlers.data(got);
	}

	private writable(): void {
		const failure = this.flush();
		if (failure !== undefined) this.end(failure);
		else if (this.state === 'leaving' && this.queuedBytes === 0) this.release();
	}

	/** Hands the kernel what it takes now. */
	private flush(): PortError | undefined {
		for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
			const sent =
				this.tls === undefined ? host.send(this.fd, first, this.offset) : host.sendTls(this.tls, first, this.offset);
			if (typeof sent === 'string' || sent < 0) return this.failureFrom(sent);
			if (sent === 0) break;
			this.queuedBytes -= sent;
			this.offset += sent;
			if (this.offset < first.length) continue;
			this.queue.shift();
			this.offset = 0;
		}
		if (this.state !== 'open') return undefined;
		host.watch(this.fd, this.queuedBytes > 0 ? 3 : 1);
		if (this.queuedBytes === 0) this.announceDrain();
		return undefined;
	}

	private announceDrain(): void {
		if (this.handlers.drain === undefined || this.drainDue) return;
		this.drainDue = true;
		host.after(0, () => {
			this.drainDue = false;
			if (this.state === 'open' && this.queuedBytes === 0) this.handlers.drain?.();
		});
	}

	/** The end that we report: nothing is called after it. */
	private end(failure?: PortError): void {
		if (this.state === 'closed') return;
		const isSilent = this.state === 'leaving';
		this.release();
		if (!isSilent) this.handlers.close(failure);
	}

	private release(): void {
		this.cancelLimit();
		this.cancelAttempt();
		this.cancelMore();
		if (this.tls !== undefined && (this.state === 'open' || this.state === 'leaving')) host.endTls(this.tls);
		this.state = 'closed';
		this.drop();
	}

	private drop(): void {
		if (this.fd < 0) return;
		host.watch(this.fd, 0);
		host.close(this.fd);
		this.fd = -1;
		this.tls = undefined;
	}
}
