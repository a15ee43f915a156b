// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {encodeProgramFilter} from '../../wire/rtnetlink/filter.ts';
import {RTM_NEWQDISC} from '../../wire/rtnetlink/message-type.ts';
import {
	CLSACT,
	CLSACT_HANDLE,
	decodeQdisc,
	encodeQdiscDump,
	encodeQdiscRemoval,
	encodeQdiscRequest,
	fairQueueOptions,
	type Qdisc,
	ROOT,
} from '../../wire/rtnetlink/qdisc.ts';
import {type Asking, type Done, type Failure, type OpenAsking, SILENT} from '../channel-switch/kernel.ts';
import {type Original, OUR_MARK} from './queues.ts';

const LIMIT_PACKETS = 10_000;
const FIRST_RANK = 1;
const EEXIST = 17;
const ENOENT = 2;

/** rtnetlink, as far as gates are put up with it. Nothing here decides. */
export class Route {
	readonly #order: ByteOrder;
	readonly #asking: Asking;

	constructor(order: ByteOrder, open: OpenAsking) {
		this.#order = order;
		this.#asking = open(
			() => {},
			() => {},
		);
	}

	start(): void {
		this.#asking.start();
	}

	stop(): void {
		this.#asking.stop();
	}

	/** The queues of all devices. */
	queues(done: (failure: Failure | undefined, list: readonly Qdisc[]) => void): void {
		let list: Qdisc[] = [];
		this.#ask('queues', encodeQdiscDump(this.#order), failure => done(failure, list), {
			begin: () => {
				list = [];
			},
			answer: (bytes, start, end, type) => {
				if (type === RTM_NEWQDISC) list.push(decodeQdisc(bytes, this.#order, start, end));
			},
		});
	}

	/** Whether the kernel has a kind of queue. It is asked for one with a size table that lacks its numbers, and makes none. */
	knows(interfaceIndex: number, kind: string, done: (isKnown: boolean) => void): void {
		const isRoot = kind !== 'clsact';
		const place = {
			interfaceIndex,
			handle: isRoot ? OUR_MARK : CLSACT_HANDLE,
			parent: isRoot ? ROOT : CLSACT,
		};
		const bytes = encodeQdiscRequest(this.#order, 'replace', place, {kind, sizeTable: new Uint8Array()});
		this.#ask('kinds of queues', bytes, failure => done(failure !== undefined && failure.errno !== ENOENT));
	}

	/** The queue that keeps frames until their time. */
	putQueue(interfaceIndex: number, handle: number, done: Done): void {
		const options = fairQueueOptions.encode(
			{limitPackets: LIMIT_PACKETS, flowLimitPackets: LIMIT_PACKETS},
			this.#order,
		);
		const place = {interfaceIndex, handle, parent: ROOT};
		this.#ask('fq', encodeQdiscRequest(this.#order, 'replace', place, {kind: 'fq', options}), done);
	}

	/** Where programs see what leaves. One that is there already will do. */
	putHook(interfaceIndex: number, done: Done): void {
		const place = {interfaceIndex, handle: CLSACT_HANDLE, parent: CLSACT};
		this.#ask('clsact', encodeQdiscRequest(this.#order, 'create', place, {kind: 'clsact'}), failure =>
			done(failure?.errno === EEXIST ? undefined : failure),
		);
	}

	putProgram(interfaceIndex: number, descriptor: number, done: Done): void {
		const program = {descriptor, name: 'astral-slot-gate'};
		this.#ask('program', encodeProgramFilter(this.#order, interfaceIndex, FIRST_RANK, program), done);
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

/** What takes a gate away and puts the queue of before back: messages to be sent one by one, answered or not. */
export function removalOf(
	order: ByteOrder,
	interfaceIndex: number,
	ours: number,
	original: Original['queue'],
): Uint8Array[] {
	const at = (parent: number, handle: number) => ({interfaceIndex, parent, handle});
	const messages = [encodeQdiscRemoval(order, at(CLSACT, CLSACT_HANDLE)), encodeQdiscRemoval(order, at(ROOT, ours))];
	if (original !== undefined) {
		const {kind, handle, options} = original;
		messages.push(encodeQdiscRequest(order, 'create', at(ROOT, handle), {kind, options}));
	}
	return messages;
}
