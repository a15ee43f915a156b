// SPDX-License-Identifier: Apache-2.0
import type {ClockEcho, ClockTelling} from '../../model/clock.ts';
import type {NodeId} from '../../model/peer.ts';
import type {MeshTime} from '../../model/slots.ts';
import {ClockLink, type LinkEstimate, type TsfReading} from './clock-link.ts';

// The mesh's time, without a master: the one of the lowest number, carried from hop to hop, each hop adding what it may be
// wrong by. No wall clock has a part in it.
//
//            nobody tells the time, or our number is the lowest of all and we know the mesh's time
//      listening ────────────────────────────────────────────────────────────────────────▶ root
//          │ somebody tells the time                    a lower number tells it             │ ▲
//          ▼                                                                                ▼ │ the root fell silent,
//      following ◀────────────────────────────────────────────────────────────────────────────┘ ours is the lowest left
//
// C1  A new root goes on with the time that was. So time jumps only where two meshes that had one each meet.
// C2  Who follows takes the way with the least error, and never one that comes from itself: errors grow by hop, so a way in a
//     circle is always the worse one, and what does not come from a living root ends HOLD_US after the root's last word.
// C3  What is told is never better than it is: after a jump, while readings contradict each other, and while a neighbour has
//     another time than we, the error is as large as the difference.

const LISTEN_US = 4e6;
/** Somebody tells the time, and no message of ours reaches it: after that we begin one of our own. */
const PATIENCE_US = 30e6;
/** A root's number must grow so often; four messages may be lost. */
const HOLD_US = 22e6;
const SILENT_US = 17e6;
/** A number that is remembered as one of a root that is gone, that long; a root may come back. */
const GONE_US = 60e6;
/** Others still go after the time of before. */
const SETTLE_US = 12e6;
const FARTHEST = 32;
const NEIGHBOURS = 64;
/** A time that is known no better is none. */
const WORST_ERROR_US = 50_000;
/** Good enough to be others' root with it. */
const ROOT_ERROR_US = 1000;
/** Another way must be better by that, or time would go to and fro. */
const WORTH_A_CHANGE = 0.7;
const WANDER = 0.5e-6;
/** No quartz of a root of before was that wrong. */
const MOST_DRIFT_PPB = 100_000;
const SLACK_US = 100;
/** Messages that are remembered, to know when one was sent that is echoed. */
const REMEMBERED = 16;
/** As long as one of the first messages may be lost, or something is to be cleared up, time is told often. */
const HASTY_MESSAGES = 8;
const TELL_US = 5e6;
const TELL_SOON_US = 1e6;

interface Neighbour {
	readonly id: NodeId;
	readonly epoch: number;
	readonly links: Map<number, ClockLink>;
	telling: ClockTelling;
	heardUs: number;
	/** When the root's number grew last, as it told. */
	progressedUs: number;
}

/** The mesh's time at `atUs` of our own. */
interface Known {
	readonly atUs: number;
	readonly offsetUs: number;
	readonly driftPpb: number;
	readonly errorUs: number;
	readonly root: NodeId;
	readonly rootEpoch: number;
	readonly rootNumber: number;
	readonly hops: number;
	readonly parent: NodeId;
	readonly byMessages: boolean;
}

interface Candidate {
	readonly neighbour: Neighbour;
	readonly known: Known;
}

interface Told {
	/** When each of the last messages was sent, by number. */
	readonly sentUs: Map<number, number>;
	next: number;
	atUs: number;
}

export class MeshClock {
	/** How often the time became another one, and how often a neighbour's clock did. */
	jumps = 0;
	readonly #id: NodeId;
	readonly #epoch: number;
	readonly #startedUs: number;
	readonly #neighbours = new Map<NodeId, Neighbour>();
	readonly #told = new Map<number, Told>();
	readonly #gone = new Map<NodeId, {epoch: number; number: number; untilUs: number}>();
	#known: Known | undefined;
	/** As root: counts what we told. */
	#rootNumber = 0;
	/** What others may still be away from our time by, and until when. */
	#unsettledUs = 0;
	#settledUs = Number.NEGATIVE_INFINITY;
	#disputedUs = 0;
	#hastyUntilNumber = 0;

	constructor(id: NodeId, epoch: number, nowUs: number) {
		this.#id = id;
		this.#epoch = epoch;
		this.#startedUs = nowUs;
	}

	/** Takes a neighbour's word of time, which came at `receivedUs` on one of our radios. */
	hear(from: NodeId, epoch: number, radio: number, telling: ClockTelling, receivedUs: number): void {
		if (from === this.#id) return;
		const neighbour = this.#meet(from, epoch, telling, receivedUs);
		if (neighbour === undefined) return;
		const link = neighbour.links.get(radio) ?? new ClockLink();
		if (neighbour.links.size === 0) this.#hurry();
		neighbour.links.set(radio, link);
		const echo = telling.echoes.find(({peer}) => peer === this.#id);
		const sentUs = echo === undefined ? undefined : this.#told.get(radio)?.sentUs.get(echo.number);
		const ours = echo === undefined || sentUs === undefined ? undefined : {echo, sentUs};
		if (!link.hear(telling, receivedUs, ours)) return;
		if (isNewer(telling, neighbour.telling)) neighbour.progressedUs = receivedUs;
		neighbour.telling = telling;
		neighbour.heardUs = receivedUs;
		if (link.isDoubtful) this.#hurry();
		this.#update(receivedUs);
	}

	/** Takes what the kernel says of a neighbour's radio, soon after its word came. */
	hearBeacon(from: NodeId, radio: number, own: TsfReading, radiosApartUs: number): void {
		const link = this.#neighbours.get(from)?.links.get(radio);
		if (link === undefined) return;
		link.hearBeacon(own, radiosApartUs);
		if (link.isDoubtful) this.#hurry();
		this.#update(own.atUs);
	}

	/** What is to be said on a radio now; with its time, where the kernel tells it. */
	tell(radio: number, nowUs: number, own: TsfReading | undefined): ClockTelling {
		this.#update(nowUs);
		const told = this.#toldOn(radio);
		const number = told.next++;
		told.sentUs.set(number, nowUs);
		told.sentUs.delete(number - REMEMBERED);
		const echoes: ClockEcho[] = [];
		for (const {id, links} of this.#neighbours.values()) {
			const link = links.get(radio);
			if (link === undefined || link.receivedUs <= told.atUs) continue;
			echoes.push({peer: id, number: link.number, agoUs: nowUs - link.receivedUs});
		}
		told.atUs = nowUs;
		const known = this.#known;
		if (known?.root === this.#id) this.#rootNumber++;
		return {
			number,
			sentUs: nowUs,
			hasTsf: own !== undefined,
			tsfUs: own?.tsfUs ?? 0,
			tsfAgoUs: own === undefined ? 0 : nowUs - own.atUs,
			hasTime: known !== undefined,
			byMessages: known?.byMessages ?? false,
			root: known?.root ?? 0,
			rootEpoch: known?.rootEpoch ?? 0,
			rootNumber: known?.root === this.#id ? this.#rootNumber : (known?.rootNumber ?? 0),
			hops: known?.hops ?? 0,
			parent: known?.parent ?? 0,
			offsetUs: known === undefined ? 0 : offsetAt(known, nowUs),
			driftPpb: known?.driftPpb ?? 0,
			errorUs: known === undefined ? 0 : Math.ceil(errorAt(known, nowUs)),
			echoes,
		};
	}

	/** When to tell next on a radio, after it was told at `nowUs`. */
	pauseUs(radio: number): number {
		return this.#toldOn(radio).next < this.#hastyUntilNumber + HASTY_MESSAGES ? TELL_SOON_US : TELL_US;
	}

	/** Absent: undefined while no time is known. */
	time(nowUs: number): MeshTime | undefined {
		this.#update(nowUs);
		const known = this.#known;
		if (known === undefined) return undefined;
		const unsettledUs = nowUs < this.#settledUs ? this.#unsettledUs : 0;
		return {
			offsetUs: offsetAt(known, nowUs),
			errorUs: Math.max(errorAt(known, nowUs), unsettledUs, this.#disputedUs),
			root: known.root,
			hops: known.hops,
			source: known.byMessages ? 'messages' : 'beacons',
			ageMs: Math.max(0, nowUs - known.atUs) / 1000,
		};
	}

	/** Each neighbour's clock minus our own, for tests and pages. */
	link(to: NodeId, nowUs: number): LinkEstimate | undefined {
		const neighbour = this.#neighbours.get(to);
		return neighbour === undefined ? undefined : estimateOf(neighbour, nowUs);
	}

	#meet(from: NodeId, epoch: number, telling: ClockTelling, nowUs: number): Neighbour | undefined {
		const known = this.#neighbours.get(from);
		if (known !== undefined && epoch < known.epoch) return undefined;
		if (known?.epoch === epoch) return known;
		for (const [id, {heardUs}] of this.#neighbours) {
			if (this.#neighbours.size < NEIGHBOURS) break;
			if (nowUs - heardUs > SILENT_US) this.#neighbours.delete(id);
		}
		if (known === undefined && this.#neighbours.size >= NEIGHBOURS) return undefined;
		const begun: Neighbour = {id: from, epoch, links: new Map(), telling, heardUs: nowUs, progressedUs: nowUs};
		this.#neighbours.set(from, begun);
		return begun;
	}

	#toldOn(radio: number): Told {
		const told = this.#told.get(radio) ?? {sentUs: new Map<number, number>(), next: 0, atUs: Number.NEGATIVE_INFINITY};
		this.#told.set(radio, told);
		return told;
	}

	#hurry(): void {
		for (const {next} of this.#told.values()) this.#hastyUntilNumber = Math.max(this.#hastyUntilNumber, next);
	}

	#update(nowUs: number): void {
		this.#noteGone(nowUs);
		const all = this.#candidates(nowUs);
		const before = this.#known;
		const next = this.#choose(nowUs, all, before);
		if (next !== undefined && before !== undefined) {
			const jumpUs = Math.abs(next.offsetUs - offsetAt(before, nowUs));
			if (jumpUs > next.errorUs + errorAt(before, nowUs) + SLACK_US) {
				this.jumps++;
				this.#unsettledUs = jumpUs;
				this.#settledUs = nowUs + SETTLE_US;
				this.#hurry();
			}
		}
		this.#known = next;
		this.#disputedUs = 0;
		if (next === undefined) return;
		for (const {known} of all) {
			const apartUs = Math.abs(known.offsetUs - next.offsetUs);
			if (apartUs > known.errorUs + next.errorUs + SLACK_US) this.#disputedUs = Math.max(this.#disputedUs, apartUs);
		}
	}

	/** What each neighbour says the time is, also those that have it from us. */
	#candidates(nowUs: number): Candidate[] {
		const found: Candidate[] = [];
		for (const neighbour of this.#neighbours.values()) {
			const {telling, heardUs, id} = neighbour;
			if (!telling.hasTime || nowUs - heardUs > SILENT_US || telling.hops >= FARTHEST) continue;
			const link = estimateOf(neighbour, nowUs);
			if (link === undefined) continue;
			const passedUs = nowUs + link.offsetUs - telling.sentUs;
			const tellingUs = telling.errorUs + WANDER * Math.abs(passedUs);
			const errorUs = Math.sqrt(tellingUs * tellingUs + link.errorUs * link.errorUs);
			if (errorUs > WORST_ERROR_US) continue;
			found.push({
				neighbour,
				known: {
					atUs: nowUs,
					offsetUs: link.offsetUs + telling.offsetUs + (telling.driftPpb / 1e9) * passedUs,
					driftPpb: link.driftPpb + telling.driftPpb,
					errorUs,
					root: telling.root,
					rootEpoch: telling.rootEpoch,
					rootNumber: telling.rootNumber,
					hops: telling.hops + 1,
					parent: id,
					byMessages: telling.byMessages || link.byMessages,
				},
			});
		}
		return found;
	}

	#choose(nowUs: number, all: readonly Candidate[], before: Known | undefined): Known | undefined {
		const usable = all.filter(
			({neighbour, known}) => neighbour.telling.parent !== this.#id && this.#isLiving(nowUs, neighbour, known),
		);
		const lowest = usable.reduce((least, {known}) => Math.min(least, known.root), Number.POSITIVE_INFINITY);
		const sinceUs = nowUs - this.#startedUs;
		if (sinceUs < LISTEN_US) return undefined;
		const best = this.#best(usable, lowest, before);
		if (best === undefined) {
			// Somebody tells the time whose clock we do not know yet.
			const isTold = [...this.#neighbours.values()].some(
				({telling, heardUs}) => telling.hasTime && nowUs - heardUs < SILENT_US && telling.parent !== this.#id,
			);
			return before === undefined && isTold && sinceUs < PATIENCE_US ? undefined : this.#asRoot(nowUs, before);
		}
		if (this.#id > lowest) return best;
		if (before?.root === this.#id && before.rootEpoch === this.#epoch) return this.#asRoot(nowUs, before);
		// The lowest number of all comes to a mesh that has a time: it learns that first.
		return best.errorUs < ROOT_ERROR_US || sinceUs > PATIENCE_US ? this.#asRoot(nowUs, best) : best;
	}

	#best(usable: readonly Candidate[], root: NodeId, before: Known | undefined): Known | undefined {
		let best: Known | undefined;
		let leastUs = Number.POSITIVE_INFINITY;
		for (const {known} of usable) {
			if (known.root !== root) continue;
			const isOurs = before?.parent === known.parent && before.root === root;
			const errorUs = known.errorUs * (isOurs ? WORTH_A_CHANGE : 1);
			if (errorUs >= leastUs) continue;
			leastUs = errorUs;
			best = known;
		}
		return best;
	}

	/** The time goes on as it was, as fast as it was; or begins with our own. */
	#asRoot(nowUs: number, before: Known | undefined): Known {
		const isRoot = before?.root === this.#id && before.rootEpoch === this.#epoch && before.parent === this.#id;
		if (isRoot) return {...before, atUs: nowUs, offsetUs: offsetAt(before, nowUs)};
		const offsetUs = before === undefined ? 0 : offsetAt(before, nowUs);
		// Others follow the root of before for a while, and are as far from us as we were from it.
		if (before !== undefined) {
			this.#unsettledUs = errorAt(before, nowUs);
			this.#settledUs = nowUs + HOLD_US;
		}
		return {
			atUs: nowUs,
			offsetUs,
			driftPpb: Math.max(-MOST_DRIFT_PPB, Math.min(MOST_DRIFT_PPB, before?.driftPpb ?? 0)),
			errorUs: 1,
			root: this.#id,
			rootEpoch: this.#epoch,
			rootNumber: this.#rootNumber,
			hops: 0,
			parent: this.#id,
			byMessages: false,
		};
	}

	#isLiving(nowUs: number, {progressedUs}: Neighbour, {root, rootEpoch, rootNumber}: Known): boolean {
		if (root === this.#id && rootEpoch === this.#epoch) return false;
		if (nowUs - progressedUs > HOLD_US) return false;
		const gone = this.#gone.get(root);
		return gone === undefined || gone.untilUs < nowUs || isAfter({rootEpoch, rootNumber}, gone);
	}

	/** A root whose number stands still is gone; others who still tell of it do not bring it back. */
	#noteGone(nowUs: number): void {
		for (const {telling, progressedUs} of this.#neighbours.values()) {
			if (nowUs - progressedUs <= HOLD_US || !telling.hasTime) continue;
			const gone = this.#gone.get(telling.root);
			if (gone !== undefined && !isAfter(telling, gone)) continue;
			this.#gone.set(telling.root, {epoch: telling.rootEpoch, number: telling.rootNumber, untilUs: nowUs + GONE_US});
		}
		for (const [root, {untilUs}] of this.#gone) if (untilUs < nowUs) this.#gone.delete(root);
	}
}

function offsetAt({offsetUs, driftPpb, atUs}: Known, nowUs: number): number {
	return offsetUs + (driftPpb / 1e9) * (nowUs - atUs);
}

/** A root's own time is never wrong. */
function errorAt({errorUs, atUs, hops}: Known, nowUs: number): number {
	return hops === 0 ? errorUs : errorUs + WANDER * Math.max(0, nowUs - atUs);
}

function estimateOf({links}: Neighbour, nowUs: number): LinkEstimate | undefined {
	let best: LinkEstimate | undefined;
	for (const link of links.values()) {
		const each = link.at(nowUs);
		if (each !== undefined && each.errorUs < (best?.errorUs ?? Number.POSITIVE_INFINITY)) best = each;
	}
	return best;
}

function isAfter(
	{rootEpoch, rootNumber}: Pick<ClockTelling, 'rootEpoch' | 'rootNumber'>,
	gone: {epoch: number; number: number},
) {
	return rootEpoch > gone.epoch || (rootEpoch === gone.epoch && rootNumber > gone.number);
}

function isNewer(telling: ClockTelling, before: ClockTelling): boolean {
	if (telling.root !== before.root) return true;
	return isAfter(telling, {epoch: before.rootEpoch, number: before.rootNumber});
}
