// SPDX-License-Identifier: Apache-2.0
import type {Interface} from '../wire/nl80211/interface.ts';

/** Whether two readings of the interfaces ask for the same plan. */
export function areSame(before: readonly Interface[], now: readonly Interface[]): boolean {
	return before.length === now.length && before.every((of, i) => isSame(of, now[i] as Interface));
}

function isSame(a: Interface, b: Interface): boolean {
	return (
		a.interfaceIndex === b.interfaceIndex &&
		a.name === b.name &&
		a.type === b.type &&
		a.wiphy === b.wiphy &&
		a.frequencyMhz === b.frequencyMhz &&
		a.width === b.width &&
		a.transmitPowerMbm === b.transmitPowerMbm
	);
}
