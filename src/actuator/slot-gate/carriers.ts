// SPDX-License-Identifier: Apache-2.0
import type {Address} from '../../wire/rtnetlink/address.ts';
import {IFF_UP} from '../../wire/rtnetlink/link.ts';
import {AF_INET} from '../../wire/rtnetlink/message-type.ts';
import {type Qdisc, ROOT} from '../../wire/rtnetlink/qdisc.ts';
import type {StackedLink} from '../../wire/rtnetlink/stacked-link.ts';
import type {GatedInterface} from './gate.ts';
import {KERNELS_OWN, type Original, placementOf} from './queues.ts';

// `taprio` wants several transmit queues, and a radio's interface has one. So it is put on what stands on the interface, mostly
// VLANs, and gates the radio only if all that is sent comes through them.

/** RT_SCOPE_LINK; what reaches farther has a lower number. */
const LINK_SCOPE = 253;
const LEAST_QUEUES = 2;
/** Each is told every change. */
const MOST_CARRIERS = 8;

/** An interface that stands on a gated one, and what queue it had. */
export interface Carrier extends GatedInterface {
	readonly original: Original['queue'];
}

/** What there is on a router, by the kernel's dumps. */
export interface Surroundings {
	readonly links: readonly StackedLink[];
	readonly queues: readonly Qdisc[];
	readonly addresses: readonly Address[];
}

/** All that stands on an interface and is up, or a sentence on why frames could go past it. `ours`: the number of the queues that must be there. */
export function carriersOf(on: GatedInterface, around: Surroundings, ours?: number): readonly Carrier[] | string {
	const {name, index} = on;
	const {links, queues, addresses} = around;
	const itself = links.find(each => each.index === index);
	if (itself === undefined) return `${name} is gone`;
	const above = links.filter(
		each =>
			each.link === index && each.index !== index && each.linkNamespace === undefined && (each.flags & IFF_UP) !== 0,
	);
	if (above.length === 0) return `it wants a VLAN with several transmit queues, and none is up on ${name}`;
	if (above.length > MOST_CARRIERS) return `${above.length} interfaces stand on ${name}`;
	if ((itself.master ?? 0) !== 0) {
		const master = links.find(each => each.index === itself.master)?.name ?? `interface ${itself.master}`;
		return `${name} itself is a port of ${master}, whose frames would go past the VLAN`;
	}
	if (addresses.some(each => each.interfaceIndex === index && (each.family === AF_INET || each.scope < LINK_SCOPE)))
		return `${name} itself has an address, whose frames would go past the VLAN`;
	const below = queues.find(each => each.interfaceIndex === index && each.parent === ROOT);
	if (below !== undefined && below.handle !== 0 && !KERNELS_OWN.includes(below.kind ?? ''))
		return `${name} has a queue of its own, ${below.kind}, which could hold frames beyond their slot`;
	const carriers: Carrier[] = [];
	for (const each of above) {
		const title = each.name ?? `interface ${each.index}`;
		if ((each.transmitQueues ?? 1) < LEAST_QUEUES)
			return `${title} on ${name} has one transmit queue: it must be made with several (ip link add … numtxqueues 2 type vlan …)`;
		const root = queues.find(queue => queue.interfaceIndex === each.index && queue.parent === ROOT);
		if (ours !== undefined && root?.handle !== ours) return `${title} has another queue than the gate's`;
		if (ours !== undefined) {
			carriers.push({name: title, index: each.index, original: undefined});
			continue;
		}
		const {obstacle, original} = placementOf(queues, each.index, title);
		if (obstacle !== undefined) return obstacle;
		carriers.push({name: title, index: each.index, original});
	}
	return carriers;
}
