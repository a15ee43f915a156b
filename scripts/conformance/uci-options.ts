// SPDX-License-Identifier: Apache-2.0

/** The options of one call of the uci tool, as its getopt leaves them. */
export interface UciOptions {
	configFolder: string;
	overrideFolder: string;
	saveFolder: string;
	/** In the order they are read; the save folder is among them. */
	readonly deltaFolders: string[];
	delimiter: string;
	input: string | undefined;
	isMerging: boolean;
	names: boolean;
	isExtended: boolean;
	isQuiet: boolean;
	isStrict: boolean;
	tellsSkipped: boolean;
	commits: boolean;
}

export interface ParsedArguments {
	readonly options: UciOptions;
	/** The command and its arguments. */
	readonly words: string[];
	/** What getopt prints where it does not understand; the usage follows. Absent: undefined where it does. */
	readonly complaint: string | undefined;
	/** Whether a second input was given. */
	readonly hasTwoInputs: boolean;
}

const withValue = 'cCdfpPt';
const known = `${withValue}mnNqsSX`;

/** Reads a command line as glibc's getopt does: options may stand behind the command, '--' ends them. */
export function readArguments(argv: readonly string[]): ParsedArguments {
	const options: UciOptions = {
		configFolder: '/etc/config',
		overrideFolder: '/var/run/uci',
		saveFolder: '/tmp/.uci',
		deltaFolders: ['/tmp/.uci'],
		delimiter: ' ',
		input: undefined,
		isMerging: false,
		names: false,
		isExtended: true,
		isQuiet: false,
		isStrict: true,
		tellsSkipped: false,
		commits: true,
	};
	const words: string[] = [];
	let complaint: string | undefined;
	let hasTwoInputs = false;
	for (let i = 0; i < argv.length && complaint === undefined; i++) {
		const word = argv[i] ?? '';
		if (word === '--') {
			words.push(...argv.slice(i + 1));
			break;
		}
		if (word.length < 2 || !word.startsWith('-')) {
			words.push(word);
			continue;
		}
		for (let at = 1; at < word.length && complaint === undefined; at++) {
			const letter = word.charAt(at);
			if (!known.includes(letter)) {
				complaint = letter === 'L' ? '' : `uci: invalid option -- '${letter}'\n`;
			} else if (withValue.includes(letter)) {
				const value = at + 1 < word.length ? word.slice(at + 1) : argv[++i];
				if (value === undefined) complaint = `uci: option requires an argument -- '${letter}'\n`;
				else if (letter === 'f' && options.input !== undefined) hasTwoInputs = true;
				else setValue(options, letter, value);
				break;
			} else setFlag(options, letter);
		}
	}
	return {options, words, complaint, hasTwoInputs};
}

function setValue(options: UciOptions, letter: string, value: string): void {
	if (letter === 'c') options.configFolder = value;
	else if (letter === 'C') options.overrideFolder = value;
	else if (letter === 'd') options.delimiter = value;
	else if (letter === 'f') options.input = value;
	else if (letter === 'p') {
		if (!options.deltaFolders.includes(value)) options.deltaFolders.splice(-1, 0, value);
	} else {
		const known = options.deltaFolders.indexOf(value);
		if (known >= 0) options.deltaFolders.splice(known, 1);
		options.deltaFolders.push(value);
		options.saveFolder = value;
	}
	if (letter === 'P') options.commits = false;
}

function setFlag(options: UciOptions, letter: string): void {
	if (letter === 'm') options.isMerging = true;
	else if (letter === 'n') options.names = true;
	else if (letter === 'N') options.names = false;
	else if (letter === 'q') options.isQuiet = true;
	else if (letter === 's') options.isStrict = true;
	else if (letter === 'X') options.isExtended = false;
	else if (letter === 'S') {
		options.isStrict = false;
		options.tellsSkipped = true;
	}
}
