// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32, writeU16, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';

// One FFT sample of an Atheros radio, as its driver writes it into a relay file: u8 type, u16 length of what follows, the
// fields of the type, then one byte a bin, from the lowest frequency up. All numbers are big-endian on every machine.
//
// Source: Linux drivers/net/wireless/ath/spectral_common.h, struct fft_sample_ht20, _ht20_40 and _ath10k.

export const SAMPLE_HT20 = 1;
export const SAMPLE_HT20_40 = 2;
export const SAMPLE_ATH10K = 3;

/** Type and length. */
export const HEADER_BYTES = 3;
const HT20_BINS = 56;
const HT40_BINS = 128;
const HT20_DATA = 20;
export const HT20_BYTES = HT20_DATA + HT20_BINS;
const HT40_DATA = 27;
const HT40_BYTES = HT40_DATA + HT40_BINS;
const ATH10K_DATA = 29;
export const MOST_BINS = 512;
export const MOST_SAMPLE_BYTES = ATH10K_DATA + MOST_BINS;

/** Subcarriers of 802.11 at 20 and 40 MHz. */
const SUBCARRIER_KHZ = 312.5;
const CHANNEL_HT40_MINUS = 2;
const CHANNEL_HT40_PLUS = 3;
/** How far the middle of 40 MHz is from that of its primary channel. */
const HALF_CHANNEL_MHZ = 10;
/** Bins are shifted by at most this: the drivers mask it with 15. */
const MOST_EXPONENT = 15;
const PATH = 'spectral.sample';

/**
 * A sample as it was read; its bins stay in the bytes it was read from.
 *
 * Units:  in the names. Bin `i` is at `centreKhz + (i − binCount / 2) · binKhz`. The power of bin `b` is
 *         `noise + rssi + 20·log10(b << maxExponent) − 10·log10(Σ (b << maxExponent)²)`, see `power.ts`.
 * Absent: a noise of 0 is what ath10k says when it has none: the sample's powers mean nothing then.
 */
export class SpectralSample {
	type = SAMPLE_HT20;
	tsfUs = 0;
	centreKhz = 0;
	binKhz = SUBCARRIER_KHZ;
	binCount = 0;
	maxExponent = 0;
	/** Signal over noise of the whole sample, of the lower half where there are two. */
	rssiDb = 0;
	noiseDbm = 0;
	/** 2 where the halves of 40 MHz were measured apart. */
	halves: 1 | 2 = 1;
	upperRssiDb = 0;
	upperNoiseDbm = 0;
	bytes: Uint8Array = new Uint8Array(0);
	binsAt = 0;
}

/**
 * How long the sample that begins here is. Absent: 0 when what stands here is no sample's header.
 *
 * Bytes behind the end of `bytes` count as agreeing: a sample that was cut is still one.
 */
export function sampleBytes(bytes: Uint8Array, at: number): number {
	const type = bytes[at] as number;
	if (type === SAMPLE_HT20) return lengthIs(bytes, at, HT20_BYTES) ? HT20_BYTES : 0;
	if (type === SAMPLE_HT20_40) return lengthIs(bytes, at, HT40_BYTES) ? HT40_BYTES : 0;
	if (type !== SAMPLE_ATH10K || at + HEADER_BYTES > bytes.length) return 0;
	const total = HEADER_BYTES + readU16(bytes, at + 1, 'big');
	const bins = total - ATH10K_DATA;
	return bins >= 16 && bins <= MOST_BINS && (bins & (bins - 1)) === 0 ? total : 0;
}

function lengthIs(bytes: Uint8Array, at: number, total: number): boolean {
	return bytes[at + 1] === 0 && bytes[at + 2] === total - HEADER_BYTES;
}

/** Whether a whole HT20 sample is here, and the header of another one behind it. */
export function isPairOfHt20(bytes: Uint8Array, at: number): boolean {
	const next = at + HT20_BYTES;
	return (
		bytes[at] === SAMPLE_HT20 &&
		bytes[next] === SAMPLE_HT20 &&
		bytes[at + 2] === HT20_BYTES - HEADER_BYTES &&
		bytes[next + 2] === HT20_BYTES - HEADER_BYTES &&
		bytes[at + 1] === 0 &&
		bytes[next + 1] === 0
	);
}

/**
 * Whether the fields of a whole sample that begins here are such that a radio can have written them.
 *
 * Source: Wi-Fi is at 2.3–2.5 and 4.9–7.2 GHz.
 */
export function isPlausible(bytes: Uint8Array, at: number): boolean {
	// By hand what `readU16` does: this is asked of every sample.
	const type = bytes[at] as number;
	const exponentAt = type === SAMPLE_ATH10K ? at + 28 : type === SAMPLE_HT20_40 ? at + 26 : at + 3;
	const tsfAt = type === SAMPLE_ATH10K ? at + 16 : type === SAMPLE_HT20_40 ? at + 8 : at + 12;
	const mhz = ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number);
	if (mhz < 2300 || mhz > 7200 || (mhz > 2500 && mhz < 4900)) return false;
	if ((bytes[exponentAt] as number) > MOST_EXPONENT) return false;
	// Microseconds beyond 2^53 are 285 years.
	if (bytes[tsfAt] !== 0 || (bytes[tsfAt + 1] as number) > 0x1f) return false;
	return type !== SAMPLE_ATH10K || (bytes[at + 3] as number) > 0;
}

const i8 = (value: number): number => (value << 24) >> 24;

/** Fills `into` from a whole and plausible sample. */
export function readSample(bytes: Uint8Array, at: number, into: SpectralSample): void {
	const type = bytes[at] as number;
	const mhz = ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number);
	into.type = type;
	into.bytes = bytes;
	into.halves = 1;
	if (type === SAMPLE_HT20) {
		into.maxExponent = bytes[at + 3] as number;
		into.centreKhz = mhz * 1000;
		into.rssiDb = ((bytes[at + 6] as number) << 24) >> 24;
		into.noiseDbm = ((bytes[at + 7] as number) << 24) >> 24;
		into.tsfUs = readTsf(bytes, at + 12);
		into.binKhz = SUBCARRIER_KHZ;
		into.binCount = HT20_BINS;
		into.binsAt = at + HT20_DATA;
	} else if (type === SAMPLE_HT20_40) {
		const channel = bytes[at + 3];
		const offsetMhz =
			channel === CHANNEL_HT40_PLUS ? HALF_CHANNEL_MHZ : channel === CHANNEL_HT40_MINUS ? -HALF_CHANNEL_MHZ : 0;
		into.centreKhz = (mhz + offsetMhz) * 1000;
		into.rssiDb = i8(bytes[at + 6] as number);
		into.upperRssiDb = i8(bytes[at + 7] as number);
		into.tsfUs = readTsf(bytes, at + 8);
		into.noiseDbm = i8(bytes[at + 16] as number);
		into.upperNoiseDbm = i8(bytes[at + 17] as number);
		into.maxExponent = bytes[at + 26] as number;
		into.halves = 2;
		into.binKhz = SUBCARRIER_KHZ;
		into.binCount = HT40_BINS;
		into.binsAt = at + HT40_DATA;
	} else {
		const bins = readU16(bytes, at + 1, 'big') + HEADER_BYTES - ATH10K_DATA;
		into.centreKhz = mhz * 1000;
		into.noiseDbm = (readU16(bytes, at + 8, 'big') << 16) >> 16;
		into.tsfUs = readTsf(bytes, at + 16);
		into.rssiDb = bytes[at + 25] as number;
		into.maxExponent = bytes[at + 28] as number;
		into.binKhz = ((bytes[at + 3] as number) * 1000) / bins;
		into.binCount = bins;
		into.binsAt = at + ATH10K_DATA;
	}
}

function readTsf(bytes: Uint8Array, at: number): number {
	const low = readU32(bytes, at + 4, 'big');
	const high = readU32(bytes, at, 'big');
	return high === 0 ? low : high * 4294967296 + low;
}

/**
 * Reads the one sample that `bytes` is.
 *
 * Errors: DecodeError 'truncated' | 'length' | 'type' | 'range'.
 */
export function decodeSample(bytes: Uint8Array): SpectralSample {
	if (bytes.length < HEADER_BYTES) throw new DecodeError('truncated', PATH, bytes.length);
	const type = bytes[0] as number;
	if (type < SAMPLE_HT20 || type > SAMPLE_ATH10K) throw new DecodeError('type', `${PATH}.type`, 0, String(type));
	const total = sampleBytes(bytes, 0);
	if (total === 0) throw new DecodeError('length', `${PATH}.length`, 1, String(readU16(bytes, 1, 'big')));
	if (bytes.length < total) throw new DecodeError('truncated', PATH, bytes.length);
	if (bytes.length > total) throw new DecodeError('length', PATH, total, 'bytes after the last bin');
	if (!isPlausible(bytes, 0)) throw new DecodeError('range', PATH, HEADER_BYTES);
	const sample = new SpectralSample();
	readSample(bytes, 0, sample);
	return sample;
}

/** What `encodeSample` writes: a sample whose bins stand by themselves. */
export type SampleInput = Omit<SpectralSample, 'bytes' | 'binsAt' | 'binCount'> & {readonly bins: Uint8Array};

/** Writes a sample as its driver does. A half's own maximum, its place and its weight are computed from the bins. */
export function encodeSample(value: SampleInput): Uint8Array {
	const {type, bins} = value;
	const data = type === SAMPLE_HT20 ? HT20_DATA : type === SAMPLE_HT20_40 ? HT40_DATA : ATH10K_DATA;
	const bytes = new Uint8Array(data + bins.length);
	bytes[0] = type;
	writeU16(bytes, 1, bytes.length - HEADER_BYTES, 'big');
	bytes.set(bins, data);
	const middle = bins.length >> 1;
	const peak = peakOf(bins, 0, type === SAMPLE_HT20_40 ? middle : bins.length);
	const magnitude = ((bins[peak] ?? 0) << value.maxExponent) & 0xffff;
	if (type === SAMPLE_HT20) {
		bytes[3] = value.maxExponent;
		writeU16(bytes, 4, value.centreKhz / 1000, 'big');
		bytes[6] = value.rssiDb;
		bytes[7] = value.noiseDbm;
		writeU16(bytes, 8, magnitude, 'big');
		bytes[10] = peak - middle;
		writeTsf(bytes, 12, value.tsfUs);
	} else if (type === SAMPLE_HT20_40) {
		const upper = peakOf(bins, middle, bins.length);
		bytes[3] = CHANNEL_HT40_PLUS;
		writeU16(bytes, 4, value.centreKhz / 1000 - HALF_CHANNEL_MHZ, 'big');
		bytes[6] = value.rssiDb;
		bytes[7] = value.upperRssiDb;
		writeTsf(bytes, 8, value.tsfUs);
		bytes[16] = value.noiseDbm;
		bytes[17] = value.upperNoiseDbm;
		writeU16(bytes, 18, magnitude, 'big');
		writeU16(bytes, 20, ((bins[upper] ?? 0) << value.maxExponent) & 0xffff, 'big');
		bytes[22] = peak;
		bytes[23] = upper - middle;
		bytes[26] = value.maxExponent;
	} else {
		bytes[3] = Math.round((value.binKhz * bins.length) / 1000);
		writeU16(bytes, 4, value.centreKhz / 1000, 'big');
		writeU16(bytes, 8, value.noiseDbm & 0xffff, 'big');
		writeU16(bytes, 10, magnitude, 'big');
		writeTsf(bytes, 16, value.tsfUs);
		bytes[24] = peak - middle;
		bytes[25] = value.rssiDb;
		bytes[28] = value.maxExponent;
	}
	return bytes;
}

function writeTsf(bytes: Uint8Array, at: number, tsfUs: number): void {
	const high = Math.floor(tsfUs / 4294967296);
	writeU32(bytes, at, high, 'big');
	writeU32(bytes, at + 4, (tsfUs - high * 4294967296) >>> 0, 'big');
}

function peakOf(bins: Uint8Array, from: number, to: number): number {
	let peak = from;
	for (let i = from; i < to; i++) if ((bins[i] as number) > (bins[peak] as number)) peak = i;
	return peak;
}
