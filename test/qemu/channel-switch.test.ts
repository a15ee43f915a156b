// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {channelIsKept} from '../../qemu/case/channel-is-kept.ts';
import {hostapdGoesAlong} from '../../qemu/case/hostapd-moves.ts';
import {accessPointGoesAlong, adHocMoves, refusalsAreSentences} from '../../qemu/case/radio-kinds.ts';
import {listeningEndsEarly, radioListensForRadar} from '../../qemu/case/radio-listens.ts';
import {chainMoves} from '../../qemu/case/radios-move.ts';
import {startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

test.serial('channel switch: its kernel is there', async t => {
	t.timeout(30 * 60_000); // the kernel may have to be built
	await t.notThrowsAsync(prepareImages(['uml']));
});

test.serial('channel switch: a chain of three hops moves together, and nobody who was not asked', async t => {
	t.timeout(120_000);
	const mesh = await startMesh('uml', 'line4');
	try {
		await chainMoves(t, mesh);
	} finally {
		await mesh.stop();
	}
});

test.serial('channel switch: a radio listens a minute for radar, and leaves when one comes', async t => {
	t.timeout(60_000);
	await radioListensForRadar(t);
});

test.serial('channel switch: ad-hoc routers move too', async t => {
	t.timeout(60_000);
	await adHocMoves(t);
});

test.serial('channel switch: what cannot move says why, and stays', async t => {
	t.timeout(60_000);
	await refusalsAreSentences(t);
});

test.serial('channel switch: what held is kept, and given back', async t => {
	t.timeout(120_000);
	await channelIsKept(t);
});

test.serial('channel switch: an access point and a mesh on one radio go together', async t => {
	t.timeout(60_000);
	await accessPointGoesAlong(t);
});

test.serial(
	'channel switch: who is called back, or ended, while it listens for radar is in its mesh at once',
	async t => {
		t.timeout(60_000);
		await listeningEndsEarly(t);
	},
);

test.serial('channel switch: hostapd takes the words for a move, and its access point goes with the mesh', t => {
	t.timeout(120_000);
	return hostapdGoesAlong(t);
});
