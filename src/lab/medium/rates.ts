// SPDX-License-Identifier: Apache-2.0

// Every rate of 802.11b, a, g and n at 20 and 40 MHz, in one table.

export type Modulation = 'dbpsk' | 'dqpsk' | 'cck55' | 'cck11' | 'bpsk' | 'qpsk' | 'qam16' | 'qam64';
export type Coding = 'none' | '1/2' | '2/3' | '3/4' | '5/6';

/**
 * One way to send.
 *
 * Units:  kbps is what the air carries while data symbols are sent; sensitivityDbm is what every receiver must manage.
 * Source: IEEE 802.11-2020: DSSS and HR/DSSS clauses 15, 16 (sensitivity 15.4.8.2, 16.3.8.2); OFDM table 17-4 and
 *         17-18; HT tables 19-27 to 19-34 and 19-23. DSSS has one "symbol" a bit, which is how its rates are timed.
 */
export interface Rate {
	/** dsss-1, ofdm-54, ht20-7, ht40-15-short. */
	readonly name: string;
	readonly phy: 'dsss' | 'ofdm' | 'ht';
	readonly widthMhz: 20 | 40;
	readonly streams: 1 | 2;
	readonly modulation: Modulation;
	readonly coding: Coding;
	/** Data bits in a symbol, all streams together. */
	readonly bitsPerSymbol: number;
	readonly symbolNs: number;
	readonly kbps: number;
	/** Chips that each symbol is spread over with the code that all share: against each other it gains nothing. */
	readonly chips: number;
	readonly sensitivityDbm: number;
	/** Place in the table. */
	readonly index: number;
}

/** name, modulation, bits a microsecond × 1000, sensitivity */
const dsss: readonly (readonly [string, Modulation, number, number])[] = [
	['dsss-1', 'dbpsk', 1000, -80],
	['dsss-2', 'dqpsk', 2000, -80],
	['dsss-5.5', 'cck55', 5500, -76],
	['dsss-11', 'cck11', 11000, -76],
];

/** Mbit/s, modulation, coding, data bits a symbol of 48 carriers, sensitivity */
const ofdm: readonly (readonly [number, Modulation, Coding, number, number])[] = [
	[6, 'bpsk', '1/2', 24, -82],
	[9, 'bpsk', '3/4', 36, -81],
	[12, 'qpsk', '1/2', 48, -79],
	[18, 'qpsk', '3/4', 72, -77],
	[24, 'qam16', '1/2', 96, -74],
	[36, 'qam16', '3/4', 144, -70],
	[48, 'qam64', '2/3', 192, -66],
	[54, 'qam64', '3/4', 216, -65],
];

/** modulation, coding, data bits a symbol of 52 carriers and one stream, sensitivity at 20 MHz: MCS 0 to 7 */
const ht: readonly (readonly [Modulation, Coding, number, number])[] = [
	['bpsk', '1/2', 26, -82],
	['qpsk', '1/2', 52, -79],
	['qpsk', '3/4', 78, -77],
	['qam16', '1/2', 104, -74],
	['qam16', '3/4', 156, -70],
	['qam64', '2/3', 208, -66],
	['qam64', '3/4', 234, -65],
	['qam64', '5/6', 260, -64],
];

/** Source: IEEE 802.11-2020 15.4.6.4. */
const BARKER_CHIPS = 11;
const LONG_SYMBOL_NS = 4000;
const SHORT_SYMBOL_NS = 3600;
/** Data carriers at 40 MHz over those at 20 MHz. */
const CARRIERS_40_OVER_20 = 108 / 52;
/** Twice the width lets in twice the noise. */
const WIDER_DB = 3;

function htRates(): Omit<Rate, 'index'>[] {
	const rates: Omit<Rate, 'index'>[] = [];
	for (const widthMhz of [20, 40] as const)
		for (const short of [false, true])
			for (const streams of [1, 2] as const)
				for (const [row, [modulation, coding, bits20, sensitivity20Dbm]] of ht.entries()) {
					const wide = widthMhz === 40;
					const bitsPerSymbol = bits20 * streams * (wide ? CARRIERS_40_OVER_20 : 1);
					const symbolNs = short ? SHORT_SYMBOL_NS : LONG_SYMBOL_NS;
					rates.push({
						name: `ht${widthMhz}-${row + 8 * (streams - 1)}${short ? '-short' : ''}`,
						phy: 'ht',
						widthMhz,
						streams,
						modulation,
						coding,
						bitsPerSymbol: Math.round(bitsPerSymbol),
						symbolNs,
						kbps: Math.round((Math.round(bitsPerSymbol) * 1e6) / symbolNs),
						chips: 1,
						sensitivityDbm: sensitivity20Dbm + (wide ? WIDER_DB : 0),
					});
				}
	return rates;
}

/** The table, slow to fast within each kind. */
export const rates: readonly Rate[] = [
	...dsss.map(([name, modulation, kbps, sensitivityDbm]) => ({
		name,
		phy: 'dsss' as const,
		widthMhz: 20 as const,
		streams: 1 as const,
		modulation,
		coding: 'none' as const,
		bitsPerSymbol: 1,
		symbolNs: 1e6 / kbps,
		kbps,
		chips: modulation === 'dbpsk' || modulation === 'dqpsk' ? BARKER_CHIPS : 1,
		sensitivityDbm,
	})),
	...ofdm.map(([mbps, modulation, coding, bitsPerSymbol, sensitivityDbm]) => ({
		name: `ofdm-${mbps}`,
		phy: 'ofdm' as const,
		widthMhz: 20 as const,
		streams: 1 as const,
		modulation,
		coding,
		bitsPerSymbol,
		symbolNs: LONG_SYMBOL_NS,
		kbps: mbps * 1000,
		chips: 1,
		sensitivityDbm,
	})),
	...htRates(),
].map((rate, index) => ({...rate, index}));

const byName = new Map(rates.map(rate => [rate.name, rate]));

/** The rate of that name. Errors: RangeError for a name that the table does not have. */
export function rateNamed(name: string): Rate {
	const rate = byName.get(name);
	if (rate === undefined) throw new RangeError(`no rate is called '${name}'`);
	return rate;
}

/** Rates at which acknowledgements and the like are sent. Source: IEEE 802.11-2020 17.2.2.3, 16.2.2.3. */
const controlOfdm = ['ofdm-24', 'ofdm-12', 'ofdm-6'].map(rateNamed);
const controlDsss = ['dsss-2', 'dsss-1'].map(rateNamed);
/** Non-HT rates whose modulation and coding are those of MCS 0 to 7. Source: IEEE 802.11-2020 table 10-9. */
const nonHtReference = [6, 12, 18, 24, 36, 48, 54, 54];

/**
 * The rate of the answer to a frame: the fastest of the basic set that is not faster than the frame.
 *
 * Source: IEEE 802.11-2020 10.6.6.5.2; for HT frames the non-HT reference rate of table 10-9 stands for the frame's own.
 */
export function controlRate(rate: Rate): Rate {
	const slowest = rateNamed(rate.phy === 'dsss' ? 'dsss-1' : 'ofdm-6');
	if (rate.phy === 'dsss') return controlDsss.find(control => control.kbps <= rate.kbps) ?? slowest;
	const mcs = Number(rate.name.split('-')[1]);
	const kbps = rate.phy === 'ht' ? (nonHtReference[mcs % 8] ?? 6) * 1000 : rate.kbps;
	return controlOfdm.find(control => control.kbps <= kbps) ?? slowest;
}
