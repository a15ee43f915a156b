// SPDX-License-Identifier: Apache-2.0
/** What was in the air, as hwsim's monitor wrote it down: the time of each frame is its radio's, from the radiotap header. */

import {execFile} from 'node:child_process';
import {copyFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {ensurePackages} from '../../scripts/debian.ts';

const execute = promisify(execFile);

/** A frame as it left a radio. */
export interface AirFrame {
	/** The time of the sender's radio. */
	readonly tsfUs: number;
	/** Addresses as 12 hexadecimal digits. */
	readonly from: string;
	readonly to: string;
	readonly isData: boolean;
	/** To everybody, or to a group. */
	readonly isToMany: boolean;
	/** What is in a data frame; 0 where that was not recorded. */
	readonly etherType: number;
}

/** What batman-adv puts around packets. */
export const BATMAN = 0x4305;
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const DATA = 2;
const QOS = 8;
const FOUR_ADDRESSES = 3;
const MESH_CONTROL_PRESENT = 1;
const SNAP = 6;

/** Puts the machine's tcpdump and its libraries into a folder of the share; the guest has the same architecture. */
export async function copyCapture(share: string): Promise<void> {
	await ensurePackages(['tcpdump']);
	const {stdout: path} = await execute('sh', ['-c', 'command -v tcpdump']);
	const {stdout: libraries} = await execute('ldd', [path.trim()]);
	const files = [path.trim(), ...[...libraries.matchAll(/(\/\S+) \(0x/g)].map(match => match[1] ?? '')];
	for (const each of files) await copyFile(each, join(share, each.split('/').at(-1) ?? ''));
}

/** The script that begins a capture, and the one that ends it; the file is in the share. */
export const captureScript = (name: string) =>
	[
		'ip link set hwsim0 up',
		'mkdir -p /tmp/dump; cp /host/tcpdump /host/*.so* /tmp/dump/ 2>/dev/null; chmod 755 /tmp/dump/*',
		`LD_LIBRARY_PATH=/tmp/dump /tmp/dump/tcpdump -Z root -i hwsim0 -s 120 -B 32768 -w /host/${name}.pcap 'wlan type data' >/tmp/dump/log 2>&1 </dev/null &`,
		'echo $! >/tmp/dump/pid; sleep 0.5',
	].join('\n');
export const captureEndScript = 'kill -INT $(cat /tmp/dump/pid); sleep 1; tail -3 /tmp/dump/log';

/** Reads the file of a capture. Frames that are cut within their headers are left out. */
export async function readCapture(path: string): Promise<AirFrame[]> {
	const bytes = await readFile(path);
	const frames: AirFrame[] = [];
	for (let at = PCAP_HEADER; at + RECORD_HEADER <= bytes.length; ) {
		const length = bytes.readUInt32LE(at + 8);
		const frame = frameOf(bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length));
		if (frame !== undefined) frames.push(frame);
		at += RECORD_HEADER + length;
	}
	return frames;
}

function frameOf(bytes: Buffer): AirFrame | undefined {
	if (bytes.length < 16) return undefined;
	const start = bytes.readUInt16LE(2);
	const present = bytes.readUInt32LE(4);
	let words = 1;
	for (let word = present; word & 0x8000_0000 && 4 + 4 * words + 4 <= bytes.length; words++)
		word = bytes.readUInt32LE(4 + 4 * words);
	const tsfAt = Math.ceil((4 + 4 * words) / 8) * 8;
	if ((present & 1) === 0 || bytes.length < Math.max(start + 24, tsfAt + 8)) return undefined;
	const control = bytes.readUInt16LE(start);
	const [type, subtype] = [(control >> 2) & 3, (control >> 4) & 15];
	const address = (number: number) => bytes.subarray(start + 4 + 6 * number, start + 10 + 6 * number).toString('hex');
	const to = address(0);
	return {
		tsfUs: Number(bytes.readBigUInt64LE(tsfAt)),
		from: address(1),
		to,
		isData: type === DATA,
		isToMany: (Number.parseInt(to.slice(0, 2), 16) & 1) === 1,
		etherType: type === DATA && (subtype & QOS) !== 0 ? etherTypeOf(bytes, start, control) : 0,
	};
}

function etherTypeOf(bytes: Buffer, start: number, control: number): number {
	const qosAt = start + (((control >> 8) & FOUR_ADDRESSES) === FOUR_ADDRESSES ? 30 : 24);
	if (qosAt + 2 > bytes.length) return 0;
	let at = qosAt + 2;
	if ((bytes.readUInt16LE(qosAt) >> 8) & MESH_CONTROL_PRESENT) at += 6 + 6 * ((bytes[at] ?? 0) & 3);
	return at + SNAP + 2 <= bytes.length ? bytes.readUInt16BE(at + SNAP) : 0;
}
