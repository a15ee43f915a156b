// SPDX-License-Identifier: Apache-2.0
import {isMadeOf, NAME_CHARACTERS} from '../../core/text.ts';

/**
 * What stood in /etc/config/wireless before the agent changed it first.
 *
 * Shape:  lines `SECTION.OPTION <tab> VALUE BEFORE <tab> VALUE SET`; an empty value before: there was none. The value set tells
 *         later whether somebody else has changed it since: then it is theirs, and nothing is put back.
 */
export interface Change {
	readonly section: string;
	readonly option: string;
	readonly before: string;
	readonly ours: string;
}

const MOST_CHANGES = 64;
/** The daemon can write the folder of the record, and root acts on it: more than a channel must not be had by that. */
const OPTIONS = ['band', 'hwmode', 'channel', 'htmode'];
const VALUES = `${NAME_CHARACTERS}+`;

/** Lines that say something else are left out: a damaged record must not keep the rest from being put back. */
export function readChanges(text: string): Change[] {
	const changes: Change[] = [];
	for (const line of text.split('\n')) {
		const [name = '', before, ours] = line.split('\t');
		const dot = name.indexOf('.');
		const [section, option] = [name.slice(0, dot), name.slice(dot + 1)];
		if (dot < 1 || !OPTIONS.includes(option) || before === undefined || ours === undefined) continue;
		if (![before, ours].every(value => isMadeOf(value, VALUES)) || changes.length >= MOST_CHANGES) continue;
		changes.push({section, option, before, ours});
	}
	return changes;
}

export function writeChanges(changes: readonly Change[]): string {
	return changes.map(({section, option, before, ours}) => `${section}.${option}\t${before}\t${ours}\n`).join('');
}

/** The record after an option went from `now` to `ours`. What was there first stays known, unless somebody else has been there. */
export function noteChange(
	changes: readonly Change[],
	section: string,
	option: string,
	now: string,
	ours: string,
): Change[] {
	const known = changes.find(each => each.section === section && each.option === option);
	const others = changes.filter(each => each !== known);
	const before = known !== undefined && known.ours === now ? known.before : now;
	return before === ours ? others : [...others, {section, option, before, ours}];
}
