// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {PortError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {type SampleFormat, samplesOf, viewOf} from '../../../src/lab/spectrum/air.ts';
import type {Emitter, Random, View} from '../../../src/lab/spectrum/signature.ts';
import {carrier, microwave} from '../../../src/lab/spectrum/signatures.ts';
import {options, readConfiguration} from '../../../src/model/configuration.ts';
import type {Observation} from '../../../src/model/observation.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {type FakeSpectralOptions, FakeSpectralScan} from '../../../src/runtime/sim/spectral.ts';
import {findSpectralRadios, spectralAbsence} from '../../../src/source/spectral/radios.ts';
import {Spectral, type SpectralOptions} from '../../../src/source/spectral/spectral.ts';

interface Setting {
	readonly emitters?: readonly ((random: Random, view: View) => Emitter)[];
	readonly format?: SampleFormat;
	readonly centreKhz?: number;
	readonly options?: Partial<SpectralOptions>;
	readonly radio?: Partial<FakeSpectralOptions>;
	readonly radios?: readonly string[];
}

/** A router whose radios look at an air, in virtual time. */
function router(setting: Setting = {}) {
	const {emitters = [], format = 'ht20', centreKhz = 2_437_000, radios = ['phy0']} = setting;
	const time = new VirtualTime();
	const clock = time.clock(0);
	const files = new SimFiles();
	const scans = radios.map((radio, i) => {
		const random = seededRandom(7 + i);
		const view = viewOf(format, centreKhz);
		const next = samplesOf(
			random,
			format,
			centreKhz,
			emitters.map(emitter => emitter(random, view)),
		);
		return new FakeSpectralScan(files, clock, {radio, driver: 'ath9k', next: nowUs => next(nowUs), ...setting.radio});
	});
	const observed: Observation[] = [];
	const configuration: SpectralOptions = {spectralMode: 'background', spectralPercent: 10, ...setting.options};
	const spectral = new Spectral({clock, files}, configuration, observation => observed.push(observation));
	const of = <K extends Observation['kind']>(kind: K) =>
		observed.filter((each): each is Extract<Observation, {kind: K}> => each.kind === kind);
	return {time, files, scans, spectral, observed, of, poll: () => spectral.poll(() => undefined)};
}

test('spectral: a radio without the files is absent, with the reason', t => {
	const {configuration} = readConfiguration(new Map());
	const runtime = (files: SimFiles) => ({files}) as unknown as Parameters<typeof spectralAbsence>[1];
	const none = new SimFiles();
	t.regex(spectralAbsence(configuration, runtime(none)) ?? '', /no debugfs/);
	none.set('/sys/kernel/debug/ieee80211/phy0/ath9k/queues', new Uint8Array());
	t.regex(spectralAbsence(configuration, runtime(none)) ?? '', /no radio here has a spectral scan/);
	none.set('/sys/kernel/debug/ieee80211/phy0/ath9k/spectral_scan_ctl', new Uint8Array());
	t.is(spectralAbsence(configuration, runtime(none)), undefined);
	t.is(spectralAbsence({...configuration, spectralMode: 'off'}, runtime(none)), 'spectralMode is off');
	t.throws(() => new Spectral({files: new SimFiles(), clock: new VirtualTime().clock(0)}, configuration, () => {}), {
		instanceOf: PortError,
	});
	const closed = Object.assign(new SimFiles(), {
		list: () => {
			throw new PortError('permission', 'EACCES');
		},
	});
	t.regex(spectralAbsence(configuration, runtime(closed)) ?? '', /cannot be read: permission/);
});

test('spectral: finds radios of every driver, and what they can', t => {
	const files = new SimFiles();
	for (const path of ['phy0/ath9k', 'phy1/ath10k', 'phy2/mt76'])
		files.set(`/sys/kernel/debug/ieee80211/${path}/spectral_scan_ctl`, new Uint8Array());
	t.deepEqual(findSpectralRadios(files), [
		{radio: 'phy0', folder: '/sys/kernel/debug/ieee80211/phy0/ath9k', hasChannelScan: true},
		{radio: 'phy1', folder: '/sys/kernel/debug/ieee80211/phy1/ath10k', hasChannelScan: false},
	]);
});

for (const percent of [1, 5, 10, 50])
	for (const radios of [['phy0'], ['phy0', 'phy1', 'phy2']])
		test(`spectral: ${radios.length} radios listen ${percent} % of the time at most, and almost that`, t => {
			const {time, scans, spectral} = router({radios, options: {spectralPercent: percent}});
			const spanMs = 400_000;
			spectral.start();
			for (let passedMs = 0; passedMs < spanMs; passedMs += 500) {
				time.advance(500);
				t.true(scans.filter(({commands}) => commands.at(-1) === 'trigger').length <= 1, 'one at a time');
			}
			// No less than one burst, which is a second.
			for (const {onMs} of scans) {
				t.true(onMs <= Math.max(1000, (spanMs * percent) / 100) + 1000, `${onMs}`);
				t.true(onMs >= Math.min(1000, (spanMs * percent) / 200), `${onMs}`);
			}
			spectral.stop();
			for (const {commands} of scans) t.true(['disable', undefined].includes(commands.at(-1)), commands.join());
		});

test('spectral: a burst is 700 samples, cells of spectrum, a summary and who sends', t => {
	const {time, spectral, of, poll} = router({emitters: [carrier]});
	spectral.start();
	time.advance(10_000);
	poll();
	const [said] = of('spectral');
	t.true((said?.samples ?? 0) > 350 && (said?.samples ?? 0) < 700, `${said?.samples}`);
	t.is(said?.errors, 0);
	t.true(Math.abs((said?.listenShare ?? 0) - 0.1) < 0.03, `${said?.listenShare}`);
	const cells = of('spectrum');
	t.true(cells.length >= 14 && cells.length <= 16);
	for (const [i, {frequencyMhz}] of cells.entries())
		t.is(frequencyMhz, (cells[0]?.frequencyMhz ?? 0) + 1.25 * i, 'a grid');
	const strongest = cells.reduce((a, b) => (a.maximumDbm > b.maximumDbm ? a : b));
	t.true(Math.abs(strongest.frequencyMhz - (said?.centroidMhz ?? 0)) < 1.5);
	t.is(strongest.dutyShare, 1);
	t.is(of('interferer').length, 1);
	t.like(of('interferer')[0], {radio: 'phy0', source: 'carrier', presentShare: 1});
	t.regex(of('interferer')[0]?.reasons ?? '', /spreadKhz \d+ ≤ \d+/);
	spectral.stop();
});

test('spectral: an oven is told from its mains', t => {
	const {time, spectral, of, poll} = router({emitters: [microwave]});
	spectral.start();
	time.advance(10_000);
	poll();
	t.true(of('interferer').some(({source}) => source === 'microwave'));
	t.true([50, 60].includes(of('spectral')[0]?.mainsHz ?? 0));
	t.deepEqual(spectral.sweeps().length, 1);
	t.is(spectral.sweeps()[0]?.rowsDbm.length, 1);
	spectral.stop();
});

for (const mode of ['background', 'manual', 'chanscan'] as const)
	test(`spectral: ${mode} says to the driver what it wants to hear`, t => {
		const {time, scans, spectral, of, poll} = router({options: {spectralMode: mode}});
		spectral.start();
		time.advance(2000);
		const commands = scans[0]?.commands ?? [];
		t.is(commands[0], mode);
		t.is(commands.at(-1), 'disable');
		t.is(commands.filter(command => command === 'trigger').length, {background: 1, manual: 4, chanscan: 0}[mode]);
		poll();
		t.true((of('spectral')[0]?.samples ?? 0) > 300);
		spectral.stop();
	});

test('spectral: ath10k, which has no chanscan, samples in the background', t => {
	const {time, scans, spectral} = router({
		format: 'ath10k-80',
		centreKhz: 5_530_000,
		radio: {driver: 'ath10k'},
		options: {spectralMode: 'chanscan'},
	});
	spectral.start();
	time.advance(500);
	t.deepEqual(scans[0]?.commands, ['background', 'trigger']);
	spectral.stop();
});

test('spectral: what was left in the buffer is dropped, what no radio writes is counted', t => {
	const {time, scans, spectral, of, poll} = router({emitters: [carrier]});
	scans[0]?.disturb(new Uint8Array(100_000).fill(0x55));
	spectral.start();
	time.advance(300);
	scans[0]?.disturb(new Uint8Array(500).fill(0xaa));
	time.advance(2000);
	poll();
	t.is(of('spectral')[0]?.errors, 1);
	t.true((of('spectral')[0]?.samples ?? 0) > 300);
	spectral.stop();
});

test('spectral: a driver that refuses is counted, and asked again at the next burst', t => {
	const {time, files, scans, spectral, of, poll} = router({emitters: [carrier]});
	const path = '/sys/kernel/debug/ieee80211/phy0/ath9k/spectral_scan_ctl';
	const write = files.write.bind(files);
	let refuses = true;
	files.write = (where, bytes) => {
		if (refuses && where === path) throw new PortError('busy', 'EBUSY');
		write(where, bytes);
	};
	spectral.start();
	time.advance(5000);
	poll();
	t.true(of('failure').length > 0);
	t.like(of('failure')[0], {source: 'spectral', code: 'busy'});
	t.is(of('spectral').length, 0);
	refuses = false;
	time.advance(12_000);
	poll();
	t.is(of('spectral').length, 1);
	t.is(scans[0]?.commands[0], 'background');
	spectral.stop();
});

test('spectral: a radio that writes nothing is no spectrum', t => {
	const {time, files, spectral, observed, poll} = router();
	files.set('/sys/kernel/debug/ieee80211/phy0/ath9k/spectral_scan0', new Uint8Array(0));
	spectral.start();
	time.advance(60_000);
	poll();
	t.deepEqual(observed, []);
	t.deepEqual(spectral.sweeps(), []);
	spectral.stop();
});

test('spectral: rows for the router page are kept to their number', t => {
	const {time, spectral, poll} = router({options: {spectralPercent: 50}});
	spectral.start();
	for (let i = 0; i < 70; i++) {
		time.advance(4000);
		poll();
	}
	const [sweep] = spectral.sweeps();
	t.is(sweep?.rowsDbm.length, 60);
	t.is(sweep?.intervalMs, 4000);
	spectral.stop();
});

test('spectral: its options have ranges', t => {
	t.is(options.spectralPercent.parse('0'), undefined);
	t.is(options.spectralPercent.parse('51'), undefined);
	t.is(options.spectralMode.parse('loud'), undefined);
});
