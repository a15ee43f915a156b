// SPDX-License-Identifier: Apache-2.0
/** A mesh whose kernels forward by themselves: what greetings say of who is a neighbour. */
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../../scripts/build/binary.ts';
import {loadTopology, placeRadios, type Topology} from '../topology/topology.ts';
import type {Figure, Told} from './stories.ts';
import {agentScript, markScript, tell} from './village.ts';

const LISTEN_S = 12;

/** What a router's ears heard: by the address it came from, who said hello and whom that one hears. */
type Greetings = Readonly<Record<string, {readonly origin: number; readonly heard: readonly number[]}>>;

const figure = (what: string, value: number, unit: string): Figure => ({what, value, unit});

function linkLocal(topology: Topology, router: string): string {
	const number = placeRadios(topology).find(each => each.router === router)?.number ?? 0;
	return `fe80::ff:fe00:${(number << 8).toString(16)}`;
}

/** The ends of a chain get each other's greetings by way of its middle, and must not take each other for neighbours. */
export async function forwarding(): Promise<Told> {
	const topology: Topology = {...(await loadTopology('chain3')), forwards: true};
	const names = topology.routers.map(({name}) => name);
	const {path} = await buildBinary({arch: 'x86_64', entry: 'qemu/program/greetings.ts', name: 'bench-greetings'});
	const listen = (name: string) =>
		`ip netns exec ${name} /tmp/greetings $(ip netns exec ${name} cat /sys/class/net/mesh0/ifindex) ${LISTEN_S} >/tmp/heard-${name} 2>&1 </dev/null & ears="$ears $!"`;
	const ended = await tell({
		topology,
		pings: [],
		prepare: share => copyFile(path, join(share, 'greetings')),
		lines: [
			'cp /host/greetings /tmp/greetings; chmod 755 /tmp/greetings',
			...names.map(name => agentScript(name)),
			'sleep 60',
			markScript('listen'),
			...names.map(listen),
			'wait $ears',
			...names.map(name => `echo "heard ${name} $(grep -o '{.*}' /tmp/heard-${name})"`),
		],
	});
	const heard = new Map<string, Greetings>();
	for (const [, name = '', text = '{}'] of ended.printed.matchAll(/^heard (\S+) (\{.*\})$/gm))
		heard.set(name, JSON.parse(text) as Greetings);
	const of = (router: string, at: string) => heard.get(at)?.[linkLocal(topology, router)];
	const neighbours = (router: string) => of(router, router)?.heard.length ?? Number.NaN;
	const wanted = new Map([
		['west', 1],
		['middle', 2],
		['east', 1],
	]);
	return {
		ended,
		problems: [
			...(of('east', 'west') !== undefined && of('west', 'east') !== undefined
				? []
				: ['the kernel did not forward greetings from end to end, so nothing is shown']),
			...names.flatMap(name =>
				neighbours(name) === wanted.get(name) ? [] : [`${name} takes ${neighbours(name)} for its neighbours`],
			),
		],
		figures: [
			...names.map(name => figure(`neighbours of ${name}`, neighbours(name), `of ${wanted.get(name)}`)),
			figure('addresses that said hello at west', Object.keys(heard.get('west') ?? {}).length, ''),
		],
	};
}
