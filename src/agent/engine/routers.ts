// SPDX-License-Identifier: Apache-2.0
import type {Engine} from '../../engine/engine.ts';
import type {Plan, Router} from '../../model/agent-object.ts';
import {SHARE_ONE} from '../../model/channel.ts';
import {channelText, nodeText} from '../../model/explanation.ts';
import type {Move} from '../../model/peer.ts';
import type {MeshRadio} from './channels.ts';

/** The neighbours, as the owner is told of them. Absent engine: none. */
export function routersOf(engine: Engine | undefined, radios: readonly MeshRadio[]): readonly Router[] {
	const own = engine?.own;
	if (own === undefined) return [];
	return own.peers.map(id => {
		const on = radios.filter((_, radio) => own.heardOn(radio).includes(id)).map(({name}) => name);
		const link = own.known.record.links.find(({peer}) => peer === id);
		return {
			router: nodeText(id),
			radios: on,
			hearsUs: own.isUp(id),
			airtimeShare: (link?.weight ?? 0) / SHARE_ONE,
			plannedMhz: link?.planMhz ?? 0,
		};
	});
}

export interface PlanAround {
	readonly isActive: boolean;
	readonly isQuiet: boolean;
	/** Why a radio stays. Absent: it may move. */
	readonly pinned: (wiphy: number) => string | undefined;
}

/** Where each radio is going, or why it is not, as the owner is told. */
export function plansOf(
	radios: readonly MeshRadio[],
	moves: readonly Move[],
	{isActive, isQuiet, pinned}: PlanAround,
): readonly Plan[] {
	return radios.map(({name, live, wiphy}, radio) => {
		const to = moves.find(move => move.radio === radio)?.to;
		if (to === undefined) {
			const held = pinned(wiphy);
			const reason = held === undefined ? 'It stays where it is.' : `It cannot be moved: ${held}.`;
			return {radio: name, frequencyMhz: live.mhz, reason};
		}
		const from = channelText(live);
		const reason = isActive
			? `It will leave ${from}${isQuiet ? ' after its quiet hours' : ''}.`
			: `It would leave ${from}; it only observes.`;
		return {radio: name, frequencyMhz: to.mhz, reason};
	});
}
