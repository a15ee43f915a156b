// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import type {Mesh} from '../mesh.ts';
import {
	copyRetune,
	type Move,
	type MoveReport,
	moveScript,
	type PingReport,
	pingEndScript,
	pingScript,
	radioOf,
	readMoves,
	readPing,
} from '../moves.ts';

/** The channel of each router's mesh0, as iw has it. */
async function channels(mesh: Mesh): Promise<string[]> {
	const lines = mesh.topology.routers.map(
		({name}) =>
			`ip netns exec ${name} iw dev mesh0 info | sed -n 's/.*channel.*(\\([0-9]*\\) MHz), width: \\([0-9]*\\).*/\\1 \\2/p'`,
	);
	return (await mesh.guest.check(lines.join('\n'))).trim().split('\n');
}

interface Moved {
	moves: MoveReport[];
	/** From one end of the chain to the other, and over its first link. */
	end: PingReport;
	link: PingReport;
	channels: string[];
}

/** Moves radios of a chain at the same moment while two pings cross it. */
async function move(mesh: Mesh, moves: Move[]): Promise<Moved> {
	const names = mesh.topology.routers.map(({name}) => name);
	const [first = '', second = ''] = names;
	const last = names.at(-1) ?? '';
	const printed = await mesh.guest.check(
		[
			pingScript('end', first, mesh.address(last)),
			pingScript('link', first, mesh.address(second)),
			'sleep 1',
			moveScript(moves),
			'sleep 2',
			pingEndScript('end'),
			pingEndScript('link'),
		].join('\n'),
	);
	return {
		moves: readMoves(printed),
		end: readPing(printed, 'end'),
		link: readPing(printed, 'link'),
		channels: await channels(mesh),
	};
}

function describe({moves, end, link}: Moved): string {
	const spreadMs = Math.max(...moves.map(each => each.endedMs)) - Math.min(...moves.map(each => each.startedMs));
	const hops = `three hops lost ${end.lost} of ${end.sent} pings, longest gap ${end.gapMs} ms, slowest ${end.slowestMs.toFixed(0)} ms`;
	return `moved within ${spreadMs.toFixed(0)} ms; ${hops}; one hop lost ${link.lost} of ${link.sent}, ${link.gapMs} ms`;
}

/** A chain whose radios are moved by the actuator. On a machine that does other work too, gaps are larger. */
export async function chainMoves(t: ExecutionContext, mesh: Mesh): Promise<void> {
	const radios = mesh.topology.routers.map(({name}) => radioOf(mesh.topology, name));
	await copyRetune(mesh.guest.share);
	const [first = '', last = ''] = [mesh.topology.routers[0]?.name, mesh.topology.routers.at(-1)?.name];
	await mesh.guest.check(
		`until ip netns exec ${first} ping -c 1 -W 1 ${mesh.address(last)} >/dev/null; do sleep 0.2; done; sleep 1`,
	);
	const all = (mhz: number, widthMhz = 20) => radios.map(radio => ({radio, mhz: [mhz], widthMhz}));
	const went = (moved: Moved, place: string): void => {
		t.deepEqual(
			moved.moves.map(({refusal}) => refusal),
			radios.map(() => ''),
		);
		t.deepEqual(
			moved.channels,
			radios.map(() => place),
		);
		for (const ping of [moved.end, moved.link]) t.true(ping.gapMs <= 1000, JSON.stringify(ping));
	};

	const announced = await move(mesh, all(5200));
	t.log(`announced: ${describe(announced)}`);
	went(announced, '5200 20');

	const wider = await move(mesh, all(5230, 40));
	t.log(`announced, to 40 MHz: ${describe(wider)}`);
	went(wider, '5220 40');

	const rejoined = await move(mesh, all(2412));
	t.log(`left and joined, to another band: ${describe(rejoined)}`);
	went(rejoined, '2412 20');

	const [one] = radios;
	if (one === undefined) return;
	const alone = await move(mesh, [{radio: one, mhz: [2437]}]);
	t.log(`one alone: ${describe(alone)}`);
	t.deepEqual(
		alone.channels,
		['2437 20', ...radios.slice(1).map(() => '2412 20')],
		'nobody followed who was not asked',
	);
	t.true(alone.link.lost > 20, 'the link is gone');
	const back = await move(mesh, [{radio: one, mhz: [2412]}]);
	t.log(`and back: ${describe(back)}`);
	await mesh.guest.check(
		`for i in $(seq 50); do ip netns exec ${first} ping -c 1 -W 1 ${mesh.address(last)} >/dev/null && exit; done; exit 1`,
	);
}
