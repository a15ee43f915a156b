// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {EngineMesh} from '../../../src/lab/astral/engine-mesh.ts';

const CHANNELS = 6;
const VERY_BUSY = 240;
const NEWCOMER = 2;

/** Two routers leave a busy channel; when they have agreed to, a third one with a single radio comes to that channel. */
function withNewcomer(seed: number) {
	const mesh = new EngineMesh({
		neighbours: [[1], [0, NEWCOMER], [1]],
		channels: Array.from({length: CHANNELS}, (_, index) => channelOf(index)),
		radios: [[channelOf(0), channelOf(1)], [channelOf(0), channelOf(1)], [channelOf(0)]],
		seed,
	});
	mesh.kill(NEWCOMER);
	let agreedMs: number | undefined;
	mesh.twist = (_place, message) => {
		const {body} = message;
		if (body.kind === 'verdict' && body.commit && body.inMs > 0 && agreedMs === undefined) {
			agreedMs = mesh.nowMs;
			mesh.at(mesh.nowMs + 1, () => mesh.revive(NEWCOMER));
		}
		return message;
	};
	for (const place of [0, 1]) mesh.disturb(place, 0, VERY_BUSY);
	let longestMs = 0;
	let sinceMs: number | undefined;
	while (mesh.nowMs < 300_000) {
		mesh.advance(50);
		const isApart = mesh.members[NEWCOMER]?.isUp === true && !mesh.areJoined(1, NEWCOMER);
		sinceMs = isApart ? (sinceMs ?? mesh.nowMs) : undefined;
		if (sinceMs !== undefined) longestMs = Math.max(longestMs, mesh.nowMs - sinceMs);
	}
	const calledOff = mesh.explanations.some(({explanation}) => explanation.why === 'unconfirmed');
	return {isAgreed: agreedMs !== undefined, calledOff, longestMs};
}

test('deployment: who comes between agreement and switch calls it off, and is not left for a moment', t => {
	const runs = Array.from({length: 12}, (_, seed) => withNewcomer(seed)).filter(({isAgreed}) => isAgreed);
	t.true(
		runs.some(({calledOff}) => calledOff),
		'nobody came in time: nothing was shown',
	);
	for (const {longestMs} of runs) t.is(longestMs, 0);
});
