// SPDX-License-Identifier: Apache-2.0
// What a real kernel heard in a scan, and which of it is foreign.
import test from 'ava';
import {ScanSummary} from '../../src/source/neighbours.ts';
import {decodeGeneric} from '../../src/wire/netlink/generic.ts';
import {interfaceMessage} from '../../src/wire/nl80211/interface.ts';
import {scanMessage} from '../../src/wire/nl80211/scan.ts';
import {stationMessage} from '../../src/wire/nl80211/station.ts';
import {captured, recordedKernels, replay} from '../helper/capture.ts';

const FOREIGN = '02:00:00:00:03:00';

/** The last answer of a recording, with its kernel's byte order. */
function said(kernel: string, name: string) {
	const capture = captured(kernel, name);
	if (capture === undefined) throw new Error(`${kernel} has no ${name}`);
	return {order: capture.byteOrder, messages: replay(capture).answers.at(-1)?.messages ?? []};
}

for (const kernel of recordedKernels.filter(name => captured(name, 'scan') !== undefined)) {
	const scan = said(kernel, 'scan');
	const of = (name: string) => said(kernel, name).messages[0] ?? {bytes: new Uint8Array(), start: 0, end: 0};
	const station = of('station');
	const peer = decodeGeneric(stationMessage, station.bytes, scan.order, station.start, station.end).address;
	const one = of('interface');
	const {address} = decodeGeneric(interfaceMessage, one.bytes, scan.order, one.start, one.end);
	const summarise = (isOwn: (bssid: string) => boolean, meshIds = new Set<string>()): string[] => {
		const summary = new ScanSummary();
		for (const {bytes, start, end} of scan.messages) summary.add(bytes, scan.order, start, end);
		return summary
			.finish('phy2', bssid => bssid, {isOwn, meshIds})
			.flatMap(({network, accessPoints, frequencyMhz}) => network ?? `${accessPoints} on ${frequencyMhz}`);
	};

	test(`neighbours: our mesh is known by a peer's beacon, and is no neighbour (${kernel}, ${scan.order})`, t => {
		const all = scan.messages.map(
			({bytes, start, end}) => decodeGeneric(scanMessage, bytes, scan.order, start, end).bss?.bssid,
		);
		t.true([peer, address, FOREIGN].every(bssid => bssid !== undefined && all.includes(bssid)));
		const meshIds = new Set<string>();
		t.deepEqual(
			summarise(bssid => bssid === peer, meshIds).filter(each => each.includes(':')),
			[FOREIGN],
			'another router of the mesh goes by its name',
		);
		t.deepEqual([...meshIds], ['capture']);
		t.deepEqual(summarise(() => false, new Set(['capture'])).at(-1), FOREIGN, 'learned before, and no peer now');
	});

	test(`neighbours: a mesh that no peer of ours is in counts as any network (${kernel}, ${scan.order})`, t => {
		const networks = summarise(() => false).filter(each => each.includes(':'));
		t.deepEqual(networks.toSorted(), [address, peer, FOREIGN].toSorted());
	});
}
