// SPDX-License-Identifier: Apache-2.0
import {classify, type SpectrumFinding, type SpectrumSource, sources} from '../../model/spectrum/classify.ts';
import type {Example} from './example.ts';

/** How good answers are on windows whose truth is known. */
export interface Evaluation {
	readonly windows: number;
	/** Share of the windows whose source was found, of `none` nothing. */
	readonly accuracyShare: number;
	/**
	 * Sources that were said and were not there, of all that could have been said and were not there. `unknown` is no claim
	 * that a kind of device is there, and is not counted.
	 */
	readonly falsePositiveShare: number;
	/** Rows: what was there; columns: what was said, in the order of `sources`. */
	readonly confusion: readonly (readonly number[])[];
}

export function evaluate(examples: readonly Example[]): Evaluation {
	const confusion = sources.map(() => sources.map(() => 0));
	let right = 0;
	let falsePositives = 0;
	let chances = 0;
	for (const {features, source, truth} of examples) {
		const said = classify(features);
		const answer = answerTo(source, said);
		const row = confusion[sources.indexOf(source)] as number[];
		const column = sources.indexOf(answer);
		row[column] = (row[column] as number) + 1;
		if (answer === source) right++;
		for (const claim of sources) {
			if (claim === 'none' || claim === 'unknown' || truth.includes(claim)) continue;
			chances++;
			if (said.some(finding => finding.source === claim)) falsePositives++;
		}
	}
	return {
		windows: examples.length,
		accuracyShare: right / examples.length,
		falsePositiveShare: falsePositives / chances,
		confusion,
	};
}

/** The finding that speaks of the source; else the first that does not speak of the Wi-Fi beside it. */
function answerTo(source: SpectrumSource, said: readonly SpectrumFinding[]): SpectrumSource {
	if (said.some(finding => finding.source === source)) return source;
	const other = source === 'wifi' || source === 'none' ? said[0] : said.find(finding => finding.source !== 'wifi');
	return other?.source ?? (source === 'none' || said.length === 0 ? 'none' : (said[0]?.source ?? 'none'));
}
