// SPDX-License-Identifier: Apache-2.0
import type {Channel} from './channel.ts';
import type {Explanation, Why} from './decision.ts';
import type {NodeId} from './peer.ts';

// A decision as a sentence. Log, ubus, LuCI and collector show what is made here, so that all say the same.

/** What is said of a decision. */
export interface Told {
	/** The radio it is about, or the router. */
	readonly subject: string;
	/** Two or three words. */
	readonly action: string;
	readonly reason: string;
	/** How it ended. Absent: it has no end, or has not yet. */
	readonly outcome?: 'applied' | 'refused' | 'timed-out';
}

const MOST_NODES = 6;

/** A channel for people: `5180 MHz`, with the width where it is not the usual one. */
export function channelText({mhz, widthMhz}: Channel): string {
	if (mhz === 0) return 'no channel';
	return widthMhz === 20 ? `${mhz} MHz` : `${mhz} MHz (${widthMhz} MHz wide)`;
}

/** A router's number as it is shown everywhere. */
export function nodeText(id: NodeId): string {
	return id.toString(16).padStart(8, '0');
}

function nodesText(nodes: readonly NodeId[]): string {
	if (nodes.length === 0) return 'somebody';
	const named = nodes.slice(0, MOST_NODES).map(nodeText).join(', ');
	return nodes.length > MOST_NODES ? `${named} and ${nodes.length - MOST_NODES} more` : named;
}

const refusals: Readonly<Record<string, string>> = {
	locked: 'is bound to another agreement',
	stale: 'has changed meanwhile',
	'no-gain': 'finds that it gains nothing',
	radios: 'has no radio for it',
	blocked: 'may not use the channel',
	pinned: 'keeps its radio where it is',
	observing: 'only observes',
	budget: 'has used up its changes of this hour',
	'quiet-hours': 'has its quiet hours',
	holding: 'is waiting after a change',
	'cut-off': 'would lose a neighbour',
	unknown: 'does not know of it',
};

function refusalText(refusal: string | undefined): string {
	return refusal === undefined ? 'did not answer' : (refusals[refusal] ?? refusal);
}

/** By how much less a plan costs, in per cent. */
function gainText({now, planned}: Readonly<Record<string, number>>): string {
	if (now === undefined || planned === undefined || !(now > 0)) return 'it gives every link a channel';
	return `it costs ${Math.round(((now - planned) / now) * 100)} % less air than now`;
}

type Sentence = (told: {
	readonly from: string;
	readonly to: string;
	readonly nodes: string;
	readonly of: Explanation;
}) => readonly [action: string, reason: string, outcome?: Told['outcome']];

const sentences: Readonly<Record<Why, Sentence>> = {
	planned: ({to}) => [`plans ${to}`, `Neighbours agreed on ${to} for a link.`],
	gain: ({of}) => ['carries out the plan', `The plan is worth it: ${gainText(of.numbers)}.`],
	'no-gain': ({of}) => ['keeps its channels', `A plan is not worth it: ${gainText(of.numbers)}.`],
	refused: ({nodes, of}) => ['not agreed', `The step does not happen: ${nodes} ${refusalText(of.refusal)}.`, 'refused'],
	unanswered: ({nodes}) => ['not agreed', `The step does not happen: ${nodes} did not answer.`, 'timed-out'],
	switched: ({from, to, of, nodes}) => [
		`goes to ${to}`,
		`From ${from} to ${to}, as the plan says; ${of.nodes.length} routers agreed: ${nodes}.`,
	],
	confirmed: ({to, nodes, of}) => [
		`arrived on ${to}`,
		of.nodes.length === 0
			? `No neighbour depends on it alone.`
			: `All neighbours that were expected are heard: ${nodes}.`,
		'applied',
	],
	unconfirmed: ({nodes, of}) => [
		'goes back',
		of.nodes.length === 0 ? 'The step was called off.' : `Not heard on the new channel in time: ${nodes}.`,
		'timed-out',
	],
	reverted: ({from, to}) => [`is back on ${to}`, `The step to ${from} did not work for everybody.`],
	'trial-held': ({to}) => [`keeps ${to}`, `The change held for its trial; it may outlive a restart.`, 'applied'],
	'trial-failed': ({to, of: {numbers}}) => [
		`looks for something better than ${to}`,
		`It brought ${Math.round((100 * (numbers.measured ?? 0)) / Math.max(1, numbers.expected ?? 1))} % of what was expected: others are busier there than was known. It is not kept over a restart.`,
		'refused',
	],
	lost: ({to, of}) =>
		of.radio === undefined
			? ['looks for the mesh', `No neighbour was heard for ${Math.round(of.numbers.silentS ?? 0)} s.`]
			: [`listens on ${to}`, 'It looks for its neighbours.'],
	found: ({of}) => ['found the mesh', `A neighbour is heard again, after ${Math.round(of.numbers.lostS ?? 0)} s.`],
	repaired: ({to}) => [
		`goes to ${to}`,
		'A neighbour that is missed is there, and nobody needs the radio where it was.',
	],
	radar: ({from, to}) => [`leaves ${from}`, `Radar was seen there; ${to} is free of it.`],
	'driver-refused': ({of}) => [
		'could not move',
		`The driver did not do it: ${of.refusal ?? 'without a reason'}.`,
		'refused',
	],
	observing: ({from, to, of}) => [
		`would go to ${to}`,
		`From ${from} to ${to}: ${gainText(of.numbers)}. It only observes, so nothing is changed.`,
	],
	silent: ({of}) => [
		'takes no part in the mesh',
		`It says nothing, moves nothing and leaves all slots open: ${of.refusal ?? 'it is not alone'}.`,
		'refused',
	],
	'slots-hidden': ({nodes, of}) => [
		'found hidden senders',
		`Here ${percentText(of.numbers.lossBoth)} of their frames are lost while both send, ${percentText(of.numbers.lossOne)} while one does; they do not hear each other: ${nodes}.`,
	],
	'slots-agreed': ({nodes, of}) => [
		'keeps to time slots',
		`It has ${of.numbers.own ?? 0} of ${of.numbers.slots ?? 0} slots for itself, as agreed with ${nodes}.`,
		'applied',
	],
	'slots-open': ({of}) => ['keeps no time slots', of.refusal ?? 'Nobody hidden disturbs its neighbours.'],
	'slots-stale': ({nodes}) => ['keeps to open slots', `Its slots were not confirmed in time: ${nodes}.`, 'timed-out'],
	'slots-unfair': ({nodes, of}) => [
		'takes its share',
		`Somebody keeps more slots than its share and gives none back: ${nodes}. It is left out of account, and this router takes its own ${of.numbers.share ?? 0}.`,
	],
	'slots-forged': ({nodes, of}) => ['disregards slots', `What ${nodes} says of slots cannot be: ${of.refusal ?? ''}.`],
};

function percentText(share = 0): string {
	return `${Math.round(share * 100)} %`;
}

/** Tells a decision; `nameOf` names a radio by its number in the engine. */
export function tell(explanation: Explanation, nameOf: (radio: number) => string): Told {
	const {why, radio, from, to, nodes} = explanation;
	const [action, reason, outcome] = sentences[why]({
		from: from === undefined ? 'its channel' : channelText(from),
		to: to === undefined ? 'another channel' : channelText(to),
		nodes: nodesText(nodes),
		of: explanation,
	});
	const subject = radio === undefined ? 'router' : nameOf(radio);
	return {subject, action, reason, ...(outcome === undefined ? {} : {outcome})};
}
