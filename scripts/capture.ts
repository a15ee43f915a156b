// SPDX-License-Identifier: Apache-2.0
/**
 * Records what a real kernel says over netlink, as fixtures for the tests:
 * `node scripts/launch.mjs capture [uml|malta] [CASE…]`, without a case all of them.
 *
 * The requests are our own; beside each answer stands what `iw` or `ip` printed at the same moment of virtual time.
 */
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Machine, machine} from '../qemu/machine.ts';
import {fromHex, toHex} from '../src/core/bytes.ts';
import {decodeFamily, encodeFamilyRequest, type Family} from '../src/wire/netlink/generic.ts';
import {MessageCursor, setSequence} from '../src/wire/netlink/message.ts';
import {machineFlags, run} from './build/compiler.ts';
import {targetOf} from './build/targets.ts';
import type {Captured, Case} from './capture/case.ts';
import {cases, setup} from './capture/cases.ts';

const root = join(import.meta.dirname, '..');
const [name = 'uml', ...wanted] = process.argv.slice(2);
const arch = name === 'malta' ? 'mips_24kc' : 'x86_64';
const order = targetOf(arch).byteOrder;

type Guest = Awaited<ReturnType<Machine['boot']>>;

async function tap(
	guest: Guest,
	space: string,
	protocol: number,
	lines: readonly string[],
	printed = ':',
	before = ':',
): Promise<string> {
	await writeFile(join(guest.share, 'lines'), `${lines.map(numbered).join('\n')}\n`);
	await writeFile(join(guest.share, 'printed'), `${printed}\n`);
	return guest.check(
		`ip netns exec ${space} sh -c '${before} && sh /host/printed && echo == && /tmp/netlink-tap ${protocol} </host/lines && echo == && sh /host/printed' 2>&1`,
	);
}

/** Gives each request its place as its sequence number. */
function numbered(line: string, index: number): string {
	if (!line.startsWith('send ')) return line;
	const bytes = fromHex(line.slice(5));
	setSequence(bytes, index + 1, order);
	return `send ${toHex(bytes)}`;
}

function repliesOf(output: string): string[] {
	return output
		.split('\n')
		.filter(line => line.startsWith('< '))
		.map(line => line.slice(2));
}

async function lookUp(guest: Guest, familyName: string): Promise<Family> {
	const request = toHex(encodeFamilyRequest(order, familyName));
	const output = await tap(guest, 'n0', 16, [`send ${request}`]);
	for (const reply of repliesOf(output)) {
		const cursor = new MessageCursor(fromHex(reply), order);
		while (cursor.next()) if (cursor.type === 16) return decodeFamily(cursor.bytes, order, cursor.start, cursor.end);
	}
	throw new Error(`no family ${familyName}:\n${output}`);
}

async function indexOf(guest: Guest, space: string, device: string): Promise<number> {
	return Number(await guest.check(`ip netns exec ${space} cat /sys/class/net/${device}/ifindex`));
}

async function record(guest: Guest, one: Case): Promise<Captured> {
	const family = await lookUp(guest, one.family ?? 'nl80211');
	if (one.prepare !== undefined) await guest.check(one.prepare);
	const index = one.device === undefined ? 0 : await indexOf(guest, one.space, one.device);
	const lines = one.lines({order, family, index});
	const output = await tap(guest, one.space, one.protocol, lines, one.print, one.before);
	const [printedBefore = '', exchange = '', printed = ''] = output.split(/^==\n/m);
	const requests = exchange.split('\n').filter(line => line.startsWith('> '));
	return {
		kernel: (await guest.check('uname -srm')).trim(),
		byteOrder: order,
		family: one.protocol === 16 ? family.id : 0,
		requests: requests.map(line => line.slice(2)),
		replies: repliesOf(exchange),
		printedBy: one.print,
		printedBefore: printedBefore.trimEnd(),
		printed: printed.trimEnd(),
	};
}

const folder = join(root, 'test/fixture/netlink', name);
const guest = await machine(name as 'uml' | 'malta').boot({radios: 4, ...(name === 'uml' ? {virtualTime: true} : {})});
try {
	const target = targetOf(arch);
	const program = join(guest.share, 'netlink-tap');
	await run([
		'cc',
		...machineFlags(target),
		'-static',
		'-Os',
		'-s',
		'-o',
		program,
		join(root, 'scripts/capture/netlink-tap.c'),
	]);
	await guest.check('cp /host/netlink-tap /tmp/');
	await guest.check(setup);
	await mkdir(folder, {recursive: true});
	for (const one of cases.filter(each => wanted.length === 0 || wanted.includes(each.name))) {
		const captured = await record(guest, one);
		await writeFile(join(folder, `${one.name}.json`), `${JSON.stringify(captured, undefined, '\t')}\n`);
		console.log(`${one.name}: ${captured.replies.length} datagrams`);
	}
} finally {
	await guest.stop();
}
