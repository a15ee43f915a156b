// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../', import.meta.url));
const capture = (name: string): string => `test/fixture/spectral/${name}`;

function spectral(...words: readonly string[]): Promise<{code: number | null; out: string; errors: string}> {
	const child = spawn(process.execPath, ['--import=tsx', 'scripts/spectral.ts', ...words], {
		cwd: root,
		env: {...process.env, INIT_CWD: root},
	});
	let out = '';
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => {
		out += chunk.toString();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		errors += chunk.toString();
	});
	return new Promise(resolve => child.on('close', code => resolve({code, out, errors})));
}

test('spectral: decode --json prints a line a sample, with the powers that were expected', async t => {
	const {code, out, errors} = await spectral('decode', capture('ath10k_20mhz.dump'), '--json');
	t.is(code, 0);
	const lines = out
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as {tsfUs: number; binsDbm: number[]});
	t.is(lines.length, 128);
	const expected = JSON.parse(readFileSync(`${root}${capture('ath10k_20mhz.expected-16.json')}`, 'utf8')) as {
		tsf: number;
		data: [number, number][];
	}[];
	for (const [i, {tsf, data}] of expected.entries()) {
		const line = lines[i < 8 ? i : lines.length - 16 + i];
		t.is(line?.tsfUs, tsf);
		for (const [bin, [, dbm]] of data.entries()) t.true(Math.abs((line?.binsDbm[bin] ?? 0) - dbm) < 0.1);
	}
	t.like(JSON.parse(errors.trim().split('\n').at(-1) ?? ''), {samples: 128, errors: 0});
});

test('spectral: decode prints lines for people, and what was counted', async t => {
	const {code, out} = await spectral('decode', capture('ar9280_analog_camera_ch1.dump'));
	t.is(code, 0);
	t.is(out.trim().split('\n').length, 284);
	t.regex(out, /ht20 +2412 MHz +56 bins +rssi -15 dB +noise -86 dBm +peak 2412\.94 MHz -110\.2 dBm/);
	t.regex(out, /samples 283, errors 0, truncated 0, skippedBytes 0, chunks 0, withoutNoise 0\n$/);
});

test('spectral: a malformed file is read as far as it goes, a missing one is an error', async t => {
	const crash = await spectral('decode', capture('crash_1.dump'));
	t.is(crash.code, 0);
	t.regex(crash.out, /samples 0, errors 1, truncated 1, skippedBytes 4095/);
	const missing = await spectral('decode', capture('nothing.dump'));
	t.is(missing.code, 1);
	t.regex(missing.errors, /no such file/i);
	t.is((await spectral('decode')).code, 2);
	t.is((await spectral('sing')).code, 2);
	const help = await spectral('--help');
	t.is(help.code, 0);
	t.regex(help.out, /one JSON object a sample/);
});

test('spectral: classify says who sends, and why', async t => {
	const {out} = await spectral('classify', capture('ar9550_20mhz_analog_camera_ch1.dump'));
	t.regex(out, /2412 MHz, 676 samples.*\n {2}analogue-video, confidence \d\.\d\d: .*places spread kHz \d+ > \d+/);
});
