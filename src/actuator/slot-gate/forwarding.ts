// SPDX-License-Identifier: Apache-2.0
import type {Nl80211} from '../channel-switch/kernel.ts';
import type {GatedInterface} from './gate.ts';

/** A sentence where frames would go past whatever queue there is. */
export function checkForwarding(
	nl80211: Nl80211,
	{index, name}: GatedInterface,
	done: (reason: string | undefined) => void,
): void {
	nl80211.meshConfig(index, (_, config) =>
		done(
			config?.forwarding === 1
				? `the kernel forwards frames on ${name} by itself (mesh_fwding 1), past every queue: set it to 0, with a routing protocol above`
				: undefined,
		),
	);
}
