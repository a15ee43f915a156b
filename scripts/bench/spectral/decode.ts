// SPDX-License-Identifier: Apache-2.0
import {classify} from '../../../src/model/spectrum/classify.ts';
import {featuresOf} from '../../../src/model/spectrum/features.ts';
import {summarise} from '../../../src/model/spectrum/summary.ts';
import {SpectrumWindow} from '../../../src/model/spectrum/window.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {SpectralStream} from '../../../src/wire/spectral/stream.ts';

// Decodes and features as many recorded HT20 samples as its first argument says, in pieces as a relay file gives them; once
// a second's worth of them, a window is summarised and classified. Prints the nanoseconds that took. `decode` as the third
// argument leaves everything but the decoding out.

const {clock, files, log, exit} = quickjsRuntime();
const [count = '0', path = 'test/fixture/spectral/ar9550_20mhz_analog_camera_ch1.dump', what = 'all'] =
	programArguments();
const wanted = Number(count);
const SAMPLE_BYTES = 76;
const HT20_SAMPLES = 676;
const PIECE_BYTES = 13 * SAMPLE_BYTES;
const A_SECOND = 700;

const capture = (files.read(path) ?? new Uint8Array()).subarray(0, HT20_SAMPLES * SAMPLE_BYTES);
const window = new SpectrumWindow();
let seen = 0;
let bins = 0;
let found = 0;
const stream = new SpectralStream(
	what === 'decode'
		? sample => {
				seen++;
				bins += sample.binCount;
			}
		: sample => {
				seen++;
				if (window.samples === 0) window.begin(sample);
				window.add(sample);
				if (window.samples < A_SECOND) return;
				found += classify(featuresOf(window)).length + (summarise(window)?.samples ?? 0);
				window.begin(sample);
			},
);
const startMs = clock.nowMs();
for (let at = 0; seen < wanted; at = at + PIECE_BYTES < capture.length ? at + PIECE_BYTES : 0)
	stream.push(capture.subarray(at, at + PIECE_BYTES));
log.write('notice', `${Math.round((clock.nowMs() - startMs) * 1e6)} ns ${bins + found}`);
exit(0);
