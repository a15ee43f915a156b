// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Demand} from '../../../src/engine/view/demand.ts';
import {type AirCounters, Occupancy} from '../../../src/engine/view/occupancy.ts';

const HOUR_MS = 3_600_000;

/** A radio that counts, minute by minute. */
class Radio {
	readonly occupancy = new Occupancy();
	nowMs = 0;
	readonly #counters = new Map<number, {activeMs: number; busyMs: number; transmitMs: number; ownReceiveMs: number}>();

	/** Counts of a minute, in which it listened so long; or of as long as it listened. */
	listen(mhz: number, ms: number, foreign: number, own = 0, hour?: number, stepMs = 60_000): void {
		const so = this.#counters.get(mhz) ?? {activeMs: 0, busyMs: 0, transmitMs: 0, ownReceiveMs: 0};
		so.activeMs += ms;
		so.busyMs += ms * (foreign + own);
		so.transmitMs += (ms * own) / 2;
		so.ownReceiveMs += (ms * own) / 2;
		this.#counters.set(mhz, so);
		this.nowMs += stepMs;
		this.occupancy.take(this.nowMs, hour, 'phy0', mhz, {...so});
	}

	at(mhz: number, hour?: number) {
		return this.occupancy.at(this.nowMs, hour, mhz);
	}
}

const near = (value: number, wanted: number, by = 0.02): boolean => Math.abs(value - wanted) <= by;

test('occupancy: what is busy without us is foreign', t => {
	const radio = new Radio();
	for (let i = 0; i < 10; i++) radio.listen(5180, 60_000, 0.3, 0.4);
	const {busyShare, confidence, ageMs} = radio.at(5180);
	t.true(near(busyShare, 0.3), `${busyShare}`);
	t.true(confidence > 0.98);
	t.is(ageMs, 0);
});

test('occupancy: of a channel heard for a moment little is believed, and less as time passes', t => {
	const radio = new Radio();
	radio.listen(5180, 60_000, 0);
	radio.listen(5200, 100, 1);
	radio.listen(5200, 100, 1);
	const first = radio.at(5200);
	t.true(first.confidence > 0.02 && first.confidence < 0.1, `${first.confidence}`);
	t.true(first.busyShare > 0.12 && first.busyShare < 0.2, `${first.busyShare}`);
	for (let i = 0; i < 50; i++) radio.listen(5200, 100, 1);
	t.true(radio.at(5200).busyShare > 0.35);
	radio.nowMs += 2 * HOUR_MS;
	const later = radio.at(5200);
	t.true(later.confidence < 0.001);
	t.is(later.ageMs, 2 * HOUR_MS);
});

test('occupancy: a channel that nobody listened on is expected to be as usual, never free', t => {
	const radio = new Radio();
	t.deepEqual(radio.at(5500), {busyShare: 0.1, confidence: 0, ageMs: Number.POSITIVE_INFINITY});
	for (const mhz of [5180, 5200, 5220]) for (let i = 0; i < 5; i++) radio.listen(mhz, 10_000, 0.8);
	t.true(radio.at(5500).busyShare > 0.4);
	const quiet = new Radio();
	for (let i = 0; i < 5; i++) quiet.listen(5180, 10_000, 0);
	t.is(quiet.at(5500).busyShare, 0.1);
});

test('occupancy: the hour of the day is remembered over days', t => {
	const radio = new Radio();
	for (let day = 0; day < 3; day++)
		for (let hour = 0; hour < 24; hour++) {
			for (let i = 0; i < 5; i++) radio.listen(5180, 60_000, hour === 20 ? 0.9 : 0.05, 0, hour);
			radio.nowMs += HOUR_MS - 300_000;
		}
	radio.nowMs += 3 * HOUR_MS;
	t.true(radio.at(5180, 20).busyShare > 0.8, `${radio.at(5180, 20).busyShare}`);
	t.true(radio.at(5180, 9).busyShare < 0.1);
	t.true(near(radio.at(5180).busyShare, 0.1), 'without a clock the day is not known');
});

test('occupancy: counters that go back, contradict each other or are not there say nothing', t => {
	const occupancy = new Occupancy();
	const take = (ms: number, of: Partial<AirCounters>) =>
		occupancy.take(ms, undefined, 'phy0', 5180, {
			activeMs: undefined,
			busyMs: undefined,
			transmitMs: undefined,
			ownReceiveMs: undefined,
			...of,
		});
	take(0, {activeMs: 1000});
	take(1, {activeMs: 1000, busyMs: 500});
	take(2, {activeMs: 10, busyMs: 5});
	take(3, {activeMs: Number.NaN, busyMs: 5});
	t.is(occupancy.at(3, undefined, 5180).confidence, 0);
	take(4, {activeMs: 1000, busyMs: 500});
	take(5, {activeMs: 2000, busyMs: 600, transmitMs: 900});
	t.is(occupancy.at(5, undefined, 5180).busyShare < 0.1, true, 'sent more than was busy: nothing foreign');
	take(6, {activeMs: 3000, busyMs: 5600, transmitMs: 900});
	t.true(occupancy.at(6, undefined, 5180).busyShare <= 1);
});

test('demand: a link weighs what it takes of the air, a quiet one a little', t => {
	const demand = new Demand();
	t.is(demand.take(0, 1, 0), undefined);
	t.is(demand.take(60_000, 1, 0), 4);
	let weight = 0;
	for (let minute = 2; minute < 120; minute++) weight = demand.take(minute * 60_000, 1, (minute - 1) * 30e6) ?? 0;
	t.true(near(weight, 8, 0.2), `half the air: ${weight}`);
	t.is(demand.take(120 * 60_000, 1, 5), undefined, 'a peer that began anew');
	demand.keepOnly(new Set());
	t.is(demand.take(121 * 60_000, 1, 5), undefined);
});

test('occupancy: a sender that only the spectrum sees counts at least as much as it was there', t => {
	const radio = new Radio();
	for (let i = 0; i < 10; i++) radio.listen(2437, 60_000, 0.05);
	radio.occupancy.hint(radio.nowMs, 2437, 0.4);
	t.like(radio.at(2437), {busyShare: 0.4, ageMs: 0});
	radio.nowMs += 600_000;
	t.true(near(radio.at(2437).busyShare, 0.2), 'it is forgotten where nobody looks again');
	const busy = new Radio();
	for (let i = 0; i < 10; i++) busy.listen(2437, 60_000, 0.7);
	busy.occupancy.hint(busy.nowMs, 2437, 0.4);
	t.true(near(busy.at(2437).busyShare, 0.7), 'what is counted as busy is not counted twice');
	const free = new Radio();
	for (let i = 0; i < 10; i++) free.listen(2437, 60_000, 0.05);
	free.occupancy.hint(free.nowMs, 2437, 0.9);
	free.occupancy.hint(free.nowMs, 2437, 0);
	t.true(near(free.at(2437).busyShare, 0.05), 'a look that finds nobody ends it');
});

/** How long a radio that always listens, and reads its counters every 5 s, needs until it believes that a share was crossed. */
function secondsUntil(radio: Radio, foreign: () => number, isCrossed: (share: number) => boolean): number {
	for (let s = 0; s < 3600; s += 5) {
		if (isCrossed(radio.at(5180).busyShare)) return s;
		radio.listen(5180, 5000, foreign(), 0, undefined, 5000);
	}
	return Number.POSITIVE_INFINITY;
}

const calmFor = (seconds: number, share = 0.05): Radio => {
	const radio = new Radio();
	for (let s = 0; s < seconds; s += 5) radio.listen(5180, 5000, share, 0, undefined, 5000);
	return radio;
};

test('occupancy: a strong sender that comes is believed after some half a minute, however long the calm was', t => {
	for (const calmS of [60, 600, 7200]) {
		const comes = secondsUntil(
			calmFor(calmS),
			() => 0.8,
			share => share > 0.5,
		);
		t.true(comes <= 30, `${comes} s after ${calmS} s of calm`);
	}
	const weaker = secondsUntil(
		calmFor(7200),
		() => 0.45,
		share => share > 0.35,
	);
	t.true(weaker <= 60, `${weaker} s for less than half of the air`);
});

test('occupancy: that a sender went is believed later than that it came', t => {
	const radio = calmFor(7200, 0.8);
	const went = secondsUntil(
		radio,
		() => 0,
		share => share < 0.2,
	);
	t.true(went >= 60 && went <= 120, `${went} s`);
});

test('occupancy: what lasts for a moment, and what wavers, moves no belief', t => {
	const radio = calmFor(7200);
	for (let i = 0; i < 2; i++) radio.listen(5180, 5000, 0.9, 0, undefined, 5000);
	t.true(radio.at(5180).busyShare < 0.08, 'ten seconds');
	let [step, least, most] = [0, 1, 0];
	// As often more as less: the mean is what is believed.
	for (let s = 0; s < 7200; s += 5) {
		radio.listen(5180, 5000, step++ % 2 === 0 ? 0.05 : 0.55, 0, undefined, 5000);
		if (s < 3600) continue;
		least = Math.min(least, radio.at(5180).busyShare);
		most = Math.max(most, radio.at(5180).busyShare);
	}
	t.true(least > 0.25 && most < 0.35, `${least} to ${most}`);
});

test('occupancy: a sender that comes and goes within a minute is believed at its mean', t => {
	const radio = calmFor(7200);
	let most = 0;
	let news = 0;
	let before = radio.at(5180).busyShare;
	for (let s = 0; s < 7200; s += 5) {
		radio.listen(5180, 5000, s % 60 < 20 ? 0.8 : 0.02, 0, undefined, 5000);
		const {busyShare} = radio.at(5180);
		if (s >= 1800) most = Math.max(most, busyShare);
		// As the planner counts news: an eighth of the air.
		if (Math.abs(busyShare - before) >= 1 / 8) {
			before = busyShare;
			news++;
		}
	}
	t.true(most < 0.45, `${most}`);
	t.true(news <= 4, `${news} times another belief`);
});

test('occupancy: the word of a neighbour counts where nobody of us listened lately, and is overtaken by our own ears', t => {
	const radio = calmFor(600);
	radio.occupancy.tell(radio.nowMs, 5180, 0.9);
	t.true(radio.at(5180).busyShare < 0.1, 'we know better');
	radio.nowMs += 90_000;
	radio.occupancy.tell(radio.nowMs, 5180, 0.9);
	radio.occupancy.tell(radio.nowMs, 5200, 0.5);
	t.true(near(radio.at(5180).busyShare, 0.77), `${radio.at(5180).busyShare}`);
	t.true(near(radio.at(5200).busyShare, 0.43), `${radio.at(5200).busyShare}`);
	for (let s = 0; s < 60; s += 5) radio.listen(5200, 5000, 0, 0, undefined, 5000);
	t.true(radio.at(5200).busyShare < 0.1, `${radio.at(5200).busyShare}`);
	t.true(radio.at(5180).busyShare > 0.6, 'it is remembered when the neighbour has gone');
});
