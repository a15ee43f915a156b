// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU32} from '../../core/bytes.ts';
import {type Address, decodeAddress, encodeAddressRequest} from '../../wire/rtnetlink/address.ts';
import {encodeLinkRequest} from '../../wire/rtnetlink/link.ts';
import {AF_UNSPEC, RTM_NEWADDR, RTM_NEWLINK, RTM_NEWQDISC, RTNLGRP_LINK} from '../../wire/rtnetlink/message-type.ts';
import {decodeQdisc, encodeQdiscDump, encodeQdiscRequest, type Qdisc, ROOT} from '../../wire/rtnetlink/qdisc.ts';
import {decodeStackedLink, type StackedLink} from '../../wire/rtnetlink/stacked-link.ts';
import {encodeSchedule, type Schedule} from '../../wire/rtnetlink/taprio.ts';
import {encodeTokenBucket, type TokenBucket} from '../../wire/rtnetlink/token-bucket.ts';
import {type Asking, type Done, type Failure, type OpenAsking, SILENT} from '../channel-switch/kernel.ts';
import type {Surroundings} from './carriers.ts';
import {OUR_MARK} from './queues.ts';

const ENOENT = 2;
/** Of the queue within a gate, which is no gate. */
const INNER_MARK = 0x01000000;
/** The first class, of data. */
const FIRST = 1;

/** rtnetlink, as far as `taprio` is put up with it. Nothing here decides. */
export class TaprioRoute {
	readonly #order: ByteOrder;
	readonly #asking: Asking;
	/** Until the kernel says no. */
	#hasBuckets = true;

	/** `onLink`: an interface changed, or went (its flags are 0 then). */
	constructor(order: ByteOrder, open: OpenAsking, onLink: (link: StackedLink) => void) {
		this.#order = order;
		this.#asking = open(
			() => this.#asking.join(RTNLGRP_LINK),
			(bytes, start, end, type) => {
				const link = decodeStackedLink(bytes, order, start, end);
				onLink(type === RTM_NEWLINK ? link : {...link, flags: 0});
			},
		);
	}

	start(): void {
		this.#asking.start();
	}

	stop(): void {
		this.#asking.stop();
	}

	surroundings(done: (failure: Failure | undefined, around: Surroundings) => void): void {
		const order = this.#order;
		this.queues((noQueues, queues) =>
			this.#gather<StackedLink>('links', encodeLinkRequest(order), RTM_NEWLINK, decodeStackedLink, (noLinks, links) =>
				this.#gather<Address>(
					'addresses',
					encodeAddressRequest(order, AF_UNSPEC),
					RTM_NEWADDR,
					decodeAddress,
					(noAddresses, addresses) => done(noQueues ?? noLinks ?? noAddresses, {links, queues, addresses}),
				),
			),
		);
	}

	queues(done: (failure: Failure | undefined, queues: readonly Qdisc[]) => void): void {
		this.#gather('queues', encodeQdiscDump(this.#order), RTM_NEWQDISC, decodeQdisc, done);
	}

	/** Whether the kernel has taprio. It is asked for one with a size table that lacks its numbers, and makes none. */
	isKnown(interfaceIndex: number, done: (isKnown: boolean) => void): void {
		const place = {interfaceIndex, handle: OUR_MARK, parent: ROOT};
		const bytes = encodeQdiscRequest(this.#order, 'replace', place, {kind: 'taprio', sizeTable: new Uint8Array()});
		this.#ask('kinds of queues', bytes, failure => done(failure !== undefined && failure.errno !== ENOENT));
	}

	/** The queue with a schedule that waits for its time, or the same for the queue that is there. */
	put(interfaceIndex: number, handle: number, schedule: Schedule, done: Done): void {
		const options = encodeSchedule(this.#order, schedule);
		const place = {interfaceIndex, handle, parent: ROOT};
		this.#ask('taprio', encodeQdiscRequest(this.#order, 'replace', place, {kind: 'taprio', options}), done);
	}

	/**
	 * How data is let go. For the first time it stops the schedule that the queue has. A kernel without tbf is told only how much waits
	 * at most.
	 */
	pace(interfaceIndex: number, handle: number, bucket: TokenBucket, done: Done): void {
		const place = {interfaceIndex, handle: handle + INNER_MARK, parent: handle + FIRST};
		const put = (kind: string, options: Uint8Array, next: Done): void =>
			this.#ask(kind, encodeQdiscRequest(this.#order, 'replace', place, {kind, options}), next);
		const limit = (): void => {
			const options = new Uint8Array(4); // struct tc_fifo_qopt
			writeU32(options, 0, bucket.backlogBytes, this.#order);
			put('bfifo', options, done);
		};
		if (!this.#hasBuckets) return limit();
		put('tbf', encodeTokenBucket(this.#order, bucket), failure => {
			if (failure?.errno !== ENOENT) return done(failure);
			this.#hasBuckets = false;
			limit();
		});
	}

	#gather<T>(
		name: string,
		bytes: Uint8Array,
		wanted: number,
		decode: (bytes: Uint8Array, order: ByteOrder, start: number, end: number) => T,
		done: (failure: Failure | undefined, list: readonly T[]) => void,
	): void {
		let list: T[] = [];
		this.#ask(name, bytes, failure => done(failure, list), {
			begin: () => {
				list = [];
			},
			answer: (answer, start, end, type) => {
				if (type === wanted) list.push(decode(answer, this.#order, start, end));
			},
		});
	}

	#ask(name: string, bytes: Uint8Array, done: Done, how: Partial<Parameters<Asking['request']>[0]> = {}): void {
		let failure = SILENT;
		this.#asking.request({
			name: `gate: ${name}`,
			bytes,
			answer: () => {},
			...how,
			refused: (errno, text) => {
				failure = {errno, text: text ?? `error ${errno}`};
			},
			done: ok => done(ok ? undefined : failure),
		});
	}
}
