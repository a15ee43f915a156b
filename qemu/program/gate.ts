// SPDX-License-Identifier: Apache-2.0
// The gate alone, as a program for the bench's routers:
//
//     gate [no-ebpf] INTERFACE INDEX SLOTS SLOT_US OWN OPEN GUARD_US LEASE_MS RENEWALS [FRAME_US NS_PER_BYTE]
//
// OWN and OPEN are rows of 0 and 1. Superframes begin where the monotonic clock is a multiple of their length, so all routers of
// a guest agree. The order is renewed five times a lease, RENEWALS times; then the gate is taken away. Each line it prints is
// JSON: what the kernel can do, whether the gate stands, and what it counted. With 0 renewals it only looks.
// With `no-ebpf` it has no way to bpf(2), as on a kernel without.
import {BestGate} from '../../src/actuator/slot-gate/best-gate.ts';
import type {GatedInterface} from '../../src/actuator/slot-gate/gate.ts';

import type {GateOrder} from '../../src/model/slots.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {NetlinkClient} from '../../src/source/netlink-client.ts';
import {NETLINK_GENERIC, NETLINK_ROUTE} from '../../src/wire/netlink/message.ts';

const words = programArguments();
const isWithout = words[0] === 'no-ebpf';
const {bpf, ...others} = quickjsRuntime();
const runtime = {...others, ...(!isWithout && bpf !== undefined && {bpf})};
const {clock, log} = runtime;
const [name = '', index, slots, slotUs, own = '', open = '', guardUs, leaseMs, renewals, frameUs, nsPerByte] =
	words.slice(isWithout ? 1 : 0);
const on: GatedInterface = {name, index: Number(index)};
const say = (what: object): void => log.write('notice', JSON.stringify(what));
const gate = new BestGate({
	port: runtime,
	log,
	route: (opened, onEvent) => new NetlinkClient(runtime, NETLINK_ROUTE, 'gate', () => {}, opened, onEvent),
	nl80211: (opened, onEvent) => new NetlinkClient(runtime, NETLINK_GENERIC, 'gate', () => {}, opened, onEvent),
});

function order(): GateOrder {
	return {
		superframe: {slots: Number(slots), slotUs: Number(slotUs)},
		originUs: 0,
		own: [...own].map(mark => mark === '1'),
		open: [...open].map(mark => mark === '1'),
		guardUs: Number(guardUs),
		leaseUntilUs: (clock.nowMs() + Number(leaseMs)) * 1000,
		...(frameUs !== undefined && {airtime: {frameUs: Number(frameUs), nsPerByte: Number(nsPerByte)}}),
	};
}

function end(): void {
	say({counts: gate.counts(on) ?? null});
	gate.stop();
	runtime.exit(0);
}

function renew(left: number): void {
	gate.apply(on, order(), refusal => {
		if (left === Number(renewals) || refusal !== undefined)
			say({applied: refusal ?? '', atMs: clock.nowMs(), means: gate.means(on) ?? ''});
		if (left > 0) clock.after(Number(leaseMs) / 5, () => renew(left - 1));
		else end();
	});
}

runtime.onStop(end);
gate.start(() =>
	gate.check(on, reason => {
		say({able: reason ?? ''});
		if (Number(renewals) > 0) renew(Number(renewals));
		else end();
	}),
);
