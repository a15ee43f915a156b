// SPDX-License-Identifier: Apache-2.0
import type {Band} from './wiphy.ts';

/** What a radio can do in one band, of the standards' capability fields only what channel planning asks. */
export interface BandCapability {
	/** Widths it can use, ascending; without 5 and 10 MHz. */
	readonly widthsMhz: readonly number[];
	/** Spatial streams it can receive. */
	readonly streams: number;
	readonly shortGuard20: boolean;
	readonly shortGuard40: boolean;
	readonly ldpc: boolean;
	/** The newest generation: 'legacy', 'ht', 'vht', 'he' or 'eht'. */
	readonly generation: 'legacy' | 'ht' | 'vht' | 'he' | 'eht';
}

const HT_LDPC = 1 << 0;
const HT_WIDTH_40 = 1 << 1;
const HT_SHORT_GUARD_20 = 1 << 5;
const HT_SHORT_GUARD_40 = 1 << 6;
const VHT_WIDTH_SHIFT = 2;
const HE_WIDTH_40_IN_2GHZ = 1 << 1;
const HE_WIDTH_80_IN_5GHZ = 1 << 2;
const HE_WIDTH_160_IN_5GHZ = 1 << 3;
const EHT_WIDTH_320_IN_6GHZ = 1 << 1;

/**
 * Reads the capabilities of a band.
 *
 * Source: IEEE Std 802.11-2020, 9.4.2.55 (HT), 9.4.2.157 (VHT); 802.11ax-2021, 9.4.2.248 (HE); 802.11be, 9.4.2.313 (EHT).
 */
export function bandCapability(band: Band): BandCapability {
	const ht = band.ht ?? 0;
	const widths = new Set([20]);
	if ((ht & HT_WIDTH_40) !== 0) widths.add(40);
	if (band.vht !== undefined) {
		widths.add(40).add(80);
		if (((band.vht >> VHT_WIDTH_SHIFT) & 3) !== 0) widths.add(160);
	}
	let generation: BandCapability['generation'] =
		band.vht !== undefined ? 'vht' : band.ht !== undefined ? 'ht' : 'legacy';
	let streams = Math.max(htStreams(band.htMcs), mcsMapStreams(band.vhtMcs, 0));
	for (const data of band.typeData ?? []) {
		if (data.hePhy !== undefined) {
			if (generation !== 'eht') generation = 'he';
			const phy = data.hePhy[0] ?? 0;
			if ((phy & HE_WIDTH_40_IN_2GHZ) !== 0) widths.add(40);
			if ((phy & HE_WIDTH_80_IN_5GHZ) !== 0) widths.add(40).add(80);
			if ((phy & HE_WIDTH_160_IN_5GHZ) !== 0) widths.add(160);
			streams = Math.max(streams, mcsMapStreams(data.heMcs, 0));
		}
		if (data.ehtPhy !== undefined) {
			generation = 'eht';
			if (((data.ehtPhy[0] ?? 0) & EHT_WIDTH_320_IN_6GHZ) !== 0) widths.add(320);
		}
	}
	return {
		widthsMhz: [...widths].sort((a, b) => a - b),
		streams: Math.max(1, streams),
		shortGuard20: (ht & HT_SHORT_GUARD_20) !== 0,
		shortGuard40: (ht & HT_SHORT_GUARD_40) !== 0,
		ldpc: (ht & HT_LDPC) !== 0,
		generation,
	};
}

/** The HT MCS set begins with a bit for each index, eight indices a stream. */
function htStreams(set: Uint8Array | undefined): number {
	let streams = 0;
	for (let stream = 0; stream < 4; stream++) if ((set?.[stream] ?? 0) !== 0) streams = stream + 1;
	return streams;
}

/** VHT and HE maps: two bits a stream in a little-endian 16-bit field, 3 for "not supported". */
function mcsMapStreams(map: Uint8Array | undefined, at: number): number {
	if (map === undefined || map.length < at + 2) return 0;
	const bits = (map[at] ?? 0) | ((map[at + 1] ?? 0) << 8);
	let streams = 0;
	for (let stream = 0; stream < 8; stream++) if (((bits >> (2 * stream)) & 3) !== 3) streams = stream + 1;
	return streams;
}
