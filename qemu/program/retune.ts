// SPDX-License-Identifier: Apache-2.0
// The actuator alone, as a program for the bench's routers:
//
//     retune RADIO MHZ WIDTH_MHZ AT_MS [wpa_supplicant's interfaces… | INTERFACE_INDEX=BEACON_HEAD | hostapd=FOLDER]
//
// waits until the monotonic clock says AT_MS, moves the radio once and prints what became of it as JSON. Several moves in a
// row: MHZ may be a list with commas; with a plus the next one is asked for two seconds later, whatever became of the first. With the
// head of an access point's beacon it does what hostapd does when it is asked; with a folder it asks hostapd itself, there.
import {chandefOf, channelNumber} from '../../src/actuator/channel-switch/chandef.ts';
import {ChannelSwitch} from '../../src/actuator/channel-switch/channel-switch.ts';
import {switchArguments} from '../../src/actuator/channel-switch/hostapd.ts';
import {Nl80211, type OpenAsking} from '../../src/actuator/channel-switch/kernel.ts';
import {abilitiesOf} from '../../src/actuator/channel-switch/retune.ts';
import type {Abilities} from '../../src/actuator/channel-switch/ways.ts';
import {fromHex} from '../../src/core/bytes.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import type {Channel} from '../../src/model/channel.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {NetlinkClient} from '../../src/source/netlink-client.ts';
import {NETLINK_GENERIC} from '../../src/wire/netlink/message.ts';

const runtime = quickjsRuntime();
const {clock, log} = runtime;
const [radio = 0, , widthMhz = 20, atMs = 0] = programArguments().map(Number);
const list = programArguments()[1] ?? '';
const isHasty = list.includes('+');
const places = list.split(isHasty ? '+' : ',').map(Number);
let unanswered = places.length;
const HASTE_MS = 2000;
const kept = programArguments().slice(4);
const [accessPoint = '', beaconHead] = kept[0]?.split('=') ?? [];

/** As hostapd would: the beacon with an announcement in it, and the one for afterwards. */
function moveAccessPoint(_: string, to: Channel, count: number, done: (refusal: string | undefined) => void): void {
	const head = fromHex(beaconHead ?? '');
	const chandef = chandefOf(to, false);
	if (chandef === undefined) return done('it cannot be so wide');
	const announcement = new Uint8Array([37, 3, 0, channelNumber(chandef.frequencyMhz), count]);
	const interfaceIndex = Number(accessPoint);
	kernel.announce(
		{
			interfaceIndex,
			...chandef,
			count,
			beaconHead: head,
			announcement: {beaconHead: head, beaconTail: announcement, counterOffsetsBeacon: [4]},
		},
		failure => done(failure?.text),
	);
}

const ANSWER_MS = 2000;
const LOOK_MS = 10;

/**
 * Asks a real hostapd. Debian's is built without ubus, so what would go over the bus is left as a file, in the words of hostapd_cli,
 * and a loop of the bench's script hands it to hostapd's own socket.
 */
function askHostapd(name: string, to: Channel, count: number, done: (refusal: string | undefined) => void): void {
	const {freq, bcn_count, ht, vht, ...wide} = switchArguments(to, count) ?? {};
	const words = [bcn_count, freq, ...Object.entries(wide).map(([key, value]) => `${key}=${value}`)];
	if (ht === true) words.push('ht');
	if (vht === true) words.push('vht');
	const {files} = runtime;
	files.replace(`${beaconHead}/asked`, encodeUtf8(`${name} ${words.join(' ')}\n`));
	const endMs = clock.nowMs() + ANSWER_MS;
	const look = (): void => {
		const answer = decodeUtf8(files.read(`${beaconHead}/answer`, 100) ?? new Uint8Array()).trim();
		if (answer === '' && clock.nowMs() < endMs) clock.after(LOOK_MS, look);
		else done(answer === 'OK' ? undefined : `hostapd says ${answer}`);
	};
	look();
}

const open: OpenAsking = (opened, onEvent) =>
	new NetlinkClient(runtime, NETLINK_GENERIC, 'channel-switch', () => {}, opened, onEvent);
const kernel = new Nl80211(runtime.byteOrder, open, () => {});
const actuator = new ChannelSwitch({
	clock,
	order: runtime.byteOrder,
	port: runtime,
	log,
	netlink: open,
	isKept: name => kept.includes(name),
	...(beaconHead !== undefined && {moveAccessPoint: accessPoint === 'hostapd' ? askHostapd : moveAccessPoint}),
});

function move(at: number): void {
	const mhz = places[at];
	if (mhz === undefined && unanswered > 0) return;
	if (mhz === undefined) {
		actuator.stop();
		kernel.stop();
		return runtime.exit(0);
	}
	const startedMs = clock.nowMs();
	if (isHasty && at + 1 < places.length) clock.after(HASTE_MS, () => move(at + 1));
	const done = (refusal: string | undefined): void => {
		const endedMs = clock.nowMs();
		const {pinned = ''} = {pinned: actuator.pinned(radio)};
		log.write('notice', JSON.stringify({radio, mhz, startedMs, endedMs, refusal: refusal ?? '', pinned}));
		unanswered--;
		if (!isHasty || unanswered === 0) move(isHasty ? places.length : at + 1);
	};
	actuator.retune(radio, {mhz, widthMhz}, done, frequencies);
}

runtime.onStop(() => {
	actuator.stop();
	runtime.exit(0);
});
kernel.start();
actuator.start();
let frequencies: Abilities['frequencies'] = [];
// As the agent does, which keeps them anyway.
kernel.radios(radio, (_, [wiphy]) => {
	if (wiphy !== undefined) frequencies = abilitiesOf(wiphy).frequencies;
});
clock.after(Math.max(0, atMs - clock.nowMs()), () => move(0));
