// SPDX-License-Identifier: Apache-2.0
import {readSurveys} from '../tool-output.ts';
import {type PlacedRadio, placeRadios, type Topology} from '../topology/topology.ts';
import type {Case} from './case.ts';

function conditionOf(topology: Topology, radio: PlacedRadio) {
	const fitting = (topology.channels ?? []).filter(
		channel => channel.mhz === radio.mhz && (channel.router === undefined || channel.router === radio.router),
	);
	return fitting.at(-1) ?? {busyShare: 0, noiseDbm: -95};
}

/** The survey has the noise and the foreign air time that the topology puts on the channel, beside the mesh's own. */
export const surveyShowsConditions: Case = {
	behaviour: 'the survey shows the noise and the busy share that were put on the channel',
	async run(t, mesh) {
		for (const radio of placeRadios(mesh.topology)) {
			const dump = `iw dev ${radio.interfaceName} survey dump`;
			const printed = await mesh.inRouter(radio.router, `${dump}; echo =; sleep 2; ${dump}`);
			const [before, after] = printed.split('=\n').map(text => readSurveys(text).find(survey => survey.inUse));
			if (before === undefined || after === undefined) return t.fail(`no survey of the channel in use\n${printed}`);
			const {busyShare, noiseDbm} = conditionOf(mesh.topology, radio);
			t.is(after.mhz, radio.mhz);
			t.is(after.noiseDbm, noiseDbm);
			const activeMs = after.activeMs - before.activeMs;
			t.true(activeMs >= 1900, `active for ${activeMs} ms of 2 s`);
			const ownMs = after.receiveMs + after.transmitMs - before.receiveMs - before.transmitMs;
			const foreignShare = (after.busyMs - before.busyMs - ownMs) / activeMs;
			t.true(ownMs > 0, 'beacons of the mesh take air time');
			t.true(Math.abs(foreignShare - busyShare) < 0.01, `${foreignShare} instead of ${busyShare}`);
		}
	},
};
