// SPDX-License-Identifier: Apache-2.0
import {ChannelSwitch} from '../../actuator/channel-switch/channel-switch.ts';
import {PortError} from '../../core/errors.ts';
import type {Files} from '../../port/port.ts';
import {openNl80211} from '../../source/mesh-radios.ts';
import type {PartContext, Source} from '../optional.ts';
import {EnginePart} from './part.ts';

/** Where wpa_supplicant has a socket for each interface that it keeps. Source: OpenWrt's netifd scripts. */
const KEEPER = '/var/run/wpa_supplicant';

/** The engine with what moves radios, where the owner wants them moved. Errors: PortError as of `EnginePart`. */
export function openEngine(context: PartContext): Source {
	const {runtime, configuration, log, observe} = context;
	const {clock, byteOrder, files} = runtime;
	if (configuration.participation !== 'active') return new EnginePart(context, undefined);
	const actuator = new ChannelSwitch({
		clock,
		order: byteOrder,
		log,
		netlink: (opened, onEvent) => openNl80211(runtime, 'channel switch', observe, opened, onEvent),
		isKept: name => isKept(files, name),
	});
	return new EnginePart(context, actuator);
}

function isKept(files: Files, name: string): boolean {
	try {
		return files.list(KEEPER)?.includes(name) ?? false;
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return false;
	}
}
