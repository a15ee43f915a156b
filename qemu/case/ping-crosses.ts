// SPDX-License-Identifier: Apache-2.0
import type {Case} from './case.ts';

/** batman-adv carries packets between the two ends of the topology, over as many hops as there are. */
export const pingCrosses: Case = {
	behaviour: 'a ping crosses the mesh from the first router to the last',
	async run(t, mesh) {
		const first = mesh.topology.routers[0]?.name ?? '';
		const last = mesh.topology.routers.at(-1)?.name ?? '';
		const until = 'end=$(($(cut -d. -f1 /proc/uptime) + 40))';
		const once = `ping -c 1 -W 1 ${mesh.address(last)} >/dev/null`;
		const late = '[ $(cut -d. -f1 /proc/uptime) -ge $end ] && exit 1';
		await mesh.inRouter(first, `${until}; until ${once}; do ${late}; sleep 0.2; done`);
		const printed = await mesh.inRouter(first, `ping -c 5 -W 2 ${mesh.address(last)}`);
		const received = Number(/(\d+) (?:packets )?received/.exec(printed)?.[1]);
		t.true(received >= 4, printed);
	},
};
