// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, spawn} from 'node:child_process';

const KEPT = 65_536;

/** A machine whose serial console is its standard input and output, and the shell that answers there. */
export class Console {
	readonly #child: ChildProcess;
	readonly #onText: (text: string) => void;
	#text = '';
	#number = 0;
	#hasEnded = false;
	#wake = (): void => {};

	/** `limitS` ends the machine in any case. */
	constructor(command: string, words: readonly string[], limitS: number, onText: (text: string) => void) {
		this.#onText = onText;
		this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', 'timeout', '-k', '2', String(limitS), command, ...words], {
			stdio: ['pipe', 'pipe', 'pipe'],
			detached: true,
		});
		const take = (piece: Buffer): void => {
			const text = piece.toString('latin1');
			this.#onText(text);
			this.#text = (this.#text + text).slice(-KEPT);
			this.#wake();
		};
		this.#child.stdout?.on('data', take);
		this.#child.stderr?.on('data', take);
		this.#child.stdin?.on('error', () => undefined); // a machine that is gone takes no more input; the wait tells
		this.#child.on('close', () => {
			this.#hasEnded = true;
			this.#wake();
		});
	}

	/** The last of what was printed, for an error report. */
	get text(): string {
		return this.#text;
	}

	/** Presses Enter until a shell answers. Errors: an Error with what the console showed last. */
	async login(limitS: number): Promise<void> {
		const end = Date.now() + 1000 * limitS;
		while (Date.now() < end && !this.#hasEnded) {
			this.#type('');
			const number = ++this.#number;
			this.#type(`echo up"-"${number}`);
			if (await this.#await(new RegExp(`up-${number}\\b`), 5_000)) return;
		}
		throw new Error(`no shell in ${limitS} s; the console showed last:\n${this.#text.slice(-800)}`);
	}

	/**
	 * Runs one line. What it prints stands between two marks; they are typed in two pieces each, so that the echo of the
	 * line, which a shell may wrap, is not taken for them.
	 */
	async run(line: string, limitS = 120): Promise<{output: string; code: number}> {
		const number = ++this.#number;
		this.#text = '';
		this.#type(`echo begin"-"${number}; ${line}; echo end"-"${number}:$?`);
		const pattern = new RegExp(`begin-${number}\\r*\\n([\\s\\S]*?)end-${number}:(\\d+)`);
		const match = await this.#await(pattern, 1000 * limitS);
		if (match === undefined) throw new Error(`'${line}' did not end in ${limitS} s:\n${this.#text.slice(-800)}`);
		return {output: (match[1] ?? '').replaceAll('\r', ''), code: Number(match[2])};
	}

	stop(): Promise<void> {
		try {
			if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
		} catch {
			// it is gone already
		}
		return new Promise(resolve => (this.#hasEnded ? resolve() : this.#child.on('close', () => resolve())));
	}

	#type(line: string): void {
		this.#child.stdin?.write(`${line}\n`);
	}

	async #await(pattern: RegExp, limitMs: number): Promise<RegExpExecArray | undefined> {
		const end = Date.now() + limitMs;
		for (;;) {
			const match = pattern.exec(this.#text);
			if (match !== null) return match;
			const left = end - Date.now();
			if (left <= 0 || this.#hasEnded) return undefined;
			await new Promise<void>(resolve => {
				const timer = setTimeout(resolve, left);
				this.#wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
	}
}
