// SPDX-License-Identifier: Apache-2.0

/** What a catalogue of LuCI holds: each text under the hash of what it translates. */
export function lmoEntries(bytes: Uint8Array): {key: number; value: number; text: string}[] {
	const file = Buffer.from(bytes);
	const start = file.readUInt32BE(file.length - 4);
	const entries = [];
	for (let at = start; at < file.length - 4; at += 16) {
		const [offset, length] = [file.readUInt32BE(at + 8), file.readUInt32BE(at + 12)];
		entries.push({
			key: file.readUInt32BE(at),
			value: file.readUInt32BE(at + 4),
			text: file.toString('utf8', offset, offset + length),
		});
	}
	return entries;
}
