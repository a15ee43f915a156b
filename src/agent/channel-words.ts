// SPDX-License-Identifier: Apache-2.0
import {ChannelSwitch} from '../actuator/channel-switch/channel-switch.ts';
import {UciIntents} from '../actuator/channel-switch/uci.ts';
import {KernelGate} from '../actuator/slot-gate/kernel-gate.ts';
import type {Runtime} from '../port/port.ts';
import {openNl80211} from '../source/mesh-radios.ts';
import {openRoute} from '../source/slots/route-client.ts';

// Words of the command line for who is root: the daemon is not, and may not write /etc/config/wireless.

export type ChannelWord = 'keep' | 'restore';

/** A kernel that does not answer must not keep a package from being removed. */
const LIMIT_MS = 30_000;

/**
 * `keep` writes the channels that held, as the daemon left them, and those that lime-config undid. `restore` puts back what was
 * configured before the agent's first change, in the file and live, and takes away gates that a daemon left behind that was killed;
 * the daemon must be stopped, or it moves on.
 */
export function runChannelWord(runtime: Runtime, word: ChannelWord): void {
	const {clock, log, files, byteOrder} = runtime;
	const intents = new UciIntents(files, log);
	if (word === 'keep') {
		intents.takeWishes();
		intents.renew();
		return runtime.exit(intents.counts.failed === 0 ? 0 : 1);
	}
	const actuator = new ChannelSwitch({
		clock,
		order: byteOrder,
		port: runtime,
		log,
		intents,
		isKept: () => false,
		netlink: (opened, onEvent) => openNl80211(runtime, 'channel switch', () => {}, opened, onEvent),
	});
	const end = (refusal: string | undefined): void => {
		if (refusal !== undefined) log.write('warning', `not all radios are back where they were configured: ${refusal}`);
		actuator.stop();
		runtime.exit(refusal === undefined && intents.counts.failed === 0 ? 0 : 1);
	};
	clock.after(LIMIT_MS, () => end('it took too long'));
	actuator.start();
	const gates = new KernelGate({
		port: runtime,
		log,
		route: (opened, onEvent) => openRoute(runtime, 'slot gate', () => {}, opened, onEvent),
		nl80211: (opened, onEvent) => openNl80211(runtime, 'slot gate', () => {}, opened, onEvent),
	});
	actuator.restore(refusal =>
		gates.start(() => {
			gates.stop();
			end(refusal);
		}),
	);
}
