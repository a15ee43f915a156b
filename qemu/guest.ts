// SPDX-License-Identifier: Apache-2.0
/** A booted bench: scripts go in through a shared folder, and the console says when each is done. */
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const keptConsoleLines = 200;

/** How a guest is started: a command, whose standard input and output are the guest's console. */
export interface Launch {
	command: string;
	words: string[];
	env?: Record<string, string>;
}

export interface GuestOptions {
	/** The guest is ended after this time in any case. */
	limitS: number;
	/** Run as long as the guest. */
	companions?: Launch[];
	/** Runs before anything the host asks for, and without waiting for the host: at the same virtual time in each run. */
	firstScript?: string;
}

/** What a script printed, and how it ended. */
export interface ScriptResult {
	output: string;
	code: number;
}

function endGroup(leader: ChildProcess): void {
	try {
		if (leader.pid !== undefined) process.kill(-leader.pid, 'SIGKILL');
	} catch {
		// it is gone already
	}
}

/** One running guest. Scripts run one after another, in the order of the calls. */
export class Guest {
	/** The folder that the guest sees as /host. */
	readonly share: string;
	readonly #child: ChildProcess;
	readonly #console: string[] = [];
	readonly #listeners = new Set<(line: string) => void>();
	readonly #ended: Promise<void>;
	/** What the first script printed, for a guest that was booted with one. */
	readonly first: Promise<ScriptResult>;
	#hasEnded = false;
	#number = 0;
	#queue: Promise<unknown>;

	private constructor(share: string, child: ChildProcess) {
		this.share = share;
		this.#child = child;
		this.#ended = new Promise(resolve => {
			child.on('close', () => {
				this.#hasEnded = true;
				resolve();
				for (const listener of [...this.#listeners]) listener('bench ended');
			});
		});
		let partial = '';
		const take = (piece: Buffer) => {
			const lines = (partial + piece.toString('latin1')).split(/\r?\n/);
			partial = lines.pop() ?? '';
			for (const line of lines) this.#takeLine(line);
		};
		child.stdout?.on('data', take);
		child.stderr?.on('data', take);
		child.stdin?.on('error', () => undefined); // a guest that is gone takes no more input; the wait tells
		this.first = this.#result('first');
		this.first.catch(() => undefined); // reported to whoever waits for it
		this.#queue = this.#lineThat(line => (line.includes('bench ready') ? line : undefined));
		this.#queue.catch(() => undefined); // reported by the first script
	}

	static async boot(describe: (share: string) => Launch, options: GuestOptions): Promise<Guest> {
		const {limitS, companions = [], firstScript} = options;
		const share = await mkdtemp(join(tmpdir(), 'mesh-noc-bench-'));
		await mkdir(join(share, '.run'), {recursive: true});
		if (firstScript !== undefined) await writeFile(join(share, 'first.sh'), `${firstScript}\n`);
		const start = ({command, words, env}: Launch, stdio: 'pipe' | 'ignore') =>
			// A process group of its own, so that it can be ended whole; it also ends when this process is killed.
			spawn('setpriv', ['--pdeathsig', 'TERM', 'timeout', '-k', '2', String(limitS), command, ...words], {
				stdio,
				detached: true,
				env: {...process.env, ...env},
			});
		const beside = companions.map(companion => start(companion, 'ignore'));
		const guest = new Guest(share, start(describe(share), 'pipe'));
		void guest.#ended.then(() => beside.forEach(endGroup));
		return guest;
	}

	/** The last lines of the console, for an error report. */
	get console(): string {
		return this.#console.join('\n');
	}

	/** Ends when the guest does. */
	get ended(): Promise<void> {
		return this.#ended;
	}

	#takeLine(line: string): void {
		this.#console.push(line);
		this.#console.splice(0, this.#console.length - keptConsoleLines);
		for (const listener of [...this.#listeners]) listener(line);
	}

	#lineThat<T>(match: (line: string) => T | undefined): Promise<T> {
		return new Promise((resolve, reject) => {
			const end = () => {
				this.#listeners.delete(listener);
				reject(new Error(`the bench ended\n${this.console}`));
			};
			const listener = (line: string) => {
				if (line === 'bench ended') return end();
				const found = match(line);
				if (found === undefined) return;
				this.#listeners.delete(listener);
				resolve(found);
			};
			this.#listeners.add(listener);
			if (this.#hasEnded) end();
		});
	}

	async #result(name: string): Promise<ScriptResult> {
		const code = await this.#lineThat(line => {
			const match = /bench done (\w+) (\d+)/.exec(line);
			return match?.[1] === name ? Number(match[2]) : undefined;
		});
		return {output: await readFile(join(this.share, `${name}.out`), 'utf8'), code};
	}

	/** Runs a shell script in the guest and waits for its end. */
	run(script: string): Promise<ScriptResult> {
		const result = this.#queue.then(async () => {
			const number = ++this.#number;
			await writeFile(join(this.share, `${number}.sh`), `${script}\n`);
			const done = this.#result(String(number));
			this.#child.stdin?.write(`${number}\n`);
			return done;
		});
		this.#queue = result.catch(() => undefined);
		return result;
	}

	/** Runs a script that must succeed, and returns what it printed. */
	async check(script: string): Promise<string> {
		const {output, code} = await this.run(script);
		if (code !== 0) throw new Error(`the script ended with ${code}:\n${script}\n--- it printed\n${output}`);
		return output;
	}

	/** Ends the guest, in order if it can, and removes its folder. */
	async stop(): Promise<void> {
		this.#child.stdin?.write('quit\n');
		const forced = setTimeout(() => endGroup(this.#child), 3_000);
		await this.#ended;
		clearTimeout(forced);
		await rm(this.share, {recursive: true, force: true});
	}
}
