// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {availabilityOf} from '../../../src/actuator/channel-switch/availability.ts';
import {linkFlags} from '../../../src/actuator/channel-switch/bounce.ts';
import {chandefOf, channelNumber, channelOf, partsOf} from '../../../src/actuator/channel-switch/chandef.ts';
import {meshNameIn} from '../../../src/actuator/channel-switch/mesh-name.ts';
import {crewOf, pinnedBy, waysOf} from '../../../src/actuator/channel-switch/ways.ts';
import {encodeElement} from '../../../src/wire/nl80211/elements.ts';
import {
	INTERFACE_ADHOC,
	INTERFACE_AP,
	INTERFACE_MESH_POINT,
	INTERFACE_MONITOR,
	INTERFACE_STATION,
	type Interface,
} from '../../../src/wire/nl80211/interface.ts';
import {
	DFS_AVAILABLE,
	DFS_UNAVAILABLE,
	DFS_USABLE,
	type Frequency,
	frequency,
} from '../../../src/wire/nl80211/wiphy.ts';
import {layout, orders} from '../../helper/layout.ts';

/** A channel's rules as the kernel's bytes would be read. */
function rule(frequencyMhz: number, more: Partial<Frequency> = {}): Frequency {
	return {...frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little'), ...more};
}

const wifi = (interfaceIndex: number, type: number, more: Partial<Interface> = {}): Interface => ({
	wiphy: 0,
	interfaceIndex,
	name: `wlan${interfaceIndex}`,
	type,
	frequencyMhz: 5180,
	width: 1,
	center1Mhz: 5180,
	...more,
});

const able = {canAnnounce: true, frequencies: []};
const usual = {hasLied: false, hasBus: false, isKept: () => false};

test('channel: 20 MHz are said by their middle', t => {
	t.deepEqual(chandefOf({mhz: 5180, widthMhz: 20}, false), {frequencyMhz: 5180, width: 1, center1Mhz: 5180});
	t.deepEqual(chandefOf({mhz: 2412, widthMhz: 20}, true), {frequencyMhz: 2412, width: 0, center1Mhz: 2412});
});

test('channel: wider ones have their primary at the lower end, where all look for it', t => {
	t.deepEqual(chandefOf({mhz: 5190, widthMhz: 40}, false), {frequencyMhz: 5180, width: 2, center1Mhz: 5190});
	t.deepEqual(chandefOf({mhz: 5210, widthMhz: 80}, false), {frequencyMhz: 5180, width: 3, center1Mhz: 5210});
	const noPlus = [rule(2452, {noHt40Plus: true}), rule(2472)];
	t.deepEqual(chandefOf({mhz: 2462, widthMhz: 40}, false, noPlus), {frequencyMhz: 2472, width: 2, center1Mhz: 2462});
});

test('channel: a width without a word, or a legacy radio, has no wide channel', t => {
	t.is(chandefOf({mhz: 5190, widthMhz: 30}, false), undefined);
	t.is(chandefOf({mhz: 5190, widthMhz: 40}, true), undefined);
});

test('channel: what nl80211 says of an interface is the same channel again', t => {
	for (const channel of [
		{mhz: 2437, widthMhz: 20},
		{mhz: 5230, widthMhz: 40},
		{mhz: 5530, widthMhz: 80},
	])
		t.deepEqual(channelOf(chandefOf(channel, false) ?? {}), channel);
	t.is(channelOf({}), undefined);
});

test('channel: it knows what it is made of, and the number on the box', t => {
	t.deepEqual(partsOf({mhz: 5210, widthMhz: 80}), [5180, 5200, 5220, 5240]);
	t.deepEqual([2412, 2472, 2484, 5180, 5825, 5955].map(channelNumber), [1, 13, 14, 36, 165, 1]);
});

test('availability: the kernel forbids in words', t => {
	const frequencies = [
		rule(2484, {disabled: true}),
		rule(5180, {indoorOnly: true}),
		rule(5200, {indoorOnly: true}),
		rule(5745, {noInitiate: true}),
		rule(5260, {radar: true, noInitiate: true, dfsState: DFS_UNAVAILABLE}),
	];
	const reasonOf = (mhz: number): string => {
		const found = availabilityOf({mhz, widthMhz: 20}, frequencies);
		return found.kind === 'refused' ? found.reason : found.kind;
	};
	t.is(reasonOf(4915), 'the radio cannot be tuned to 4915 MHz');
	t.is(reasonOf(2484), '2484 MHz is not allowed by the rules of this country');
	t.is(reasonOf(5180), '5180 MHz is for use within buildings only');
	t.is(reasonOf(5745), 'on 5745 MHz a radio may only answer, not begin');
	t.is(reasonOf(5260), 'radar was seen on 5260 MHz in the last half hour');
	const within = availabilityOf({mhz: 5200, widthMhz: 20}, frequencies, {mhz: 5180, widthMhz: 20});
	t.is(within.kind, 'free', 'who is on such a channel already is within a building');
});

test('availability: a channel of radars is listened to as long as its slowest part wants', t => {
	const frequencies = [
		rule(5580, {radar: true, noInitiate: true, dfsState: DFS_AVAILABLE}),
		rule(5600, {radar: true, noInitiate: true, dfsState: DFS_USABLE, dfsCacMs: 600_000}),
	];
	t.deepEqual(availabilityOf({mhz: 5580, widthMhz: 20}, frequencies), {kind: 'free'});
	t.deepEqual(availabilityOf({mhz: 5590, widthMhz: 40}, frequencies), {kind: 'listen-first', listenMs: 600_000});
});

test('availability: 40 MHz need the room on one side', t => {
	const cut = [rule(2412, {noHt40Plus: true, noHt40Minus: true}), rule(2432, {noHt40Minus: true})];
	t.is(availabilityOf({mhz: 2422, widthMhz: 40}, cut).kind, 'refused');
	t.is(availabilityOf({mhz: 2422, widthMhz: 40}, [rule(2412), rule(2432)]).kind, 'free');
});

test('ways: mesh, ad-hoc and who only listens can be announced and can rejoin', t => {
	const crew = crewOf([wifi(1, INTERFACE_MESH_POINT), wifi(2, INTERFACE_ADHOC), wifi(3, INTERFACE_MONITOR)], new Map());
	t.deepEqual(
		crew.members.map(({name, kind}) => `${name} ${kind}`),
		['wlan1 mesh', 'wlan2 ad-hoc'],
	);
	t.deepEqual(waysOf(crew, able, usual, {mhz: 5200, widthMhz: 20}), {announce: undefined, rejoin: undefined});
});

test('ways: a client of an access point is not ours to move', t => {
	const crew = crewOf([wifi(1, INTERFACE_MESH_POINT), wifi(2, INTERFACE_STATION)], new Map());
	t.is(pinnedBy(crew, waysOf(crew, able, usual)), 'wlan2 is the client of an access point, which decides its channel');
});

test('ways: a radio in no network has nothing to move, but one that we took out of its network has', t => {
	const down: Interface = {wiphy: 0, interfaceIndex: 1, name: 'wlan1', type: INTERFACE_MESH_POINT};
	t.is(crewOf([down], new Map()).obstacle, 'none of its interfaces is in a network');
	const was = wifi(1, INTERFACE_MESH_POINT);
	t.deepEqual(crewOf([down], new Map([[1, was]])).members[0]?.of, was);
});

test('ways: an access point needs hostapd', t => {
	const crew = crewOf([wifi(1, INTERFACE_AP)], new Map());
	t.regex(pinnedBy(crew, waysOf(crew, able, usual)) ?? '', /there is no ubus/);
	const withBus = waysOf(crew, able, {...usual, hasBus: true});
	t.is(pinnedBy(crew, withBus), undefined);
	t.is(withBus.rejoin, 'the access point wlan1 can only be moved by an announcement');
});

test('ways: without an announcement a network that wpa_supplicant keeps stays', t => {
	const crew = crewOf([wifi(1, INTERFACE_MESH_POINT)], new Map());
	const kept = {...usual, isKept: () => true};
	t.is(pinnedBy(crew, waysOf(crew, able, kept)), undefined);
	t.is(
		pinnedBy(crew, waysOf(crew, {...able, canAnnounce: false}, kept)),
		'its driver has no channel switch, and wpa_supplicant keeps the network of wlan1',
	);
});

test('ways: another band, a lie and a new width of ad-hoc need a rejoin', t => {
	const mesh = crewOf([wifi(1, INTERFACE_MESH_POINT)], new Map());
	t.is(waysOf(mesh, able, usual, {mhz: 2412, widthMhz: 20}).announce, 'wlan1 would change to another band');
	t.regex(waysOf(mesh, able, {...usual, hasLied: true}, {mhz: 5200, widthMhz: 20}).announce ?? '', /said yes/);
	const adHoc = crewOf([wifi(1, INTERFACE_ADHOC)], new Map());
	t.regex(waysOf(adHoc, able, usual, {mhz: 5190, widthMhz: 40}).announce ?? '', /ad-hoc and would change its width/);
});

test('mesh name: it is the element of that number, whatever comes before it', t => {
	const name = new Uint8Array([108, 105, 109, 101]);
	const elements = [...encodeElement(0, []), ...encodeElement(1, [2, 4]), ...encodeElement(114, name)];
	t.deepEqual(meshNameIn(new Uint8Array(elements)), name);
	t.is(meshNameIn(new Uint8Array(elements.slice(0, -1))), undefined, 'cut short');
	t.is(meshNameIn(new Uint8Array([114, 0])), undefined, 'without a name');
	t.is(meshNameIn(undefined), undefined);
});

test('bounce: the request sets one flag of one link, in either byte order', t => {
	for (const order of orders)
		t.deepEqual(linkFlags(order, 7, 1), layout('4:32 2:16 2:5 4:1 4:0  1:0 1:0 2:0 4:7 4:1 4:1', order), order);
});
