// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import {decodeUtf8, NAME_CHARACTERS} from '../core/text.ts';
import {type Configuration, type ConfigurationProblem, options, readConfiguration} from '../model/configuration.ts';
import type {Log, LogLevel, Runtime} from '../port/port.ts';
import {readConfigurationFile} from '../source/configuration.ts';
import {Agent} from './agent.ts';
import {version} from './version.ts';

const usage = `Usage: astral-mesh [--config FILE] [--set NAME=VALUE]… [--version] [--help]
Reports what this router's radios see to a collector. SIGHUP reads the configuration again.

Options, in the file one a line as NAME = VALUE:
`;

interface Arguments {
	readonly file: string | undefined;
	readonly texts: ReadonlyMap<string, string>;
}

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
	#configuration: Configuration | undefined;
	#agent: Agent | undefined;
	#logLevel: LogLevel = 'notice';

	constructor(runtime: Runtime, parsed: Arguments) {
		this.#runtime = runtime;
		this.#arguments = parsed;
	}

	reload(): void {
		const {file, texts} = this.#arguments;
		const fromFile = file === undefined ? undefined : readConfigurationFile(this.#runtime.files, file);
		const {configuration, problems} = readConfiguration(
			new Map([...(fromFile?.texts ?? []), ...texts]),
			this.#configuration,
		);
		for (const problem of [...(fromFile?.problems ?? []), ...problems]) this.#complain(problem);
		this.#logLevel = configuration.logLevel;
		const node = nodeName(configuration.node, this.#runtime);
		let agent: Agent;
		try {
			const software = `astral-mesh ${version}`;
			agent = new Agent(this.#runtime, {node, software, configuration, log: this.#filteredLog()});
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			this.#complain({
				option: '',
				message: `${error.message}; ${this.#agent === undefined ? 'not started' : 'unchanged'}`,
			});
			if (this.#agent === undefined) this.#runtime.exit(1);
			return;
		}
		this.#agent?.stop();
		this.#agent = agent;
		this.#configuration = configuration;
		const broker = configuration.broker === '' ? 'nowhere, no broker is set' : configuration.broker;
		this.#runtime.log.write('notice', `astral-mesh ${version} on ${node}, reporting to ${broker}`);
		agent.start();
	}

	stop(): void {
		this.#agent?.stop();
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

/** Absent: a sentence saying what is wrong. */
function parseArguments(list: readonly string[]): Arguments | string {
	const texts = new Map<string, string>();
	let file: string | undefined;
	for (let i = 0; i < list.length; i += 2) {
		const [name, value] = [list[i] ?? '', list[i + 1]];
		if (name !== '--config' && name !== '--set') return `unknown argument '${name}'`;
		if (value === undefined) return `${name} needs a value`;
		const at = value.indexOf('=');
		if (name === '--config') file = value;
		else if (at < 1) return `--set needs NAME=VALUE, not '${value}'`;
		else texts.set(value.slice(0, at), value.slice(at + 1));
	}
	return {file, texts};
}

function describeOptions(): string {
	return Object.entries(options)
		.map(([name, {about, initial, expected}]) => {
			const preset = initial === '' ? 'none' : String(initial);
			return `  ${name.padEnd(12)} ${about} (${expected}; preset: ${preset})`;
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
