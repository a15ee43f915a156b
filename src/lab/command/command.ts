// SPDX-License-Identifier: Apache-2.0

/** What a command may do to the world; `main/lab.ts` gives it Node's files and terminal, a test gives it its own. */
export interface LabIo {
	/** One line of the command's answer. */
	print(line: string): void;
	/** How far a long run is, where somebody looks; never part of the answer. */
	progress(done: number, total: number, what: string): void;
	/** Absent: undefined when there is no such file. */
	readText(path: string): string | undefined;
	/** All of it or nothing. */
	writeText(path: string, text: string): void;
	/** The names in a folder; none when there is no such folder. */
	list(path: string): readonly string[];
	/** Absent: where no solver is at hand. */
	readonly solveMilp?: SolveMilp;
	/** Absent: where ns-3 cannot be run. */
	readonly runPeer?: RunPeer;
	/** Runs a command of the lab in another process and answers the lines it printed. Absent: all is done in this one. */
	readonly runBeside?: (words: readonly string[]) => Promise<readonly string[]>;
	/** How many of those find a core each. */
	readonly cores?: number;
	/** Milliseconds of any clock, for the time a method took. */
	nowMs(): number;
}

/** Runs a scenario of ns-3; the words are those of scripts/bench/lab/peer.cc. */
export type RunPeer = (words: readonly string[]) => Promise<{readonly flowsMbps: readonly number[]}>;

/** Solves a mixed-integer program in CPLEX's LP format; `limitS` bounds the time. */
export type SolveMilp = (program: string, limitS: number) => Promise<MilpSolution>;

export interface MilpSolution {
	readonly optimal: boolean;
	readonly objective: number;
	readonly values: ReadonlyMap<string, number>;
}

export interface LabCommand {
	readonly name: string;
	/** What follows the name. */
	readonly usage: string;
	/** One line for people. */
	readonly about: string;
	/** Answers the exit code. Errors: LabError, whose message is for people. */
	run(words: readonly string[], io: LabIo): Promise<number>;
}

/** A request that cannot be met; the message says what would be. */
export class LabError extends Error {
	/** 2: the words were wrong; 1: the world was. */
	readonly exitCode: 1 | 2;

	constructor(message: string, exitCode: 1 | 2 = 1) {
		super(message);
		this.name = 'LabError';
		this.exitCode = exitCode;
	}
}

/** Options and the words that are none. */
export interface Parsed {
	readonly flags: ReadonlySet<string>;
	readonly values: ReadonlyMap<string, string>;
	readonly rest: readonly string[];
}

/** Reads '--flag' and '--name VALUE'. Errors: LabError for what is neither. */
export function parseWords(words: readonly string[], flags: readonly string[], names: readonly string[]): Parsed {
	const given = new Set<string>();
	const values = new Map<string, string>();
	const rest: string[] = [];
	for (let i = 0; i < words.length; i++) {
		const word = words[i] as string;
		if (!word.startsWith('-')) rest.push(word);
		else if (flags.includes(word)) given.add(word);
		else if (names.includes(word)) {
			const value = words[++i];
			if (value === undefined) throw new LabError(`${word} needs a value`, 2);
			values.set(word, value);
		} else throw new LabError(`there is no option ${word} here`, 2);
	}
	return {flags: given, values, rest};
}

/** A whole number in a range. Errors: LabError. */
export function wholeNumber({values}: Parsed, name: string, preset: number, least: number, most: number): number {
	const text = values.get(name);
	if (text === undefined) return preset;
	const number = Number(text);
	if (!Number.isSafeInteger(number) || number < least || number > most)
		throw new LabError(`${name} takes a whole number from ${least} to ${most}, not '${text}'`, 2);
	return number;
}
