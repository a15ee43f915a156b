// SPDX-License-Identifier: Apache-2.0

/** Of a usual Wi-Fi front end with its switch and filter. */
export const USUAL_NOISE_FIGURE_DB = 6;

/**
 * Noise that a receiver has without any signal.
 *
 * Units:    MHz and dB to dBm.
 * Source:   Johnson (1928), Nyquist (1928): kTB at 290 K is -174 dBm in 1 Hz; N = -174 + 10·log10(B) + F.
 * Validity: room temperature; 20 MHz and 6 dB give -95 dBm, 40 MHz 3 dB more.
 */
export function noiseFloorDbm(widthMhz: number, noiseFigureDb: number = USUAL_NOISE_FIGURE_DB): number {
	return -174 + 10 * Math.log10(widthMhz * 1e6) + noiseFigureDb;
}
