// SPDX-License-Identifier: Apache-2.0
import {readRecords} from '../measure/file.ts';
import {reportPage} from '../report/report.ts';
import {type LabCommand, LabError, parseWords} from './command.ts';

/** Result files as one page for people. */
export const report: LabCommand = {
	name: 'report',
	usage: 'RESULTS.jsonl… -o REPORT.html',
	about: 'draws results as one HTML page with charts and maps that opens without a server',
	async run(words, io) {
		const {rest, values} = parseWords(words, [], ['-o']);
		const out = values.get('-o');
		if (rest.length === 0) throw new LabError('one RESULTS.jsonl or more is wanted', 2);
		if (out === undefined) throw new LabError('-o REPORT.html is missing', 2);
		const records = rest.flatMap(path => readRecords(path, io));
		if (records.length === 0) throw new LabError(`${rest.join(', ')}: no finished run`);
		io.writeText(out, reportPage(records));
		io.print(`${out}: ${records.length} runs`);
		return 0;
	},
};
