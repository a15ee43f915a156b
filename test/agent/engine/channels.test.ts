// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	channelFrom,
	isIndoors,
	type MeshRadio,
	recordsOf,
	rulesIndoors,
	usableChannels,
} from '../../../src/agent/engine/channels.ts';
import {
	DFS_AVAILABLE,
	DFS_UNAVAILABLE,
	DFS_USABLE,
	type Frequency,
	frequency,
} from '../../../src/wire/nl80211/wiphy.ts';

const rule = (frequencyMhz: number, more: Partial<Frequency> = {}): Frequency => ({
	...frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little'),
	...more,
});
const radio = (frequencies: readonly Frequency[], mhz = 0, widthMhz = 20, name = 'phy0'): MeshRadio => ({
	wiphy: 0,
	name,
	live: {mhz, widthMhz},
	frequencies,
});
const places = (radios: readonly MeshRadio[]): string[] =>
	usableChannels(radios).map(({mhz, widthMhz}) => `${mhz}/${widthMhz}`);

test('channels: what the country does not allow is left out, and what radar keeps is', t => {
	const frequencies = [
		rule(5180),
		rule(5200, {disabled: true}),
		rule(5220, {noInitiate: true}),
		rule(5240, {indoorOnly: true}),
		rule(5260, {radar: true, dfsState: DFS_USABLE}),
		rule(5280, {radar: true, dfsState: DFS_AVAILABLE}),
		rule(5300, {radar: true, dfsState: DFS_UNAVAILABLE}),
	];
	t.deepEqual(places([radio(frequencies)]), ['5180/20', '5280/20']);
	const [, checked] = usableChannels([radio(frequencies)]);
	t.true(checked?.radar);
	t.deepEqual(places([radio(frequencies, 5260)]), ['5180/20', '5260/20', '5280/20'], 'where it is, it may be');
});

test('channels: of 2.4 GHz only those that do not overlap', t => {
	const frequencies = [2412, 2417, 2422, 2427, 2432, 2437, 2442, 2447, 2452, 2457, 2462, 2467].map(mhz => rule(mhz));
	t.deepEqual(places([radio(frequencies)]), ['2412/20', '2437/20', '2462/20']);
});

test('channels: a radio keeps its width, in the raster that all routers have', t => {
	const band = [5180, 5200, 5220, 5240, 5260, 5280, 5300, 5320, 5500, 5520].map(mhz => rule(mhz));
	t.deepEqual(places([radio(band, 5190, 40)]), ['5190/40', '5230/40', '5270/40', '5310/40', '5510/40']);
	t.deepEqual(places([radio(band, 5210, 80)]), ['5210/80', '5290/80']);
	t.is(channelFrom(5200, 40), undefined);
	t.deepEqual(channelFrom(5745, 40), {mhz: 5755, widthMhz: 40});
	t.deepEqual(channelFrom(5955, 40), {mhz: 5965, widthMhz: 40});
	t.deepEqual(channelFrom(5500, 160), {mhz: 5570, widthMhz: 160});
});

test('channels: how busy one is counts all of its parts', t => {
	const band = [5180, 5200].map(mhz => rule(mhz));
	const [wide] = recordsOf(usableChannels([radio(band, 5190, 40)]), mhz => (mhz === 5180 ? 0.5 : 0.2));
	t.is(wide?.busy, Math.round((1 - 0.5 * 0.8) * 255));
	const [silly] = recordsOf(usableChannels([radio(band, 5190, 40)]), () => 7);
	t.true((silly?.busy ?? -1) >= 0 && (silly?.busy ?? 256) <= 255);
});

test('channels: radios of one band share what any of them may use', t => {
	const low = radio([rule(5180)], 5180);
	const high = radio([rule(5500), rule(5520)], 5500, 20, 'phy1');
	t.deepEqual(places([low, high]), ['5180/20', '5500/20', '5520/20']);
});

test('channels: a router with a radio on a channel for indoors is within a building, with all its radios', t => {
	const rules = [rule(5180, {indoorOnly: true}), rule(5200, {indoorOnly: true}), rule(5745)];
	t.true(isIndoors({mhz: 5190, widthMhz: 40}, rules));
	t.false(isIndoors({mhz: 5745, widthMhz: 20}, rules));
	t.false(isIndoors({mhz: 0, widthMhz: 20}, rules));
	t.deepEqual(places([radio(rules, 5745)]), ['5745/20']);
	t.deepEqual(places([radio(rulesIndoors(rules), 5745)]), ['5180/20', '5200/20', '5745/20']);
});
