// SPDX-License-Identifier: Apache-2.0
import {
	awaitWays,
	inVirtualTime,
	MIDDLE,
	orderFor,
	ownSlots,
	type ShareResult,
	slotUs,
	vlanScript,
} from '../../../qemu/gate-share.ts';
import {type Discipline, disciplineOf, type GateKind, gateScript, installScript, readAir} from '../../../qemu/gates.ts';

export type Report = (metric: string, value: number, unit: string, baseline?: number) => void;

const ends = ['west', 'east'];

/** Of the end that did worse. */
export function worst(
	result: ShareResult,
	read: (discipline: Discipline) => number,
	pick: (...all: number[]) => number,
): number {
	return pick(
		...ends.map(router =>
			read(
				disciplineOf(
					(result.air.get(router) ?? []).filter(each => !each.isShared),
					ownSlots[router] ?? '',
					slotUs,
				),
			),
		),
	);
}

/** An agent is killed as it holds frames: how long until one of them leaves outside of its slots. In virtual time. */
export async function openAfterKillS(kind: GateKind): Promise<number> {
	const order = orderFor('west');
	const {printed, frames} = await inVirtualTime(
		[
			installScript,
			'ip link set hwsim0 up',
			...(kind === 'taprio' ? [vlanScript] : []),
			awaitWays,
			gateScript('west', order, 1000, kind),
			'sleep 2',
			`ip netns exec west /tmp/slot-probe send ${MIDDLE} 5001 1000 20000 200 >/dev/null 2>&1 </dev/null &`,
			'/tmp/slot-probe watch hwsim0 18 /host/air >/dev/null 2>&1 </dev/null & watcher=$!',
			'sleep 4',
			'kill -9 $(cat /tmp/gate-west.pid)',
			'echo "killed $(cut -d" " -f1 /proc/uptime)"',
			'wait $watcher',
		].join('\n'),
		async (output, folder) => ({printed: output, frames: await readAir(`${folder}/air`)}),
	);
	const killedUs = Number(/^killed (\S+)$/m.exec(printed)?.[1]) * 1e6;
	const sender = frames.find(each => !each.isShared)?.sender;
	const free = frames.find(
		each =>
			each.sender === sender &&
			!each.isShared &&
			each.timeUs > killedUs &&
			disciplineOf([each], order.own, slotUs).inSlotShare === 0,
	);
	return ((free?.timeUs ?? Number.NaN) - killedUs) / 1e6;
}
