// SPDX-License-Identifier: Apache-2.0
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {brief, copyRetune, moveScript, pairOn, radioOf, readMoves, runInVirtualTime} from '../moves.ts';
import {awaitMeshScript} from '../topology/setup.ts';

const pair = pairOn(5745, 'pair-kept');

const wireless = `# by hand
config wifi-device 'radio0'
	option type 'mac80211'
	option phy 'phy0' # on the roof
	option channel '149'
	option band '5g'
	option htmode 'HT20'
`;

/** The program itself, as root: a wish becomes a line of UCI, and restore puts file and radio back. */
export async function channelIsKept(t: ExecutionContext): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'});
	const inside = 'ip netns exec west';
	const show = (name: string) =>
		`echo "== ${name}"; cat /etc/config/wireless; ${inside} iw dev mesh0 info | grep channel; ls -l /etc/config/wireless`;
	const printed = await runInVirtualTime(
		pair,
		[
			awaitMeshScript(pair, 60),
			'cp /host/astral-mesh /host/astral-mesh-extras /tmp/; chmod 755 /tmp/astral-mesh',
			'mkdir -p /etc/config /etc/astral-mesh /var/run/astral-mesh',
			`cat >/etc/config/wireless <<'END'\n${wireless}END`,
			'chmod 600 /etc/config/wireless',
			'sleep 2',
			moveScript([{radio: radioOf(pair, 'west'), mhz: [5805]}]),
			'echo "0 5805 20" >/var/run/astral-mesh/keep',
			`${inside} /tmp/astral-mesh keep`,
			show('kept'),
			'echo "== original"; cat /etc/astral-mesh/original; ls /var/run/astral-mesh',
			`${inside} /tmp/astral-mesh restore`,
			show('restored'),
			'ls /etc/astral-mesh',
		],
		async share => {
			await copyFile(path, join(share, 'astral-mesh'));
			await copyFile(`${path}-extras`, join(share, 'astral-mesh-extras'));
			await copyRetune(share);
		},
	);
	const part = (name: string) => printed.split(`== ${name}\n`)[1]?.split('\n== ')[0] ?? '';
	t.deepEqual(
		readMoves(printed).map(({refusal}) => refusal),
		[''],
		brief(printed),
	);
	t.true(part('kept').startsWith(wireless.replace("'149'", "'161'")), brief(printed));
	t.regex(part('kept'), /channel 161/);
	t.regex(part('kept'), /-rw-------/);
	t.is(part('original').trim().split('\n')[0], 'radio0.channel\t149\t161');
	t.true(part('restored').startsWith(wireless), brief(printed));
	t.regex(part('restored'), /channel 149/);
	t.regex(part('restored'), /-rw-------/);
}
