// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Namesake} from '../../../src/agent/engine/namesake.ts';
import {AgentMesh} from '../../helper/agent-mesh.ts';

test('namesake: an old message that is said again and again is no life', t => {
	const namesake = new Namesake();
	for (let i = 0; i < 100; i++) namesake.hear(i * 1000, 50, 7);
	t.false(namesake.isAlive);
});

test('namesake: three new messages in eight seconds are life, which ends two minutes after the last', t => {
	const namesake = new Namesake();
	namesake.hear(0, 50, 7);
	namesake.hear(4000, 50, 8);
	namesake.hear(7999, 50, 9);
	t.false(namesake.isAlive, 'what was under way as we began does not count');
	namesake.hear(8000, 50, 10);
	t.true(namesake.isAlive);
	t.is(namesake.epoch, 50);
	t.false(namesake.isGone(128_000));
	t.true(namesake.isGone(128_001));
	namesake.forget();
	t.false(namesake.isAlive);
});

const setup = {
	links: [
		[0, 1],
		[1, 2],
	] as const,
	routers: 3,
	radiosMhz: [5180],
	channelsMhz: [5180],
	settings: {pinnedRadios: 'phy0'},
};
const anew = (log: readonly string[]) => log.filter(line => line.includes('begins anew')).length;
const silent = (log: readonly string[]) => log.filter(line => line.includes('takes no part in the mesh')).length;
const second = {engineFile: '/tmp/second', ubusSocket: '/bus/second'};

test.serial(
	'namesake: where gates are, the second agent of a router has no part from the start, and says so once',
	async t => {
		const mesh = new AgentMesh({...setup, settings: {...setup.settings, timeDivision: 'all'}});
		await mesh.start();
		await mesh.pass(30_000);
		const [zero] = mesh.routers;
		if (zero === undefined) return t.fail();
		mesh.boot(zero, second);
		await mesh.pass(300_000);
		t.is(anew(zero.log), 0, 'the first one goes on as if nothing were');
		t.is(silent(zero.log), 1);
		t.true((await mesh.ask(1, 'neighbours')).routers.every(({hearsUs}) => hearsUs));
		mesh.stop();
	},
);

test.serial('namesake: of two that share a number one begins anew and the other falls silent, once each', async t => {
	const mesh = new AgentMesh(setup);
	await mesh.start();
	await mesh.pass(70_000);
	const [zero] = mesh.routers;
	if (zero === undefined) return t.fail();
	zero.clock.wallOffsetMs += 3_600_000;
	mesh.boot(zero, second);
	await mesh.pass(400_000);
	t.is(anew(zero.log), 1);
	t.is(silent(zero.log), 1);
	t.true((await mesh.ask(1, 'neighbours')).routers.every(({hearsUs}) => hearsUs));
	mesh.stop();
});
