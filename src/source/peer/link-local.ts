// SPDX-License-Identifier: Apache-2.0

/**
 * The link-local address that an interface gives itself by its hardware address, as the kernel writes it.
 *
 * Validity: addresses made by EUI-64, the kernel's preset; an interface may be told to make others.
 * Source:   RFC 4291, appendix A.
 */
export function linkLocalOf(hardware: string): string {
	const bytes = hardware.split(':').map(part => Number.parseInt(part, 16));
	const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
	const groups = [((a ^ 2) << 8) | b, (c << 8) | 255, 0xfe00 | d, (e << 8) | f];
	// One run of zeros is left out, the longest: that after fe80, and what follows it.
	const first = groups[0] === 0 ? 1 : 0;
	return `fe80::${groups
		.slice(first)
		.map(group => group.toString(16))
		.join(':')}`;
}
