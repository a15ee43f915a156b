// SPDX-License-Identifier: Apache-2.0
import {LabError, type LabIo} from '../command/command.ts';
import type {RunRecord} from './record.ts';

/** The records of a result file; a last line that was cut off is left out. Errors: LabError with file and line. */
export function readRecords(path: string, io: LabIo): RunRecord[] {
	const text = io.readText(path);
	if (text === undefined) throw new LabError(`${path}: there is no such file`);
	const lines = text.split('\n');
	return lines.flatMap((line, index) => {
		if (line.trim() === '') return [];
		let value: unknown;
		try {
			value = JSON.parse(line);
		} catch {
			if (index === lines.length - 1) return [];
			throw new LabError(`${path}: line ${index + 1}: expected a JSON object`);
		}
		if (!isRecord(value))
			throw new LabError(
				`${path}: line ${index + 1}: expected a result of 'lab run' with scenario, variant, seed and flows`,
			);
		return [value];
	});
}

function isRecord(value: unknown): value is RunRecord {
	if (typeof value !== 'object' || value === null) return false;
	const {scenario, variant, seed, nodes, flows, links, radios} = value as Partial<Record<keyof RunRecord, unknown>>;
	return (
		typeof scenario === 'string' &&
		typeof variant === 'string' &&
		typeof seed === 'number' &&
		[nodes, flows, links, radios].every(Array.isArray)
	);
}

export function lineOf(record: RunRecord): string {
	return `${JSON.stringify(record)}\n`;
}
