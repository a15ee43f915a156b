// SPDX-License-Identifier: Apache-2.0
/** Reads what `iw` and `ip -s` print, as a person would, to compare it with what the agent reports. */

export interface PrintedSurvey {
	mhz: number;
	inUse: boolean;
	noiseDbm: number;
	activeMs: number;
	busyMs: number;
	receiveMs: number;
	transmitMs: number;
}

export interface PrintedStation {
	mac: string;
	receiveBytes: number;
	receivePackets: number;
	transmitBytes: number;
	transmitPackets: number;
	transmitRetries: number;
	transmitFailed: number;
	signalDbm: number;
	peerLink: string;
	tsfOffsetUs: number;
	/** The wall clock when this was printed. */
	timeMs: number;
}

export interface PrintedLink {
	receiveBytes: number;
	receivePackets: number;
	transmitBytes: number;
	transmitPackets: number;
}

function numberAfter(text: string, label: string): number {
	const match = new RegExp(`^\\s*${label}:\\s*(-?\\d+)`, 'm').exec(text);
	return match === null ? Number.NaN : Number(match[1]);
}

/** `iw dev X survey dump`. */
export function readSurveys(text: string): PrintedSurvey[] {
	return text
		.split(/^Survey data from .*$/m)
		.slice(1)
		.map(part => ({
			mhz: numberAfter(part, 'frequency'),
			inUse: part.includes('[in use]'),
			noiseDbm: numberAfter(part, 'noise'),
			activeMs: numberAfter(part, 'channel active time'),
			busyMs: numberAfter(part, 'channel busy time'),
			receiveMs: numberAfter(part, 'channel receive time'),
			transmitMs: numberAfter(part, 'channel transmit time'),
		}));
}

/** `iw dev X station dump`. */
export function readStations(text: string): PrintedStation[] {
	return text
		.split(/^Station /m)
		.slice(1)
		.map(part => ({
			mac: part.slice(0, 17),
			receiveBytes: numberAfter(part, 'rx bytes'),
			receivePackets: numberAfter(part, 'rx packets'),
			transmitBytes: numberAfter(part, 'tx bytes'),
			transmitPackets: numberAfter(part, 'tx packets'),
			transmitRetries: numberAfter(part, 'tx retries'),
			transmitFailed: numberAfter(part, 'tx failed'),
			signalDbm: numberAfter(part, 'signal'),
			// iw prints a negative offset as an unsigned number
			tsfOffsetUs: Number(BigInt.asIntN(64, BigInt(/Toffset:\s*(\d+)/.exec(part)?.[1] ?? 0))),
			peerLink: /mesh plink:\s*(\S+)/.exec(part)?.[1] ?? '',
			timeMs: numberAfter(part, 'current time'),
		}));
}

/** `ip -s link show X`. */
export function readLink(text: string): PrintedLink {
	const lines = text.split('\n');
	const after = (word: string) => {
		const at = lines.findIndex(line => line.trim().startsWith(word));
		return (lines[at + 1] ?? '').trim().split(/\s+/).map(Number);
	};
	const [receiveBytes = Number.NaN, receivePackets = Number.NaN] = after('RX:');
	const [transmitBytes = Number.NaN, transmitPackets = Number.NaN] = after('TX:');
	return {receiveBytes, receivePackets, transmitBytes, transmitPackets};
}
