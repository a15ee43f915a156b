// SPDX-License-Identifier: Apache-2.0
import {nodeText} from './explanation.ts';
import type {NodeId} from './peer.ts';
import type {GateState, HiddenPair, MeshTime, SlotView} from './slots.ts';

// A radio's superframe as it is shown. It is made on the router: ubus, LuCI and collector show what is made here, so that all
// say the same.

/** Slots in a row, the first of all being 0. */
export type SlotRun = readonly [first: number, count: number];

/** Who may send when on a radio's channel, and why. */
export interface SlotPicture {
	readonly radio: string;
	readonly state: GateState;
	/** The gate's state, whom it is for, what it brings, and how well the clocks agree. */
	readonly sentences: readonly string[];
	/** How many there are, and how long each is. */
	readonly slots: number;
	readonly slotUs: number;
	/** Where everyone may send. */
	readonly open: readonly SlotRun[];
	/** Whose slots are whose; this router is the first. */
	readonly routers: readonly {readonly router: string; readonly own: readonly SlotRun[]}[];
	/** What the clock may be wrong by. Absent: there is no common time. */
	readonly errorUs?: number;
	/** Share of frames lost to neighbours: 0 to 1. Absent: not measured. */
	readonly lossBefore?: number;
	readonly lossNow?: number;
}

const MOST_PAIRS = 3;
const MOST_ROUTERS = 16;
const ROUNDED = 1000;
/** A number and its unit stay on one line. */
const NO_BREAK = '\u00a0';

/** Draws what is known of a radio's slots; `own` is this router's number. */
export function slotPicture(view: SlotView, own: NodeId): SlotPicture {
	const {radio, state, reason, superframe, owners, hidden, time, lossBefore, lossNow} = view;
	const others: NodeId[] = [];
	for (const {nodes} of owners) for (const node of nodes) if (node !== own && !others.includes(node)) others.push(node);
	const isDivided = owners.some(({open}) => !open);
	const routers = isDivided ? [own, ...others.sort((a, b) => a - b)].slice(0, MOST_ROUTERS) : [];
	const surest = [...hidden].sort((a, b) => b.confidence - a.confidence).slice(0, MOST_PAIRS);
	return {
		radio,
		state,
		sentences: [
			reason,
			...surest.map(pair => pairText(pair, own)),
			...lossTexts(lossBefore, lossNow),
			...(time === undefined ? [] : [timeText(time, own)]),
		],
		slots: superframe.slots,
		slotUs: superframe.slotUs,
		open: runsOf(owners.map(({open}) => open)),
		routers: routers.map(node => ({
			router: nodeText(node),
			own: runsOf(owners.map(({nodes}) => nodes.includes(node))),
		})),
		...(time === undefined ? {} : {errorUs: Math.round(time.errorUs)}),
		...(lossBefore === undefined ? {} : {lossBefore: rounded(lossBefore)}),
		...(lossNow === undefined ? {} : {lossNow: rounded(lossNow)}),
	};
}

/** The runs of what is marked. */
function runsOf(marks: readonly boolean[]): SlotRun[] {
	const runs: SlotRun[] = [];
	let first = 0;
	for (let slot = 0; slot <= marks.length; slot++) {
		if (marks[slot] === true) continue;
		if (slot > first) runs.push([first, slot - first]);
		first = slot + 1;
	}
	return runs;
}

function pairText({a, b, receiver, lossBoth, lossOne}: HiddenPair, own: NodeId): string {
	const name = (node: NodeId): string => (node === own ? 'this router' : nodeText(node));
	const [one, other] = b === own ? [b, a] : [a, b];
	const text = `${name(one)} and ${name(other)} do not hear each other: at ${name(receiver)} ${percent(lossBoth)} of the frames are lost while both send, ${percent(lossOne)} while one does.`;
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function lossTexts(before: number | undefined, now: number | undefined): string[] {
	if (before === undefined) return now === undefined ? [] : [`Of what it sends to neighbours ${percent(now)} is lost.`];
	if (now === undefined) return [`Of what it sends to neighbours ${percent(before)} is lost without slots.`];
	return [`Of what it sends to neighbours ${percent(now)} is lost with slots; without them it was ${percent(before)}.`];
}

function timeText({root, hops, source, errorUs}: MeshTime, own: NodeId): string {
	if (root === own) return 'The others keep the time of this router.';
	const away = hops === 1 ? '1 hop' : `${hops} hops`;
	return `It keeps the time of ${nodeText(root)}, ${away} away, by ${source}, right to ${span(errorUs)}.`;
}

function percent(share: number): string {
	return `${Math.round(share * 100)}${NO_BREAK}%`;
}

function span(us: number): string {
	return us < 1000 ? `${Math.round(us)}${NO_BREAK}µs` : `${(us / 1000).toFixed(1)}${NO_BREAK}ms`;
}

function rounded(share: number): number {
	return Math.round(share * ROUNDED) / ROUNDED;
}
