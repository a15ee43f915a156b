// SPDX-License-Identifier: Apache-2.0
import {classify} from '../../../src/model/spectrum/classify.ts';
import {featuresOf} from '../../../src/model/spectrum/features.ts';
import {summarise} from '../../../src/model/spectrum/summary.ts';
import {SpectrumWindow} from '../../../src/model/spectrum/window.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {SpectralStream} from '../../../src/wire/spectral/stream.ts';

// Decodes and features as many recorded HT20 samples as its first argument says, in pieces as a relay file gives them; once
// a second's worth of them, a window is summarised and classified. Prints the nanoseconds that took. The third argument:
// `decode` leaves everything but the decoding out, `script` does it all but the pass over the bins without the host.

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
let found = 0;
const stream =
	what === 'decode'
		? new SpectralStream(sample => {
				found += sample.binCount;
			})
		: new SpectralStream(
				sample => {
					if (window.samples === 0) window.begin(sample);
					window.add(sample);
				},
				what === 'script' ? undefined : (bytes, at) => window.addPlain(bytes, at),
			);
const startMs = clock.nowMs();
for (let at = 0; stream.counts.samples < wanted; at = at + PIECE_BYTES < capture.length ? at + PIECE_BYTES : 0) {
	stream.push(capture.subarray(at, at + PIECE_BYTES));
	if (window.samples < A_SECOND) continue;
	found += classify(featuresOf(window)).length + (summarise(window)?.samples ?? 0);
	window.clear();
}
log.write('notice', `${Math.round((clock.nowMs() - startMs) * 1e6)} ns ${found}`);
exit(0);
