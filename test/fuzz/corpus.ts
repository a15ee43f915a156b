// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fromHex, toHex} from '../../src/core/bytes.ts';
import {fnv1a} from '../../src/core/hash.ts';
import {family} from '../../src/wire/netlink/generic.ts';
import {MessageCursor} from '../../src/wire/netlink/message.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {event} from '../../src/wire/nl80211/event.ts';
import {scanMessage} from '../../src/wire/nl80211/scan.ts';
import {stationDetailMessage} from '../../src/wire/nl80211/station-detail.ts';
import * as messageType from '../../src/wire/rtnetlink/message-type.ts';
import {everyCapture} from '../helper/capture.ts';
import type {Finding, Target} from './fuzzer.ts';
import {messageTables} from './targets.ts';

const crashRoot = join(import.meta.dirname, '../crash');

const rtnetlinkNames: Readonly<Record<number, string>> = {
	[messageType.RTM_NEWLINK]: 'rtnetlink.link',
	[messageType.RTM_DELLINK]: 'rtnetlink.link',
	[messageType.RTM_NEWADDR]: 'rtnetlink.address',
	[messageType.RTM_NEWROUTE]: 'rtnetlink.route',
	[messageType.RTM_NEWNEIGH]: 'rtnetlink.neighbour',
};

/** Files of test/fixture/routing that a target reads. */
const routingFiles: Readonly<Record<string, readonly string[]>> = {
	'routing.babel': ['babeld/dump.txt'],
	'routing.olsr': ['olsrd/links.json', 'olsrd/routes.json'],
	'routing.olsr2': ['olsrd2/links.json', 'olsrd2/routes.json'],
	'routing.bmx6.links': ['bmx6/links'],
	'routing.bmx6.originator': ['bmx6/originators/vm.3661187C37AB6224B81D'],
	'routing.bmx7.links': ['bmx7/links'],
};

let fixtures: Map<string, Uint8Array[]> | undefined;

/** What real kernels said, by the target that reads it. */
function fixtureInputs(): Map<string, Uint8Array[]> {
	if (fixtures !== undefined) return fixtures;
	const found = new Map<string, Uint8Array[]>();
	const add = (name: string, bytes: Uint8Array) => found.set(name, [...(found.get(name) ?? []), bytes]);
	for (const {capture} of everyCapture()) {
		const order = capture.byteOrder;
		for (const reply of capture.replies) {
			const cursor = new MessageCursor(fromHex(reply), order);
			add(`netlink.datagram-${order}`, cursor.bytes);
			add(`netlink.conversation-${order}`, cursor.bytes);
			while (cursor.next()) {
				const {bytes, type, start, end} = cursor;
				if (type < 16) continue;
				const rtnetlink = capture.family === 0 ? rtnetlinkNames[type] : undefined;
				if (rtnetlink !== undefined) add(`${rtnetlink}-${order}`, bytes.slice(start, end));
				if (capture.family === 0) continue;
				const attributes = bytes.slice(start + 4, end);
				if (type !== capture.family) add(`${family.path}-${order}`, attributes);
				else nl80211(bytes[start] ?? 0, attributes, order, add);
			}
		}
	}
	for (const [name, paths] of Object.entries(routingFiles))
		for (const path of paths) add(name, readFileSync(join(import.meta.dirname, '../fixture/routing', path)));
	fixtures = found;
	return found;
}

function nl80211(
	number: number,
	attributes: Uint8Array,
	order: 'little' | 'big',
	add: (name: string, bytes: Uint8Array) => void,
): void {
	add(`${(messageTables[number] ?? event).path}-${order}`, attributes);
	if (number === command.NEW_STATION) add(`${stationDetailMessage.path}-${order}`, attributes);
	if (number === command.NEW_WIPHY) add(`nl80211.collect-${order}`, attributes);
	if (number !== command.NEW_SCAN_RESULTS) return;
	const elements = scanMessage.decode(attributes, order).bss?.elements;
	if (elements !== undefined) add('ieee80211.elements', elements);
}

/** Every input kept because it once broke the target. */
export function crashInputs(name: string): Uint8Array[] {
	const folder = join(crashRoot, name);
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter(file => file.endsWith('.hex'))
		.sort()
		.map(file => fromHex(readFileSync(join(folder, file), 'utf8')));
}

/** The targets that have inputs kept. */
export function crashNames(): string[] {
	return existsSync(crashRoot)
		? readdirSync(crashRoot, {withFileTypes: true}).flatMap(each => (each.isDirectory() ? [each.name] : []))
		: [];
}

/** Keeps an input that broke a target; answers its path. */
export function keepCrash(finding: Finding): string {
	const folder = join(crashRoot, finding.target);
	mkdirSync(folder, {recursive: true});
	const path = join(folder, `${fnv1a(finding.input).toString(16).padStart(8, '0')}.hex`);
	writeFileSync(path, `${toHex(finding.input)}\n`);
	return path;
}

export function corpusOf(target: Target): Uint8Array[] {
	return [...target.seeds, ...(fixtureInputs().get(target.name) ?? []), ...crashInputs(target.name)];
}
