// SPDX-License-Identifier: Apache-2.0
import {load} from './shared.ts';

const times = load();

export function timesLoaded(): number {
	return times;
}
