// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {BinSample} from '../../model/spectrum/window.ts';
import {samplesOf, viewOf} from '../spectrum/air.ts';
import type {Emitter} from '../spectrum/signature.ts';
import {bluetooth, microwave, video, wifi} from '../spectrum/signatures.ts';

// What the 2.4 GHz radio of the village's mill sees of its spectrum: Wi-Fi at all times, the oven of the café next door, the
// camera that the mesh radio hears too, and somebody's Bluetooth. These come one after another: a window names one narrow
// sender beside Wi-Fi.

/** The house and the radio that have a spectral scan. */
export const LISTENING_HOUSE = 'mill';
export const LISTENING_RADIO = 'phy1';
export const LISTENING_MHZ = 2437;
const TURN_US = 900e6;
const OVEN_FROM_US = 120e6;
const OVEN_UNTIL_US = 330e6;
const CAMERA_TURN_US = 300e6;
const CAMERA_ON_US = 120e6;
/** So that the camera has its own time: every other of its turns. */
const CAMERA_FROM_US = 450e6;
const BLUETOOTH_FROM_US = 740e6;

const during =
	(emitter: Emitter, isOn: (nowUs: number) => boolean): Emitter =>
	now =>
		isOn(now) ? emitter(now) : undefined;

/** Each call is the next sample, not before the time it is told. */
export function millSpectrum(seed: number): (notBeforeUs: number) => BinSample {
	const random = seededRandom(seed);
	const view = viewOf('ht20', LISTENING_MHZ * 1000);
	const inTurn = (now: number): number => now % TURN_US;
	return samplesOf(random, 'ht20', view.centreKhz, [
		wifi(random, view, 0.12),
		during(bluetooth(random, view), now => inTurn(now) >= BLUETOOTH_FROM_US),
		during(microwave(random, view), now => inTurn(now) >= OVEN_FROM_US && inTurn(now) < OVEN_UNTIL_US),
		during(video(random, view), now => inTurn(now) >= CAMERA_FROM_US && now % CAMERA_TURN_US < CAMERA_ON_US),
	]);
}
