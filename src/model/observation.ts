// SPDX-License-Identifier: Apache-2.0
import type {DecodeCode, PortCode} from '../core/errors.ts';

// What a source says about the world, in one flat record each. Field names are those of `seriesDefinitions`, so that
// telemetry needs no translation. A quantity the kernel or driver does not give is undefined, never 0.

export type InterfaceType = 'adhoc' | 'station' | 'ap' | 'monitor' | 'mesh' | 'other';

/** A radio and the channel it is on now. */
export interface RadioObservation {
	readonly kind: 'radio';
	readonly radio: string;
	readonly frequencyMhz: number | undefined;
	readonly widthMhz: number | undefined;
	readonly transmitPowerDbm: number | undefined;
}

/** One channel as one radio has counted it. Counters are ours: they go on growing when the driver's start again. */
export interface ChannelObservation {
	readonly kind: 'channel';
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly inUse: boolean;
	readonly noiseDbm: number | undefined;
	readonly activeMs: number | undefined;
	readonly busyMs: number | undefined;
	readonly receiveMs: number | undefined;
	readonly transmitMs: number | undefined;
	readonly ownReceiveMs: number | undefined;
}

/** A mesh peer: a router, never a person's device. */
export interface StationObservation {
	readonly kind: 'station';
	readonly interface: string;
	/** The peer's MAC address. */
	readonly peer: string;
	readonly signalDbm: number | undefined;
	readonly signalAverageDbm: number | undefined;
	readonly chain0SignalDbm: number | undefined;
	readonly chain1SignalDbm: number | undefined;
	readonly chain2SignalDbm: number | undefined;
	readonly transmitRateKbps: number | undefined;
	readonly receiveRateKbps: number | undefined;
	readonly expectedThroughputKbps: number | undefined;
	readonly inactiveMs: number | undefined;
	readonly transmitBytes: number | undefined;
	readonly receiveBytes: number | undefined;
	readonly transmitPackets: number | undefined;
	readonly receivePackets: number | undefined;
	readonly transmitRetries: number | undefined;
	readonly transmitFailed: number | undefined;
	readonly transmitAirtimeUs: number | undefined;
	readonly receiveAirtimeUs: number | undefined;
	readonly airtimeMetric: number | undefined;
	readonly peerLinkState: number | undefined;
	readonly tsfOffsetUs: number | undefined;
}

/** All that is ever said of the devices of people: how many, and the median signal where that names nobody. */
export interface ClientsObservation {
	readonly kind: 'clients';
	readonly interface: string;
	readonly count: number;
	readonly signalMedianDbm: number | undefined;
}

export interface PathObservation {
	readonly kind: 'path';
	readonly interface: string;
	readonly count: number;
}

/** A network interface's counters, those of `ip -s link`. */
export interface InterfaceObservation {
	readonly kind: 'interface';
	readonly interface: string;
	readonly up: number;
	readonly receiveBytes: number | undefined;
	readonly transmitBytes: number | undefined;
	readonly receivePackets: number | undefined;
	readonly transmitPackets: number | undefined;
	readonly receiveErrors: number | undefined;
	readonly transmitErrors: number | undefined;
	readonly receiveDropped: number | undefined;
	readonly transmitDropped: number | undefined;
}

export interface SystemObservation {
	readonly kind: 'system';
	readonly load1: number | undefined;
	readonly memoryTotalBytes: number | undefined;
	readonly memoryAvailableBytes: number | undefined;
	readonly uptimeS: number | undefined;
	readonly clockSynchronised: number | undefined;
}

/** The foreign networks of one channel in the last scan; their names and addresses stay in the source. */
export interface NeighbourObservation {
	readonly kind: 'neighbour';
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly accessPoints: number | undefined;
	/** Absent: the record is the channel's count. Otherwise a keyed pseudonym of the network's address. */
	readonly network: string | undefined;
	readonly signalDbm: number | undefined;
}

export type RoutingProtocol = 'batman-iv' | 'batman-v' | 'babel' | 'olsr' | 'olsr2' | 'bmx6' | 'bmx7' | '802.11s';

/** How good a way is, in the terms of its protocol: see `wire/routing/table.ts` for who fills which, and the units. */
export interface RoutingMetric {
	readonly quality?: number;
	readonly throughputKbps?: number;
	readonly etx?: number;
	readonly cost?: number;
}

/** A neighbouring router as a routing protocol knows it. */
export interface LinkObservation extends RoutingMetric {
	readonly kind: 'link';
	readonly protocol: RoutingProtocol;
	readonly interface: string;
	readonly peer: string;
	readonly lastSeenMs?: number;
}

/** The way in use to a destination. Never reported: it is for the router's own page and for decisions. */
export interface RouteObservation extends RoutingMetric {
	readonly kind: 'route';
	readonly protocol: RoutingProtocol;
	readonly destination: string;
	readonly nextHop: string;
	readonly interface: string;
	readonly hops?: number;
}

/** A router that offers a way out of the mesh; `selected` is 1 for the one in use. */
export interface GatewayObservation extends RoutingMetric {
	readonly kind: 'gateway';
	readonly protocol: RoutingProtocol;
	readonly gateway: string;
	readonly selected: number;
	readonly hops?: number;
}

/** A routing protocol as a whole, and how old what is said of it is. */
export interface RoutingObservation {
	readonly kind: 'routing';
	readonly protocol: RoutingProtocol;
	readonly links: number;
	readonly destinations: number;
	readonly gateways: number;
	readonly ageS: number;
}

/** Round trips to one place since the last record, as smokeping draws them. Absent times: nothing came back. */
export interface LatencyObservation {
	readonly kind: 'latency';
	/** The place's name for people: a gateway's or neighbour's address, or what the owner set. */
	readonly target: string;
	readonly probes: number;
	/** 0 to 1. */
	readonly lossShare: number;
	readonly minimumUs?: number;
	readonly lowerQuartileUs?: number;
	readonly medianUs?: number;
	readonly upperQuartileUs?: number;
	readonly maximumUs?: number;
	/** Mean of the differences of one round trip to the next. */
	readonly jitterUs?: number;
	readonly pathMtuBytes?: number;
}

/** Where the router is, as far as its owner lets it be known: already snapped to the grid the owner chose. */
export interface PositionObservation {
	readonly kind: 'position';
	readonly latitudeDegrees: number;
	readonly longitudeDegrees: number;
	/** Absent: not known. */
	readonly altitudeM?: number;
	/** Of the measurement and the grid together, 0: stated by the owner. */
	readonly accuracyM: number;
	readonly ageS: number;
	readonly source: 'configured' | 'gpsd' | 'nmea';
}

/** A stretch of spectrum of some hundred kHz to some MHz, as one radio's FFT saw it since the last report. Units: dBm of one bin. */
export interface SpectrumObservation {
	readonly kind: 'spectrum';
	readonly radio: string;
	/** Its middle. */
	readonly frequencyMhz: number;
	readonly meanDbm: number;
	readonly maximumDbm: number;
	/** Exceeded by a tenth of the samples. */
	readonly highDbm: number;
	readonly dutyShare: number;
}

/** What a radio's FFT says of a channel as a whole. */
export interface SpectralObservation {
	readonly kind: 'spectral';
	readonly radio: string;
	readonly samples: number;
	/** Gaps in the radio's stream of samples, and samples that were cut. */
	readonly errors: number;
	/** Share of the time that the radio was asked to look. */
	readonly listenShare: number;
	readonly occupiedMhz: number | undefined;
	readonly centroidMhz: number | undefined;
	readonly flatnessShare: number | undefined;
	/** The frequency of the mains, or twice that, that narrow signals follow most; `mainsDepth`: how much. */
	readonly mainsHz: number | undefined;
	readonly mainsDepth: number | undefined;
	readonly pulsesPerS: number | undefined;
	readonly pulseUs: number | undefined;
}

/** Somebody who sends beside Wi-Fi, or Wi-Fi itself, as the spectrum tells: a hint, with how sure it is. */
export interface InterfererObservation {
	readonly kind: 'interferer';
	readonly radio: string;
	/** wifi | microwave | analogue-video | zigbee | bluetooth | carrier | radar | unknown */
	readonly source: string;
	readonly confidenceShare: number;
	/** Share of the samples in which it was there. */
	readonly presentShare: number;
	/** The comparisons that led to it. Never reported. */
	readonly reasons: string;
}

export type EventName =
	| 'radar'
	| 'regulatory-change'
	| 'channel-switch'
	| 'scan-done'
	| 'interface-added'
	| 'interface-removed'
	| 'peer-added'
	| 'peer-removed'
	| 'clock-step'
	| 'overrun'
	| 'decision'
	/** Its detail is a `SlotPicture` as JSON. */
	| 'slots';

/** Something that happened, told by the kernel and not asked for. */
export interface EventObservation {
	readonly kind: 'event';
	readonly event: EventName;
	/** Radio or interface it happened to. */
	readonly subject: string;
	readonly detail: string;
}

/** A source could not say something: counted, and never a reason to stop. */
export interface FailureObservation {
	readonly kind: 'failure';
	readonly source: string;
	readonly code: DecodeCode | PortCode | 'interrupted';
	readonly detail: string;
}

/** A record of quantities that telemetry can send. */
export type Measurement =
	| RadioObservation
	| ChannelObservation
	| StationObservation
	| ClientsObservation
	| PathObservation
	| InterfaceObservation
	| SystemObservation
	| NeighbourObservation
	| LinkObservation
	| GatewayObservation
	| RoutingObservation
	| LatencyObservation
	| PositionObservation
	| SpectrumObservation
	| SpectralObservation
	| InterfererObservation;

export type Observation = Measurement | RouteObservation | EventObservation | FailureObservation;

/** Where a source puts what it saw. */
export type Observe = (observation: Observation) => void;
