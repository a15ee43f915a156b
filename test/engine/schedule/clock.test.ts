// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {MeshClock} from '../../../src/engine/schedule/clock.ts';
import {OffsetFilter} from '../../../src/engine/schedule/offset-filter.ts';
import {ClockWorld, chain} from '../../helper/clock-world.ts';

/** Errors of the last of a chain of six, once a second, sorted; and how often one was beyond what was told. */
function measured(options: {beacons: boolean; meanDelayUs?: number}) {
	const errorsUs: number[] = [];
	let beyond = 0;
	for (let seed = 1; seed <= 4; seed++) {
		const world = new ClockWorld({...chain(6), ...options, seed});
		world.pass(90);
		for (let i = 0; i < 150; i++) {
			world.pass(1);
			const errorUs = Math.abs(world.errorUs(5, 0));
			errorsUs.push(errorUs);
			if (!(errorUs <= (world.timeOf(5)?.errorUs ?? 0))) beyond++;
		}
	}
	errorsUs.sort((a, b) => a - b);
	const quantile = (share: number) => errorsUs[Math.floor(errorsUs.length * share)] ?? Number.NaN;
	return {medianUs: quantile(0.5), p99Us: quantile(0.99), beyond};
}

const jumpsOf = (world: ClockWorld) => world.nodes.map(({clock}) => clock.jumps);

const trueErrors = (world: ClockWorld, places: readonly number[], root: number) =>
	places.map(place => Math.abs(world.errorUs(place, root)));

test('clock: five hops of beacons keep 50 us, with quartzes of 20 ppm', t => {
	const {medianUs, p99Us, beyond} = measured({beacons: true});
	t.log(`median ${medianUs.toFixed(0)} us, p99 ${p99Us.toFixed(0)} us`);
	t.true(p99Us <= 50, `${p99Us}`);
	t.is(beyond, 0);
});

test('clock: five hops of messages alone keep a millisecond, and say what they may be wrong by', t => {
	const {medianUs, p99Us, beyond} = measured({beacons: false});
	t.log(`median ${medianUs.toFixed(0)} us, p99 ${p99Us.toFixed(0)} us`);
	t.true(p99Us <= 1000, `${p99Us}`);
	t.is(beyond, 0);
});

test('clock: says by which of the two it is known, and how far its root is', t => {
	const world = new ClockWorld(chain(3));
	world.pass(60);
	t.like(world.timeOf(2), {root: 1, hops: 2, source: 'beacons'});
	t.like(world.timeOf(0), {root: 1, hops: 0});
	const without = new ClockWorld({...chain(3), beacons: false});
	without.pass(60);
	t.like(without.timeOf(2), {root: 1, hops: 2, source: 'messages'});
});

test('clock: errors grow by hop', t => {
	const world = new ClockWorld(chain(6));
	world.pass(120);
	const errors = [1, 2, 3, 4, 5].map(place => world.timeOf(place)?.errorUs ?? Number.NaN);
	t.deepEqual(
		errors,
		[...errors].sort((a, b) => a - b),
	);
});

test('clock: a router alone has a time of its own', t => {
	const clock = new MeshClock(7, 1, 5e6);
	t.is(clock.time(6e6), undefined);
	t.like(clock.time(10e6), {root: 7, hops: 0, offsetUs: 0});
});

test('clock C1: the lowest number left goes on with the time of a root that died', t => {
	const world = new ClockWorld(chain(5));
	world.pass(90);
	const node = (place: number) => world.nodes[place] as (typeof world.nodes)[number];
	const meshUs = (place: number) => node(place).ownUs(world.trueUs) + (world.timeOf(place)?.offsetUs ?? Number.NaN);
	const rootUs = () => node(0).ownUs(world.trueUs) + (world.timeOf(0)?.offsetUs ?? Number.NaN);
	node(0).isAlive = false;
	const jumps = jumpsOf(world);
	let mostUs = 0;
	for (let i = 0; i < 60; i++) {
		world.pass(1);
		for (const place of [1, 2, 3, 4]) mostUs = Math.max(mostUs, Math.abs(meshUs(place) - meshUs(1)));
	}
	t.deepEqual(
		[1, 2, 3, 4].map(place => world.timeOf(place)?.root),
		[2, 2, 2, 2],
	);
	t.log(`apart by ${mostUs.toFixed(0)} us at most meanwhile`);
	t.true(mostUs < 60, `${mostUs}`);
	// A minute later it is as far from the dead root's time as their clocks drifted apart since.
	t.true(Math.abs(meshUs(1) - rootUs()) < 60 * 45, `${meshUs(1) - rootUs()}`);
	t.deepEqual(jumpsOf(world), jumps);
});

test('clock C1: who comes with the lowest number learns the time before it is the root', t => {
	const world = new ClockWorld({...chain(5), ids: [5, 4, 3, 2, 1]});
	const last = world.nodes[4] as (typeof world.nodes)[number];
	last.isAlive = false;
	world.pass(90);
	t.is(world.timeOf(0)?.root, 2);
	const jumps = jumpsOf(world).slice(0, 4);
	world.restart(4);
	let mostUs = 0;
	for (let i = 0; i < 90; i++) {
		world.pass(1);
		mostUs = Math.max(mostUs, ...trueErrors(world, [0, 1, 2], 3));
	}
	t.is(world.timeOf(0)?.root, 1);
	t.true(mostUs < 200, `${mostUs}`);
	t.deepEqual(jumpsOf(world).slice(0, 4), jumps);
});

test('clock C1: a root that starts anew takes up the time that it gave', t => {
	const world = new ClockWorld(chain(4));
	world.pass(90);
	world.restart(0);
	let mostUs = 0;
	for (let i = 0; i < 90; i++) {
		world.pass(1);
		mostUs = Math.max(mostUs, ...trueErrors(world, [2, 3], 1));
	}
	t.is(world.timeOf(3)?.root, 1);
	t.true(mostUs < 200, `${mostUs}`);
});

test('clock C3: where two meshes meet, nobody trusts the time until all have one', t => {
	const world = new ClockWorld(chain(6));
	world.isCut = (a, b) => Math.min(a, b) === 2 && Math.max(a, b) === 3;
	world.pass(90);
	t.is(world.timeOf(5)?.root, 4);
	world.isCut = () => false;
	let wrong = 0;
	let trustedS = 0;
	for (let i = 0; i < 120; i++) {
		world.pass(1);
		for (const [a, b] of world.nodes.slice(1).map((_, place) => [place, place + 1] as const)) {
			const apartUs = Math.abs(world.errorUs(a, b));
			const [x, y] = [world.timeOf(a)?.errorUs ?? 1e9, world.timeOf(b)?.errorUs ?? 1e9];
			// A neighbour that has just come says so with its next message, five seconds later at most.
			if (apartUs > 1000 && x < 1000 && y < 1000) wrong++;
		}
		if ([0, 1, 2, 3, 4, 5].every(place => (world.timeOf(place)?.errorUs ?? 1e9) < 1000)) trustedS++;
	}
	t.is(world.timeOf(5)?.root, 1);
	t.log(`${wrong} link-seconds in which two neighbours trusted times that were apart; ${trustedS} s trusted by all`);
	t.true(wrong <= 8, `${wrong}`);
	t.true(trustedS > 70, `${trustedS}`);
});

test('clock C3: a radio whose clock jumps makes time doubtful for moments, and then as good as before', t => {
	const world = new ClockWorld(chain(3));
	world.pass(120);
	(world.nodes[1] as (typeof world.nodes)[number]).tsfBaseUs += 5000;
	let mostUs = 0;
	for (let i = 0; i < 30; i++) {
		world.pass(1);
		mostUs = Math.max(mostUs, ...trueErrors(world, [1, 2], 0));
	}
	t.true(mostUs < 60, `${mostUs}`);
});

test('clock C3: a kernel that makes its offsets up is not believed', t => {
	const world = new ClockWorld(chain(2));
	const liar = world.nodes[1] as (typeof world.nodes)[number];
	const hearBeacon = liar.clock.hearBeacon.bind(liar.clock);
	liar.clock.hearBeacon = (from, radio, own, apartUs) => hearBeacon(from, radio, own, apartUs + 50_000);
	world.pass(90);
	t.is(world.timeOf(1)?.source, 'messages');
	t.true(Math.abs(world.errorUs(1, 0)) < 1000, `${world.errorUs(1, 0)}`);
});

test('clock C2: a time that nobody is the root of ends', t => {
	const world = new ClockWorld({
		nodes: 4,
		links: [
			[0, 1],
			[1, 2],
			[2, 3],
			[3, 1],
		],
	});
	world.pass(60);
	(world.nodes[0] as (typeof world.nodes)[number]).isAlive = false;
	world.pass(50);
	t.deepEqual(
		[1, 2, 3].map(place => world.timeOf(place)?.root),
		[2, 2, 2],
	);
});

test('clock: what a stranger to time says in one message moves nothing', t => {
	const world = new ClockWorld(chain(3));
	world.pass(90);
	const victim = world.nodes[2] as (typeof world.nodes)[number];
	const before = world.timeOf(2)?.offsetUs ?? 0;
	const telling = {
		...(world.nodes[1] as (typeof world.nodes)[number]).clock.tell(0, 1e6, undefined),
		root: 0,
		offsetUs: 1e9,
	};
	victim.clock.hear(99, 1, 0, telling, victim.ownUs(world.trueUs));
	t.true(Math.abs((world.timeOf(2)?.offsetUs ?? 0) - before) < 50);
});

test('clock: more neighbours than there is room for are not met', t => {
	const clock = new MeshClock(1, 1, 0);
	const telling = new MeshClock(2, 1, 0).tell(0, 1e6, undefined);
	for (let from = 2; from < 1000; from++) clock.hear(from, 1, 0, telling, 5e6 + from);
	t.is(clock.tell(0, 6e6, undefined).echoes.length, 64);
});

test('offsets: a jump is one only after readings agree on it, and is doubted meanwhile', t => {
	const filter = new OffsetFilter();
	const read = (second: number, offsetUs: number) => filter.take({atUs: second * 1e6, offsetUs, withinUs: 10});
	for (let second = 0; second < 20; second++) read(second, 1000 + second);
	t.true((filter.at(20e6)?.errorUs ?? 1e9) < 30);
	read(20, 9000);
	t.true((filter.at(20e6)?.errorUs ?? 0) > 7000);
	t.true(Math.abs((filter.at(20e6)?.offsetUs ?? 0) - 1020) < 5);
	read(21, 1021);
	t.true((filter.at(21e6)?.errorUs ?? 1e9) < 30);
	for (const second of [22, 23, 24]) read(second, 9000 + second);
	t.is(filter.steps, 1);
	t.true(Math.abs((filter.at(24e6)?.offsetUs ?? 0) - 9024) < 5);
});

test('offsets: are not known for ever', t => {
	const filter = new OffsetFilter();
	filter.take({atUs: 0, offsetUs: 5, withinUs: 10});
	t.true((filter.at(20e6)?.errorUs ?? 0) > 900);
	t.is(filter.at(60e6), undefined);
});
