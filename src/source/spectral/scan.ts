// SPDX-License-Identifier: Apache-2.0
import {encodeUtf8} from '../../core/text.ts';
import type {Configuration} from '../../model/configuration.ts';
import type {Files} from '../../port/port.ts';
import {CONTROL, type SpectralRadio} from './radios.ts';

// One radio's spectral scan, by its driver's files.
//
// Source: Linux drivers/net/wireless/ath/ath9k/common-spectral.c and ath10k/spectral.c. `background` samples the channel in
// use whenever the radio neither sends nor receives, until `disable`; `manual` takes spectral_count samples a `trigger`;
// `chanscan` takes some on each channel that a scan visits, and begins no scan.

/** What is read at once: some 850 samples of HT20. What is left stays in the kernel's buffer, which drops what is new. */
const PIECE_BYTES = 65_536;
/** ath10k's buffer is 2.8 MB; what somebody else left there is thrown away. */
const MOST_STALE_PIECES = 64;
/** The most that ath9k takes a trigger. */
const MANUAL_COUNT = '255';

export type ScanMode = Exclude<Configuration['spectralMode'], 'off'>;

export class RadioScan {
	readonly radio: string;
	readonly #files: Files;
	readonly #folder: string;
	readonly mode: ScanMode;

	constructor(files: Files, {radio, folder, hasChannelScan}: SpectralRadio, wanted: ScanMode) {
		this.radio = radio;
		this.#files = files;
		this.#folder = folder;
		this.mode = wanted === 'chanscan' && !hasChannelScan ? 'background' : wanted;
	}

	/** Begins to take samples. What was left from before is dropped. Errors: PortError. */
	begin(): void {
		for (let i = 0; i < MOST_STALE_PIECES && this.drain().length === PIECE_BYTES; i++);
		if (this.mode === 'manual') this.#write('spectral_count', MANUAL_COUNT);
		this.#write(CONTROL, this.mode);
		this.again();
	}

	/** Asks for more, where that is needed while samples are taken. Errors: PortError. */
	again(): void {
		if (this.mode !== 'chanscan') this.#write(CONTROL, 'trigger');
	}

	/** Errors: PortError. */
	end(): void {
		this.#write(CONTROL, 'disable');
	}

	/** What the radio has written since the last time, or the first part of it. Errors: PortError. */
	drain(): Uint8Array {
		return this.#files.read(`${this.#folder}/spectral_scan0`, PIECE_BYTES) ?? new Uint8Array(0);
	}

	#write(name: string, text: string): void {
		this.#files.write(`${this.#folder}/${name}`, encodeUtf8(text));
	}
}
