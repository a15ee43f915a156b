// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Observation} from '../../../src/model/observation.ts';
import type {Stream} from '../../../src/port/port.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';
import {type SimRuntime, simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {Babel, Bmx, Olsr, Olsr2} from '../../../src/source/routing/daemons.ts';
import type {RoutingDriver} from '../../../src/source/routing/driver.ts';
import {Routing} from '../../../src/source/routing/routing.ts';

// Every daemon is well first, then ill in each of these ways, then well again. Whatever it does: the look ends in a bounded
// time, the failure is counted, what it said last is said again with its age, and it is believed once it is well.

const folder = join(import.meta.dirname, '../../fixture/routing');
const fixture = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** How a daemon answers. `cut`: so many characters of what it would say, and then it closes. */
type Health = 'well' | 'hangs' | 'closes' | 'gone' | 'babbles' | {readonly cut: number};

interface Patient {
	readonly name: string;
	readonly make: (runtime: SimRuntime, observe: (each: Observation) => void) => RoutingDriver;
	/** What says that it runs here. */
	readonly sign: string;
	readonly place: string;
	readonly greeting: string;
	readonly answers: Readonly<Record<string, string>>;
	readonly closes: boolean;
}

const [greeting = '', ...dump] = fixture('babeld/dump.txt').split(/(?<=\nok\n)/);
const patients: readonly Patient[] = [
	{
		name: 'babeld',
		make: (runtime, observe) => new Babel(runtime, observe),
		sign: '/var/run/babeld.sock',
		place: 'unix:/var/run/babeld.sock',
		greeting,
		answers: {'dump\n': dump.join('')},
		closes: false,
	},
	{
		name: 'olsrd',
		make: (runtime, observe) => new Olsr(runtime, observe),
		sign: '/etc/config/olsrd',
		place: '127.0.0.1:9090',
		greeting: '',
		answers: {'/links/routes': fixture('olsrd/links.json')},
		closes: true,
	},
	{
		name: 'olsrd2',
		make: (runtime, observe) => new Olsr2(runtime, observe),
		sign: '/etc/config/olsrd2',
		place: '127.0.0.1:2009',
		greeting: '',
		answers: {
			'/nhdpinfo jsonraw link/quit\n': fixture('olsrd2/links.json'),
			'/olsrv2info jsonraw route/quit\n': fixture('olsrd2/routes.json'),
		},
		closes: true,
	},
];

class Ward {
	readonly time = new VirtualTime();
	readonly seen: Observation[] = [];
	readonly routing: Routing;
	health: Health = 'well';
	readonly #network = new SimNetwork(this.time, {latencyMs: 1, random: seededRandom(5)});

	constructor(patient: Patient) {
		const files = new SimFiles();
		files.set(patient.sign, new Uint8Array());
		const clock = this.time.clock(1_790_000_000_000);
		const random = seededRandom(7);
		const runtime = simRuntime({host: '127.0.0.1', clock, random, byteOrder: 'big', network: this.#network, files});
		const observe = (each: Observation): void => void this.seen.push(each);
		this.routing = new Routing(runtime, observe, 10_000, [patient.make(runtime, observe)]);
		this.routing.start();
		this.#serve(patient);
	}

	#serve({place, greeting: first, answers, closes}: Patient): void {
		this.#network.listen(place, (stream: Stream) => {
			const health = this.health;
			const say = (text: string): void => {
				if (health === 'hangs') return;
				if (health === 'babbles') return stream.write(new Uint8Array(2_500_000).fill(0x61));
				if (health === 'closes' || health === 'gone') return stream.close();
				stream.write(encodeUtf8(health === 'well' ? text : text.slice(0, health.cut)));
				if (health !== 'well' || closes) stream.close();
			};
			if (first !== '' && health !== 'hangs') stream.write(encodeUtf8(first));
			return {open() {}, data: bytes => say(answers[new TextDecoder().decode(bytes)] ?? ''), close() {}};
		});
	}

	/** A look, of which there is a report in a second and which ends in half a minute; what was observed in it. */
	look(t: ExecutionContext): readonly Observation[] {
		this.seen.length = 0;
		let done = false;
		this.routing.poll(() => {
			done = true;
		});
		this.time.advance(1100);
		t.true(done, 'the report does not wait');
		this.time.advance(30_000);
		return [...this.seen];
	}
}

const illnesses: readonly Health[] = ['hangs', 'closes', 'babbles', {cut: 1}, {cut: 40}, {cut: 200}];

for (const patient of patients)
	for (const illness of illnesses) {
		const what = typeof illness === 'string' ? illness : `ends after ${illness.cut} characters`;
		test(`${patient.name}: that ${what} is counted, and what it said last is said with its age`, t => {
			const ward = new Ward(patient);
			const [well] = ward.look(t).filter(each => each.kind === 'routing');
			t.true((well?.links ?? 0) > 0);
			ward.health = illness;
			ward.time.advance(30_000);
			const seen = ward.look(t);
			t.is(seen.filter(each => each.kind === 'failure').length, 1, JSON.stringify(seen.slice(0, 3)));
			const [aged] = seen.filter(each => each.kind === 'routing');
			t.is(aged?.links, well?.links);
			t.true((aged?.ageS ?? 0) >= 30 && (aged?.ageS ?? 0) <= 65, `${aged?.ageS} s`);
			ward.health = 'well';
			ward.time.advance(30_000);
			const [again] = ward.look(t).filter(each => each.kind === 'routing');
			t.like(again, {links: well?.links, ageS: 0});
		});
	}

for (const version of ['bmx6', 'bmx7'] as const)
	test(`${version}: a file that is half written is counted, and the last good one stands`, t => {
		const time = new VirtualTime();
		const files = new SimFiles();
		const path = `/var/run/${version}/json`;
		const random = seededRandom(7);
		const runtime = simRuntime({host: 'x', clock: time.clock(0), random, byteOrder: 'big', files});
		files.set(`${path}/links`, encodeUtf8(fixture(`${version}/links`)));
		for (const name of readdirSync(join(folder, version, 'originators')))
			files.set(`${path}/originators/${name}`, encodeUtf8(fixture(`${version}/originators/${name}`)));
		const seen: Observation[] = [];
		const observe = (each: Observation): void => void seen.push(each);
		const routing = new Routing(runtime, observe, 10_000, [new Bmx(runtime, version, observe)]);
		const look = (): readonly Observation[] => {
			seen.length = 0;
			routing.poll(() => {});
			return [...seen];
		};
		const links = look().filter(each => each.kind === 'link').length;
		t.true(links > 0);
		files.set(`${path}/links`, encodeUtf8(fixture(`${version}/links`).slice(0, 60)));
		time.advance(20_000);
		const ill = look();
		t.like(
			ill.find(each => each.kind === 'failure'),
			{source: version, code: 'syntax'},
		);
		t.is(ill.filter(each => each.kind === 'link').length, links);
		t.like(
			ill.find(each => each.kind === 'routing'),
			{ageS: 20},
		);
	});
