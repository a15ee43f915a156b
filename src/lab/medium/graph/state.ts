// SPDX-License-Identifier: Apache-2.0
import {exponential} from '../exact.ts';
import {type ExchangeTimes, exchangeTimes} from './exchange.ts';
import type {Link, Network} from './network.ts';

// What the fast engine knows of a sender and of a link, and how it begins.

/** How an external interferer is on the air now. */
export interface ForeignState {
	readonly share: number;
	readonly meanOnUs: number;
}

/** What a link suffers. Shares of its attempted MPDUs; they and `success` add up to 1. */
export interface LinkState {
	success: number;
	collisionLoss: number;
	hiddenLoss: number;
	foreignLoss: number;
	noiseLoss: number;
	/** Share of exchanges of which nothing got through. */
	exchangeFailure: number;
	/** MPDUs in an exchange, on the average. */
	burst: number;
	times: ExchangeTimes;
	/** Attempts at a packet, and the share of packets that get through within the limit. */
	attempts: number;
	deliveredShare: number;
}

export interface SenderState {
	/** Share of the time that its exchanges keep the air, and of its frames alone. */
	share: number;
	dataShare: number;
	/** Of its time on the air, so much is not somebody else's too who began in the same slot. */
	alone: number;
	/** Chance to begin in a slot in which it may. */
	attemptChance: number;
	/** How much of the time it has something to send. */
	activity: number;
	/** From being ready to having the air. */
	waitUs: number;
	exchangeUs: number;
	/** Packets a second. */
	packetsPps: number;
	isFull: boolean;
}

/**
 * Share of a frame's pieces that a disturber hits which was silent when the frame began.
 *
 * Shape: an on/off process with exponential times is on after t with probability s·(1 - e^(-kt)), s being its share and k the sum
 *        of its rates; its mean over the frame, and what begins within a piece.
 */
export function hitChance(perUs: number, onUs: number, frameUs: number, pieceUs: number): number {
	const total = perUs + 1 / onUs;
	const x = total * frameUs;
	const on = (perUs / total) * (x > 1e-6 ? 1 - (1 - exponential(-x)) / x : x / 2);
	const begins = 1 - exponential(-perUs * pieceUs);
	return pieceUs >= frameUs ? begins : on + (1 - on) * begins;
}

export function timesOf(link: Link, burst: number, network: Network): ExchangeTimes {
	const sender = network.senders[network.senderOf.get(link.from) ?? -1];
	if (sender === undefined) throw new RangeError(`radio ${link.from} sends and is no sender`);
	return exchangeTimes(link.at.rate, link.packetBytes, burst, link.announced, sender.access);
}

export function firstState(link: Link, network: Network): LinkState {
	return {
		success: 1,
		collisionLoss: 0,
		hiddenLoss: 0,
		foreignLoss: 0,
		noiseLoss: 0,
		exchangeFailure: 0,
		burst: 1,
		times: timesOf(link, 1, network),
		attempts: 1,
		deliveredShare: 1,
	};
}
