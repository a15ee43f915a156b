// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import {fnv1a} from '../core/hash.ts';
import {decodeUtf8, NAME_CHARACTERS} from '../core/text.ts';
import {
	type Configuration,
	type ConfigurationProblem,
	type OptionName,
	options,
	readConfiguration,
	uciName,
} from '../model/configuration.ts';
import type {Log, LogLevel, Runtime} from '../port/port.ts';
import {type ConfigurationTexts, readConfigurationFile} from '../source/configuration.ts';
import {Agent} from './agent.ts';
import {version} from './version.ts';

const usage = `Usage: astral-mesh [--uci FILE] [--config FILE] [--set NAME=VALUE]… [--version] [--help]
                   [--syslog] [--user UID:GID]
       astral-mesh keep | restore
Reports what this router's radios see to a collector. SIGHUP, or a change of the file, reads the configuration again.

  --uci     a file as /etc/config/astral-mesh, where intervalS is interval_s
  --config  a file of lines NAME = VALUE
  --set     goes before both
  --syslog  messages go to the system's log
  --user    gives up root, but for three capabilities of the network
  keep      writes channels that held to /etc/config/wireless, as the service asked
  restore   puts radios back to what was configured before the service changed it

Options:
`;

interface Arguments {
	readonly file: string | undefined;
	readonly uci: string | undefined;
	readonly texts: ReadonlyMap<string, string>;
}

/** How often files are looked at for changes that nobody told us of. */
const WATCH_MS = 10_000;

/** Runs the agent on any runtime until it is asked to stop. `programArguments` are those behind the program's name. */
export function runAgent(runtime: Runtime, programArguments: readonly string[]): void {
	const say = (text: string): void => runtime.log.write('notice', text);
	if (programArguments.includes('--version')) {
		say(`astral-mesh ${version}`);
		return runtime.exit(0);
	}
	if (programArguments.includes('--help')) {
		say(usage + describeOptions());
		return runtime.exit(0);
	}
	const [word] = programArguments;
	if (word === 'keep' || word === 'restore') {
		const failed = (error: unknown): void => {
			runtime.log.write('error', `${word}: ${String(error)}`);
			runtime.exit(1);
		};
		void import('./channel-words.ts').then(({runChannelWord}) => runChannelWord(runtime, word)).catch(failed);
		return;
	}
	const parsed = parseArguments(programArguments);
	if (typeof parsed === 'string') {
		runtime.log.write('error', `${parsed}; see --help`);
		return runtime.exit(2);
	}
	const program = new Program(runtime, parsed);
	runtime.onReload(() => program.reload());
	runtime.onStop(() => {
		program.stop();
		runtime.exit(0);
	});
	program.reload();
}

/** The agent that runs now, and how it is replaced: a configuration that cannot work leaves the last one running. */
class Program {
	readonly #runtime: Runtime;
	readonly #arguments: Arguments;
	readonly #startedMs: number;
	#configuration: Configuration | undefined;
	#problems: readonly ConfigurationProblem[] = [];
	#agent: Agent | undefined;
	#logLevel: LogLevel = 'notice';
	#cancelWatch = (): void => {};
	#seen = 0;

	constructor(runtime: Runtime, parsed: Arguments) {
		this.#runtime = runtime;
		this.#arguments = parsed;
		this.#startedMs = runtime.clock.nowMs();
	}

	/** Reads the configuration; the parser of UCI is loaded where there is such a file. */
	reload(): void {
		const {file, uci} = this.#arguments;
		const {files} = this.#runtime;
		this.#watch();
		if (uci === undefined) return this.#apply(file === undefined ? undefined : readConfigurationFile(files, file));
		void import('../source/uci-configuration.ts').then(
			({readUciConfiguration}) => this.#apply(readUciConfiguration(files, uci), uciName),
			error => this.#complain({option: uci, message: String(error)}),
		);
	}

	stop(): void {
		this.#cancelWatch();
		this.#agent?.stop();
	}

	#apply(read: ConfigurationTexts | undefined, spell?: (name: string) => string): void {
		const texts = new Map([...(read?.texts ?? []), ...this.#arguments.texts]);
		const last = this.#configuration;
		const filled =
			read?.isWhole === false && last !== undefined
				? {configuration: last, problems: []}
				: readConfiguration(texts, last, spell);
		const {configuration} = filled;
		this.#problems = [...(read?.problems ?? []), ...filled.problems];
		for (const problem of this.#problems) this.#complain(problem);
		this.#logLevel = configuration.logLevel;
		if (this.#agent !== undefined && isSame(configuration, this.#configuration)) return this.#unchanged();
		try {
			this.#replace(configuration);
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			const isRunning = this.#agent !== undefined;
			const problem = {option: '', message: `${error.message}; ${isRunning ? 'unchanged' : 'nothing is reported'}`};
			this.#problems = [...this.#problems, problem];
			this.#complain(problem);
			// Without its collector a router still has an agent, which says on the bus what is wrong.
			if (!isRunning) this.#replace({...configuration, broker: ''});
		}
	}

	/** Errors: PortError when a file that the configuration names cannot be read; then nothing has changed. */
	#replace(configuration: Configuration): void {
		const node = nodeName(configuration.node, this.#runtime);
		const agent = new Agent(this.#runtime, {
			node,
			software: `astral-mesh ${version}`,
			configuration,
			log: this.#filteredLog(),
			program: {startedMs: this.#startedMs, reload: () => this.reload(), problems: () => this.#problems},
		});
		this.#agent?.stop();
		this.#agent = agent;
		this.#configuration = configuration;
		const broker = configuration.broker === '' ? 'nowhere, no broker is set' : configuration.broker;
		this.#runtime.log.write('notice', `astral-mesh ${version} on ${node}, reporting to ${broker}`);
		agent.start();
	}

	#unchanged(): void {
		this.#runtime.log.write('notice', 'configuration: nothing changed');
	}

	/** Looks at the files now and then: a change is read as if we had been told. */
	#watch(): void {
		const paths = [this.#arguments.file, this.#arguments.uci].filter(path => path !== undefined);
		if (paths.length === 0) return;
		this.#cancelWatch();
		this.#seen = this.#contents(paths);
		const look = (): void => {
			if (this.#contents(paths) !== this.#seen) return this.reload();
			this.#cancelWatch = this.#runtime.clock.after(WATCH_MS, look);
		};
		this.#cancelWatch = this.#runtime.clock.after(WATCH_MS, look);
	}

	/** A number that changes with what is in the files. */
	#contents(paths: readonly string[]): number {
		try {
			return paths.reduce((sum, path) => sum + fnv1a(this.#runtime.files.read(path) ?? new Uint8Array()), 0);
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return 0;
		}
	}

	#complain(problem: ConfigurationProblem): void {
		this.#runtime.log.write('warning', `configuration: ${problem.message}`);
	}

	#filteredLog(): Log {
		const levels: readonly LogLevel[] = ['error', 'warning', 'notice', 'debug'];
		return {
			write: (level, text) => {
				if (levels.indexOf(level) <= levels.indexOf(this.#logLevel)) this.#runtime.log.write(level, text);
			},
		};
	}
}

function isSame(a: Configuration, b: Configuration | undefined): boolean {
	return b !== undefined && (Object.keys(options) as OptionName[]).every(name => a[name] === b[name]);
}

/** Absent: a sentence saying what is wrong. */
function parseArguments(list: readonly string[]): Arguments | string {
	const texts = new Map<string, string>();
	let file: string | undefined;
	let uci: string | undefined;
	for (let i = 0; i < list.length; i += 2) {
		const [name, value] = [list[i] ?? '', list[i + 1]];
		if (name !== '--config' && name !== '--set' && name !== '--uci') return `unknown argument '${name}'`;
		if (value === undefined) return `${name} needs a value`;
		const at = value.indexOf('=');
		if (name === '--config') file = value;
		else if (name === '--uci') uci = value;
		else if (at < 1) return `--set needs NAME=VALUE, not '${value}'`;
		else texts.set(value.slice(0, at), value.slice(at + 1));
	}
	return {file, uci, texts};
}

function describeOptions(): string {
	return Object.entries(options)
		.map(([name, {about, initial, expected}]) => {
			const preset = initial === '' ? 'none' : String(initial);
			return `  ${name.padEnd(18)} ${about} (${expected}; preset: ${preset})`;
		})
		.join('\n');
}

/** The configured name, or the host's with what a topic cannot carry left out. */
function nodeName(configured: string, runtime: Runtime): string {
	if (configured !== '') return configured;
	const host = runtime.files.read('/proc/sys/kernel/hostname');
	const characters = [...decodeUtf8(host ?? new Uint8Array()).trim()];
	const name = characters
		.map(character => (NAME_CHARACTERS.includes(character) ? character : '-'))
		.join('')
		.slice(0, 48);
	return name === '' ? 'router' : name;
}
