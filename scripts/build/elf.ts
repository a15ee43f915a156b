// SPDX-License-Identifier: Apache-2.0

/**
 * Cuts an ELF file after its last loadable byte and drops the section headers, which only debuggers read.
 *
 * Source: System V ABI, "ELF header" and "Program header"; both classes and byte orders.
 */
export function cutElf(file: Uint8Array): Uint8Array {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	if (view.getUint32(0) !== 0x7f454c46) throw new Error('not an ELF file');
	const is64 = file[4] === 2;
	const little = file[5] === 1;
	const word = (at: number) => (is64 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
	const half = (at: number) => view.getUint16(at, little);
	const headers = word(is64 ? 32 : 28);
	const headerSize = half(is64 ? 54 : 42);
	const headerCount = half(is64 ? 56 : 44);
	let end = headers + headerSize * headerCount;
	for (let i = 0; i < headerCount; i++) {
		const header = headers + i * headerSize;
		if (view.getUint32(header, little) !== 1) continue; // PT_LOAD
		end = Math.max(end, word(header + (is64 ? 8 : 4)) + word(header + (is64 ? 32 : 16)));
	}
	const cut = file.slice(0, end);
	cut.fill(0, is64 ? 40 : 32, is64 ? 48 : 36); // e_shoff
	cut.fill(0, is64 ? 58 : 46, is64 ? 64 : 52); // e_shentsize, e_shnum, e_shstrndx
	return cut;
}
