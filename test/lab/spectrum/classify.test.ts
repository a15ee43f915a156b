// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import test from 'ava';
import {evaluate} from '../../../src/lab/spectrum/evaluate.ts';
import {makeExample, makeExamples} from '../../../src/lab/spectrum/example.ts';
import {train} from '../../../src/lab/spectrum/train.ts';
import {classify, reasonText, type SpectrumSource, sources} from '../../../src/model/spectrum/classify.ts';
import {featuresOf} from '../../../src/model/spectrum/features.ts';
import {SpectrumWindow} from '../../../src/model/spectrum/window.ts';
import {SpectralStream} from '../../../src/wire/spectral/stream.ts';

test('classify: the tree is what its training grows', t => {
	t.timeout(120_000);
	t.is(train(), readFileSync(new URL('../../../src/model/spectrum/tree.ts', import.meta.url), 'utf8'));
});

test('classify: 95 % of windows it was not trained on are told, and 0.4 % of its claims at most are false', t => {
	const {accuracyShare, falsePositiveShare, confusion, windows} = evaluate(makeExamples(60, 'test'));
	t.is(windows, 60 * sources.length);
	t.true(accuracyShare >= 0.95, `${accuracyShare}`);
	t.true(falsePositiveShare <= 0.004, `${falsePositiveShare}`);
	t.is(
		confusion.flat().reduce((sum, count) => sum + count, 0),
		windows,
	);
});

test('classify: equal seeds make equal windows, training and test share none', t => {
	t.deepEqual(makeExample('zigbee', 5), makeExample('zigbee', 5));
	const seeds = new Set(makeExamples(3, 'training').map(({seed}) => seed));
	t.false(makeExamples(3, 'test').some(({seed}) => seeds.has(seed)));
});

function findingsIn(name: string, wanted: (binCount: number) => boolean): (readonly SpectrumSource[])[] {
	const window = new SpectrumWindow();
	const found: SpectrumSource[][] = [];
	const close = (): void => {
		if (window.samples > 0) found.push(classify(featuresOf(window)).map(({source}) => source));
	};
	const stream = new SpectralStream(sample => {
		if (!wanted(sample.binCount)) return;
		if (!window.takes(sample)) {
			close();
			window.begin(sample);
		}
		window.add(sample);
	});
	const file = new URL(`../../fixture/spectral/${name}.dump`, import.meta.url);
	stream.push(new Uint8Array(readFileSync(file)));
	stream.end();
	close();
	return found;
}

test('classify: a recorded analogue camera is one, a recorded carrier is one', t => {
	t.deepEqual(
		findingsIn('ar9550_20mhz_analog_camera_ch1', bins => bins === 56),
		[['analogue-video']],
	);
	const carriers = findingsIn('ath10k_20mhz', () => true);
	t.true(carriers.length >= 3);
	for (const findings of carriers) t.deepEqual(findings, ['carrier']);
});

test('classify: nine samples a channel are too few to accuse anyone', t => {
	for (const findings of findingsIn('ar9280_analog_camera_ch1', () => true)) t.deepEqual(findings, []);
});

test('classify: a finding says what it compared', t => {
	const {features} = makeExample('microwave', 1);
	const [finding] = classify(features);
	t.is(finding?.source, 'microwave');
	t.true((finding?.confidenceShare ?? 0) > 0.5);
	for (const {feature, value, limit, isAbove} of finding?.reasons ?? []) {
		t.is(value, features[feature]);
		t.is(value > limit, isAbove);
	}
	t.regex(finding === undefined ? '' : reasonText(finding), /mainsPermille \d+ > \d+/);
});
