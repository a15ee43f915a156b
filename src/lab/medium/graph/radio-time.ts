// SPDX-License-Identifier: Apache-2.0
import {ratioOfDb} from '../exact.ts';
import type {MediumSetup} from '../medium.ts';
import {CARRIER_SENSE_DBM, ENERGY_DETECT_DBM} from '../parameters.ts';
import type {FixedPoint} from './fixed-point.ts';
import type {ForeignState} from './state.ts';

export interface HeardShare {
	transmit: number;
	receive: number;
	busy: number;
	transmissionsPerSecond: number;
	queuedPackets: number;
}

/**
 * Where the radios' time goes.
 *
 * Shape:  a radio hears whoever sends frames loud enough. Those who exclude each other add up; groups that do not know of each
 *         other overlap by chance: 1 - Π(1 - s) over the groups.
 */
export function heardShares(
	setup: MediumSetup,
	point: FixedPoint,
	foreign: readonly ForeignState[],
): readonly HeardShare[] {
	const {network, senders, links} = point;
	const own = setup.radios.map(() => ({transmit: 0, answers: 0, exchanges: 0}));
	const onAir = new Map<number, number>();
	for (const [index, sender] of network.senders.entries()) {
		const state = senders[index];
		const ownTime = own[sender.radio];
		if (state === undefined || ownTime === undefined) continue;
		ownTime.transmit += state.dataShare;
		onAir.set(sender.radio, state.dataShare * state.alone);
		const exchanges = state.dataShare > 0 ? (state.dataShare * 1e6) / meanDataUs(point, index) : 0;
		ownTime.exchanges += exchanges;
		for (const link of sender.links) {
			const of = links[link.index];
			const receiver = own[link.to];
			if (of === undefined || receiver === undefined) continue;
			const part = exchanges / Math.max(1, sender.links.length);
			receiver.answers += (part * (1 - of.exchangeFailure) * of.times.answerUs) / 1e6;
			receiver.exchanges += part * (1 - of.exchangeFailure);
		}
	}
	// Answers are heard as well as data.
	for (const {radio} of network.senders) onAir.set(radio, (onAir.get(radio) ?? 0) + (own[radio]?.answers ?? 0));
	return setup.radios.map((radio, index): HeardShare => {
		const time = own[index] ?? {transmit: 0, answers: 0, exchanges: 0};
		if (radio.active === false) return {transmit: 0, receive: 0, busy: 0, transmissionsPerSecond: 0, queuedPackets: 0};
		const transmit = Math.min(0.99, time.transmit + time.answers);
		const frames: number[] = [];
		let [energy, disturbed] = [1, 1];
		for (const [from, mw] of network.levels[index] ?? []) {
			const at = network.senderOf.get(from) ?? -1;
			const sender = network.senders[at];
			if (sender === undefined || from === index) continue;
			const isRead =
				sender.setup.primaryMhz === radio.primaryMhz && mw >= ratioOfDb(radio.carrierSenseDbm ?? CARRIER_SENSE_DBM);
			if (isRead) frames.push(at);
			else if (mw >= ratioOfDb(radio.energyDetectDbm ?? ENERGY_DETECT_DBM))
				energy *= 1 - Math.min(1, onAir.get(sender.radio) ?? 0);
		}
		for (const [at, interferer] of (setup.interferers ?? []).entries()) {
			const where = interferer.to.indexOf(index);
			if (where < 0) continue;
			const limit = interferer.preamble
				? (radio.carrierSenseDbm ?? CARRIER_SENSE_DBM)
				: (radio.energyDetectDbm ?? ENERGY_DETECT_DBM);
			if ((interferer.receivedDbm[where] ?? -200) >= limit) disturbed *= 1 - Math.min(1, foreign[at]?.share ?? 0);
		}
		const free = 1 - transmit;
		const receive = Math.min(free, free * groups(point, frames, onAir, free));
		const rest = free - receive;
		const sender = network.senderOf.get(index);
		return {
			transmit,
			receive,
			busy: rest * (1 - energy * disturbed),
			transmissionsPerSecond: time.exchanges,
			queuedPackets: sender === undefined ? 0 : queued(point, sender),
		};
	});
}

/** Share of the free time in which somebody of these is heard. */
function groups(
	point: FixedPoint,
	frames: readonly number[],
	onAir: ReadonlyMap<number, number>,
	free: number,
): number {
	let silent = 1;
	const left = new Set(frames);
	for (const first of frames) {
		if (!left.delete(first)) continue;
		const group = [first];
		for (const other of left)
			if (group.every(member => point.network.conflicts[member]?.includes(other))) group.push(other);
		let share = 0;
		for (const member of group) {
			left.delete(member);
			share += onAir.get(point.network.senders[member]?.radio ?? -1) ?? 0;
		}
		silent *= 1 - Math.min(1, share / Math.max(1e-6, free));
	}
	return 1 - silent;
}

function meanDataUs(point: FixedPoint, index: number): number {
	const links = point.network.senders[index]?.links ?? [];
	let us = 0;
	for (const link of links) us += (point.links[link.index]?.times.dataUs ?? 1000) / links.length;
	return Math.max(1, us);
}

function queued(point: FixedPoint, index: number): number {
	const state = point.senders[index];
	if (state === undefined) return 0;
	const load = Math.min(0.99, (state.packetsPps * (state.waitUs + state.exchangeUs)) / 1e6);
	return load / (1 - load);
}
