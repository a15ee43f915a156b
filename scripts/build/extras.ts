// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import type {ByteOrder} from '../../src/core/bytes.ts';
import {type ProgramPart, programOf} from './program.ts';

// Parts of a program that a router may leave uninstalled: a file of bytecode beside the binary, which the binary names
// by their hashes, so that only what was built with it is ever run.

/** The sources of the agent that are in the package astral-mesh-extras, with whatever nothing else imports. */
export const extraSources: ReadonlySet<string> = new Set([
	'src/agent/channel-words.ts',
	'src/agent/engine/actuator.ts',
	'src/agent/engine/slots.ts',
	'src/source/latency/latency.ts',
	'src/source/peer/near-stations.ts',
	'src/source/position/position.ts',
	'src/source/routing/routing.ts',
	'src/source/spectral/spectral.ts',
	'src/telemetry/respondd/respondd.ts',
	'src/telemetry/shared-state.ts',
]);

const hashOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const text = (word: string, length: number): Uint8Array => {
	const bytes = new Uint8Array(length);
	bytes.set(new TextEncoder().encode(word));
	return bytes;
};

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
	let offset = 0;
	for (const part of parts) {
		bytes.set(part, offset);
		offset += part.length;
	}
	return bytes;
}

/** The name under which the list in the binary has the hash of the whole build; no module has such a name. */
export const BUILD_ENTRY = 'build';

export interface ExtrasFile {
	/** What the binary knows of the file: the hash of the build, then that of each module, as `programOf` writes. */
	readonly list: Uint8Array;
	readonly file: Uint8Array;
}

/**
 * The file beside a binary, as `host/extras.c` reads it.
 *
 * Shape: 8 bytes `astralx1`; 8 bytes `big` or `little`, filled with zeros; 32 bytes hash of the build; the modules as
 * `programOf` writes them. Absent: no modules, no file; the list is empty.
 */
export function extrasOf(program: Uint8Array, modules: readonly ProgramPart[], byteOrder: ByteOrder): ExtrasFile {
	if (modules.length === 0) return {list: new Uint8Array(), file: new Uint8Array()};
	const run = programOf(modules);
	const build = hashOf(concatenate([hashOf(program), hashOf(run)]));
	const hashes = modules.map(({name, bytes}) => ({name, bytes: hashOf(bytes)}));
	return {
		list: programOf([{name: BUILD_ENTRY, bytes: build}, ...hashes]),
		file: concatenate([text('astralx1', 8), text(byteOrder, 8), build, run]),
	};
}
