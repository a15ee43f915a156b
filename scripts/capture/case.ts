// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, toHex} from '../../src/core/bytes.ts';
import type {Family} from '../../src/wire/netlink/generic.ts';

/** One fixture. Shape: `replies` are datagrams in hexadecimal, `printed` is what the command beside it said. */
export interface Captured {
	kernel: string;
	byteOrder: ByteOrder;
	/** The message type of nl80211 in that kernel; 0 for rtnetlink. */
	family: number;
	requests: string[];
	replies: string[];
	printedBy: string;
	/** What it said before the requests, and after the last reply. */
	printedBefore: string;
	printed: string;
}

/** What is known when the requests are written. */
export interface Context {
	order: ByteOrder;
	family: Family;
	/** The index of the case's device. */
	index: number;
}

export interface Case {
	name: string;
	/** The network namespace. */
	space: string;
	device?: string;
	protocol: number;
	/** The generic netlink family that is asked. Absent: nl80211. */
	family?: string;
	/** What is run outside of the namespaces first. */
	prepare?: string;
	/** What is run before: between two cases virtual time leaps. */
	before?: string;
	/** What netlink-tap is told. */
	lines(context: Context): string[];
	/** What is run right before and right after it. */
	print: string;
}

/** The line by which netlink-tap sends a message. */
export const send = (bytes: Uint8Array): string => `send ${toHex(bytes)}`;
