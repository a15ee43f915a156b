// SPDX-License-Identifier: Apache-2.0
// The gate on real kernels: its program is the kernel's to judge, its queue the kernel's to keep.
import test from 'ava';
import {agentBinaryArchitecture} from '../../qemu/case/agent-on-machine.ts';
import {
	awaitWay,
	awaitWays,
	inVirtualTime,
	MIDDLE,
	measureShare,
	open,
	orderFor,
	ownSlots,
	slotUs,
} from '../../qemu/gate-share.ts';
import {copyGate, disciplineOf, gateScript, gateWords, installScript, readAir, readGate} from '../../qemu/gates.ts';
import {startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

const west = 'ip netns exec west';
const ownOf = (router: string): string => ownSlots[router] ?? '';
/** Own and open slots. */
const sharedOf = (router: string): string =>
	[...ownOf(router)].map((mark, slot) => (mark === '1' || open[slot] === '1' ? '1' : '0')).join('');
const index = `${west} cat /sys/class/net/mesh0/ifindex`;

/** Runs the program to its end in a router, and prints what it printed behind a word. */
const runGate = (word: string, renewals: number, more = ''): string =>
	`${west} /tmp/gate ${more} mesh0 $(${index}) ${gateWords(orderFor('west'), renewals)} >/tmp/said 2>&1; echo "<${word}>"; cat /tmp/said; echo "</${word}>"`;
const queues = (word: string): string =>
	`echo "<${word}>"; ${west} tc qdisc show dev mesh0; ${west} tc filter show dev mesh0 egress 2>/dev/null; echo "</${word}>"`;
const between = (printed: string, word: string): string =>
	printed.split(`<${word}>\n`)[1]?.split(`</${word}>`)[0] ?? `no ${word} in ${printed}`;

test.serial('gate: its kernel is there', async t => {
	t.timeout(40 * 60_000); // the kernel may have to be built
	await t.notThrowsAsync(prepareImages(['uml']));
});

test.serial('gate: every frame of hidden ends is in its slot, and without gates most are not', async t => {
	t.timeout(180_000);
	const gated = await measureShare({machine: 'uml', virtualTime: true, traffic: 'steady', gated: true});
	for (const [router, frames] of gated.air) {
		const data = disciplineOf(
			frames.filter(each => !each.isShared),
			ownOf(router),
			slotUs,
		);
		const shared = disciplineOf(
			frames.filter(each => each.isShared),
			sharedOf(router),
			slotUs,
		);
		t.true(data.inSlotShare >= 0.999, `${router}: ${JSON.stringify(data)}`);
		t.true(shared.inSlotShare >= 0.999, `${router}: ${JSON.stringify(shared)}`);
		if (router !== 'middle') t.true(data.frames > 5000 && data.edgeErrorP99Us <= 1000, JSON.stringify(data));
	}
	const free = await measureShare({machine: 'uml', virtualTime: true, traffic: 'steady', gated: false});
	for (const router of ['west', 'east']) {
		const data = disciplineOf(
			(free.air.get(router) ?? []).filter(each => !each.isShared),
			ownOf(router),
			slotUs,
		);
		t.true(data.frames > 5000 && data.inSlotShare < 0.4, JSON.stringify(data));
	}
});

test.serial('gate: when its agent is killed all is open within the lease, and the next agent clears away', async t => {
	t.timeout(120_000);
	const leaseMs = 2000;
	const {printed, frames} = await inVirtualTime(
		[
			installScript,
			'ip link set hwsim0 up',
			awaitWays,
			gateScript('west', {...orderFor('west'), leaseMs}, 10_000),
			'sleep 2',
			`${west} /tmp/slot-probe send ${MIDDLE} 5001 1000 8000 200 >/dev/null 2>&1 </dev/null &`,
			'/tmp/slot-probe watch hwsim0 8 /host/air >/dev/null 2>&1 </dev/null & watcher=$!',
			'sleep 3',
			'kill -9 $(cat /tmp/gate-west.pid)',
			'echo "killed $(cut -d" " -f1 /proc/uptime)"',
			'wait $watcher',
			queues('left'),
			runGate('next', 0),
			queues('after'),
		].join('\n'),
		async (printed, share) => ({printed, frames: await readAir(`${share}/air`)}),
	);
	const killedUs = Number(/^killed (\S+)$/m.exec(printed)?.[1]) * 1e6;
	const sender = frames.find(each => !each.isShared)?.sender;
	const data = frames.filter(each => !each.isShared && each.sender === sender);
	const before = disciplineOf(
		data.filter(({timeUs}) => timeUs < killedUs),
		ownOf('west'),
		slotUs,
	);
	t.true(before.frames > 1000 && before.inSlotShare >= 0.999, JSON.stringify(before));
	// The last order was at most a fifth of a lease old, and what was held then leaves with the next run.
	const superframeUs = slotUs * open.length;
	const after = data.filter(({timeUs}) => timeUs > killedUs + leaseMs * 1000 + superframeUs);
	const free = disciplineOf(after, ownOf('west'), slotUs);
	t.true(free.frames > 1000 && free.inSlotShare < 0.4, JSON.stringify(free));
	t.regex(between(printed, 'left'), /qdisc fq a5/);
	t.is(readGate(between(printed, 'next')).able, '');
	t.regex(between(printed, 'after'), /^qdisc noqueue 0: root refcnt 2\s*$/);
});

test.serial('gate: the queue that was there comes back, after a stop and after a kill', async t => {
	t.timeout(120_000);
	const printed = await inVirtualTime(
		[
			installScript,
			`${west} tc qdisc replace dev mesh0 root handle 8: fq_codel limit 555 target 7ms`,
			runGate('first', 3),
			queues('stopped'),
			gateScript('west', orderFor('west'), 1000),
			'sleep 1',
			'kill -9 $(cat /tmp/gate-west.pid)',
			queues('killed'),
			'cat /var/run/astral-mesh/gates',
			runGate('next', 0),
			queues('cleared'),
			'ls /var/run/astral-mesh',
			'echo end',
		].join('\n'),
		async output => output,
	);
	t.is(readGate(between(printed, 'first')).applied, '', printed);
	const theirs = /^qdisc fq_codel 8: root refcnt 2 limit 555p .*target 7ms[^\n]*\n$/;
	t.regex(between(printed, 'stopped'), theirs);
	t.regex(between(printed, 'killed'), /qdisc fq a5[\s\S]*clsact[\s\S]*astral-slot-gate direct-action/);
	t.regex(between(printed, 'cleared'), theirs);
	t.regex(printed, /<\/cleared>\nend/, 'the record is gone too');
});

test.serial('gate: what cannot be gated says why, and nothing is changed', async t => {
	t.timeout(120_000);
	const inMesh = (text: string): string => `${west} sh -c '${text}'`;
	const printed = await inVirtualTime(
		[
			installScript,
			inMesh('tc qdisc replace dev mesh0 root handle 1: htb default 1'),
			runGate('htb', 3),
			queues('htb-after'),
			inMesh('tc qdisc del dev mesh0 root'),
			inMesh('tc qdisc add dev mesh0 clsact'),
			runGate('hooked', 3),
			inMesh('tc qdisc del dev mesh0 clsact'),
			inMesh('iw dev mesh0 set mesh_param mesh_fwding 1'),
			runGate('forwarding', 3),
			inMesh('iw dev mesh0 set mesh_param mesh_fwding 0'),
			runGate('powerless', 3, '--user 65534:65533'),
			// The record is a folder's that is not theirs: a gate needs none where the kernel's own queue was.
			runGate('enough', 3, '--user +65534:65533'),
			queues('after'),
		].join('\n'),
		async output => output,
	);
	const said = (word: string): string => readGate(between(printed, word)).able ?? between(printed, word);
	t.regex(said('htb'), /mesh0 has a queue of its own, htb/);
	t.regex(between(printed, 'htb-after'), /^qdisc htb 1: root[^\n]*\n$/);
	t.regex(said('hooked'), /filters of another program/);
	t.regex(said('forwarding'), /mesh_fwding 1/);
	t.regex(said('powerless'), /CAP_BPF/);
	t.is(said('enough'), '');
	t.is(readGate(between(printed, 'enough')).applied, '', between(printed, 'enough'));
	t.regex(between(printed, 'after'), /^qdisc noqueue 0: root refcnt 2\s*$/);
});

test.serial('gate: a big-endian kernel takes the program, translated and not', async t => {
	t.timeout(40 * 60_000);
	await prepareImages(['malta']);
	const mesh = await startMesh('malta', 'pair');
	try {
		await copyGate(mesh.guest.share, agentBinaryArchitecture('malta'));
		const order = {...orderFor('west'), slotUs: 20_000};
		for (const translated of [0, 1]) {
			const printed = await mesh.guest.check(
				[
					installScript,
					`echo ${translated} >/proc/sys/net/core/bpf_jit_enable`,
					gateScript('west', order, 10_000),
					'sleep 2',
					// Without a way there is no address either, and what waits for it is thrown away before it comes to the gate.
					awaitWay('west', mesh.address('east')),
					`${west} /tmp/slot-probe send ${mesh.address('east')} 5001 5000 400 200`,
					'kill $(cat /tmp/gate-west.pid); sleep 1; cat /tmp/gate-west',
				].join('\n'),
			);
			const {able, applied, counts} = readGate(printed);
			t.deepEqual({able, applied}, {able: '', applied: ''}, printed);
			t.true((counts?.dataHeld ?? 0) > 100, printed);
			t.is((counts?.dataHeld ?? 0) + (counts?.dataPassed ?? 0) >= 400, true, printed);
		}
	} finally {
		await mesh.stop();
	}
});
