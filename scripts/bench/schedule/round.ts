// SPDX-License-Identifier: Apache-2.0
// A router among others that keep to slots: the first of our words says how many rounds, the second how many are in conflict
// with it, the third whether they say the same again (`rest`) or need other slots each time (`change`).

import {Agenda} from '../../../src/engine/agenda.ts';
import {OPEN_SLOTS, Slots} from '../../../src/engine/schedule/slots.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';

const runtime = quickjsRuntime();
const [rounds, partners, what] = programArguments();
const count = Number(partners);
const SHARED = 30;
const ROUND_MS = 1000;
let nowMs = 0;
let version = 0;
const agenda = new Agenda();
const slots = new Slots(
	{
		id: 1,
		epoch: 1,
		agenda,
		nowMs: () => nowMs,
		random: () => 0.5,
		say: record => {
			version = record.version;
		},
		changed: () => {},
		unfair: () => {},
	},
	5180,
	{slots: SHARED + OPEN_SLOTS, slotUs: 5000},
	1,
);
const others = Array.from({length: count}, (_, i) => i + 2);
slots.setConflicts(others);
let said = 0;

/** Each is in conflict with us and with the next few, and speaks once. */
function round(turn: number): void {
	for (const id of others) {
		const near = [id - 1, id - 2, id + 1, id + 2].filter(other => other > 1 && other < count + 2);
		slots.hear(id, 1, ++said, {
			mhz: 5180,
			slots: SHARED + OPEN_SLOTS,
			slotUs: 5000,
			version: said,
			own: [(2 * id) % SHARED],
			claims: [],
			demand: what === 'change' ? 1 + ((id + turn) % 4) : 4,
			weight: 1,
			conflicts: [{peer: 1, epoch: 1, version}, ...near.map(peer => ({peer, epoch: 1, version: said}))],
		});
	}
	for (let step = 0; step < 4; step++) {
		nowMs += ROUND_MS / 4;
		agenda.run(nowMs);
	}
}

const startMs = runtime.clock.nowMs();
for (let turn = 0; turn < 12 + Number(rounds); turn++) round(turn);
const tookNs = Math.round((runtime.clock.nowMs() - startMs) * 1e6);
const {plans} = slots.counts;
runtime.log.write(
	'notice',
	`${tookNs} ns, ${plans} plans, ${slots.partners.length} partners, ${slots.own.length} slots`,
);
runtime.exit(slots.partners.length === count ? 0 : 1);
