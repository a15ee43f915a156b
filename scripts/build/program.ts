// SPDX-License-Identifier: Apache-2.0

export interface ProgramPart {
	readonly name: string;
	readonly bytes: Uint8Array;
}

const HEAD_BYTES = 8;
const padded = (length: number): number => Math.ceil(length / 8) * 8;

/**
 * The modules of a program in one run of bytes, as `host/program.c` walks it.
 *
 * Shape: for each module u32 length of its bytes, u32 length of its name, the name, the bytes; name and bytes each
 * padded with zeros to 8. Numbers are big-endian on every machine.
 */
export function programOf(parts: readonly ProgramPart[]): Uint8Array {
	const names = parts.map(({name}) => new TextEncoder().encode(name));
	const total = parts.reduce(
		(sum, {bytes}, i) => sum + HEAD_BYTES + padded(names[i]?.length ?? 0) + padded(bytes.length),
		0,
	);
	const program = new Uint8Array(total);
	const view = new DataView(program.buffer);
	let offset = 0;
	parts.forEach(({bytes}, i) => {
		const name = names[i] ?? new Uint8Array();
		view.setUint32(offset, bytes.length);
		view.setUint32(offset + 4, name.length);
		program.set(name, offset + HEAD_BYTES);
		program.set(bytes, offset + HEAD_BYTES + padded(name.length));
		offset += HEAD_BYTES + padded(name.length) + padded(bytes.length);
	});
	return program;
}
