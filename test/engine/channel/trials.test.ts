// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {EngineMesh} from '../../../src/lab/astral/engine-mesh.ts';

const CHANNELS = 6;
const VERY_BUSY = 240;

/** Of a minute of trial: before, the next plan would be there first. */
const FOUND_AFTER_MS = 45_000;

/** A chain of five routers; what others do on one channel is only found out by who is there for a while. */
function chain(secretBusy: number, seed: number) {
	const count = 5;
	const neighbours = Array.from({length: count}, (_, place) =>
		[place - 1, place + 1].filter(other => other >= 0 && other < count),
	);
	const mesh = new EngineMesh({
		neighbours,
		channels: Array.from({length: CHANNELS}, (_, index) => channelOf(index)),
		radios: neighbours.map(() => [channelOf(0), channelOf(1)]),
		seed,
		loss: 0.05,
	});
	const secret = channelOf(3).mhz;
	const came = new Set<number>();
	let isFound = false;
	const look = (): void => {
		mesh.members.forEach((member, place) => {
			const isThere = (): boolean => member.radios.some(({mhz}) => mhz === secret);
			if (came.has(place) || !isThere()) return;
			came.add(place);
			mesh.at(mesh.nowMs + FOUND_AFTER_MS, () => {
				isFound ||= isThere();
				mesh.disturb(place, 3, secretBusy);
			});
		});
		mesh.at(mesh.nowMs + 1000, look);
	};
	mesh.at(0, look);
	mesh.advance(600_000);
	const told = (why: string) => mesh.explanations.filter(({explanation}) => explanation.why === why);
	return {mesh, told, secret, isFound};
}

/** Those of some meshes in which somebody is on the channel when there is more to hear. */
const thatStay = (secretBusy: number) =>
	[3, 4, 6, 7, 12].map(seed => chain(secretBusy, seed)).filter(({isFound}) => isFound);

test('trials: who finds a new channel busier than was known does not keep it, and all leave it again', t => {
	const runs = thatStay(VERY_BUSY);
	const ended = (why: string) =>
		runs.flatMap(({told, secret}) => told(why).filter(({explanation}) => explanation.to?.mhz === secret));
	t.true(ended('trial-failed').length >= 2);
	for (const {explanation} of ended('trial-failed')) {
		// Who moves along where nothing is in conflict any more expects nothing, and is to lose nothing.
		const {expected = -1, measured = 0} = explanation.numbers;
		t.true(expected >= 0 && measured < expected / 4, `${measured} of ${expected} is enough`);
	}
	// Where it is better than before all the same, it is kept until there is another plan.
	for (const {explanation} of ended('trial-held')) {
		const {expected = 0, measured = 0} = explanation.numbers;
		t.true(measured >= expected / 4, `${measured} of ${expected} is not enough`);
	}
	for (const {mesh, secret} of runs) {
		t.true(mesh.members.every(({radios}) => radios.every(({mhz}) => mhz !== secret)));
		for (let place = 0; place + 1 < mesh.members.length; place++) t.true(mesh.areJoined(place, place + 1));
	}
});

test('trials: a channel that is as it was believed to be is kept', t => {
	const runs = thatStay(4);
	t.true(runs.length > 0, 'nobody stayed on the channel');
	for (const {told, secret} of runs) {
		t.is(told('trial-failed').length, 0);
		t.true(told('trial-held').some(({explanation}) => explanation.to?.mhz === secret));
	}
});
