// SPDX-License-Identifier: Apache-2.0
let times = 0;

export function load(): number {
	times++;
	return times;
}

export function startsLoaded(): boolean {
	return times > 0;
}
