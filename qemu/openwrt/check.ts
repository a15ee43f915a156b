// SPDX-License-Identifier: Apache-2.0

export interface CheckResult {
	readonly name: string;
	readonly ok: boolean;
	readonly detail: string;
}

/** Checks one after another, a line each. One that fails does not keep the others from being made. */
export class Checks {
	readonly results: CheckResult[] = [];
	readonly #say: (line: string) => void;

	constructor(say: (line: string) => void) {
		this.#say = say;
	}

	get failed(): number {
		return this.results.filter(({ok}) => !ok).length;
	}

	/** What `check` answers is shown behind its name; what it throws is why it failed. */
	async run(name: string, check: () => Promise<string> | string): Promise<boolean> {
		let result: CheckResult;
		try {
			result = {name, ok: true, detail: await check()};
		} catch (error) {
			result = {name, ok: false, detail: error instanceof Error ? error.message : String(error)};
		}
		this.results.push(result);
		const [first = '', ...rest] = result.detail.split('\n');
		this.#say(`${result.ok ? 'ok    ' : 'FAILED'} ${name}${first === '' ? '' : `: ${first}`}`);
		for (const line of rest) this.#say(`         ${line}`);
		return result.ok;
	}
}

/** Errors: an Error with the sentence when it does not hold. */
export function expect(holds: boolean, sentence: string): void {
	if (!holds) throw new Error(sentence);
}

/** Asks until the answer is something, for at most `limitS` seconds. Errors: an Error that says what did not come. */
export async function waitFor<T>(
	what: string,
	ask: () => Promise<T | undefined> | T | undefined,
	limitS = 60,
): Promise<T> {
	const end = Date.now() + 1000 * limitS;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`in ${limitS} s there was no ${what}`);
		await new Promise(resolve => setTimeout(resolve, 250));
	}
}
