// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../src/core/bytes.ts';

/** One processor family that OpenWrt builds packages for, under OpenWrt's own name. */
export interface Target {
	readonly arch: string;
	readonly triple: string;
	readonly cpu?: string;
	readonly byteOrder: ByteOrder;
	/** What the compiler gets for code whose speed nobody waits for, and for the script engine. */
	readonly smallCode: readonly string[];
	readonly engineCode: readonly string[];
	/** Compiled by the machine's own compiler with AddressSanitizer; our own C also with UBSan. */
	readonly instrumented?: boolean;
}

const smallest = ['-Os', '-Xclang', '-Oz']; // zig maps a plain -Oz to -Os
// Of the engine, only what is not hot is made small (hot.ts); this is how much the rest is optimised.
const small = ['-Os'];
/** Where there is room. */
const fast = ['-O2'];

function target(
	arch: string,
	triple: string,
	cpu: string | undefined,
	byteOrder: ByteOrder = 'little',
	engineCode: readonly string[] = small,
): Target {
	const name = {arch, triple, byteOrder, smallCode: smallest, engineCode};
	return cpu === undefined ? name : {...name, cpu};
}

export const targets: readonly Target[] = [
	target('mips_24kc', 'mips-linux-musleabi', 'mips32r2+soft_float', 'big'), // LibreRouter v1
	target('mipsel_24kc', 'mipsel-linux-musleabi', 'mips32r2+soft_float'),
	target('arm_cortex-a7', 'arm-linux-musleabi', 'cortex_a7'),
	target('arm_cortex-a7_neon-vfpv4', 'arm-linux-musleabihf', 'cortex_a7'),
	target('aarch64_generic', 'aarch64-linux-musl', 'generic'),
	target('x86_64', 'x86_64-linux-musl', undefined, 'little', fast),
];

/** This machine, for programs of the build itself. */
export const nativeTarget = targetOf(process.arch === 'arm64' ? 'aarch64_generic' : 'x86_64');

export const instrumentedTarget: Target = {
	arch: 'x86_64',
	triple: 'x86_64-linux-gnu',
	byteOrder: 'little',
	smallCode: ['-O1'],
	engineCode: ['-O1'],
	instrumented: true,
};

/** Errors: an Error that lists the names there are. */
export function targetOf(arch: string): Target {
	const found = targets.find(each => each.arch === arch);
	if (found === undefined) throw new Error(`no target ${arch}; there are ${targets.map(each => each.arch).join(', ')}`);
	return found;
}
