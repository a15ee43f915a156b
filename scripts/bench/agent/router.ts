// SPDX-License-Identifier: Apache-2.0
import type {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
import {rate} from '../../../src/wire/nl80211/rate.ts';

/** What an ath9k router with three radios answers: all that a real one says of a station is there, read or not. */
export function fillRouter(kernel: FakeKernel): void {
	const {state} = kernel;
	const flags = rate.decode(new Uint8Array(), 'little');
	const links = [
		{index: 2, name: 'eth0'},
		{index: 3, name: 'br-lan'},
		{index: 4, name: 'bat0'},
	];
	for (const [index, frequencyMhz] of [2412, 5180, 5220].entries()) {
		const name = `mesh${index}`;
		const survey = {
			frequencyMhz,
			noiseDbm: -95,
			inUse: true,
			activeMs: 1e6,
			busyMs: 3e5,
			receiveMs: 2e5,
			transmitMs: 5e4,
		};
		state.radios = [...state.radios, {index, name: `phy${index}`, surveys: [survey]}];
		const wireless = {
			wiphy: index,
			interfaceIndex: 10 + index,
			name,
			type: 7,
			frequencyMhz,
			width: 1,
			transmitPowerMbm: 2000,
		};
		const stations = Array.from({length: 4}, (_, peer) => ({
			address: `02:00:00:00:0${index}:0${peer}`,
			info: {
				inactiveMs: 20,
				receiveBytes32: 2e6,
				transmitBytes32: 1e6,
				receiveBytes: 2e6,
				transmitBytes: 1e6,
				localLinkId: 1,
				peerLinkId: 2,
				peerLinkState: 4,
				signalDbm: -60 - peer,
				signalAverageDbm: -61,
				chainSignalDbm: new Map([
					[0, -62],
					[1, -64],
				]),
				transmitRate: {...flags, bitrate16: 1300, bitrate32: 1300, htIndex: 15},
				receiveRate: {...flags, bitrate16: 1300, bitrate32: 1300, htIndex: 15},
				receivePackets: 20_000,
				transmitPackets: 10_000,
				transmitRetries: 300,
				transmitFailed: 2,
				connectedS: 1000,
				beaconLoss: 1,
				tsfOffsetUs: -1234,
				localPowerMode: 1,
				peerPowerMode: 1,
				nonPeerPowerMode: 1,
				expectedThroughputKbps: 60_000,
				receiveDropped: 5,
				receiveAirtimeUs: 1e6,
				transmitAirtimeUs: 2e6,
				airtimeWeight: 256,
				airtimeMetric: 80,
			},
		}));
		state.interfaces = [...state.interfaces, {wireless, stations, paths: stations.map(({address}) => address)}];
		links.push({index: 10 + index, name});
	}
	const statistics = {
		receivePackets: 1e6,
		transmitPackets: 1e6,
		receiveBytes: 1e9,
		transmitBytes: 1e9,
		receiveErrors: 0,
		transmitErrors: 0,
		receiveDropped: 3,
		transmitDropped: 0,
		multicast: 5,
		collisions: 0,
	};
	state.links = links.map(link => ({...link, flags: 0x1043, mtuBytes: 1500, operationalState: 6, statistics}));
}
