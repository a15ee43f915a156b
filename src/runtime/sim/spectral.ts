// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {Clock} from '../../port/port.ts';
import {encodeSample, SAMPLE_ATH10K, SAMPLE_HT20, SAMPLE_HT20_40} from '../../wire/spectral/sample.ts';
import type {SimFiles} from './files.ts';

// A radio's spectral scan as its driver shows it in debugfs: a control file, and a relay file that fills while the scan is
// on and is emptied by reading it. Its samples are in the bytes a driver writes.

/** What the radio sees: its next sample, not before `nowUs`. The lab's generator makes these. */
export interface FakeSample {
	readonly bytes: Uint8Array;
	readonly binCount: number;
	readonly binKhz: number;
	readonly centreKhz: number;
	readonly maxExponent: number;
	readonly tsfUs: number;
	readonly halves: 1 | 2;
	readonly rssiDb: number;
	readonly noiseDbm: number;
	readonly upperRssiDb: number;
	readonly upperNoiseDbm: number;
}

export interface FakeSpectralOptions {
	readonly radio: string;
	readonly driver: 'ath9k' | 'ath10k';
	readonly next: (nowUs: number) => FakeSample;
	/** The relay file's room; what does not fit is lost. Source: 256 buffers of 1 KiB in ath9k. */
	readonly bufferBytes?: number;
}

const BUFFER_BYTES = 262_144;
const HT20_BINS = 56;
const DEFAULT_COUNT = 8;

export class FakeSpectralScan {
	readonly #clock: Clock;
	readonly #next: FakeSpectralOptions['next'];
	readonly #bufferBytes: number;
	/** What was written into the control file, in order. */
	readonly commands: string[] = [];
	#buffered: Uint8Array[] = [];
	#bufferedBytes = 0;
	#mode = 'disable';
	#count = DEFAULT_COUNT;
	#isOn = false;
	#sinceUs = 0;
	/** How long it was on. */
	#onUs = 0;
	/** Samples that had no room. */
	lost = 0;

	constructor(files: SimFiles, clock: Clock, options: FakeSpectralOptions) {
		const folder = `/sys/kernel/debug/ieee80211/${options.radio}/${options.driver}`;
		this.#clock = clock;
		this.#next = options.next;
		this.#bufferBytes = options.bufferBytes ?? BUFFER_BYTES;
		files.set(`${folder}/spectral_scan_ctl`, () => encodeUtf8(this.#mode));
		files.set(`${folder}/spectral_count`, () => encodeUtf8(String(this.#count)));
		files.set(`${folder}/spectral_scan0`, mostBytes => this.#read(mostBytes));
		files.onWrite(`${folder}/spectral_scan_ctl`, bytes => this.#command(decodeUtf8(bytes).trim()));
		files.onWrite(`${folder}/spectral_count`, bytes => {
			this.#count = Number(decodeUtf8(bytes));
		});
	}

	/** Milliseconds that the scan was on until now. */
	get onMs(): number {
		return (this.#onUs + (this.#isOn ? this.#nowUs() - this.#sinceUs : 0)) / 1000;
	}

	/** Puts bytes that no radio wrote into the relay file. */
	disturb(bytes: Uint8Array): void {
		this.#buffered.push(bytes);
		this.#bufferedBytes += bytes.length;
	}

	#nowUs(): number {
		return Math.floor(this.#clock.nowMs() * 1000);
	}

	#command(command: string): void {
		this.commands.push(command);
		this.#fill();
		if (command !== 'trigger') {
			if (this.#isOn) this.#onUs += this.#nowUs() - this.#sinceUs;
			this.#mode = command;
			this.#isOn = command === 'chanscan';
		} else if (this.#mode === 'manual') this.#take(this.#count, this.#nowUs());
		else if (this.#mode === 'background') this.#isOn = true;
		this.#sinceUs = this.#nowUs();
	}

	/** Takes what the time since the last look has brought. */
	#fill(): void {
		if (!this.#isOn) return;
		const nowUs = this.#nowUs();
		this.#onUs += nowUs - this.#sinceUs;
		let atUs = this.#sinceUs;
		while (atUs < nowUs) atUs = this.#put(this.#next(atUs));
		this.#sinceUs = nowUs;
	}

	#take(count: number, fromUs: number): void {
		let atUs = fromUs;
		for (let i = 0; i < count; i++) atUs = this.#put(this.#next(atUs));
	}

	#put(sample: FakeSample): number {
		const type = sample.halves === 2 ? SAMPLE_HT20_40 : sample.binCount === HT20_BINS ? SAMPLE_HT20 : SAMPLE_ATH10K;
		const bytes = encodeSample({...sample, type, bins: sample.bytes});
		if (this.#bufferedBytes + bytes.length > this.#bufferBytes) this.lost++;
		else this.disturb(bytes);
		return sample.tsfUs;
	}

	#read(mostBytes = Number.POSITIVE_INFINITY): Uint8Array {
		this.#fill();
		const all = new Uint8Array(this.#bufferedBytes);
		let at = 0;
		for (const bytes of this.#buffered) {
			all.set(bytes, at);
			at += bytes.length;
		}
		const read = all.slice(0, mostBytes);
		const rest = all.slice(read.length);
		this.#buffered = rest.length === 0 ? [] : [rest];
		this.#bufferedBytes = rest.length;
		return read;
	}
}
