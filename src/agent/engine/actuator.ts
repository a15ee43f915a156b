// SPDX-License-Identifier: Apache-2.0
import {ChannelSwitch} from '../../actuator/channel-switch/channel-switch.ts';
import {moveByHostapd} from '../../actuator/channel-switch/hostapd.ts';
import {UciIntents} from '../../actuator/channel-switch/uci.ts';
import {PortError} from '../../core/errors.ts';
import type {Files} from '../../port/port.ts';
import {openNl80211} from '../../source/mesh-radios.ts';
import type {UbusWorld} from '../../ubus-ts/client.ts';
import {busAbsence, UBUS_SOCKET} from '../object-absence.ts';
import type {PartContext} from '../optional.ts';

/** Where wpa_supplicant has a socket for each interface that it keeps. Source: OpenWrt's netifd scripts. */
const KEEPER = '/var/run/wpa_supplicant';

/** What moves this router's radios; read into memory only where the owner wants them moved. */
export function openActuator(context: PartContext): ChannelSwitch {
	const {runtime, configuration, log, observe} = context;
	const {clock, byteOrder, files} = runtime;
	return new ChannelSwitch({
		clock,
		order: byteOrder,
		port: runtime,
		log,
		netlink: (opened, onEvent) => openNl80211(runtime, 'channel switch', observe, opened, onEvent),
		isKept: name => isKept(files, name),
		intents: new UciIntents(files, log),
		...(busAbsence(configuration, runtime) === undefined && {moveAccessPoint: moveByHostapd(busOf(context))}),
		refused: (radio, refusal) =>
			observe({kind: 'failure', source: 'channel switch', code: 'refused', detail: `radio ${radio}: ${refusal}`}),
	});
}

function busOf({runtime, configuration}: PartContext): UbusWorld {
	const path = configuration.ubusSocket === '' ? UBUS_SOCKET : configuration.ubusSocket;
	return {
		connect: handlers => runtime.stream({kind: 'unix', path}, handlers),
		after: (delayMs, task) => runtime.clock.after(delayMs, task),
	};
}

function isKept(files: Files, name: string): boolean {
	try {
		return files.list(KEEPER)?.includes(name) ?? false;
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return false;
	}
}
