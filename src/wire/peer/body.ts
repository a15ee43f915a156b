// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, VarintReader} from '../../core/varint.ts';
import {bit, type Layout, listOf, type Of, signed, struct, u32, upTo, word, wordOrNone} from './layout.ts';

// What routers of a mesh tell each other. A later release may add kinds, and members at the end of a body: who does not know
// them passes them on and leaves them alone. Members in the middle, and of what stands in lists, are fixed for ever.

/** No radio, channel or width is beyond. */
const MHZ = upTo(65_535);
const WIDTH = upTo(4095);
const RADIO = upTo(15);
/** Counters: far below what a number holds exactly, so that who adds to one stays below too. */
const COUNT = upTo(2 ** 48);
const HEARD = 64;
const RADIOS = 8;
const LINKS = 64;
const CHANNELS = 128;
const MEMBERS = 96;
const PLANNED = 160;
const MOVES = 32;
const SLOT_BYTES = 8;
const CONFLICTS = 64;
const HIDDEN = 24;

const channel = struct({mhz: MHZ, widthMhz: WIDTH});

const record = struct({
	radios: listOf(struct({pinned: bit, live: channel}), RADIOS),
	links: listOf(struct({peer: u32, weight: upTo(255), planMhz: MHZ, stamp: COUNT}), LINKS),
	channels: listOf(struct({blocked: bit, radar: bit, mhz: MHZ, widthMhz: WIDTH, busy: upTo(255)}), CHANNELS),
	pressure: upTo(65_535),
	deploying: bit,
	participation: word(['active', 'observe', 'stopped'], 'observe'),
	backupMhz: MHZ,
});

const transaction = struct({leader: u32, number: COUNT});

const refusals = [
	'locked',
	'stale',
	'no-gain',
	'radios',
	'blocked',
	'pinned',
	'observing',
	'budget',
	'quiet-hours',
	'holding',
	'cut-off',
	'unknown',
] as const;

/** Nodes are written once, links and moves name them by their place in the list; links stand by their channel. */
const proposalAsSent = struct({
	transaction,
	members: listOf(struct({id: u32, seq: COUNT}), MEMBERS),
	others: listOf(u32, MEMBERS),
	stamp: COUNT,
	links: listOf(struct({mhz: MHZ, ends: listOf(struct({a: upTo(255), b: upTo(255)}), PLANNED)}), CHANNELS),
	moves: listOf(struct({node: upTo(255), radio: RADIO, from: channel, to: channel}), MOVES),
	gain: COUNT,
});

interface Planned {
	readonly a: number;
	readonly b: number;
	readonly mhz: number;
}
type Proposal = Omit<Of<typeof proposalAsSent>, 'others' | 'links'> & {readonly links: readonly Planned[]};

const proposal: Layout<Proposal> = {
	read(from) {
		const start = from.at;
		const {others, ...sent} = proposalAsSent.read(from);
		const ids = [...sent.members.map(({id}) => id), ...others];
		const idAt = (place: number): number => {
			const id = ids[place];
			if (id === undefined) throw new DecodeError('range', from.path, start);
			return id;
		};
		return {
			...sent,
			links: sent.links.flatMap(({mhz, ends}) => ends.map(({a, b}) => ({a: idAt(a), b: idAt(b), mhz}))),
			moves: sent.moves.map(move => ({...move, node: idAt(move.node)})),
		};
	},
	write(out, value) {
		const ids = value.members.slice(0, MEMBERS).map(({id}) => id);
		const members = ids.length;
		const placeOf = (id: number): number => {
			const place = ids.indexOf(id);
			return place >= 0 ? place : ids.push(id) - 1;
		};
		const byChannel = new Map<number, {a: number; b: number}[]>();
		for (const {a, b, mhz} of value.links) {
			const ends = byChannel.get(mhz) ?? [];
			byChannel.set(mhz, ends);
			ends.push({a: placeOf(a), b: placeOf(b)});
		}
		const links = [...byChannel].map(([mhz, ends]) => ({mhz, ends}));
		const moves = value.moves.map(move => ({...move, node: placeOf(move.node)}));
		proposalAsSent.write(out, {...value, links, moves, others: ids.slice(members)});
	},
};

/** Some clocks count from 1970; the largest is what a number holds exactly. */
const US = upTo(2 ** 53 - 1);
const SHORT_US = upTo(60_000_000);

const clock = struct({
	hasTsf: bit,
	hasTime: bit,
	byMessages: bit,
	number: COUNT,
	sentUs: US,
	tsfUs: US,
	tsfAgoUs: SHORT_US,
	root: u32,
	rootEpoch: COUNT,
	rootNumber: COUNT,
	hops: upTo(255),
	parent: u32,
	offsetUs: signed(2 ** 52 - 1),
	driftPpb: signed(2_000_000),
	errorUs: upTo(1_000_000_000),
	echoes: listOf(struct({peer: u32, number: COUNT, agoUs: SHORT_US}), HEARD),
});

/** Slots as bits, the first of a byte the lowest; as many bytes as the highest needs, none for no slot. */
const slotBits: Layout<readonly number[]> = {
	read(from) {
		const {at, bytes} = from;
		const count = from.next();
		if (count > SLOT_BYTES) throw new DecodeError('length', from.path, at);
		const list: number[] = [];
		for (let i = 0; i < count; i++) {
			const byte = bytes[from.at];
			if (byte === undefined) throw new DecodeError('truncated', from.path, from.at);
			// One way to write each set: a last byte without a slot is none.
			if (byte === 0 && i === count - 1) throw new DecodeError('length', from.path, at);
			from.at++;
			for (let slot = 0; slot < 8; slot++) if ((byte >> slot) & 1) list.push(8 * i + slot);
		}
		return list;
	},
	write(out, slots) {
		const bytes: number[] = [];
		for (const slot of slots) {
			if (!(slot >= 0 && slot < 8 * SLOT_BYTES)) continue;
			while (bytes.length <= slot >> 3) bytes.push(0);
			bytes[slot >> 3] = (bytes[slot >> 3] as number) | (1 << (slot & 7));
		}
		out.push(bytes.length, ...bytes);
	},
};

/** Each once, and none both in use and claimed, and none beyond the frame's end. */
const slotRecord = struct({
	mhz: MHZ,
	slots: upTo(8 * SLOT_BYTES),
	slotUs: upTo(1_000_000),
	version: COUNT,
	own: slotBits,
	claims: slotBits,
	demand: upTo(8 * SLOT_BYTES),
	weight: upTo(4),
	conflicts: listOf(struct({peer: u32, epoch: upTo(65_535), version: COUNT}), CONFLICTS),
});

const slots: Layout<Of<typeof slotRecord>> = {
	read(from) {
		const start = from.at;
		const value = slotRecord.read(from);
		const {own, claims, conflicts} = value;
		const refuse = (): never => {
			throw new DecodeError('range', from.path, start);
		};
		for (const slot of own) if (slot >= value.slots || claims.includes(slot)) refuse();
		for (const slot of claims) if (slot >= value.slots) refuse();
		conflicts.forEach(({peer}, place) => {
			for (let before = 0; before < place; before++) if (conflicts[before]?.peer === peer) refuse();
		});
		return value;
	},
	write: slotRecord.write,
};

const SHARE = upTo(255);
const losses = struct({
	mhz: MHZ,
	durationMs: upTo(600_000),
	active: SHARE,
	links: listOf(struct({peer: u32, frames: COUNT, loss: SHARE}), HEARD),
	hidden: listOf(struct({a: u32, b: u32, lossBoth: SHARE, lossOne: SHARE, confidence: SHARE}), HIDDEN),
});

/** Each kind's number, and what it says. */
const kinds = {
	hello: {
		number: 1,
		layout: struct({
			live: channel,
			heard: listOf(u32, HEARD),
			recordSeq: COUNT,
			round: COUNT,
			roundAgeMs: upTo(3_600_000),
		}),
	},
	record: {number: 2, layout: struct({record})},
	propose: {number: 3, layout: struct({proposal})},
	answer: {number: 4, layout: struct({transaction, refusal: wordOrNone(refusals, 'unknown')})},
	verdict: {number: 5, layout: struct({transaction, commit: bit, inMs: upTo(60_000)})},
	revert: {number: 6, layout: struct({transaction})},
	slots: {number: 8, layout: struct({slots})},
	losses: {number: 10, layout: struct({losses})},
	clock: {number: 9, layout: struct({clock})},
	radar: {number: 7, layout: struct({mhz: MHZ, widthMhz: WIDTH, backupMhz: MHZ, leftS: upTo(86_400)})},
} as const;

type Kinds = typeof kinds;
type Kind = keyof Kinds;

/** A body of a kind that this release knows, or `other`: one to be passed on. */
export type Body =
	| {[K in Kind]: {readonly kind: K} & Of<Kinds[K]['layout']>}[Kind]
	| {readonly kind: 'other'; readonly number: number};

const byNumber = /* @__PURE__ */ new Map<number, Kind>(
	(Object.keys(kinds) as Kind[]).map(kind => [kinds[kind].number, kind]),
);

/** Appends a body. */
export function writeBody(out: number[], body: Body): void {
	if (body.kind === 'other') return pushVarint(out, body.number);
	const {number, layout} = kinds[body.kind];
	pushVarint(out, number);
	(layout as Layout<Body>).write(out, body);
}

/** Reads a body that ends where the bytes do; what a later release put behind it is left alone. Errors: DecodeError. */
export function readBody(bytes: Uint8Array, start: number): Body {
	const from = new VarintReader(bytes, start, 'peer.body');
	const number = from.next();
	const kind = byNumber.get(number);
	if (kind === undefined) return {kind: 'other', number};
	return {kind, ...(kinds[kind].layout as Layout<object>).read(from)} as Body;
}
