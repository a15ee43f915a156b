// SPDX-License-Identifier: Apache-2.0
import {encodeText, fromByteText, toByteText} from '../../src/uci-parser/text.ts';
import {MemoryFiles} from './memory-files.ts';
import {type Outcome, shorten} from './outcome.ts';
import {runUci} from './uci-command.ts';

// A recorded case of the uci tool: files before, calls with what they printed, files afterwards.

/** A text, or bytes that are not UTF-8. */
type Recorded = string | {readonly hex: string};

interface RecordedCommand {
	readonly argv: readonly Recorded[];
	readonly stdin?: Recorded;
	readonly exit: number;
	readonly stdout: Recorded;
	readonly stderr: Recorded;
}

interface UciCase {
	readonly name: string;
	readonly files_before?: Readonly<Record<string, Recorded>>;
	readonly commands: readonly RecordedCommand[];
	readonly files_after?: Readonly<Record<string, Recorded>>;
	/** Permission bits, as '0600' or a number. */
	readonly modes_before?: Readonly<Record<string, string | number>>;
	readonly modes_after?: Readonly<Record<string, string | number>>;
}

const folders = ['config', 'save', 'conf2'];

function bytesOf(recorded: Recorded): Uint8Array {
	if (typeof recorded === 'string') return encodeText(recorded);
	const bytes = new Uint8Array(recorded.hex.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(recorded.hex.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

function modeOf(recorded: string | number): number {
	return typeof recorded === 'number'
		? recorded
		: Number.parseInt(recorded.slice(recorded.startsWith('0o') ? 2 : 0), 8);
}

/** Plays a case on files in memory. */
export function playUciCase(text: string): Outcome {
	const recorded = JSON.parse(text) as UciCase;
	const files = new MemoryFiles();
	files.makeFolder('config', 0o755);
	for (const [path, content] of Object.entries(recorded.files_before ?? {})) {
		const mode = recorded.modes_before?.[path];
		files.put(path, bytesOf(content), mode === undefined ? 0o644 : modeOf(mode));
	}
	let failure: string | undefined;
	const compare = (what: string, is: Uint8Array | number | undefined, should: Uint8Array | number): void => {
		const [a, b] = [is, should].map(side => (side instanceof Uint8Array ? toByteText(side) : String(side)));
		if (a !== b) failure ??= `${what}: ${shorten(a ?? '')} instead of ${shorten(b ?? '')}`;
	};
	for (const {argv, stdin = '', exit, stdout, stderr} of recorded.commands) {
		const words = argv.map(word => fromByteText(toByteText(bytesOf(word))));
		const command = words
			.filter((word, at) => at > 0 && !folders.includes(word) && !['-c', '-t', '-C'].includes(word))
			.join(' ');
		const result = runUci(files, words.slice(1), bytesOf(stdin));
		compare(`exit of ${command}`, result.exit, exit);
		compare(`stdout of ${command}`, encodeText(result.stdout), bytesOf(stdout));
		compare(`stderr of ${command}`, encodeText(result.stderr), bytesOf(stderr));
	}
	const {files_after: after, modes_after: modes} = recorded;
	if (after !== undefined) {
		for (const [path, content] of Object.entries(after)) compare(path, files.read(path), bytesOf(content));
		for (const path of files.content.keys())
			if (after[path] === undefined) failure ??= `${path} is there and should not be`;
	}
	for (const [path, mode] of Object.entries(modes ?? {})) compare(`mode of ${path}`, files.mode(path), modeOf(mode));
	return {name: recorded.name, played: `${recorded.commands.length} commands`, failure};
}
