// SPDX-License-Identifier: Apache-2.0
import {Neighbourhood} from '../../src/engine/view/neighbourhood.ts';
import {channelOf} from '../../src/lab/astral/channels.ts';
import type {NodeRecord} from '../../src/model/peer.ts';

/** A chain of routers 1, 2, 3 … as the first sees it: each link's planned channel by number, and each router's radios. */
export function chainOf(planned: readonly (number | undefined)[], radios: readonly (readonly number[])[]) {
	const neighbourhood = new Neighbourhood();
	const known = radios.map((list, place) => {
		const linkTo = (peer: number, channel: number | undefined) => ({
			peer,
			weight: 16,
			planMhz: channel === undefined ? 0 : channelOf(channel).mhz,
			stamp: 1,
		});
		const record: NodeRecord = {
			radios: list.map(channel => ({live: channelOf(channel), pinned: false})),
			links: [
				...(place > 0 ? [linkTo(place, planned[place - 1])] : []),
				...(place < radios.length - 1 ? [linkTo(place + 2, planned[place])] : []),
			],
			channels: Array.from({length: 6}, (_, index) => ({...channelOf(index), busy: 0, blocked: false, radar: false})),
			pressure: 0,
			deploying: false,
			participation: 'active',
			backupMhz: 0,
		};
		return {id: place + 1, epoch: 1, seq: 1, record, heardMs: 0};
	});
	for (const each of known.slice(1)) neighbourhood.take(each);
	const [first] = known;
	if (first === undefined) throw new RangeError('a chain has a first router');
	return {mesh: neighbourhood.meshWith(first), first};
}
