// SPDX-License-Identifier: Apache-2.0
// What the kernel is told and when. What a real one does with it is in test/qemu/taprio.test.ts.
import test from 'ava';
import {rowOf} from '../../../src/actuator/slot-gate/taprio-schedule.ts';
import {type Carriage, Steering} from '../../../src/actuator/slot-gate/taprio-steering.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {ALL_OPEN, type Schedule} from '../../../src/wire/rtnetlink/taprio.ts';
import type {TokenBucket} from '../../../src/wire/rtnetlink/token-bucket.ts';

const MS = 1_000_000;
const LEASE_MS = 10_000;
const marks = (text: string): boolean[] => [...text].map(mark => mark === '1');
const isOpening = ({entries}: Schedule): boolean => entries.length === 1 && entries[0]?.gates === ALL_OPEN;

/** Queues that keep two schedules, as the kernel's do. */
class Queues implements Carriage {
	readonly virtual = new VirtualTime();
	readonly told: Schedule[] = [];
	/** What was told while gates were closed. */
	rude = 0;
	readonly buckets: TokenBucket[] = [];
	refusal: string | undefined;
	isDeaf = false;
	#force: Schedule | undefined;
	#next: Schedule | undefined;

	get nowNs(): number {
		return this.virtual.nowMs * MS;
	}

	/** The schedule in force, and the one that waits. */
	get state(): {force: Schedule | undefined; next: Schedule | undefined} {
		if (this.#next !== undefined && this.nowNs >= this.#next.baseNs && !this.isDeaf) {
			this.#force = this.#next;
			this.#next = undefined;
		}
		return {force: this.#force, next: this.#next};
	}

	get gates(): number {
		const {force} = this.state;
		if (force === undefined) return ALL_OPEN;
		let left = (this.nowNs - force.baseNs) % force.cycleNs;
		for (const {gates, intervalNs} of force.entries) {
			if (left < intervalNs) return gates;
			left -= intervalNs;
		}
		return ALL_OPEN;
	}

	put(schedule: Schedule, done: (refusal: string | undefined) => void): void {
		if (this.gates !== ALL_OPEN) this.rude++;
		this.told.push(schedule);
		if (this.refusal === undefined) {
			void this.state;
			this.#next = schedule;
		}
		this.virtual.after(0.4, () => done(this.refusal));
	}

	inForce(done: (baseNs: number | undefined) => void): void {
		this.virtual.after(0.4, () => done(this.state.force?.baseNs));
	}

	pace(bucket: TokenBucket, done: (refusal: string | undefined) => void): void {
		this.buckets.push(bucket);
		done(undefined);
	}
}

function setup(): {
	queues: Queues;
	steering: Steering;
	said: (string | undefined)[];
	give: (more?: Partial<GateOrder>) => void;
} {
	const queues = new Queues();
	const {virtual} = queues;
	virtual.advance(100_000);
	const clock = {nowMs: () => virtual.nowMs, after: (ms: number, task: () => void) => virtual.after(ms, task)} as never;
	const steering = new Steering(clock, queues);
	const said: (string | undefined)[] = [];
	const give = (more: Partial<GateOrder> = {}): void =>
		steering.apply(
			{
				superframe: {slots: 8, slotUs: 5000},
				originUs: 0,
				own: marks('11100000'),
				open: marks('00000011'),
				guardUs: 2000,
				leaseUntilUs: (virtual.nowMs + LEASE_MS) * 1000,
				...more,
			},
			refusal => said.push(refusal),
		);
	return {queues, steering, said, give};
}

test('taprio steering: an order is answered when it is in force, and the end of its lease waits in the kernel', t => {
	const {queues, said, give} = setup();
	give();
	queues.virtual.advance(20);
	t.deepEqual(said, []);
	queues.virtual.advance(200);
	t.deepEqual(said, [undefined]);
	const {force, next} = queues.state;
	t.false(force === undefined || isOpening(force));
	t.true(next !== undefined && isOpening(next));
	t.is(next?.baseNs, (100_000 + LEASE_MS) * MS);
	queues.virtual.advance(LEASE_MS);
	t.true(queues.state.force !== undefined && isOpening(queues.state.force));
});

test('taprio steering: the same order again moves the end of the lease only, and while gates are open', t => {
	const {queues, said, give} = setup();
	give();
	queues.virtual.advance(500);
	const before = queues.told.length;
	for (let round = 0; round < 50; round++) {
		queues.virtual.advance(1900 + ((round * 7) % 41));
		give();
		queues.virtual.advance(50);
	}
	t.is(queues.told.length, before + 50);
	t.true(queues.told.slice(before).every(isOpening));
	t.is(queues.rude, 0);
	t.true(said.length === 51 && said.every(each => each === undefined));
	t.is(queues.buckets.length, 1);
});

test('taprio steering: other slots replace those in force, and the newest order counts', t => {
	const {queues, said, give} = setup();
	give();
	give({own: marks('00011100')});
	give({own: marks('00001100')});
	queues.virtual.advance(400);
	t.deepEqual(said, [undefined, undefined, undefined]);
	const row = rowOf(
		{
			superframe: {slots: 8, slotUs: 5000},
			originUs: 0,
			own: marks('00001100'),
			open: marks('00000011'),
			guardUs: 2000,
			leaseUntilUs: 1e12,
		},
		0,
	);
	if (typeof row === 'string') return t.fail(row);
	const base = queues.state.force?.baseNs ?? 0;
	// An eighth of the guard late, so that what is a little early is not before its slot.
	t.is((base - row.offsetNs) % (40 * MS), 0.25 * MS);
	t.true(queues.state.next !== undefined && isOpening(queues.state.next));
});

test('taprio steering: a clock that runs otherwise is followed, and learned', t => {
	const {queues, said, give} = setup();
	const ppm = 150;
	for (let round = 0; round < 150; round++) {
		const nowUs = queues.virtual.nowMs * 1000;
		const behindUs = (nowUs * ppm) / 1e6;
		give({originUs: behindUs});
		queues.virtual.advance(2000);
		const base = queues.state.force?.baseNs ?? 0;
		const {cycleNs = 1} = queues.state.force ?? {};
		const startNs = (queues.nowNs * ppm) / 1e6 + 6.75 * MS;
		const wantedNs = startNs + 40 * MS * Math.round((queues.nowNs - startNs) / (40 * MS));
		const errorNs = wantedNs - base - cycleNs * Math.round((wantedNs - base) / cycleNs);
		t.true(Math.abs(errorNs) < 750_000, `${round}: ${errorNs}`);
	}
	const changes = queues.told.filter(each => !isOpening(each)).length;
	t.true(changes <= 8, `${changes}`);
	t.true(said.every(each => each === undefined));
});

test('taprio steering: a kernel that does not put slots in force, or refuses them, leaves everything open', t => {
	const {queues, said, give} = setup();
	queues.isDeaf = true;
	give();
	queues.virtual.advance(2000);
	t.deepEqual(said, ['the kernel did not put the slots in force']);
	t.true(isOpening(queues.told.at(-1) as Schedule));
	queues.isDeaf = false;
	queues.refusal = 'not permitted';
	give();
	queues.virtual.advance(2000);
	t.is(said[1], 'not permitted');
	t.is(queues.gates, ALL_OPEN);
	queues.refusal = undefined;
	give();
	queues.virtual.advance(2000);
	t.is(said[2], undefined);
	t.false(isOpening(queues.state.force as Schedule));
});

test('taprio steering: what is opened stays open, also amid a change', t => {
	const {queues, steering, said, give} = setup();
	give();
	queues.virtual.advance(15);
	steering.open();
	queues.virtual.advance(1000);
	t.deepEqual(said, [undefined]);
	t.is(queues.gates, ALL_OPEN);
	give();
	queues.virtual.advance(1000);
	t.false(isOpening(queues.state.force as Schedule));
	steering.open();
	queues.virtual.advance(100);
	t.true(isOpening(queues.state.force as Schedule));
	give();
	steering.stop();
	const {length} = queues.told;
	queues.virtual.advance(5000);
	t.is(queues.told.length, length);
	t.is(said.at(-1), 'it was stopped');
});

test('taprio steering: a lease that is nearly over ends as it was told', t => {
	const {queues, said, give} = setup();
	give();
	queues.virtual.advance(9_990);
	const {length} = queues.told;
	give({leaseUntilUs: 110_000_000});
	queues.virtual.advance(1000);
	t.is(queues.told.length, length);
	t.deepEqual(said, [undefined, undefined]);
	t.true(isOpening(queues.state.force as Schedule));
});

test('taprio steering: a queue that somebody told something else is told anew', t => {
	const {queues, give} = setup();
	give();
	queues.virtual.advance(1000);
	queues.put({entries: [{gates: ALL_OPEN, intervalNs: MS}], baseNs: queues.nowNs, cycleNs: MS}, () => {});
	queues.virtual.advance(1000);
	give();
	queues.virtual.advance(1000);
	give();
	queues.virtual.advance(1000);
	t.true((queues.state.force?.entries.length ?? 0) > 1);
});

test('taprio steering: the pace of data is told again when it is another by a quarter', t => {
	const {queues, give} = setup();
	const air = (nsPerByte: number) => ({airtime: {frameUs: 100, nsPerByte}});
	for (const each of [100, 101, 105, 300]) {
		give(air(each));
		queues.virtual.advance(1000);
	}
	t.is(queues.buckets.length, 2);
});

test('taprio steering: an order that makes no sense changes nothing', t => {
	const {queues, said, give} = setup();
	give({guardUs: Number.NaN});
	t.regex(said[0] ?? '', /makes no sense: a guard of NaN/);
	t.is(queues.told.length, 0);
});
