// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import {call} from '../../ubus-ts/call.ts';
import {UbusClient, type UbusWorld} from '../../ubus-ts/client.ts';
import {NOT_FOUND, OK, statusText} from '../../ubus-ts/status.ts';
import {chandefOf, nameOf} from './chandef.ts';

// Only hostapd knows what its access points' beacons say, so only it can announce a move of theirs, those that peer with each
// other (AP micro-peering) included. OpenWrt's has an object for each on the bus; told once, all of the radio move.

const ANSWER_MS = 2000;

/**
 * The arguments of `hostapd.IFACE switch_chan`.
 *
 * Units:  MHz; `bcn_count` beacons.
 * Source: OpenWrt, package/network/services/hostapd/src/src/ap/ubus.c, csa_policy.
 */
export function switchArguments(to: Channel, count: number): Record<string, number | boolean> | undefined {
	const chandef = chandefOf(to, false);
	if (chandef === undefined) return undefined;
	const {frequencyMhz, center1Mhz} = chandef;
	const wide = {
		center_freq1: center1Mhz,
		bandwidth: to.widthMhz,
		sec_channel_offset: frequencyMhz < center1Mhz ? 1 : -1,
		vht: to.widthMhz > 40 && bandOf(to.mhz) === 5,
	};
	return {freq: frequencyMhz, bcn_count: count, ht: true, ...(to.widthMhz > 20 ? wide : {})};
}

/** Moves an access point by asking its hostapd. The connection to the bus lives as long as the question. */
export function moveByHostapd(world: UbusWorld) {
	return (name: string, to: Channel, count: number, done: (refusal: string | undefined) => void): void => {
		const args = switchArguments(to, count);
		if (args === undefined) return done(`${nameOf(to)} is nothing hostapd has words for`);
		const object = `hostapd.${name}`;
		let isOver = false;
		const end = (refusal: string | undefined): void => {
			if (isOver) return;
			isOver = true;
			cancel();
			client.stop();
			done(refusal);
		};
		const client = new UbusClient(world, {
			timeoutMs: ANSWER_MS,
			disconnected: error => end(`hostapd cannot be asked: ${error?.message ?? 'the bus closed'}`),
			connected: () =>
				call(client, object, 'switch_chan', args, status => {
					if (status === OK) return end(undefined);
					const reason = status === NOT_FOUND ? `there is no ${object} on the bus` : statusText(status);
					end(`hostapd does not move ${name}: ${reason}`);
				}),
		});
		const cancel = world.after(2 * ANSWER_MS, () => end('hostapd did not answer'));
		client.start();
	};
}
