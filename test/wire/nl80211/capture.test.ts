// SPDX-License-Identifier: Apache-2.0
// What a real kernel said, decoded, against what iw printed at the same moment.
import test, {type ExecutionContext} from 'ava';
import type {Captured} from '../../../scripts/capture/case.ts';
import type {Fields, Table, Value} from '../../../src/wire/netlink/attributes.ts';
import {decodeFamily, decodeGeneric, genericCommand, groupId} from '../../../src/wire/netlink/generic.ts';
import {bandCapability} from '../../../src/wire/nl80211/capability.ts';
import {channelWidthsMhz} from '../../../src/wire/nl80211/channel.ts';
import * as command from '../../../src/wire/nl80211/command.ts';
import {decodeElements} from '../../../src/wire/nl80211/elements.ts';
import {event, RADAR_CAC_FINISHED, RADAR_DETECTED} from '../../../src/wire/nl80211/event.ts';
import {INTERFACE_MESH_POINT, interfaceMessage} from '../../../src/wire/nl80211/interface.ts';
import {meshConfigMessage, pathMessage} from '../../../src/wire/nl80211/mesh.ts';
import {rateKbps, rateWidthMhz} from '../../../src/wire/nl80211/rate.ts';
import {dfsRegions, regulatoryMessage} from '../../../src/wire/nl80211/regulatory.ts';
import {scanMessage} from '../../../src/wire/nl80211/scan.ts';
import {PEER_LINK_ESTABLISHED, stationMessage} from '../../../src/wire/nl80211/station.ts';
import {stationDetailMessage} from '../../../src/wire/nl80211/station-detail.ts';
import {surveyMessage} from '../../../src/wire/nl80211/survey.ts';
import {
	BAND_2GHZ,
	BAND_5GHZ,
	DFS_AVAILABLE,
	DFS_UNAVAILABLE,
	type Wiphy,
	wiphyMessage,
} from '../../../src/wire/nl80211/wiphy.ts';
import {WiphyCollector} from '../../../src/wire/nl80211/wiphy-collector.ts';
import {
	type Answer,
	type Body,
	captured,
	printedLines,
	recordedKernels,
	replay,
	toolSaid,
} from '../../helper/capture.ts';

/** Runs a case for each kernel that was recorded. */
function each(name: string, about: string, body: (t: ExecutionContext, capture: Captured) => void): void {
	for (const kernel of recordedKernels) {
		const capture = captured(kernel, name);
		if (capture !== undefined) test(`${about} (${kernel}, ${capture.byteOrder})`, t => body(t, capture));
	}
}

function read<F extends Fields>(capture: Captured, table: Table<F>, bodies: readonly Body[]): Value<F>[] {
	return bodies.map(({bytes, start, end}) => decodeGeneric(table, bytes, capture.byteOrder, start, end));
}

function only<T>(t: ExecutionContext, values: readonly T[]): T {
	t.is(values.length, 1);
	return values[0] as T;
}

function complete(t: ExecutionContext, capture: Captured, index = 0): Answer {
	const answer = replay(capture).answers[index] as Answer;
	t.deepEqual(answer.ending, {kind: 'complete'});
	return answer;
}

function says(t: ExecutionContext, capture: Captured, ...lines: string[]): void {
	for (const line of lines) t.true(toolSaid(capture, line), line);
}

const dbm = (mbm: number) => (mbm / 100).toFixed(2);

each('family', 'family: nl80211 has its groups, an unknown one is refused', (t, capture) => {
	const {bytes, start, end} = only(t, complete(t, capture).messages);
	const family = decodeFamily(bytes, capture.byteOrder, start, end);
	t.is(family.name, 'nl80211');
	t.is(family.id, capture.family);
	for (const group of ['config', 'scan', 'regulatory', 'mlme']) t.is(typeof groupId(family, group), 'number', group);
	t.like(replay(capture).answers[1]?.ending, {kind: 'refused', errno: 2});
});

each('survey', 'survey: the counters are those iw prints', (t, capture) => {
	const survey = only(t, read(capture, surveyMessage, complete(t, capture).messages)).info;
	if (survey === undefined) return t.fail('no survey');
	t.true(survey.inUse);
	says(
		t,
		capture,
		`frequency: ${survey.frequencyMhz} MHz [in use]`,
		`noise: ${survey.noiseDbm} dBm`,
		`channel active time: ${survey.activeMs} ms`,
		`channel busy time: ${survey.busyMs} ms`,
		`channel receive time: ${survey.receiveMs} ms`,
		`channel transmit time: ${survey.transmitMs} ms`,
	);
});

each('station', 'station: a mesh peer is as iw prints it', (t, capture) => {
	const {address, info} = only(t, read(capture, stationMessage, complete(t, capture).messages));
	if (info?.transmitRate === undefined || info.receiveRate === undefined) return t.fail('no rates');
	t.is(info.peerLinkState, PEER_LINK_ESTABLISHED);
	t.is(info.receiveBytes32, info.receiveBytes);
	t.is(rateWidthMhz(info.transmitRate), 20);
	t.like(info.flags, {authorised: true, authenticated: true, associated: true, wme: true, tdlsPeer: false});
	const megabits = (kbps = 0) => (kbps / 1000).toFixed(1);
	says(
		t,
		capture,
		`Station ${address} (on mesh0)`,
		`inactive time: ${info.inactiveMs} ms`,
		`rx bytes: ${info.receiveBytes}`,
		`rx packets: ${info.receivePackets}`,
		`tx bytes: ${info.transmitBytes}`,
		`tx packets: ${info.transmitPackets}`,
		`tx retries: ${info.transmitRetries}`,
		`tx failed: ${info.transmitFailed}`,
		`rx drop misc: ${info.receiveDropped}`,
		`signal: ${info.signalDbm} dBm`,
		`signal avg: ${info.signalAverageDbm} dBm`,
		`Toffset: ${info.tsfOffsetUs} us`,
		`tx bitrate: ${megabits(rateKbps(info.transmitRate))} MBit/s MCS ${info.transmitRate.htIndex}${info.transmitRate.shortGuard ? ' short GI' : ''}`,
		`rx bitrate: ${megabits(rateKbps(info.receiveRate))} MBit/s MCS ${info.receiveRate.htIndex}${info.receiveRate.shortGuard ? ' short GI' : ''}`,
		`tx duration: ${info.transmitAirtimeUs} us`,
		`rx duration: ${info.receiveAirtimeUs} us`,
		`mesh llid: ${info.localLinkId}`,
		`mesh plid: ${info.peerLinkId}`,
		`mesh airtime link metric: ${info.airtimeMetric}`,
		`connected time: ${info.connectedS} seconds`,
	);
	// iw takes the kernel's kbit for Kibit, and does not pad the fraction.
	const expected = Math.floor(((info.expectedThroughputKbps ?? 0) * 1000) / 1024);
	says(t, capture, `expected throughput: ${Math.floor(expected / 1000)}.${expected % 1000}Mbps`);
});

each('station', 'station: its detail has the traffic of each TID', (t, capture) => {
	const {info} = only(t, read(capture, stationDetailMessage, complete(t, capture).messages));
	t.is(info?.tids?.length, 17);
	info?.tids?.forEach((tid, index) => {
		const counts = [tid.receiveMsdus, tid.transmitMsdus, tid.transmitMsduRetries, tid.transmitMsduFailed];
		says(t, capture, `${index} ${counts.join(' ')}`);
	});
	says(t, capture, `DTIM period: ${info?.bssParameters?.dtimPeriod}`);
	says(t, capture, `beacon interval:${info?.bssParameters?.beaconIntervalTu}`);
});

each('interface', 'interface: a mesh point is as iw prints it', (t, capture) => {
	const found = only(t, read(capture, interfaceMessage, complete(t, capture).messages));
	t.is(found.type, INTERFACE_MESH_POINT);
	const width = channelWidthsMhz[found.width ?? -1];
	says(
		t,
		capture,
		`Interface ${found.name}`,
		`ifindex ${found.interfaceIndex}`,
		`wdev 0x${found.wdev?.toString(16)}`,
		`addr ${found.address}`,
		`channel 1 (${found.frequencyMhz} MHz), width: ${width} MHz, center1: ${found.center1Mhz} MHz`,
		`txpower ${dbm(found.transmitPowerMbm ?? 0)} dBm`,
	);
});

each('path', 'path: an 802.11s path is as iw prints it', (t, capture) => {
	const path = only(t, read(capture, pathMessage, complete(t, capture).messages));
	const {info} = path;
	if (info === undefined) return t.fail('no path');
	const [queue, expiry] = [info.queuedFrames, info.expiresMs];
	const [timeout, retries] = [info.discoveryTimeoutMs, info.discoveryRetries];
	const flags = `0x${info.flags?.toString(16)}`;
	const row = [path.destination, path.nextHop, 'mesh0', info.sequenceNumber, info.metric, queue, expiry, timeout];
	says(t, capture, [...row, retries, flags, info.hopCount, info.pathChanges].join(' '));
});

each('mesh-config', 'mesh config: what was set is read, and is what iw prints', (t, capture) => {
	const {answers} = replay(capture);
	t.deepEqual(answers[0]?.ending, {kind: 'complete'});
	const {config} = only(t, read(capture, meshConfigMessage, complete(t, capture, 1).messages));
	t.like(config, {ttl: 17, rssiThresholdDbm: -80, gateAnnouncements: 1, hwmpRootMode: 4, powerMode: 1});
	says(
		t,
		capture,
		`mesh_retry_timeout ${config.retryTimeoutMs} milliseconds`,
		`mesh_holding_timeout ${config.holdingTimeoutMs} milliseconds`,
		`mesh_max_peer_links ${config.maximumPeerLinks}`,
		`mesh_max_retries ${config.maximumRetries}`,
		`mesh_element_ttl ${config.elementTtl}`,
		`mesh_auto_open_plinks ${config.autoOpenPeerLinks}`,
		`mesh_path_refresh_time ${config.pathRefreshMs} milliseconds`,
		`mesh_min_discovery_timeout ${config.minimumDiscoveryTimeoutMs} milliseconds`,
		`mesh_hwmp_active_path_timeout ${config.hwmpActivePathTimeoutTu} TUs`,
		`mesh_hwmp_net_diameter_traversal_time ${config.hwmpNetDiameterTraversalTu} TUs`,
		`mesh_hwmp_rann_interval ${config.hwmpRannIntervalTu} TUs`,
		`mesh_sync_offset_max_neighor ${config.syncOffsetMaximumNeighbours}`,
		`mesh_hwmp_active_path_to_root_timeout ${config.hwmpPathToRootTimeoutTu} TUs`,
		`mesh_hwmp_confirmation_interval ${config.hwmpConfirmationIntervalTu} TUs`,
		`mesh_awake_window ${config.awakeWindowTu} TUs`,
		`mesh_plink_timeout ${config.peerLinkTimeoutS} seconds`,
		`mesh_fwding ${config.forwarding}`,
	);
});

each('regulatory', 'regulatory: the rules are those iw prints', (t, capture) => {
	const domains = read(capture, regulatoryMessage, complete(t, capture).messages);
	const domain = domains.find(each => each.wiphy === undefined);
	if (domain?.rules === undefined) return t.fail('no rules');
	says(t, capture, `country ${domain.country}: DFS-${dfsRegions[domain.dfsRegion ?? 0]?.toUpperCase()}`);
	const printed = printedLines(capture);
	for (const rule of domain.rules) {
		const range = `(${rule.startKhz / 1000} - ${Math.floor(rule.endKhz / 1000)} @ ${(rule.maximumWidthKhz ?? 0) / 1000})`;
		const text = `${range}, (N/A, ${Math.floor((rule.maximumPowerMbm ?? 0) / 100)})`;
		t.true(
			printed.some(line => line.startsWith(text)),
			text,
		);
	}
});

each('scan', 'scan: networks and their elements are those iw prints', (t, capture) => {
	const {answers, events} = replay(capture);
	t.deepEqual(
		events
			.map(({bytes, start, end}) => genericCommand(bytes, start, end))
			.filter(each => each !== command.NEW_SCAN_RESULTS),
		[command.TRIGGER_SCAN, command.TRIGGER_SCAN],
	);
	const [begun] = read(capture, event, events);
	t.deepEqual(begun?.scanFrequenciesMhz, [2412, 2437]);
	const messages = answers.at(-1)?.messages ?? [];
	const found = read(capture, scanMessage, messages).flatMap(({bss}) => (bss === undefined ? [] : [bss]));
	t.true(found.length >= 2);
	for (const bss of found)
		says(
			t,
			capture,
			`BSS ${bss.bssid}(on wlan2)`,
			`freq: ${bss.frequencyMhz}`,
			`signal: ${dbm(bss.signalMbm ?? 0)} dBm`,
			`beacon interval: ${bss.beaconIntervalTu} TUs`,
		);
	const elements = found.map(bss => decodeElements(bss.elements ?? new Uint8Array()));
	const mesh = elements.find(each => each.meshId !== undefined);
	t.like(mesh, {ssid: '', meshId: 'capture', channel: 1, mesh: {peerings: 1, acceptsPeerings: true}});
	t.deepEqual(mesh?.htOperation, {channel: 1, secondary: 0, anyWidth: false});
	const foreign = elements.find(each => each.ssid === 'Café');
	t.like(foreign, {channel: 1, countryCode: 'ES', load: {stations: 3, utilisation: 128 / 255}});
	t.deepEqual(foreign?.htOperation, {channel: 1, secondary: 1, anyWidth: true});
});

each('channel-switch', 'channel switch: it is announced, done, and told of', (t, capture) => {
	const {answers, events} = replay(capture);
	t.deepEqual(answers[0]?.ending, {kind: 'complete'});
	const [begun, ended] = read(capture, event, events);
	t.deepEqual(
		events.map(({bytes, start, end}) => genericCommand(bytes, start, end)),
		[command.CH_SWITCH_STARTED_NOTIFY, command.CH_SWITCH_NOTIFY],
	);
	t.like(begun, {frequencyMhz: 2437, switchCount: 5});
	t.like(ended, {frequencyMhz: 2437, center1Mhz: 2437, width: 1});
	says(t, capture, 'channel 6 (2437 MHz), width: 20 MHz, center1: 2437 MHz');
});

each('refused', 'requests: the kernel says why it refuses', (t, capture) => {
	t.like(
		replay(capture).answers.map(({ending}) => ending),
		[
			{kind: 'refused', errno: 22},
			{kind: 'refused', errno: 19},
			{kind: 'refused', errno: 16},
		],
	);
});

each('mesh-rejoin', 'mesh: it is left and joined again, and its peers go and come', (t, capture) => {
	const {answers, events} = replay(capture);
	for (const {ending} of answers) t.deepEqual(ending, {kind: 'complete'});
	const told = events.map(({bytes, start, end}) => genericCommand(bytes, start, end));
	t.true(told.includes(command.DEL_STATION));
	t.true(told.includes(command.NEW_STATION));
	for (const station of read(capture, event, events)) t.is(station.address, '02:00:00:00:01:00');
});

function radios(t: ExecutionContext, capture: Captured, answer: Answer): Wiphy {
	const collector = new WiphyCollector();
	for (const part of read(capture, wiphyMessage, answer.messages)) collector.add(part);
	return only(t, collector.wiphys());
}

each('radar', 'radar: the check ends, the mesh may join, radar makes the channel unavailable', (t, capture) => {
	const {answers, events} = replay(capture);
	for (const {ending} of answers) t.deepEqual(ending, {kind: 'complete'});
	const told = events
		.filter(({bytes, start, end}) => genericCommand(bytes, start, end) === command.RADAR_DETECT)
		.map(body => only(t, read(capture, event, [body])));
	t.deepEqual(
		told.map(({radarEvent}) => radarEvent),
		[RADAR_CAC_FINISHED, RADAR_DETECTED],
	);
	for (const each of told) t.like(each, {frequencyMhz: 5260, width: 1});
	const wiphy = radios(t, capture, answers.at(-1) as Answer);
	const states = new Map(wiphy.bands.get(BAND_5GHZ)?.frequencies?.map(each => [each.frequencyMhz, each.dfsState]));
	t.is(states.get(5260), DFS_UNAVAILABLE);
	t.not(states.get(5280), DFS_AVAILABLE);
});

each('wiphy', 'wiphy: the parts of the split dump make what iw prints', (t, capture) => {
	const wiphy = radios(t, capture, complete(t, capture));
	says(
		t,
		capture,
		`Wiphy ${wiphy.name}`,
		`wiphy index: ${wiphy.wiphy}`,
		`max # scan SSIDs: ${wiphy.maximumScanSsids}`,
		`max scan IEs length: ${wiphy.maximumScanIeBytes} bytes`,
		`Retry short limit: ${wiphy.retryShort}`,
		`Retry long limit: ${wiphy.retryLong}`,
		`Available Antennas: TX ${wiphy.antennaAvailableTransmit ?? 0} RX ${wiphy.antennaAvailableReceive ?? 0}`,
		`Capabilities: 0x${wiphy.bands.get(BAND_2GHZ)?.ht?.toString(16)}`,
	);
	const printed = printedLines(capture);
	const modes = printed.slice(printed.indexOf('Supported interface modes:') + 1);
	t.is(
		wiphy.supportedTypes?.length,
		modes.findIndex(line => !line.startsWith('* ')),
	);
	t.true(wiphy.supportedTypes?.includes(INTERFACE_MESH_POINT));
	t.true(
		wiphy.supportedCommands?.includes(command.CHANNEL_SWITCH) || wiphy.supportedCommands?.includes(command.JOIN_MESH),
	);
	t.is(wiphy.cipherSuites?.length, printed.filter(line => /\(00-0f-ac:/.test(line)).length);
	const frequencies = [...wiphy.bands.values()].flatMap(band => band.frequencies ?? []);
	const rows = frequencies
		.filter(each => each.frequencyMhz > 2000)
		.map(each => {
			const power = each.disabled ? '(disabled)' : `(${((each.maximumPowerMbm ?? 0) / 100).toFixed(1)} dBm)`;
			const passive = each.noInitiate && !each.disabled ? ' (no IR)' : '';
			return `* ${each.frequencyMhz} MHz ${power}${passive}${each.radar && !each.disabled ? ' (radar detection)' : ''}`;
		});
	const iw = printed.filter(line => /^\* [2-9]\d{3} MHz/.test(line)).map(line => line.replace(/ \[-?\d+\]/, ''));
	t.deepEqual(rows, iw);
	const combination = wiphy.interfaceCombinations?.[0];
	t.true(
		printed.some(line => line.startsWith(`total <= ${combination?.maximum}, #channels <= ${combination?.channels}`)),
	);
});

each('wiphy', "wiphy: a band's capabilities are those of its radio", (t, capture) => {
	const wiphy = radios(t, capture, complete(t, capture));
	const [low, high] = [wiphy.bands.get(BAND_2GHZ), wiphy.bands.get(BAND_5GHZ)];
	if (low === undefined || high === undefined) return t.fail('no bands');
	// As iw lists them: HT40, HE40 in 2.4 GHz; VHT 160 and HE160 in 5 GHz; MCS 0 to 15 are two streams, hwsim's VHT has eight.
	t.like(bandCapability(low), {widthsMhz: [20, 40], shortGuard20: true, shortGuard40: true, ldpc: false});
	t.deepEqual(bandCapability(high).widthsMhz, [20, 40, 80, 160]);
	t.true(bandCapability(low).streams >= 2);
});
