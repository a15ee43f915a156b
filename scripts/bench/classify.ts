// SPDX-License-Identifier: Apache-2.0
import {evaluate} from '../../src/lab/spectrum/evaluate.ts';
import {makeExamples} from '../../src/lab/spectrum/example.ts';
import {sources} from '../../src/model/spectrum/classify.ts';
import type {Row} from './row.ts';

export const name = 'classify';
export const about =
	'who sends, told from a second of spectrum: confusion matrix, accuracy, false positives; baseline: the published ones';

const WINDOWS = 400;
/**
 * Source: S. Rayanchu, A. Patro, S. Banerjee, "Airshark: detecting non-WiFi RF devices using commodity WiFi hardware",
 *         IMC 2011: 91–96 % accuracy with several devices at once, 0.39 % false positives.
 */
const AIRSHARK_ACCURACY = 0.96;
const AIRSHARK_FALSE_POSITIVES = 0.0039;
const CELL = 9;

export async function run(report: (row: Row) => void): Promise<void> {
	const {accuracyShare, falsePositiveShare, confusion, windows} = evaluate(makeExamples(WINDOWS, 'test'));
	const say = (metric: string, value: number, unit: string, baseline?: number): void =>
		report({
			bench: name,
			metric,
			value,
			unit,
			...(baseline === undefined ? {} : {baseline, ratio: value / baseline}),
		});
	if (!process.argv.includes('--json')) {
		const line = (cells: readonly (string | number)[]): string =>
			cells
				.map((cell, i) =>
					i === 0
						? String(cell).padEnd(16)
						: String(cell)
								.slice(0, CELL - 1)
								.padStart(CELL),
				)
				.join('');
		console.log(line(['was \\ said', ...sources]));
		for (const [i, row] of confusion.entries()) console.log(line([sources[i] ?? '', ...row]));
		console.log('');
	}
	say('windows', windows, 'windows');
	say('accuracy', accuracyShare, '1', AIRSHARK_ACCURACY);
	say('falsePositives', falsePositiveShare, '1', AIRSHARK_FALSE_POSITIVES);
	// A radio set otherwise, or another one, takes its samples at another pace: the trees were grown at 1494 µs.
	for (const spacingUs of [220, 700, 3000]) {
		const other = evaluate(makeExamples(WINDOWS / 4, 'test', spacingUs));
		say(`accuracyAt${spacingUs}us`, other.accuracyShare, '1', accuracyShare);
	}
	for (const [i, row] of confusion.entries())
		say(`recall.${sources[i] ?? ''}`, (row[i] ?? 0) / row.reduce((sum, count) => sum + count, 0), '1');
}
