// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex} from '../../../src/core/bytes.ts';
import {channelSwitchRequest} from '../../../src/wire/nl80211/channel-switch.ts';
import {ibssJoinRequest} from '../../../src/wire/nl80211/ibss.ts';
import {ownBeacon} from '../../../src/wire/nl80211/own-beacon.ts';
import {checkVector} from '../../helper/vector.ts';

// The requests by which radios move, and what is read before.

test('channel switch: a mesh is told where to go, in how many beacons', t => {
	const text = '2:8 2:3 4:7  2:8 2:38 4:5200  2:8 2:159 4:1  2:8 2:160 4:5200  2:8 2:183 4:1  2:4 2:191';
	checkVector(t, channelSwitchRequest, text, {
		interfaceIndex: 7,
		frequencyMhz: 5200,
		width: 1,
		center1Mhz: 5200,
		count: 1,
		blockTransmit: false,
		handleDfs: true,
	});
});

test('ad-hoc join: name, cell, and a channel that stays', t => {
	const text =
		'2:8 2:3 4:7  2:10 2:6 x:02caffeebabe 0:2  2:8 2:12 4:100  2:11 2:52 t:village 0:1  2:4 2:60  2:8 2:38 4:2437';
	checkVector(t, ibssJoinRequest, text, {
		interfaceIndex: 7,
		bssid: '02:ca:ff:ee:ba:be',
		beaconIntervalTu: 100,
		ssid: fromHex('76696c6c616765'),
		frequencyFixed: true,
		handleDfs: false,
		frequencyMhz: 2437,
	});
});

test("own beacon: a peer's record tells how we send ours", t => {
	const text = '2:10 2:6 x:020000000100 0:2  2:32 2:21  2:5 2:6 1:4 0:3  2:20 2:15  2:5 2:4 1:2 0:3  2:6 2:5 2:100 0:2';
	checkVector(t, ownBeacon, text, {
		address: '02:00:00:00:01:00',
		info: {peerLinkState: 4, bss: {dtimPeriod: 2, beaconIntervalTu: 100}},
	});
});
