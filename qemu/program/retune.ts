// SPDX-License-Identifier: Apache-2.0
// The actuator alone, as a program for the bench's routers:
//
//     retune RADIO MHZ WIDTH_MHZ AT_MS [wpa_supplicant's interfaces…]
//
// waits until the monotonic clock says AT_MS, moves the radio once and prints what became of it as JSON. Several moves in a
// row: MHZ may be a list with commas.
import {ChannelSwitch} from '../../src/actuator/channel-switch/channel-switch.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {NetlinkClient} from '../../src/source/netlink-client.ts';
import {NETLINK_GENERIC} from '../../src/wire/netlink/message.ts';

const runtime = quickjsRuntime();
const {clock, log} = runtime;
const [radio = 0, , widthMhz = 20, atMs = 0] = programArguments().map(Number);
const places = (programArguments()[1] ?? '').split(',').map(Number);
const kept = programArguments().slice(4);
const actuator = new ChannelSwitch({
	clock,
	order: runtime.byteOrder,
	log,
	netlink: (opened, onEvent) =>
		new NetlinkClient(runtime, NETLINK_GENERIC, 'channel-switch', () => {}, opened, onEvent),
	isKept: name => kept.includes(name),
});

function move(at: number): void {
	const mhz = places[at];
	if (mhz === undefined) {
		actuator.stop();
		return runtime.exit(0);
	}
	const startedMs = clock.nowMs();
	actuator.retune(radio, {mhz, widthMhz}, refusal => {
		const endedMs = clock.nowMs();
		const {pinned = ''} = {pinned: actuator.pinned(radio)};
		log.write('notice', JSON.stringify({radio, mhz, startedMs, endedMs, refusal: refusal ?? '', pinned}));
		move(at + 1);
	});
}

actuator.start();
clock.after(Math.max(0, atMs - clock.nowMs()), () => move(0));
