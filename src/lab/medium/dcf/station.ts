// SPDX-License-Identifier: Apache-2.0
import {
	ACK_BYTES,
	BLOCK_ACK_BYTES,
	BLOCK_ACK_REQUEST_BYTES,
	CTS_BYTES,
	frameNs,
	preambleNs,
	RTS_BYTES,
} from '../airtime.ts';
import {type SurvivalCurve, survivalCurve} from '../error-rate.ts';
import {ratioOfDb} from '../exact.ts';
import type {RadioSetup, RadioStatistics} from '../medium.ts';
import {
	type AccessParameters,
	accessOf,
	CARRIER_SENSE_DBM,
	ENERGY_DETECT_DBM,
	HT_AGGREGATE,
	QUEUE_PACKETS,
	RETRY_LIMIT,
} from '../parameters.ts';
import {controlRate, type Rate, rateNamed, rates} from '../rates.ts';
import type {Link} from './link.ts';

export const FrameKind = {data: 0, rts: 1, cts: 2, ack: 3, blockAck: 4, blockAckRequest: 5} as const;
/** Where a radio's time goes; the order of its `spentNs`. */
export const Activity = {idle: 0, busy: 1, receive: 2, transmit: 3} as const;

/** All that follows from a rate alone, worked out once. Units: ns, without signal extension. */
export interface RateTimes {
	readonly rate: Rate;
	readonly preambleNs: number;
	readonly curve: SurvivalCurve;
	readonly control: Rate;
	readonly ackNs: number;
	readonly blockAckNs: number;
	readonly blockAckRequestNs: number;
	/** An RTS at this very rate. */
	readonly rtsNs: number;
	readonly ctsNs: number;
	/** How long after SIFS the answer makes itself noticed. */
	readonly answerStartNs: number;
}

export const rateTimes: readonly RateTimes[] = rates.map(rate => {
	const control = controlRate(rate);
	return {
		rate,
		preambleNs: preambleNs(rate),
		curve: survivalCurve(rate),
		control,
		ackNs: frameNs(control, ACK_BYTES),
		blockAckNs: frameNs(control, BLOCK_ACK_BYTES),
		blockAckRequestNs: frameNs(control, BLOCK_ACK_REQUEST_BYTES),
		rtsNs: frameNs(rate, RTS_BYTES),
		ctsNs: frameNs(control, CTS_BYTES),
		answerStartNs: preambleNs(control),
	};
});

export function timesOf(rate: Rate): RateTimes {
	const times = rateTimes[rate.index];
	if (times === undefined) throw new RangeError(`rate ${rate.name} is not of the table`);
	return times;
}

/** How many changes of interference a reception remembers; more are folded into the last, at its strongest. */
export const SEGMENTS = 16;
export const LARGEST_BURST = 64;
const never = Number.POSITIVE_INFINITY;

/** A radio at work: its frame in the air, what it hears, its counter, its exchange. Times are ns; absent is Infinity. */
export class Station {
	readonly index: number;
	readonly setup: RadioSetup;
	readonly access: AccessParameters;
	readonly active: boolean;

	// What stays the same.
	readonly arbitrationNs: number;
	readonly noiseMw: number;
	readonly energyDetectMw: number;
	readonly carrierSenseDbm: number;
	/** 1 or 0: whether a frame whose preamble was missed keeps the channel busy. */
	readonly noticesMissed: number;
	readonly captureRatio: number;
	readonly preambleRatio: number;
	readonly aggregateLimit: number;
	readonly retryLimit: number;
	readonly queueLimit: number;
	readonly rtsThreshold: number;
	readonly announceTimes: RateTimes | undefined;
	readonly lifetimeNs: number;
	readonly qos: boolean;

	// Its frame, while transmitting.
	transmitting = false;
	frameKind = 0;
	frameTo: Station | undefined = undefined;
	frameTimes: RateTimes = rateTimes[0] as RateTimes;
	frameStartNs = -1;
	frameEndNs = -1;
	/** How long others leave the air to this exchange after the frame. */
	frameReservedNs = 0;
	frameBits = 0;
	/** The strongest that disturbed the frame at its receiver. */
	culprit: Station | undefined = undefined;
	disturbed = false;

	// What it hears.
	energyMw = 0;
	arrivals = 0;
	/** Frames of ours above carrier sense, being read or not; always 0 where missed ones are not noticed. */
	frames = 0;
	foreignFrames = 0;
	foreignSignals = 0;
	candidate: Station | undefined = undefined;
	candidateMw = 0;
	candidateNs = -1;
	/** Power of all frames that began together with the candidate: their preambles are alike and add up. */
	togetherMw = 0;
	locked: Station | undefined = undefined;
	lockedMw = 0;
	lockedSnrDb = 0;
	lockedNs = -1;
	segments = 0;
	readonly segmentNs = new Float64Array(SEGMENTS);
	readonly segmentMw = new Float64Array(SEGMENTS);
	/** Who last began to send within earshot, and who sends to this radio. */
	latest: Station | undefined = undefined;
	expected: Station | undefined = undefined;

	// Access.
	busy = false;
	reservedNs = 0;
	reservedSinceNs = -1;
	extendedNs = 0;
	/** EIFS that starts when the channel is idle; 0 if none is due. */
	extensionNs = 0;
	/** Where counting starts; Infinity while the channel is busy. */
	grantNs = never;
	slots = 0;
	window: number;
	wants = false;
	deadlineNs = never;
	eventNs = never;

	// Its exchange.
	exchanging = false;
	awaited = -1;
	timeoutNs = never;
	answerKind = -1;
	answerTo: Station | undefined = undefined;
	answerTimes: RateTimes = this.frameTimes;
	answerReservedNs = 0;
	requesting = false;
	/** Exchanges without an answer since the last one with. */
	failures = 0;
	link: Link | undefined = undefined;
	burst = 0;
	readonly burstPackets = new Int32Array(LARGEST_BURST);
	/** End of each MPDU in bits from the start of the data. */
	readonly burstBits = new Float64Array(LARGEST_BURST);
	burstBytes = 0;
	burstNs = 0;
	burstTimes: RateTimes = this.frameTimes;
	burstAggregate = false;

	// Queues and account.
	readonly links: Link[] = [];
	nextLink = 0;
	queued = 0;
	activity: number = Activity.idle;
	activitySinceNs = 0;
	readonly spentNs = new Float64Array(4);
	transmissions = 0;

	constructor(index: number, setup: RadioSetup, nowNs: number) {
		this.index = index;
		this.setup = setup;
		this.access = accessOf(setup);
		this.active = setup.active ?? true;
		const {sifsNs, slotNs, arbitrationSlots, windowMinimum} = this.access;
		this.arbitrationNs = sifsNs + slotNs * arbitrationSlots;
		this.noiseMw = ratioOfDb(setup.noiseDbm);
		this.energyDetectMw = ratioOfDb(setup.energyDetectDbm ?? ENERGY_DETECT_DBM);
		this.carrierSenseDbm = setup.carrierSenseDbm ?? CARRIER_SENSE_DBM;
		this.noticesMissed = (setup.missedPreamble ?? 'carrier') === 'carrier' ? 1 : 0;
		this.captureRatio = ratioOfDb(setup.captureDb ?? 10);
		this.preambleRatio = ratioOfDb(setup.preambleDb ?? 4);
		this.qos = setup.standard === 'n';
		this.aggregateLimit = Math.min(LARGEST_BURST, setup.aggregateLimit ?? (this.qos ? HT_AGGREGATE : 1));
		this.retryLimit = setup.retryLimit ?? RETRY_LIMIT;
		this.queueLimit = setup.queuePackets ?? QUEUE_PACKETS;
		this.rtsThreshold = setup.rtsThresholdBytes ?? never;
		this.announceTimes = setup.announceRate === undefined ? undefined : timesOf(rateNamed(setup.announceRate));
		this.lifetimeNs = setup.lifetimeMs === undefined ? never : setup.lifetimeMs * 1e6;
		this.window = windowMinimum;
		this.activitySinceNs = nowNs;
	}

	/** Books the time since the last call to what the radio was doing, and goes on with what it does now. */
	account(nowNs: number): void {
		const spent = this.spentNs;
		spent[this.activity] = (spent[this.activity] as number) + (nowNs - this.activitySinceNs);
		this.activitySinceNs = nowNs;
		this.activity = this.transmitting
			? Activity.transmit
			: this.locked !== undefined
				? Activity.receive
				: this.busy
					? Activity.busy
					: Activity.idle;
	}

	clear(nowNs: number): void {
		this.spentNs.fill(0);
		this.activitySinceNs = nowNs;
		this.transmissions = 0;
	}

	read(nowNs: number): RadioStatistics {
		this.account(nowNs);
		const [idle = 0, busy = 0, receive = 0, transmit = 0] = this.spentNs;
		return {
			transmitUs: transmit / 1000,
			receiveUs: receive / 1000,
			busyUs: busy / 1000,
			idleUs: idle / 1000,
			transmissions: this.transmissions,
			queuedPackets: this.queued + this.burst,
		};
	}
}
