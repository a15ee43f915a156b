// SPDX-License-Identifier: Apache-2.0
import type {SpectrumObservation} from '../../model/observation.ts';
import type {SpectrumSummary} from '../../model/spectrum/summary.ts';

// What the windows of one report come to: cells of a fixed grid, so that a radio that changes channels or widths goes on
// with the same series.

/** Cells of one channel, and of a whole band while it is scanned. Units: kHz. */
const FINE_KHZ = 1250;
const COARSE_KHZ = 5000;
/** A view wider than 40 MHz has cells that are wider. */
const FINE_SPAN_KHZ = 45_000;
/** What a board has room for. */
const MOST_CELLS = 128;

interface Cell {
	windows: number;
	milliwatts: number;
	maximumDbm: number;
	highDbm: number;
	dutyShare: number;
}

/** The windows of one radio since the last report. */
export class SpectrumSweep {
	readonly #cells = new Map<number, Cell>();
	readonly #isCoarse: boolean;

	/** `isCoarse`: many channels will come. */
	constructor(isCoarse: boolean) {
		this.#isCoarse = isCoarse;
	}

	/** Adds a window: each cell has the strongest of its bins, and the mean of their powers. */
	add(summary: SpectrumSummary): void {
		const {centreKhz, binKhz, maximumDbm, meanDbm, highDbm, dutyPermille} = summary;
		const bins = maximumDbm.length;
		const wide = bins * binKhz > FINE_SPAN_KHZ ? 2 * FINE_KHZ : FINE_KHZ;
		const cellKhz = this.#isCoarse ? COARSE_KHZ : wide;
		let bin = 0;
		while (bin < bins) {
			const index = Math.floor((centreKhz + (bin - bins / 2) * binKhz) / cellKhz);
			const from = bin;
			const found: Cell = {windows: 1, milliwatts: 0, maximumDbm: -200, highDbm: -200, dutyShare: 0};
			for (; bin < bins && Math.floor((centreKhz + (bin - bins / 2) * binKhz) / cellKhz) === index; bin++) {
				found.milliwatts += 10 ** ((meanDbm[bin] as number) / 10);
				found.maximumDbm = Math.max(found.maximumDbm, maximumDbm[bin] as number);
				found.highDbm = Math.max(found.highDbm, highDbm[bin] as number);
				found.dutyShare = Math.max(found.dutyShare, (dutyPermille[bin] as number) / 1000);
			}
			found.milliwatts /= bin - from;
			this.#merge((index + 0.5) * cellKhz, found);
		}
	}

	#merge(khz: number, found: Cell): void {
		const known = this.#cells.get(khz);
		if (known === undefined) {
			if (this.#cells.size < MOST_CELLS) this.#cells.set(khz, found);
			return;
		}
		known.windows++;
		known.milliwatts += found.milliwatts;
		known.maximumDbm = Math.max(known.maximumDbm, found.maximumDbm);
		known.highDbm = Math.max(known.highDbm, found.highDbm);
		known.dutyShare += found.dutyShare;
	}

	/** The cells from the lowest frequency up; the sweep begins anew. */
	take(radio: string): SpectrumObservation[] {
		const found = [...this.#cells.entries()]
			.sort(([a], [b]) => a - b)
			.map(([khz, {windows, milliwatts, maximumDbm, highDbm, dutyShare}]) => ({
				kind: 'spectrum' as const,
				radio,
				frequencyMhz: khz / 1000,
				meanDbm: Math.round(10 * Math.log10(milliwatts / windows)),
				maximumDbm,
				highDbm,
				dutyShare: dutyShare / windows,
			}));
		this.#cells.clear();
		return found;
	}
}
