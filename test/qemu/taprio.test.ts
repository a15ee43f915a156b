// SPDX-License-Identifier: Apache-2.0
// The gate where there is no eBPF: the queue taprio of a VLAN above the radio's interface, on a real kernel in virtual time.
import test from 'ava';
import {
	awaitWays,
	inVirtualTime,
	MIDDLE,
	measureShare,
	open,
	orderFor,
	ownSlots,
	slotUs,
	VLAN,
	vlanScript,
} from '../../qemu/gate-share.ts';
import {
	type AirFrame,
	type BenchOrder,
	disciplineOf,
	gateScript,
	gateWords,
	installScript,
	readAir,
	readGate,
} from '../../qemu/gates.ts';
import {prepareImages} from '../../qemu/prepare.ts';

const west = 'ip netns exec west';
const ownOf = (router: string): string => ownSlots[router] ?? '';
const index = `${west} cat /sys/class/net/mesh0/ifindex`;
const queues = (word: string): string => `echo "<${word}>"; ${west} tc qdisc show dev ${VLAN}; echo "</${word}>"`;
/** Looks, or runs so many renewals, and prints what the program printed behind a word. */
const runGate = (word: string, renewals: number): string =>
	`${west} /tmp/gate no-ebpf mesh0 $(${index}) ${gateWords(orderFor('west'), renewals)} >/tmp/said 2>&1; echo "<${word}>"; cat /tmp/said; echo "</${word}>"`;
const between = (printed: string, word: string): string =>
	printed.split(`<${word}>\n`)[1]?.split(`</${word}>`)[0] ?? `no ${word} in ${printed}`;
const clean = /^qdisc noqueue 0: root refcnt \d+\s*$/;

interface Watched {
	printed: string;
	/** What the west sent to the middle, and only it did. */
	data: AirFrame[];
}

/** The west sends a thousand datagrams a second under an order, and something happens to it. */
function watch(
	order: BenchOrder,
	seconds: number,
	happens: readonly string[],
	after: readonly string[] = [],
): Promise<Watched> {
	return inVirtualTime(
		[
			installScript,
			'ip link set hwsim0 up',
			vlanScript,
			awaitWays,
			gateScript('west', order, 10_000, 'taprio'),
			'sleep 2',
			`${west} /tmp/slot-probe send ${MIDDLE} 5001 1000 ${seconds * 1000} 200 >/dev/null 2>&1 </dev/null &`,
			`/tmp/slot-probe watch hwsim0 ${seconds} /host/air >/dev/null 2>&1 </dev/null & watcher=$!`,
			...happens,
			'wait $watcher',
			...after,
			'cat /tmp/gate-west',
		].join('\n'),
		async (printed, share) => {
			const frames = (await readAir(`${share}/air`)).filter(each => !each.isShared);
			return {printed, data: frames.filter(each => each.sender === frames[0]?.sender)};
		},
	);
}

test.serial('taprio: its kernel is there', async t => {
	t.timeout(40 * 60_000); // the kernel may have to be built
	await t.notThrowsAsync(prepareImages(['uml']));
});

test.serial('taprio: frames of hidden ends are in their slots, and the queue is gone in the end', async t => {
	t.timeout(180_000);
	const gated = await measureShare({
		machine: 'uml',
		virtualTime: true,
		traffic: 'steady',
		gated: true,
		kind: 'taprio',
		seconds: 12,
	});
	for (const router of ['west', 'east']) {
		const frames = gated.air.get(router) ?? [];
		const data = disciplineOf(
			frames.filter(each => !each.isShared),
			ownOf(router),
			slotUs,
		);
		t.true(data.frames > 8000 && data.inSlotShare >= 0.99 && data.edgeErrorP99Us <= 1000, JSON.stringify(data));
		// What batman-adv says of routes may use open slots too.
		const routing = frames.filter(each => each.isShared);
		const inOpen = disciplineOf(routing, open, slotUs);
		t.true(inOpen.inSlotShare > 0.1, JSON.stringify(inOpen));
	}
	t.regex(gated.printed, /Frames are held by the queue taprio of mesh0_29, since this program has no way to eBPF/);
	t.is(gated.printed.match(/^qdisc noqueue 0: root/gm)?.length, 3, gated.printed);
});

test.serial('taprio: slots that change take turns, and each is kept to as soon as the kernel was told', async t => {
	t.timeout(120_000);
	const first = ownOf('west');
	const second = ownOf('east');
	const {printed, data} = await watch({...orderFor('west'), own: `${first},${second}`}, 16, ['sleep 15']);
	const turns = [...printed.matchAll(/"row":"([01]+)","fromMs":([\d.]+),"atMs":([\d.]+)/g)].map(
		([, row = '', from, at]) => ({
			row,
			fromUs: Number(from) * 1000,
			atUs: Number(at) * 1000,
		}),
	);
	t.true(turns.length >= 6, printed);
	turns.forEach(({row, atUs}, i) => {
		const until = turns[i + 1]?.fromUs ?? atUs;
		const within = data.filter(({timeUs}) => timeUs >= atUs && timeUs < until);
		if (until <= atUs || within.length < 500) return;
		const kept = disciplineOf(within, row, slotUs);
		t.is(kept.inSlotShare, 1, `${row} ${JSON.stringify(kept)}`);
	});
	// A change opens gates for an entry at most.
	const either = [...first].map((mark, slot) => (mark === '1' || second[slot] === '1' ? '1' : '0')).join('');
	const all = disciplineOf(data, either, slotUs);
	t.true(all.frames > 8000 && all.inSlotShare >= 0.99, JSON.stringify(all));
});

test.serial('taprio: slots follow a clock that runs otherwise', async t => {
	t.timeout(120_000);
	const ppm = 100;
	const {data} = await watch({...orderFor('west'), ppm}, 40, ['sleep 39']);
	const kept = disciplineOf(
		data.map(frame => ({...frame, timeUs: frame.timeUs * (1 - ppm / 1e6)})),
		ownOf('west'),
		slotUs,
	);
	t.true(kept.frames > 20_000 && kept.inSlotShare >= 0.99, JSON.stringify(kept));
});

test.serial(
	'taprio: when its agent is killed all is open within the lease, and the next agent puts the queue of before back',
	async t => {
		t.timeout(120_000);
		const leaseMs = 4000;
		const {printed, data} = await inVirtualTimeWithQueue(leaseMs);
		const killedUs = Number(/^killed (\S+)$/m.exec(printed)?.[1]) * 1e6;
		const gatedUs = Number(/^gated (\S+)$/m.exec(printed)?.[1]) * 1e6;
		const before = disciplineOf(
			data.filter(({timeUs}) => timeUs > gatedUs && timeUs < killedUs),
			ownOf('west'),
			slotUs,
		);
		t.true(before.frames > 2000 && before.inSlotShare >= 0.99, JSON.stringify(before));
		const free = disciplineOf(
			data.filter(({timeUs}) => timeUs > killedUs + leaseMs * 1000),
			ownOf('west'),
			slotUs,
		);
		t.true(free.frames > 2000 && free.inSlotShare < 0.4, JSON.stringify(free));
		t.regex(between(printed, 'left'), /qdisc taprio a5/);
		t.regex(between(printed, 'after'), /^qdisc fq_codel 8: root refcnt \d+ limit 555p [^\n]*\n$/);
		t.regex(printed, /<\/after>\nno record/);
	},
);

function inVirtualTimeWithQueue(leaseMs: number): Promise<Watched> {
	const order = {...orderFor('west'), leaseMs};
	return watch(
		order,
		14,
		[
			'kill $(cat /tmp/gate-west.pid); sleep 0.5',
			`${west} tc qdisc replace dev ${VLAN} root handle 8: fq_codel limit 555`,
			gateScript('west', order, 10_000, 'taprio'),
			'sleep 1; echo "gated $(cut -d" " -f1 /proc/uptime)"',
			'sleep 4',
			'kill -9 $(cat /tmp/gate-west.pid)',
			'echo "killed $(cut -d" " -f1 /proc/uptime)"',
		],
		[
			queues('left'),
			runGate('next', 0),
			queues('after'),
			'ls /var/run/astral-mesh/gates 2>/dev/null || echo no record',
		],
	);
}

test.serial('taprio: a VLAN that goes down loses its gate, and is gated again when it is up', async t => {
	t.timeout(120_000);
	const {printed, data} = await watch({...orderFor('west'), leaseMs: 4000}, 20, [
		'sleep 2',
		`${west} ip link set ${VLAN} down; sleep 0.2`,
		queues('down'),
		`${west} ip link set ${VLAN} up`,
		'sleep 6',
		'echo "again $(cut -d" " -f1 /proc/uptime)"',
		queues('up'),
	]);
	t.notRegex(between(printed, 'down'), /taprio/);
	t.regex(between(printed, 'up'), /qdisc taprio a5/);
	const againUs = Number(/^again (\S+)$/m.exec(printed)?.[1]) * 1e6;
	const again = disciplineOf(
		data.filter(({timeUs}) => timeUs > againUs),
		ownOf('west'),
		slotUs,
	);
	t.true(again.frames > 1000 && again.inSlotShare >= 0.99, JSON.stringify(again));
	t.regex(printed, /the gate of mesh0 is taken away: what stands on it went down/);
});

test.serial('taprio: where it cannot hold all frames it says why, and nothing is changed', async t => {
	t.timeout(120_000);
	const inWest = (text: string): string => `${west} ${text}`;
	const add = (more: string, id: number): string =>
		inWest(`ip link add link mesh0 name mesh0_${id} ${more} type vlan id ${id}`);
	const printed = await inVirtualTime(
		[
			installScript,
			runGate('none', 3),
			add('numtxqueues 2', 29),
			inWest('ip link set mesh0_29 up'),
			runGate('port', 3),
			inWest('ip link set mesh0 nomaster'),
			add('', 30),
			inWest('ip link set mesh0_30 up'),
			runGate('single', 3),
			inWest('ip link del mesh0_30'),
			inWest('ip addr add 10.9.9.1/24 dev mesh0'),
			runGate('address', 3),
			inWest('ip addr del 10.9.9.1/24 dev mesh0'),
			inWest('iw dev mesh0 set mesh_param mesh_fwding 1'),
			runGate('forwarding', 3),
			inWest('iw dev mesh0 set mesh_param mesh_fwding 0'),
			inWest('tc qdisc replace dev mesh0_29 root handle 1: htb default 1'),
			runGate('htb', 3),
			inWest('tc qdisc del dev mesh0_29 root'),
			inWest('tc qdisc replace dev mesh0 root handle 1: tbf rate 1mbit burst 10k latency 50ms'),
			runGate('below', 3),
			inWest('tc qdisc del dev mesh0 root'),
			queues('after'),
			runGate('able', 3),
			queues('end'),
		].join('\n'),
		async output => output,
	);
	const said = (word: string): string => readGate(between(printed, word)).able ?? between(printed, word);
	t.regex(said('none'), /no way to eBPF.*nor can taprio hold frames: it wants a VLAN.*none is up on mesh0/);
	t.regex(said('port'), /mesh0 itself is a port of bat0/);
	t.regex(said('single'), /mesh0_30 on mesh0 has one transmit queue/);
	t.regex(said('address'), /mesh0 itself has an address/);
	t.regex(said('forwarding'), /mesh_fwding 1/);
	t.regex(said('htb'), /mesh0_29 has a queue of its own, htb/);
	t.regex(said('below'), /mesh0 has a queue of its own, tbf/);
	t.regex(between(printed, 'after'), clean);
	t.is(said('able'), '');
	t.is(readGate(between(printed, 'able')).applied, '', between(printed, 'able'));
	t.regex(between(printed, 'end'), clean);
});

test.serial('taprio: every VLAN of a radio is gated, and after a stop each has the queue of before', async t => {
	t.timeout(120_000);
	const show = (word: string): string =>
		`echo "<${word}>"; for each in mesh0_29 mesh0_30; do ${west} tc qdisc show dev $each root | grep "^qdisc .* root"; done; echo "</${word}>"`;
	const printed = await inVirtualTime(
		[
			installScript,
			vlanScript,
			`${west} ip link add link mesh0 name mesh0_30 numtxqueues 4 type vlan id 30`,
			`${west} ip link set mesh0_30 up`,
			`${west} tc qdisc replace dev mesh0_30 root handle 8: pfifo limit 77`,
			gateScript('west', orderFor('west'), 1000, 'taprio'),
			'sleep 3',
			show('gated'),
			'kill $(cat /tmp/gate-west.pid); sleep 0.5',
			show('stopped'),
			'cat /tmp/gate-west',
		].join('\n'),
		async output => output,
	);
	t.regex(between(printed, 'gated'), /^qdisc taprio (a5\w\w:) root [^\n]*\nqdisc taprio \1 root [^\n]*\n$/);
	t.regex(between(printed, 'stopped'), /^qdisc noqueue 0: root [^\n]*\nqdisc pfifo 8: root [^\n]*limit 77p\s*$/);
	t.regex(printed, /held by the queue taprio of mesh0_29 and mesh0_30/);
});
