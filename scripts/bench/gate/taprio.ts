// SPDX-License-Identifier: Apache-2.0
import {
	awaitWays,
	inVirtualTime,
	MIDDLE,
	measureShare,
	orderFor,
	ownSlots,
	type ShareOptions,
	type ShareResult,
	slotUs,
	vlanScript,
} from '../../../qemu/gate-share.ts';
import {disciplineOf, gateScript, installScript, readAir} from '../../../qemu/gates.ts';
import {taprioStory} from '../../../qemu/stories/taprio.ts';
import {openAfterKillS, type Report, worst} from './measured.ts';

/** Two senders hidden from each other, batman-adv on a VLAN: taprio on that, and as baseline fq and eBPF on the radio's interface. */
async function share(report: Report, title: string, options: Omit<ShareOptions, 'gated'>): Promise<void> {
	const measured = (kind: 'taprio' | 'fq'): Promise<ShareResult> => measureShare({...options, gated: true, kind});
	const ours = await measured('taprio');
	const usual = await measured('fq');
	// A usual gate that is on time to the microsecond is nothing to divide by.
	const both = (metric: string, read: (result: ShareResult) => number, unit: string): void =>
		report(`taprio, ${title}: ${metric}`, read(ours), unit, read(usual) || undefined);
	both('frames of data in their slot', result => 100 * worst(result, each => each.inSlotShare, Math.min), '%');
	both('first frame after a slot’s start, p50', result => worst(result, each => each.firstFrameUs.p50, Math.max), 'µs');
	both('first frame after a slot’s start, p99', result => worst(result, each => each.firstFrameUs.p99, Math.max), 'µs');
	both('slot-edge error, p99', result => worst(result, each => each.edgeErrorP99Us, Math.max), 'µs');
	both('the machine’s own timers late, p99', result => result.noise.p99, 'µs');
	if (options.traffic === 'full') both('data across', result => result.megabitsPerS, 'Mbit/s');
}

const CHANGES_S = 30;

/** Other slots every two seconds: a row that is told anew opens its gates for a moment, and so do clocks that differ. */
async function restless(report: Report): Promise<void> {
	const [first = '', second = ''] = [ownSlots.west, ownSlots.east];
	const inEither = [...first].map((mark, slot) => (mark === '1' || second[slot] === '1' ? '1' : '0')).join('');
	const ppm = 100;
	for (const [title, order, marks, slow] of [
		['other slots every two seconds', {...orderFor('west'), own: `${first},${second}`}, inEither, 0],
		['a clock of the mesh that is 100 ppm slower', {...orderFor('west'), ppm}, first, ppm],
	] as const) {
		const frames = await inVirtualTime(
			[
				installScript,
				'ip link set hwsim0 up',
				vlanScript,
				awaitWays,
				gateScript('west', order, 1000, 'taprio'),
				'sleep 2',
				`ip netns exec west /tmp/slot-probe send ${MIDDLE} 5001 1000 ${CHANGES_S * 1000} 200 >/dev/null 2>&1 </dev/null &`,
				`/tmp/slot-probe watch hwsim0 ${CHANGES_S - 1} /host/air`,
			].join('\n'),
			async (_, folder) => readAir(`${folder}/air`),
		);
		const data = frames.filter(each => !each.isShared);
		const kept = disciplineOf(
			data
				.filter(each => each.sender === data[0]?.sender)
				.map(each => ({...each, timeUs: each.timeUs * (1 - slow / 1e6)})),
			marks,
			slotUs,
		);
		report(`taprio, UML, virtual time, ${title}: frames of data in a slot`, 100 * kept.inSlotShare, '%');
	}
}

/** The same by the real agent, which may not use eBPF; in virtual time. */
export async function taprioAgents(report: Report): Promise<void> {
	const {figures, problems} = await taprioStory.tell();
	for (const {what, value, unit} of figures) report(`taprio, agents without eBPF: ${what}`, value, unit);
	report('taprio, agents without eBPF: what should not have been', problems.length, '');
	for (const each of problems) console.error(each);
}

/** What is used where a kernel has no eBPF. */
export async function taprio(report: Report, longS: number): Promise<void> {
	await share(report, 'UML, virtual time', {machine: 'uml', virtualTime: true, traffic: 'steady'});
	await share(report, 'UML, virtual time, TCP', {machine: 'uml', virtualTime: true, traffic: 'full'});
	await share(report, 'UML, real time', {machine: 'uml', traffic: 'steady', seconds: longS});
	await share(report, 'Debian’s kernel, emulated', {machine: 'tcg', traffic: 'steady', seconds: longS});
	report(
		'taprio, an agent killed: all is open after',
		await openAfterKillS('taprio'),
		's',
		orderFor('west').leaseMs / 1000,
	);
	await restless(report);
}
