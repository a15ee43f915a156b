// SPDX-License-Identifier: Apache-2.0
import type {SeriesName} from '../../model/series.ts';

/**
 * The name a series has among Prometheus users.
 *
 * Shape:  `labels` renames ours; `divisor` turns our unit into the base unit the name promises.
 * Source: prometheus-node-exporter-lua (wifi.lua, wifi_stations.lua, netdev.lua, …) where it has the quantity; else its
 *         manner: base units, `_total` on counters.
 */
export interface ConventionalName {
	readonly metric: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly divisor: number;
}

const radio = {radio: 'device'};
const channel = {radio: 'device', frequencyMhz: 'frequency'};
const station = {interface: 'ifname', peer: 'mac'};
const wireless = {interface: 'ifname'};
const network = {interface: 'device'};
const as = (metric: string, labels: Readonly<Record<string, string>>, divisor = 1): ConventionalName => ({
	metric,
	labels,
	divisor,
});

export const conventionalNames: Readonly<Record<SeriesName, ConventionalName>> = {
	'radio.frequencyMhz': as('wifi_network_frequency_hertz', radio, 1e-6),
	'radio.widthMhz': as('wifi_network_channel_width_hertz', radio, 1e-6),
	'radio.transmitPowerDbm': as('wifi_network_transmit_power_dbm', radio),
	'channel.noiseDbm': as('wifi_network_noise_dbm', channel),
	'channel.activeMs': as('wifi_channel_active_seconds_total', channel, 1000),
	'channel.busyMs': as('wifi_channel_busy_seconds_total', channel, 1000),
	'channel.receiveMs': as('wifi_channel_receive_seconds_total', channel, 1000),
	'channel.transmitMs': as('wifi_channel_transmit_seconds_total', channel, 1000),
	'channel.ownReceiveMs': as('wifi_channel_own_receive_seconds_total', channel, 1000),
	'station.signalDbm': as('wifi_station_signal_dbm', station),
	'station.signalAverageDbm': as('wifi_station_signal_average_dbm', station),
	'station.chain0SignalDbm': as('wifi_station_chain0_signal_dbm', station),
	'station.chain1SignalDbm': as('wifi_station_chain1_signal_dbm', station),
	'station.chain2SignalDbm': as('wifi_station_chain2_signal_dbm', station),
	'station.transmitRateKbps': as('wifi_station_transmit_kilobits_per_second', station),
	'station.receiveRateKbps': as('wifi_station_receive_kilobits_per_second', station),
	'station.expectedThroughputKbps': as('wifi_station_expected_throughput_kilobits_per_second', station),
	'station.inactiveMs': as('wifi_station_inactive_milliseconds', station),
	'station.transmitBytes': as('wifi_station_transmit_bytes_total', station),
	'station.receiveBytes': as('wifi_station_receive_bytes_total', station),
	'station.transmitPackets': as('wifi_station_transmit_packets_total', station),
	'station.receivePackets': as('wifi_station_receive_packets_total', station),
	'station.transmitRetries': as('wifi_station_transmit_retries_total', station),
	'station.transmitFailed': as('wifi_station_transmit_failed_total', station),
	'station.transmitAirtimeUs': as('wifi_station_transmit_airtime_seconds_total', station, 1e6),
	'station.receiveAirtimeUs': as('wifi_station_receive_airtime_seconds_total', station, 1e6),
	'station.airtimeMetric': as('wifi_station_airtime_link_metric', station),
	'station.peerLinkState': as('wifi_station_peer_link_state', station),
	'station.tsfOffsetUs': as('wifi_station_tsf_offset_seconds', station, 1e6),
	'clients.count': as('wifi_stations', wireless),
	'clients.signalMedianDbm': as('wifi_stations_signal_median_dbm', wireless),
	'neighbour.accessPoints': as('wifi_neighbour_access_points', channel),
	'neighbour.signalDbm': as('wifi_neighbour_signal_dbm', channel),
	'path.count': as('wifi_mesh_paths', wireless),
	'interface.up': as('node_network_up', network),
	'interface.receiveBytes': as('node_network_receive_bytes_total', network),
	'interface.transmitBytes': as('node_network_transmit_bytes_total', network),
	'interface.receivePackets': as('node_network_receive_packets_total', network),
	'interface.transmitPackets': as('node_network_transmit_packets_total', network),
	'interface.receiveErrors': as('node_network_receive_errs_total', network),
	'interface.transmitErrors': as('node_network_transmit_errs_total', network),
	'interface.receiveDropped': as('node_network_receive_drop_total', network),
	'interface.transmitDropped': as('node_network_transmit_drop_total', network),
	'link.quality': as('mesh_link_quality_ratio', wireless),
	'link.throughputKbps': as('mesh_link_throughput_bits_per_second', wireless, 1e-3),
	'link.etx': as('mesh_link_expected_transmissions', wireless),
	'link.cost': as('mesh_link_cost', wireless),
	'link.lastSeenMs': as('mesh_link_last_seen_seconds', wireless, 1000),
	'gateway.selected': as('mesh_gateway_selected', {}),
	'gateway.quality': as('mesh_gateway_quality_ratio', {}),
	'gateway.throughputKbps': as('mesh_gateway_throughput_bits_per_second', {}, 1e-3),
	'gateway.etx': as('mesh_gateway_expected_transmissions', {}),
	'gateway.cost': as('mesh_gateway_cost', {}),
	'gateway.hops': as('mesh_gateway_hops', {}),
	'routing.links': as('mesh_routing_links', {}),
	'routing.destinations': as('mesh_routing_destinations', {}),
	'routing.gateways': as('mesh_routing_gateways', {}),
	'routing.ageS': as('mesh_routing_age_seconds', {}),
	'latency.probes': as('mesh_latency_probes', {}),
	'latency.lossShare': as('mesh_latency_loss_ratio', {}),
	'latency.minimumUs': as('mesh_latency_minimum_seconds', {}, 1e6),
	'latency.lowerQuartileUs': as('mesh_latency_lower_quartile_seconds', {}, 1e6),
	'latency.medianUs': as('mesh_latency_median_seconds', {}, 1e6),
	'latency.upperQuartileUs': as('mesh_latency_upper_quartile_seconds', {}, 1e6),
	'latency.maximumUs': as('mesh_latency_maximum_seconds', {}, 1e6),
	'latency.jitterUs': as('mesh_latency_jitter_seconds', {}, 1e6),
	'latency.pathMtuBytes': as('mesh_path_mtu_bytes', {}),
	'position.latitudeDegrees': as('mesh_position_latitude_degrees', {}),
	'position.longitudeDegrees': as('mesh_position_longitude_degrees', {}),
	'position.altitudeM': as('mesh_position_altitude_meters', {}),
	'position.accuracyM': as('mesh_position_accuracy_meters', {}),
	'position.ageS': as('mesh_position_age_seconds', {}),
	'spectrum.meanDbm': as('wifi_spectrum_mean_dbm', channel),
	'spectrum.maximumDbm': as('wifi_spectrum_maximum_dbm', channel),
	'spectrum.highDbm': as('wifi_spectrum_p90_dbm', channel),
	'spectrum.dutyShare': as('wifi_spectrum_duty_ratio', channel),
	'spectral.samples': as('wifi_spectral_samples', radio),
	'spectral.errors': as('wifi_spectral_errors', radio),
	'spectral.listenShare': as('wifi_spectral_listen_ratio', radio),
	'spectral.occupiedMhz': as('wifi_spectral_occupied_hertz', radio, 1e-6),
	'spectral.centroidMhz': as('wifi_spectral_centroid_hertz', radio, 1e-6),
	'spectral.flatnessShare': as('wifi_spectral_flatness_ratio', radio),
	'spectral.mainsHz': as('wifi_spectral_mains_hertz', radio),
	'spectral.mainsDepth': as('wifi_spectral_mains_depth_ratio', radio),
	'spectral.pulsesPerS': as('wifi_spectral_pulses_per_second', radio),
	'spectral.pulseUs': as('wifi_spectral_pulse_seconds', radio, 1e6),
	'interferer.confidenceShare': as('wifi_interferer_confidence_ratio', radio),
	'interferer.presentShare': as('wifi_interferer_present_ratio', radio),
	'system.load1': as('node_load1', {}),
	'system.memoryTotalBytes': as('node_memory_MemTotal_bytes', {}),
	'system.memoryAvailableBytes': as('node_memory_MemAvailable_bytes', {}),
	'system.uptimeS': as('node_uptime_seconds', {}),
	'system.clockSynchronised': as('node_timex_sync_status', {}),
	'agent.memoryBytes': as('mesh_agent_memory_bytes', {}),
	'agent.queueBytes': as('mesh_agent_queue_bytes', {}),
	'agent.droppedFrames': as('mesh_agent_dropped_frames_total', {}),
	'agent.pollMs': as('mesh_agent_poll_duration_seconds', {}, 1000),
	'agent.decodeErrors': as('mesh_agent_decode_errors_total', {}),
};
