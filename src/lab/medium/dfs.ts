// SPDX-License-Identifier: Apache-2.0

// Radar has the right of way at 5250–5350 and 5470–5725 MHz. What one radio may do on one such channel is a state machine:
//
//   unknown ──check──▶ checking ──60 s, 600 s at 5600–5650 MHz, without radar──▶ available ──use──▶ in use
//                          │                                                         │                 │
//                          └──────────────────────── radar ──────────────────────────┴─────────────────┘
//                                                      ▼
//                               unavailable ──30 min──▶ unknown
//
// Invariant 1: nothing is sent in any state but `in use`.
// Invariant 2: within 30 minutes of a radar the channel is neither checked nor used.

/** Source: ETSI EN 301 893 V2.1.1, table D.1. */
export const dfsTimes = {
	checkS: 60,
	weatherCheckS: 600,
	nonOccupancyS: 1800,
	/** By then the channel is empty… */
	moveS: 10,
	/** …and no more than this was sent since the radar. */
	closingTransmissionS: 1,
} as const;

export type DfsState =
	| {readonly state: 'unknown'}
	| {readonly state: 'checking'; readonly untilS: number}
	| {readonly state: 'available'}
	| {readonly state: 'in-use'}
	| {readonly state: 'unavailable'; readonly untilS: number};

export type DfsEvent =
	| {readonly kind: 'check'}
	| {readonly kind: 'use'}
	| {readonly kind: 'leave'}
	| {readonly kind: 'radar'}
	/** Time has passed, and nothing else. */
	| {readonly kind: 'time'};

export const dfsStart: DfsState = {state: 'unknown'};

/**
 * Whether radar has the right of way on a channel.
 *
 * Units:    MHz, middle and width.
 * Source:   ETSI EN 301 893 V2.1.1, table D.1 note and clause 4.2.6; the FCC's bands are the same here.
 */
export function needsDfs(centreMhz: number, widthMhz: number): boolean {
	return touches(centreMhz, widthMhz, 5250, 5350) || touches(centreMhz, widthMhz, 5470, 5725);
}

/** How long a check takes. Units: MHz to seconds. */
export function checkS(centreMhz: number, widthMhz: number): number {
	return touches(centreMhz, widthMhz, 5600, 5650) ? dfsTimes.weatherCheckS : dfsTimes.checkS;
}

function touches(centreMhz: number, widthMhz: number, fromMhz: number, toMhz: number): boolean {
	return centreMhz + widthMhz / 2 > fromMhz && centreMhz - widthMhz / 2 < toMhz;
}

/**
 * The state after an event. An event that the state forbids changes nothing: a caller compares.
 *
 * Units:  seconds of any clock that runs evenly.
 */
export function stepDfs(before: DfsState, event: DfsEvent, nowS: number, checkTimeS: number): DfsState {
	const state = expire(before, nowS);
	switch (event.kind) {
		case 'time':
			return state;
		case 'radar':
			// One heard again while unavailable starts the half hour anew.
			return {state: 'unavailable', untilS: nowS + dfsTimes.nonOccupancyS};
		case 'check':
			return state.state === 'unknown' ? {state: 'checking', untilS: nowS + checkTimeS} : state;
		case 'use':
			return state.state === 'available' ? {state: 'in-use'} : state;
		case 'leave':
			if (state.state === 'in-use') return {state: 'available'};
			return state.state === 'checking' ? dfsStart : state;
	}
}

function expire(state: DfsState, nowS: number): DfsState {
	if (state.state === 'checking' && nowS >= state.untilS) return {state: 'available'};
	if (state.state === 'unavailable' && nowS >= state.untilS) return dfsStart;
	return state;
}

/** Whether the radio may send. */
export function maySend(state: DfsState): boolean {
	return state.state === 'in-use';
}
