// SPDX-License-Identifier: Apache-2.0
// The gate alone, as a program for the bench's routers:
//
//     gate [no-ebpf] INTERFACE INDEX SLOTS SLOT_US OWN OPEN GUARD_US LEASE_MS RENEWALS [FRAME_US NS_PER_BYTE [PPM]]
//
// OWN and OPEN are rows of 0 and 1; OWN may be several with commas between, one for each renewal in turn. Superframes begin where
// the monotonic clock is a multiple of their length, so all routers of a guest agree, or a clock that is PPM slower. The order is renewed five times a lease, RENEWALS times; then the gate is taken away. Each line it prints is
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
const [name = '', index, slots, slotUs, own = '', open = '', guardUs, leaseMs, renewals, frameUs, nsPerByte, ppm] =
	words.slice(isWithout ? 1 : 0);
const on: GatedInterface = {name, index: Number(index)};
const say = (what: object): void => log.write('notice', JSON.stringify(what));
const gate = new BestGate({
	port: runtime,
	log,
	route: (opened, onEvent) => new NetlinkClient(runtime, NETLINK_ROUTE, 'gate', () => {}, opened, onEvent),
	nl80211: (opened, onEvent) => new NetlinkClient(runtime, NETLINK_GENERIC, 'gate', () => {}, opened, onEvent),
});

const rows = own.split(',');

function order(row: string): GateOrder {
	const nowUs = clock.nowMs() * 1000;
	const frameLengthUs = Number(slots) * Number(slotUs);
	const behindUs = (nowUs * Number(ppm ?? 0)) / 1e6;
	return {
		superframe: {slots: Number(slots), slotUs: Number(slotUs)},
		originUs: Math.floor((nowUs - behindUs) / frameLengthUs) * frameLengthUs + behindUs,
		own: [...row].map(mark => mark === '1'),
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
	const row = rows[left % rows.length] ?? '';
	const fromMs = clock.nowMs();
	gate.apply(on, order(row), refusal => {
		if (left === Number(renewals) || refusal !== undefined)
			say({applied: refusal ?? '', atMs: clock.nowMs(), means: gate.means(on) ?? ''});
		if (rows.length > 1) say({turn: {row, fromMs, atMs: clock.nowMs()}});
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
