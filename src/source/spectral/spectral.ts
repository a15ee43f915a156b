// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Sweep} from '../../model/agent-object.ts';
import type {Configuration} from '../../model/configuration.ts';
import type {InterfererObservation, Observe, SpectralObservation} from '../../model/observation.ts';
import {classify, reasonText} from '../../model/spectrum/classify.ts';
import {featuresOf} from '../../model/spectrum/features.ts';
import {summarise} from '../../model/spectrum/summary.ts';
import {SpectrumWindow} from '../../model/spectrum/window.ts';
import type {Runtime} from '../../port/port.ts';
import {SAMPLE_ATH10K, type SpectralSample} from '../../wire/spectral/sample.ts';
import {SpectralStream} from '../../wire/spectral/stream.ts';
import {findSpectralRadios} from './radios.ts';
import {RadioScan, type ScanMode} from './scan.ts';
import {SpectrumSweep} from './sweep.ts';

// Radios look at their spectrum in bursts of a second, so rarely that the share of time the owner allows is kept: a phase
// of the mains is only coherent for seconds, and the mesh's own traffic comes first. Each burst is one window a channel.
//
// Invariants
// 1. Over any time a radio's bursts take no more than `spectralPercent` of it; one radio at a time.
// 2. Whatever fails, the scan is switched off at the burst's end, and the next burst tries again.
// 3. What is held is one window a radio, whatever the radio writes.

const BURST_MS = 1000;
const DRAIN_MS = 250;
/** Rows of the router's own page. */
const MOST_ROWS = 60;

export type SpectralPort = Pick<Runtime, 'clock' | 'files'>;
export type SpectralOptions = Pick<Configuration, 'spectralMode' | 'spectralPercent'>;

export class Spectral {
	readonly #port: SpectralPort;
	readonly #radios: readonly RadioWatch[];
	readonly #pauseMs: number;
	#turn = 0;
	#cancel = (): void => {};
	#watched: RadioWatch | undefined;

	/** Errors: PortError 'no-device' where no radio has a spectral scan. */
	constructor(port: SpectralPort, options: SpectralOptions, observe: Observe) {
		const {spectralMode, spectralPercent} = options;
		const mode: ScanMode = spectralMode === 'off' ? 'background' : spectralMode;
		const radios = findSpectralRadios(port.files);
		if (typeof radios === 'string') throw new PortError('no-device', radios);
		this.#port = port;
		this.#radios = radios.map(radio => new RadioWatch(new RadioScan(port.files, radio, mode), observe));
		// Each radio's turn comes once in BURST / duty; the turns of all are spread over that.
		const cycleMs = (BURST_MS * 100) / spectralPercent;
		this.#pauseMs = Math.max(0, cycleMs / this.#radios.length - BURST_MS);
	}

	start(): void {
		for (const radio of this.#radios) radio.begin(this.#port.clock.nowMs());
		this.#cancel = this.#port.clock.after(0, () => this.#burst());
	}

	stop(): void {
		this.#cancel();
		this.#watched?.close(0);
		this.#watched = undefined;
	}

	/** Observes what the bursts since the last time saw. */
	poll(done: () => void): void {
		const nowMs = this.#port.clock.nowMs();
		for (const radio of this.#radios) radio.report(nowMs);
		done();
	}

	sweeps(): readonly Sweep[] {
		return this.#radios.flatMap(radio => radio.sweep ?? []);
	}

	#burst(): void {
		const radio = this.#radios[this.#turn++ % this.#radios.length];
		if (radio === undefined) return;
		this.#watched = radio.open() ? radio : undefined;
		const startMs = this.#port.clock.nowMs();
		const step = (): void => {
			const elapsedMs = this.#port.clock.nowMs() - startMs;
			if (elapsedMs < BURST_MS && this.#watched?.drain() === true) {
				this.#cancel = this.#port.clock.after(DRAIN_MS, step);
				return;
			}
			this.#watched?.close(elapsedMs);
			this.#watched = undefined;
			this.#cancel = this.#port.clock.after(this.#pauseMs, () => this.#burst());
		};
		this.#cancel = this.#port.clock.after(DRAIN_MS, step);
	}
}

/** One radio's bursts, and what they came to since the last report. */
class RadioWatch {
	readonly #scan: RadioScan;
	readonly #observe: Observe;
	readonly #sweep: SpectrumSweep;
	readonly #window = new SpectrumWindow();
	readonly #findings = new Map<string, InterfererObservation>();
	readonly #rows: {readonly leastMhz: number; readonly mostMhz: number; readonly dbm: readonly number[]}[] = [];
	#stream: SpectralStream;
	#said: Omit<SpectralObservation, 'samples' | 'errors' | 'listenShare' | 'kind' | 'radio'> | undefined;
	#samples = 0;
	#errors = 0;
	#listenMs = 0;
	#reportedMs = 0;
	#intervalMs = 0;

	constructor(scan: RadioScan, observe: Observe) {
		this.#scan = scan;
		this.#observe = observe;
		this.#sweep = new SpectrumSweep(scan.mode === 'chanscan');
		this.#stream = this.#newStream();
	}

	get sweep(): Sweep | undefined {
		const last = this.#rows.at(-1);
		if (last === undefined) return undefined;
		const {leastMhz, mostMhz} = last;
		const rowsDbm = this.#rows.filter(row => row.leastMhz === leastMhz && row.mostMhz === mostMhz).map(({dbm}) => dbm);
		return {radio: this.#scan.radio, leastMhz, mostMhz, intervalMs: this.#intervalMs, rowsDbm};
	}

	begin(nowMs: number): void {
		this.#reportedMs = nowMs;
	}

	/** Whether the burst has begun. */
	open(): boolean {
		this.#stream = this.#newStream();
		const isOpen = this.#try(() => this.#scan.begin());
		if (!isOpen) this.#try(() => this.#scan.end());
		return isOpen;
	}

	/** Whether the burst can go on. */
	drain(): boolean {
		return this.#try(() => {
			this.#stream.push(this.#scan.drain());
			if (this.#scan.mode === 'manual') this.#scan.again();
		});
	}

	close(listenedMs: number): void {
		this.#try(() => this.#scan.end());
		this.#try(() => this.#stream.push(this.#scan.drain()));
		this.#stream.end();
		this.#finish();
		const {samples, errors, truncated} = this.#stream.counts;
		this.#samples += samples;
		this.#errors += errors + truncated;
		this.#listenMs += listenedMs;
	}

	report(nowMs: number): void {
		const {radio} = this.#scan;
		const sinceMs = nowMs - this.#reportedMs;
		const cells = this.#sweep.take(radio);
		const first = cells[0];
		const last = cells.at(-1);
		if (first === undefined || last === undefined || this.#said === undefined) return;
		for (const cell of cells) this.#observe(cell);
		for (const finding of this.#findings.values()) this.#observe(finding);
		this.#observe({
			kind: 'spectral',
			radio,
			samples: this.#samples,
			errors: this.#errors,
			listenShare: sinceMs > 0 ? Math.min(1, this.#listenMs / sinceMs) : 0,
			...this.#said,
		});
		const dbm = cells.map(({maximumDbm}) => maximumDbm);
		this.#rows.push({leastMhz: first.frequencyMhz, mostMhz: last.frequencyMhz, dbm});
		if (this.#rows.length > MOST_ROWS) this.#rows.shift();
		this.#findings.clear();
		this.#samples = this.#errors = this.#listenMs = 0;
		this.#intervalMs = sinceMs;
		this.#reportedMs = nowMs;
	}

	#newStream(): SpectralStream {
		return new SpectralStream(
			sample => this.#take(sample),
			(bytes, at) => this.#window.addPlain(bytes, at),
		);
	}

	#take(sample: SpectralSample): void {
		// ath10k without a noise floor: its powers mean nothing.
		if (sample.type === SAMPLE_ATH10K && sample.noiseDbm === 0) return;
		const window = this.#window;
		if (!window.takes(sample)) {
			this.#finish();
			window.begin(sample);
		}
		window.add(sample);
	}

	/** The window is full, its burst is over, or its radio went to another channel. */
	#finish(): void {
		const window = this.#window;
		const summary = summarise(window);
		if (summary === undefined) return;
		this.#sweep.add(summary);
		const features = featuresOf(window);
		for (const {source, confidenceShare, reasons} of classify(features)) {
			const known = this.#findings.get(source);
			if (known !== undefined && known.confidenceShare >= confidenceShare) continue;
			const permille = source === 'wifi' ? features.widePermille : features.narrowPermille;
			this.#findings.set(source, {
				kind: 'interferer',
				radio: this.#scan.radio,
				source,
				confidenceShare,
				presentShare: permille / 1000,
				reasons: reasonText({reasons}),
			});
		}
		this.#said = {
			occupiedMhz: summary.occupiedKhz / 1000,
			centroidMhz: summary.centroidKhz / 1000,
			flatnessShare: summary.flatnessShare,
			mainsHz: features.mainsHz === 0 ? undefined : features.mainsHz,
			mainsDepth: features.mainsPermille / 1000,
			pulsesPerS: features.pulsesPerS,
			pulseUs: features.pulsesPerS === 0 ? undefined : features.runUs,
		};
		window.clear();
	}

	/** Whether a file was there and did as it was told; a failure is counted. */
	#try(operation: () => void): boolean {
		try {
			operation();
			return true;
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			this.#observe({kind: 'failure', source: 'spectral', code: error.code, detail: error.message});
			return false;
		}
	}
}
