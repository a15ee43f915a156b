// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import type {SeriesAnswer} from '../../../src/noc/web/page/api.ts';
import {spectrumPanelsOf} from '../../../src/noc/web/page/spectrum-panel.ts';

const STEPS = 40;

function row(name: string, labels: Readonly<Record<string, string>>, at: (step: number) => number | null) {
	const values = Array.from({length: STEPS}, (_, step) => at(step));
	return {node: 'n', name, labels, unit: 'dBm', kind: 'gauge' as const, min: values, mean: values, max: values};
}

const answer = (series: SeriesAnswer['series']): SeriesAnswer => ({
	fromMs: 0,
	toMs: STEPS * 1000,
	stepMs: 1000,
	series,
});
const cell = (radio: string, mhz: number, at: (step: number) => number | null) =>
	row('spectrum.maximumDbm', {radio, frequencyMhz: String(mhz)}, at);

test('spectrum panel: there is one a radio, its cells from the lowest frequency up', t => {
	const panels = spectrumPanelsOf(
		answer([cell('phy1', 5180, () => -90), cell('phy0', 2440, () => -80), cell('phy0', 2430, () => -60)]),
	);
	t.deepEqual(
		panels.map(({key}) => key),
		['spectrum phy0', 'spectrum phy1'],
	);
	t.deepEqual(panels[0]?.frequenciesMhz, [2430, 2440]);
	t.regex(panels[0]?.summary ?? '', /^Strongest −60\D+dBm at 2430\D+MHz\. No kind/);
	t.is(panels[0]?.mostDbm, -60);
	t.is(panels[0]?.leastDbm, -90, 'a scale of 30 dB at least');
});

test('spectrum panel: a burst stands until the next, a long silence is empty', t => {
	// A burst every fourth step, none after step 20.
	const seen = (step: number): boolean => step % 4 === 0 && step <= 20;
	const [panel] = spectrumPanelsOf(answer([cell('phy0', 2430, step => (seen(step) ? -50 - step : null))]));
	const values = panel?.lines[0]?.values ?? [];
	t.is(values[3], -50);
	t.is(values[4], -54);
	t.is(values[29], -70);
	t.is(values[30], null);
});

test('spectrum panel: a whole band is put into as many rows as can be seen, by the strongest', t => {
	const cells = Array.from({length: 124}, (_, i) => cell('phy0', 5180 + 5 * i, () => (i === 61 ? -40 : -95)));
	const [panel] = spectrumPanelsOf(answer(cells));
	t.is(panel?.lines.length, 31);
	t.is(panel?.lines.filter(({values}) => values[0] === -40).length, 1);
});

test('spectrum panel: senders have lanes of their own, and the share of the time they were there', t => {
	const lane = (radio: string, source: string, until: number) =>
		row('interferer.confidenceShare', {radio, source}, step => (step < until ? 0.9 : null));
	const [panel] = spectrumPanelsOf(
		answer([
			cell('phy0', 2430, () => -60),
			lane('phy0', 'microwave', 10),
			lane('phy1', 'wifi', 10),
			lane('phy0', 'new', 40),
		]),
	);
	t.deepEqual(
		panel?.lanes.map(({label}) => label),
		['microwave oven', 'new'],
	);
	t.regex(panel?.summary ?? '', /microwave oven \(25\D+%\), new \(100\D+%\)\.$/);
});

test('spectrum panel: nothing reported is no panel', t => {
	t.deepEqual(spectrumPanelsOf(answer([])), []);
	t.deepEqual(spectrumPanelsOf(answer([cell('phy0', 2430, () => null)])), []);
});
