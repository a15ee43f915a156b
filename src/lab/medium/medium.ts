// SPDX-License-Identifier: Apache-2.0

// What both engines are given and what they answer: the packet-level one (dcf/) and the fast one on graphs.
// Everything about space and spectrum is done before: a coupling is the power that arrives, through path, antennas,
// adjacent-channel filters and a common mast. An engine knows only who hears whom, how strongly, and who wants to send.

/** Which generation a radio speaks. 'n' sends HT frames and aggregates; control frames stay non-HT. */
export type Standard = 'a' | 'b' | 'g' | 'n';

/**
 * One radio, tuned.
 *
 * Units:  in the names; frequencies are centres of 20 MHz channels.
 * Absent: an option that is absent takes the value of the standard (`dcf/parameters.ts` has the table and its source).
 */
export interface RadioSetup {
	/** The node it belongs to; radios of one node hand packets to each other without air. */
	readonly node: number;
	readonly standard: Standard;
	/** The primary channel. Only frames on it are frames; all else that arrives is power. */
	readonly primaryMhz: number;
	readonly widthMhz: 20 | 40;
	/** Thermal noise over the width, noise figure included. */
	readonly noiseDbm: number;
	/** A frame's preamble above this makes the channel busy; -82 if absent. */
	readonly carrierSenseDbm?: number;
	/** Any power above this makes the channel busy; -62 if absent. */
	readonly energyDetectDbm?: number;
	/** Frames of more bytes than this are announced by RTS; never if absent. */
	readonly rtsThresholdBytes?: number;
	/** Rate of RTS by its name in rates.ts; that of an answer to the data if absent. */
	readonly announceRate?: string;
	/** MPDUs in an A-MPDU at most, 1 to 64; 32 for 'n' and 1 for the others if absent. */
	readonly aggregateLimit?: number;
	/** Attempts at a frame before it is dropped; 7 if absent. */
	readonly retryLimit?: number;
	/** Packets that wait at most, for all flows of the radio together; 400 if absent. */
	readonly queuePackets?: number;
	/** Arbitration in slots after SIFS, and contention window. */
	readonly arbitrationSlots?: number;
	readonly windowMinimum?: number;
	readonly windowMaximum?: number;
	/**
	 * How long to wait after a frame that could not be read: EIFS with an acknowledgement at the lowest rate ('lowest', if
	 * absent), at the rate that an answer would have had ('dynamic'), or DIFS as after any other ('none').
	 */
	readonly extendedSpace?: 'lowest' | 'dynamic' | 'none';
	/** EIFS begins when the channel is idle again, as the standard says ('idle', if absent), or at the frame's end. */
	readonly extendedFrom?: 'idle' | 'frame';
	/**
	 * What keeps the channel busy while a frame passes whose preamble was missed, because of a collision or an own frame:
	 * the frame, where it is above carrier sense ('carrier', if absent, as ns-3 has it), or only power above energy
	 * detection ('energy', the least that IEEE 802.11-2020 17.3.10.6 asks for).
	 */
	readonly missedPreamble?: 'carrier' | 'energy';
	/** A later frame so much stronger than the one being received takes its place; 10 if absent. */
	readonly captureDb?: number;
	/** What a preamble must stand out by to be noticed; 4 if absent. */
	readonly preambleDb?: number;
	/** Whether a missed block acknowledgement is asked for again, or the MPDUs just sent again; false if absent. */
	readonly asksForBlockAck?: boolean;
	/** A packet that was not through so long after it came into the queue is dropped; absent: only the attempts count. */
	readonly lifetimeMs?: number;
	/** Short guard interval for HT frames; false if absent. */
	readonly shortGuard?: boolean;
	/** Spatial streams at most; 1 if absent. */
	readonly streams?: 1 | 2;
	/** When it may send. Absent: always. An exchange that would not end inside an opening does not start. */
	readonly gate?: Gate;
	/** False: it neither sends nor hears (node without power, radio in channel availability check). */
	readonly active?: boolean;
}

/** Openings in a repeating period, for slots: sorted, not overlapping, within [0, periodUs]. */
export interface Gate {
	readonly periodUs: number;
	readonly openings: readonly {readonly fromUs: number; readonly toUs: number}[];
}

/**
 * Who arrives where, and how strongly. Parallel arrays, each ordered pair at most once.
 *
 * Units:  indices of radios; dBm within the receiver's channel, coupling applied.
 * Absent: a pair that is not listed hears nothing of each other; leave out what is 10 dB or more below the noise.
 */
export interface Couplings {
	readonly from: Uint32Array;
	readonly to: Uint32Array;
	readonly receivedDbm: Float64Array;
}

/** How packets come about. Bytes are what the network layer hands over, its own headers included. */
export type Traffic =
	/** There is always another one. */
	| {readonly kind: 'saturated'}
	/** One every interval; the first one at a random moment of it. */
	| {readonly kind: 'constant'; readonly bitsPerSecond: number}
	/** Independent arrivals. */
	| {readonly kind: 'poisson'; readonly bitsPerSecond: number}
	/** Constant while on; the lengths of on and off are exponential. */
	| {
			readonly kind: 'bursts';
			readonly bitsPerSecond: number;
			readonly meanOnSeconds: number;
			readonly meanOffSeconds: number;
	  }
	/**
	 * A window of unacknowledged packets that grows by one a round trip and halves at a loss (Reno's avoidance without
	 * timeouts). Acknowledgements of 40 bytes come back along `returnHops`, one for two packets; without `returnHops`
	 * they come back without air.
	 */
	| {readonly kind: 'window'; readonly returnHops?: readonly Hop[]};

/** How a hop's rate is chosen: a name of the table in rates.ts, or by what was delivered lately. */
export type RateChoice = {readonly fixed: string} | 'adaptive';

/** One transmission over the air. */
export interface Hop {
	readonly from: number;
	readonly to: number;
	readonly rate: RateChoice;
}

export interface FlowSetup {
	/** From the source to the destination. Where one hop's receiver is not the next one's sender they share a node. */
	readonly hops: readonly Hop[];
	readonly packetBytes: number;
	readonly traffic: Traffic;
	readonly active?: boolean;
}

/**
 * Something that sends without listening, and is not one of ours.
 *
 * Shape:  silent for `silentUs`, then on the air for `onUs`, again and again. `next` is asked once a turn and may use
 *         the time that passed (day profiles) and `random`; it draws from nothing else.
 */
export interface InterfererSetup {
	readonly next: (nowUs: number, random: () => number) => {readonly silentUs: number; readonly onUs: number};
	/** Whether its signal begins with a Wi-Fi preamble that radios on the channel recognise. */
	readonly preamble: boolean;
	/** Radios that it reaches, and with what power. */
	readonly to: Uint32Array;
	readonly receivedDbm: Float64Array;
}

export interface MediumSetup {
	readonly radios: readonly RadioSetup[];
	readonly couplings: Couplings;
	readonly flows: readonly FlowSetup[];
	readonly interferers?: readonly InterfererSetup[];
}

/** What a flow got since the statistics were last cleared. */
export interface FlowStatistics {
	offeredPackets: number;
	deliveredPackets: number;
	deliveredBytes: number;
	/** Dropped because a queue was full, and after the last attempt. */
	overflowPackets: number;
	abandonedPackets: number;
	/** deliveredBytes × 8 over the time since the statistics were cleared. */
	throughputBps: number;
	/** From the source's queue to the destination; bins as `delayBounds()` has them. */
	readonly delayCounts: Uint32Array | Float64Array;
	meanDelayUs: number;
}

/** What happened to the MPDUs sent from one radio to another. attempts = delivered + the five kinds of losses. */
export interface LinkStatistics {
	readonly from: number;
	readonly to: number;
	attempts: number;
	delivered: number;
	/** Attempts beyond a packet's first. */
	retries: number;
	/** Lost while a radio sent that the sender can hear: both counters reached zero together. */
	collisionLosses: number;
	/** Lost while a radio sent that the sender cannot hear. */
	hiddenLosses: number;
	/** The receiver was sending itself. */
	deafLosses: number;
	/** Lost while an external interferer was on the air, and nobody else. */
	interfererLosses: number;
	/** Lost without anybody else on the air. */
	noiseLosses: number;
	/** Time on the air with data for this link, preambles included. */
	airtimeUs: number;
	/** Mean rate of the attempts. */
	meanRateKbps: number;
}

/** Where a radio's time went. The four add up to the time since the statistics were cleared. */
export interface RadioStatistics {
	transmitUs: number;
	/** Decoding a frame, for whomever. */
	receiveUs: number;
	/** Busy without a frame to decode. */
	busyUs: number;
	idleUs: number;
	/** Frames of any kind put on the air. */
	transmissions: number;
	queuedPackets: number;
}

export interface MediumStatistics {
	readonly seconds: number;
	/** In the order of the flows. */
	readonly flows: readonly FlowStatistics[];
	/** One for every ordered pair that is a hop of a flow. */
	readonly links: readonly LinkStatistics[];
	/** In the order of the radios. */
	readonly radios: readonly RadioStatistics[];
}

/** A medium with time in it. The same setup, seed and calls give the same statistics, on every platform. */
export interface Medium {
	readonly nowSeconds: number;
	/** Runs for so many virtual seconds. */
	advance(seconds: number): void;
	/**
	 * Continues with another setup of as many radios and as many flows: retuned, re-routed, switched off.
	 * Frames in the air at that moment are lost; queues and statistics stay.
	 */
	change(setup: MediumSetup): void;
	/** Starts counting anew, to leave out a warm-up. */
	clear(): void;
	read(): MediumStatistics;
}

/** What an engine exports. */
export type CreateMedium = (setup: MediumSetup, seed: number) => Medium;
