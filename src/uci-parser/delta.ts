// SPDX-License-Identifier: Apache-2.0
import {INVALID_ARGUMENT, UciError} from './error.ts';
import {apply, parsePointer} from './operation.ts';
import type {Change, ChangeKind, Package} from './package.ts';
import {type Scanner, scan} from './scanner.ts';
import {isName} from './text.ts';

const kinds = '+-@^|~';

/** Reads the line the scanner stands on. Errors: UciError. */
function readChange(scanner: Scanner): {readonly packageName: string; readonly change: Change} {
	const word = scanner.word();
	const hasKind = word !== '' && kinds.includes(word.charAt(0));
	const kind = (hasKind ? word.charAt(0) : '') as ChangeKind;
	const {packageName, section, option, value} = parsePointer(hasKind ? word.slice(1) : word);
	const isGood =
		scanner.isAtEnd() &&
		section !== undefined &&
		isName(section) &&
		(kind === '-' || value !== undefined) &&
		(kind !== '^' || option === undefined) &&
		(kind !== '@' || isName(value ?? '')) &&
		(option !== undefined || (kind !== '|' && kind !== '~'));
	if (!isGood) throw new UciError(INVALID_ARGUMENT);
	return {packageName, change: {kind, section, option, value}};
}

/** Applies a delta file; a line that means nothing, or nothing any more, is passed over. Answers how many were applied. */
export function applyDelta(pkg: Package, bytes: Uint8Array): number {
	const scanner = scan(bytes);
	let applied = 0;
	while (scanner.nextLine()) {
		try {
			const {packageName, change} = readChange(scanner);
			if (packageName !== pkg.name) continue;
			pkg.saved.push(change);
			apply(pkg, change);
			applied++;
		} catch (error) {
			if (!(error instanceof UciError)) throw error;
		}
	}
	return applied;
}

/** The changes of a delta file but those of a section, or of one of its options. Absent: undefined where a line is damaged. */
export function withoutChanges(bytes: Uint8Array, section?: string, option?: string): Change[] | undefined {
	const scanner = scan(bytes);
	const kept: Change[] = [];
	try {
		while (scanner.nextLine()) {
			const {change} = readChange(scanner);
			const isMatch =
				(section === undefined || change.section === section) && (option === undefined || change.option === option);
			if (!isMatch) kept.push(change);
		}
	} catch (error) {
		if (error instanceof UciError) return undefined;
		throw error;
	}
	return kept;
}
