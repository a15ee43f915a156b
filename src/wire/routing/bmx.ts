// SPDX-License-Identifier: Apache-2.0
import {
	type JsonRecord,
	numberOf,
	optional,
	parseRecord,
	type Route,
	type RoutingLink,
	recordsOf,
	textOf,
} from './table.ts';

// The files that the json plugins of bmx6 and bmx7 keep below their runtime folder: 'links', and one originator a file.
// Source: bmx6 and bmx7, fields of link_status and orig_status.

export type BmxVersion = 'bmx6' | 'bmx7';

const factors: Readonly<Record<string, number>> = {K: 1, M: 1000, G: 1_000_000};

/** A rate as bmx writes it: '709M', '11764K', or plain bit/s. Absent: undefined for '-1' and whatever is no rate. */
export function bmxRateKbps(value: unknown): number | undefined {
	if (typeof value !== 'string' || value === '') return undefined;
	const factor = factors[value.slice(-1)];
	const digits = factor === undefined ? value : value.slice(0, -1);
	const number = digits === '' ? Number.NaN : Number(digits);
	return number > 0 && Number.isFinite(number) ? number * (factor ?? 0.001) : undefined;
}

/** The neighbours in a file 'links'. Errors: DecodeError. */
export function decodeBmxLinks(version: BmxVersion, text: string): readonly RoutingLink[] {
	return recordsOf(parseRecord(text, version), 'links', version).map(link => {
		const where = `${version}.links`;
		if (version === 'bmx7')
			return {
				interface: textOf(link, 'dev', where),
				peer: textOf(link, 'nbLocalIp', where),
				...optional('throughputKbps', bmxRateKbps(link.txRate)),
			};
		return {
			interface: textOf(link, 'viaDev', where),
			peer: textOf(link, 'llocalIp', where),
			...optional('quality', shareOf(link)),
		};
	});
}

/** bmx6 tells the share of our packets that arrive, in percent. */
function shareOf(link: JsonRecord): number | undefined {
	const percent = numberOf(link, 'txRate');
	return percent === undefined ? undefined : Math.min(percent, 100) / 100;
}

/** The route to an originator. Absent: undefined for ourselves, and where there is no way. Errors: DecodeError. */
export function decodeBmxOriginator(version: BmxVersion, text: string): Route | undefined {
	const originator = parseRecord(text, version);
	const where = `${version}.originator`;
	const [deviceName, hopName] = version === 'bmx7' ? ['dev', 'nbLocalIp'] : ['viaDev', 'viaIp'];
	const device = textOf(originator, deviceName, where);
	const metric = bmxRateKbps(originator.metric);
	if (device === '---' || metric === undefined) return undefined;
	return {
		destination: textOf(originator, 'primaryIp', where),
		nextHop: textOf(originator, hopName, where),
		interface: device,
		throughputKbps: metric,
		...(version === 'bmx7' ? optional('hops', numberOf(originator, 'hops')) : {}),
	};
}
