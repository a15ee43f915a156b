// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';
import {IFF_UP} from '../../wire/rtnetlink/link.ts';
import {ROOT} from '../../wire/rtnetlink/qdisc.ts';
import type {StackedLink} from '../../wire/rtnetlink/stacked-link.ts';
import {taprioOptions} from '../../wire/rtnetlink/taprio.ts';
import {Nl80211} from '../channel-switch/kernel.ts';
import {type Carrier, carriersOf} from './carriers.ts';
import {checkForwarding} from './forwarding.ts';
import type {GatedInterface, SlotGate} from './gate.ts';
import type {KernelGateOptions} from './kernel-gate.ts';
import {Originals} from './originals.ts';
import {putBack} from './put-back.ts';
import {OUR_MARK} from './queues.ts';
import {TaprioRoute} from './taprio-route.ts';
import {openFrom} from './taprio-schedule.ts';
import {type Carriage, Steering} from './taprio-steering.ts';

// Gates by taprio, on all that stands on a radio's interface. What is sent on the interface itself, as our own messages are, does
// not come through them.
//
//   none --apply--> raising --queues in place, all open--> standing --stop, a carrier down or gone or another--> none
//
// The record of the queues that were there is KernelGate's, and so is the clearing away of what a killed agent left.

/** How often it is looked whether a gate still stands, and whether something else stands on its interface. */
const LOOK_MS = 10_000;
const NS_PER_MS = 1_000_000;

export type TaprioGateOptions = Omit<KernelGateOptions, 'port'> & {
	readonly port: Omit<KernelGateOptions['port'], 'bpf'>;
};

type Done = (refusal: string | undefined) => void;

interface Gate {
	readonly on: GatedInterface;
	readonly carriers: readonly Carrier[];
	readonly steering: Steering;
	lookedMs: number;
}

/** Gates in the kernel, by taprio. It counts no frames. */
export class TaprioGate implements SlotGate {
	readonly #options: TaprioGateOptions;
	readonly #route: TaprioRoute;
	readonly #nl80211: Nl80211;
	readonly #originals: Originals;
	/** Of this program's queues. */
	readonly #handle: number;
	readonly #gates = new Map<number, Gate>();
	readonly #raising = new Map<number, {order: GateOrder; readonly done: Done[]}>();
	#isStopped = false;

	constructor(options: TaprioGateOptions) {
		const {port} = options;
		this.#options = options;
		this.#originals = new Originals(port.files);
		this.#handle = OUR_MARK + Math.floor(port.random() * 0x100) * 0x10000;
		this.#nl80211 = new Nl80211(port.byteOrder, options.nl80211, () => {});
		this.#route = new TaprioRoute(port.byteOrder, options.route, link => this.#changed(link));
	}

	start(): void {
		this.#route.start();
		this.#nl80211.start();
	}

	check(on: GatedInterface, done: Done): void {
		if (this.#gates.has(on.index)) return checkForwarding(this.#nl80211, on, done);
		this.#look(on, carriers => {
			if (typeof carriers === 'string') return done(carriers);
			this.#route.isKnown(on.index, isKnown => {
				if (!isKnown) return done('the kernel has no queue taprio');
				checkForwarding(this.#nl80211, on, done);
			});
		});
	}

	apply(on: GatedInterface, order: GateOrder, done: Done): void {
		const gate = this.#gates.get(on.index);
		if (gate !== undefined)
			return this.#lookAgain(gate, lost => (lost === undefined ? gate.steering.apply(order, done) : done(lost)));
		const raising = this.#raising.get(on.index);
		if (raising !== undefined) {
			raising.order = order;
			raising.done.push(done);
			return;
		}
		const begun = {order, done: [done]};
		this.#raising.set(on.index, begun);
		this.#raise(on, raised => {
			this.#raising.delete(on.index);
			if (typeof raised === 'string') for (const each of begun.done) each(raised);
			else for (const each of begun.done) raised.steering.apply(begun.order, each);
		});
	}

	open(on: GatedInterface): void {
		this.#gates.get(on.index)?.steering.open();
	}

	counts(): undefined {
		return undefined;
	}

	/** Absent: it has no gate. */
	means({index}: GatedInterface): string | undefined {
		const gate = this.#gates.get(index);
		return gate && `the queue taprio of ${gate.carriers.map(({name}) => name).join(' and ')}`;
	}

	/** Takes a gate away. */
	drop({index}: GatedInterface): void {
		const gate = this.#gates.get(index);
		if (gate !== undefined) this.#remove(gate);
	}

	stop(): void {
		this.#isStopped = true;
		for (const gate of [...this.#gates.values()]) this.#remove(gate);
		this.#route.stop();
		this.#nl80211.stop();
	}

	#raise(on: GatedInterface, done: (raised: Gate | string) => void): void {
		this.check(on, reason => {
			if (reason !== undefined) return done(reason);
			this.#look(on, carriers => {
				if (typeof carriers === 'string') return done(carriers);
				if (this.#isStopped) return done('it was stopped');
				for (const {index, original} of carriers) {
					const refusal = this.#originals.note({interfaceIndex: index, queue: original});
					if (refusal !== undefined) return done(refusal);
				}
				const {clock} = this.#options.port;
				const carriage = this.#carriageOf(carriers, () => {
					gate.lookedMs = Number.NEGATIVE_INFINITY;
				});
				const gate: Gate = {on, carriers, steering: new Steering(clock, carriage), lookedMs: clock.nowMs()};
				carriage.put(openFrom(Math.round(clock.nowMs() * NS_PER_MS)), refusal => {
					if (refusal === undefined && !this.#isStopped) {
						this.#gates.set(on.index, gate);
						return done(gate);
					}
					this.#remove(gate);
					done(refusal ?? 'it was stopped');
				});
			});
		});
	}

	/** `onOther`: a queue is not ours. */
	#carriageOf(carriers: readonly Carrier[], onOther: () => void): Carriage {
		const route = this.#route;
		const handle = this.#handle;
		const each = (ask: (index: number, told: (failure?: {text: string}) => void) => void, done: Done, at = 0): void => {
			const carrier = carriers[at];
			if (carrier === undefined) return done(undefined);
			ask(carrier.index, failure => {
				if (failure === undefined) each(ask, done, at + 1);
				else done(`${carrier.name} cannot have the queue taprio: ${failure.text}`);
			});
		};
		return {
			put: (schedule, done) => each((index, told) => route.put(index, handle, schedule, told), done),
			pace: (bucket, done) => each((index, told) => route.pace(index, handle, bucket, told), done),
			inForce: done =>
				route.queues((_, queues) => {
					const bases = carriers.map(({index}) => {
						const root = queues.find(queue => queue.interfaceIndex === index && queue.parent === ROOT);
						if (root?.handle !== handle) onOther();
						else if (root.options !== undefined)
							return taprioOptions.decode(root.options, this.#options.port.byteOrder).baseNs;
						return undefined;
					});
					done(bases.every(base => base === bases[0]) ? bases[0] : undefined);
				}),
		};
	}

	#look(on: GatedInterface, done: (carriers: readonly Carrier[] | string) => void): void {
		this.#route.surroundings((failure, around) =>
			done(
				failure === undefined
					? carriersOf(on, around, this.#gates.has(on.index) ? this.#handle : undefined)
					: `what stands on ${on.name} could not be read: ${failure.text}`,
			),
		);
	}

	/** `done`: whether it was lost. */
	#lookAgain(gate: Gate, done: Done): void {
		const {clock} = this.#options.port;
		if (clock.nowMs() - gate.lookedMs < LOOK_MS) return done(undefined);
		gate.lookedMs = clock.nowMs();
		this.#look(gate.on, carriers => {
			const indexes = typeof carriers === 'string' ? '' : carriers.map(({index}) => index).join();
			const isSame = indexes === gate.carriers.map(({index}) => index).join();
			const why = typeof carriers === 'string' ? carriers : 'other interfaces stand on it now';
			if (isSame && this.#gates.get(gate.on.index) === gate) return done(undefined);
			if (!isSame) this.#lose(gate, why);
			done(why);
		});
	}

	/** A queue whose device goes down keeps its gates as they are, closed ones too, until it is told anew. */
	#changed({index, flags, link}: StackedLink): void {
		const isUp = (flags & IFF_UP) !== 0;
		for (const gate of [...this.#gates.values()]) {
			const isCarrier = gate.carriers.some(carrier => carrier.index === index);
			if (isCarrier && !isUp) this.#lose(gate, 'what stands on it went down');
			else if (!isCarrier && isUp && link === gate.on.index) gate.lookedMs = Number.NEGATIVE_INFINITY;
		}
	}

	#lose(gate: Gate, why: string): void {
		this.#options.log.write('notice', `the gate of ${gate.on.name} is taken away: ${why}`);
		this.#remove(gate);
	}

	#remove({on, carriers, steering}: Gate): void {
		this.#gates.delete(on.index);
		steering.stop();
		for (const {index, original} of carriers) putBack(this.#options, this.#originals, index, this.#handle, original);
	}
}
