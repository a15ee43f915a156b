// SPDX-License-Identifier: Apache-2.0

/** Who may see a series. It is dropped on the router before the queue unless the owner publishes its class. */
export type PrivacyClass = 'private' | 'community' | 'public';

/** A gauge is a value at a moment; a counter only grows between two starts of the agent. */
export type SeriesKind = 'gauge' | 'counter';

export interface SeriesDefinition {
	readonly unit: string;
	/** Values travel as integers: value × scale, rounded. */
	readonly scale: number;
	readonly kind: SeriesKind;
	readonly class: PrivacyClass;
	/** One line for people and for `# HELP`. */
	readonly about: string;
}

const gauge = (unit: string, scale: number, privacy: PrivacyClass, about: string): SeriesDefinition => ({
	unit,
	scale,
	kind: 'gauge',
	class: privacy,
	about,
});
const counter = (unit: string, privacy: PrivacyClass, about: string): SeriesDefinition => ({
	unit,
	scale: 1,
	kind: 'counter',
	class: privacy,
	about,
});

/**
 * Every series an agent of this release can report. Labels: radio.* {radio}, channel.* {radio, frequencyMhz},
 * station.* {interface, peer} (mesh peers only), clients.* {interface} (all that is said of people's devices),
 * path.* {interface}, interface.* {interface}, link.* {protocol, interface, peer}, gateway.* {protocol, gateway},
 * routing.* {protocol}, latency.* {target}, spectrum.* {radio, frequencyMhz}, spectral.* {radio},
 * interferer.* {radio, source}, position.*, system.* and agent.* {}.
 *
 * Source: the quantity's name is the kernel's (nl80211.h, if_link.h), its unit is the kernel's where it is an integer.
 */
export const seriesDefinitions = {
	'radio.frequencyMhz': gauge('MHz', 1, 'public', 'Frequency the radio is on'),
	'radio.widthMhz': gauge('MHz', 1, 'public', 'Width of the channel the radio is on'),
	'radio.transmitPowerDbm': gauge('dBm', 100, 'public', 'Transmit power'),
	'channel.noiseDbm': gauge('dBm', 1, 'public', 'Noise floor as the radio measures it'),
	'channel.activeMs': counter('ms', 'public', 'Time the radio listened on the channel'),
	'channel.busyMs': counter('ms', 'public', 'Time the channel was sensed busy, own traffic included'),
	'channel.receiveMs': counter('ms', 'public', 'Time spent receiving frames'),
	'channel.transmitMs': counter('ms', 'public', 'Time spent transmitting'),
	'channel.ownReceiveMs': counter('ms', 'public', 'Time spent receiving frames of the own network'),
	'station.signalDbm': gauge('dBm', 1, 'community', 'Signal of the last frame from a mesh peer'),
	'station.signalAverageDbm': gauge('dBm', 1, 'community', 'Smoothed signal of a mesh peer'),
	'station.chain0SignalDbm': gauge('dBm', 1, 'community', 'Signal of a mesh peer on the first receive chain'),
	'station.chain1SignalDbm': gauge('dBm', 1, 'community', 'Signal of a mesh peer on the second receive chain'),
	'station.chain2SignalDbm': gauge('dBm', 1, 'community', 'Signal of a mesh peer on the third receive chain'),
	'station.transmitRateKbps': gauge('kbit/s', 1, 'community', 'Rate of the last frame sent to a mesh peer'),
	'station.receiveRateKbps': gauge('kbit/s', 1, 'community', 'Rate of the last frame from a mesh peer'),
	'station.expectedThroughputKbps': gauge('kbit/s', 1, 'community', 'Throughput the rate control expects'),
	'station.inactiveMs': gauge('ms', 1, 'community', 'Time since a mesh peer was last heard'),
	'station.transmitBytes': counter('bytes', 'community', 'Bytes sent to a mesh peer'),
	'station.receiveBytes': counter('bytes', 'community', 'Bytes received from a mesh peer'),
	'station.transmitPackets': counter('packets', 'community', 'Packets sent to a mesh peer'),
	'station.receivePackets': counter('packets', 'community', 'Packets received from a mesh peer'),
	'station.transmitRetries': counter('frames', 'community', 'Retransmissions to a mesh peer'),
	'station.transmitFailed': counter('frames', 'community', 'Frames to a mesh peer given up'),
	'station.transmitAirtimeUs': counter('us', 'community', 'Air time sending to a mesh peer'),
	'station.receiveAirtimeUs': counter('us', 'community', 'Air time receiving from a mesh peer'),
	'station.airtimeMetric': gauge('1', 1, 'community', '802.11s air-time link metric'),
	'station.peerLinkState': gauge('1', 1, 'community', '802.11s peer link state (4 is established)'),
	'station.tsfOffsetUs': gauge('us', 1, 'community', "Offset of a mesh peer's TSF clock to ours"),
	'clients.count': gauge('stations', 1, 'community', 'Client devices associated'),
	'clients.signalMedianDbm': gauge('dBm', 1, 'community', 'Median signal of five or more client devices'),
	'neighbour.accessPoints': gauge('BSS', 1, 'public', 'Foreign networks heard on the channel in the last scan'),
	'neighbour.signalDbm': gauge('dBm', 1, 'community', 'Signal of a foreign network (keyed pseudonym)'),
	'path.count': gauge('paths', 1, 'community', '802.11s mesh paths known'),
	'interface.up': gauge('1', 1, 'public', 'Whether the interface can carry traffic'),
	'interface.receiveBytes': counter('bytes', 'public', 'Bytes received'),
	'interface.transmitBytes': counter('bytes', 'public', 'Bytes sent'),
	'interface.receivePackets': counter('packets', 'public', 'Packets received'),
	'interface.transmitPackets': counter('packets', 'public', 'Packets sent'),
	'interface.receiveErrors': counter('packets', 'public', 'Receive errors'),
	'interface.transmitErrors': counter('packets', 'public', 'Transmit errors'),
	'interface.receiveDropped': counter('packets', 'public', 'Received packets dropped'),
	'interface.transmitDropped': counter('packets', 'public', 'Packets dropped before sending'),
	'link.quality': gauge('1', 1000, 'community', 'Share of packets that reach a neighbour, as routing believes'),
	'link.throughputKbps': gauge('kbit/s', 1, 'community', 'Throughput to a neighbour, as routing believes'),
	'link.etx': gauge('1', 100, 'community', 'Expected transmissions to a neighbour'),
	'link.cost': gauge('1', 1, 'community', "Cost of a neighbour in the routing protocol's own unit"),
	'link.lastSeenMs': gauge('ms', 1, 'community', 'Time since routing last heard a neighbour'),
	'gateway.selected': gauge('1', 1, 'community', 'Whether the gateway is the one in use'),
	'gateway.quality': gauge('1', 1000, 'community', 'Share of packets that reach a gateway'),
	'gateway.throughputKbps': gauge('kbit/s', 1, 'community', 'Throughput to a gateway'),
	'gateway.etx': gauge('1', 100, 'community', 'Expected transmissions to a gateway'),
	'gateway.cost': gauge('1', 1, 'community', "Cost of a gateway in the routing protocol's own unit"),
	'gateway.hops': gauge('hops', 1, 'community', 'Routers on the way to a gateway'),
	'routing.links': gauge('links', 1, 'public', 'Neighbours that routing knows'),
	'routing.destinations': gauge('routes', 1, 'public', 'Destinations that routing knows a way to'),
	'routing.gateways': gauge('gateways', 1, 'public', 'Gateways that routing knows'),
	'routing.ageS': gauge('s', 1, 'public', 'Age of what the routing protocol said'),
	'latency.probes': gauge('probes', 1, 'community', 'Probes sent since the last report'),
	'latency.lossShare': gauge('1', 1000, 'community', 'Share of probes without an answer'),
	'latency.minimumUs': gauge('us', 1, 'community', 'Shortest round trip since the last report'),
	'latency.lowerQuartileUs': gauge('us', 1, 'community', 'Lower quartile of round trips since the last report'),
	'latency.medianUs': gauge('us', 1, 'community', 'Median round trip since the last report'),
	'latency.upperQuartileUs': gauge('us', 1, 'community', 'Upper quartile of round trips since the last report'),
	'latency.maximumUs': gauge('us', 1, 'community', 'Longest round trip since the last report'),
	'latency.jitterUs': gauge('us', 1, 'community', 'Mean difference between one round trip and the next'),
	'latency.pathMtuBytes': gauge('bytes', 1, 'community', 'Largest packet that passes without fragments'),
	'position.latitudeDegrees': gauge('degrees', 100_000, 'community', 'Latitude, on the grid the owner chose'),
	'position.longitudeDegrees': gauge('degrees', 100_000, 'community', 'Longitude, on the grid the owner chose'),
	'position.altitudeM': gauge('m', 1, 'community', 'Altitude above sea level'),
	'position.accuracyM': gauge('m', 1, 'community', 'How far off the position may be, the grid included'),
	'position.ageS': gauge('s', 1, 'community', 'Age of the position'),
	'spectrum.meanDbm': gauge('dBm', 1, 'community', 'Mean power of a bin of the FFT in a stretch of spectrum'),
	'spectrum.maximumDbm': gauge('dBm', 1, 'community', 'Strongest bin in a stretch of spectrum'),
	'spectrum.highDbm': gauge('dBm', 1, 'community', 'Power that a tenth of the samples of a bin exceed'),
	'spectrum.dutyShare': gauge('1', 1000, 'community', 'Share of samples with a signal in a stretch of spectrum'),
	'spectral.samples': gauge('samples', 1, 'community', 'FFT samples since the last report'),
	'spectral.errors': gauge('errors', 1, 'community', 'Gaps in the stream of FFT samples since the last report'),
	'spectral.listenShare': gauge('1', 1000, 'community', 'Share of the time that the radio took FFT samples'),
	'spectral.occupiedMhz': gauge('MHz', 1000, 'community', 'Bandwidth that holds 99 % of the power'),
	'spectral.centroidMhz': gauge('MHz', 1000, 'community', 'Where the middle of the power is'),
	'spectral.flatnessShare': gauge(
		'1',
		1000,
		'community',
		'Flatness of the spectrum: 1 for noise, near 0 for a carrier',
	),
	'spectral.mainsHz': gauge('Hz', 1, 'community', 'Frequency of the mains that narrow signals follow most'),
	'spectral.mainsDepth': gauge('1', 1000, 'community', 'How deeply narrow signals follow the mains'),
	'spectral.pulsesPerS': gauge('pulses/s', 1, 'community', 'Narrow signals that began and ended'),
	'spectral.pulseUs': gauge('us', 1, 'community', 'Median length of narrow signals, to a power of two'),
	'interferer.confidenceShare': gauge('1', 1000, 'community', 'How sure the spectrum makes us of a kind of sender'),
	'interferer.presentShare': gauge('1', 1000, 'community', 'Share of samples in which a kind of sender was there'),
	'system.load1': gauge('1', 100, 'public', 'Load average over one minute'),
	'system.memoryTotalBytes': gauge('bytes', 1, 'public', 'Memory of the router'),
	'system.memoryAvailableBytes': gauge('bytes', 1, 'public', 'Memory that programs can still take'),
	'system.uptimeS': gauge('s', 1, 'public', 'Time since the router started'),
	'system.clockSynchronised': gauge('1', 1, 'public', 'Whether the clock follows a reference'),
	'agent.memoryBytes': gauge('bytes', 1, 'public', "Memory of the agent's script engine"),
	'agent.queueBytes': gauge('bytes', 1, 'public', 'Memory held by frames not yet delivered'),
	'agent.droppedFrames': counter('frames', 'public', 'Frames dropped because the queue was full'),
	'agent.pollMs': gauge('ms', 1, 'public', 'Time that reading all of this took, from the time of the values on'),
	'agent.decodeErrors': counter('errors', 'public', 'Messages that could not be decoded'),
} as const satisfies Record<string, SeriesDefinition>;

export type SeriesName = keyof typeof seriesDefinitions;

/** Label names and values that tell the series of one name apart, in the order above. */
export type Labels = Readonly<Record<string, string>>;
