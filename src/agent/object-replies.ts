// SPDX-License-Identifier: Apache-2.0
import type {AgentReplies, Radio, Station, Survey} from '../model/agent-object.ts';
import {type Configuration, type OptionName, options, uciName} from '../model/configuration.ts';
import type {Measurement} from '../model/observation.ts';
import type {AgentView} from './optional.ts';
import {version} from './version.ts';

// What each method of the object answers, from the latest measurements. Pure: nothing is asked of the kernel for it.

type Of<K extends Measurement['kind']> = Extract<Measurement, {kind: K}>;

const NO_ENGINE = 'This agent observes; no engine that plans or decides runs';

/** Records of one kind without the word that says so. */
function latest<K extends Measurement['kind']>({board}: AgentView, kind: K): Omit<Of<K>, 'kind'>[] {
	return board
		.latest()
		.filter((each): each is Of<K> => each.kind === kind)
		.map(({kind: _, ...rest}) => rest);
}

/** Why a list is empty that no part here fills. */
function noEngine({sources, parts}: AgentView, method: 'decisions' | 'plan'): {reason?: string} {
	if (sources().some(source => source[method] !== undefined)) return {};
	const reason = parts().find(({name}) => name === 'engine')?.reason ?? '';
	return {reason: reason === '' ? `${NO_ENGINE}.` : `${NO_ENGINE}: ${reason}.`};
}

export type Replies = {readonly [N in keyof AgentReplies]: () => AgentReplies[N]};

export function repliesOf(agent: AgentView, configuration: Configuration, nowMs: () => number): Replies {
	return {
		status: () => ({
			node: agent.node,
			version,
			uptimeS: Math.floor((nowMs() - agent.startedMs) / 1000),
			intervalS: configuration.intervalS,
			parts: agent.parts(),
			problems: agent.problems(),
		}),
		radios: () => ({radios: latest(agent, 'radio') as Radio[]}),
		survey: () => ({channels: latest(agent, 'channel') as Survey[]}),
		stations: () => ({
			stations: latest(agent, 'station') as Station[],
			clients: latest(agent, 'clients') as AgentReplies['stations']['clients'],
		}),
		spectrum: () => {
			const sweeps = agent.sources().flatMap(source => source.sweeps?.() ?? []);
			return {sweeps, ...(sweeps.length > 0 ? {} : {reason: 'No radio here sweeps the spectrum.'})};
		},
		decisions: () => {
			const decisions = agent.sources().flatMap(source => source.decisions?.() ?? []);
			return {decisions, ...noEngine(agent, 'decisions')};
		},
		plan: () => {
			const radios = agent.sources().flatMap(source => source.plan?.() ?? []);
			const slots = agent.sources().flatMap(source => source.slots?.() ?? []);
			return {radios, ...(slots.length > 0 ? {slots} : {}), ...noEngine(agent, 'plan')};
		},
		neighbours: () => {
			const messages = agent.sources().flatMap(source => source.messages?.() ?? [])[0];
			return {
				channels: latest(agent, 'neighbour').filter(
					({network}) => network === undefined,
				) as AgentReplies['neighbours']['channels'],
				routers: agent.sources().flatMap(source => source.routers?.() ?? []),
				...(messages === undefined ? {} : {messages}),
			};
		},
		telemetry: agent.telemetry,
		config: () => {
			const shown: Record<string, string | number> = {};
			const secrets: string[] = [];
			for (const name of Object.keys(options) as OptionName[]) {
				const value = configuration[name];
				if ('secret' in options[name]) {
					if (value !== '') secrets.push(uciName(name));
				} else shown[uciName(name)] = value;
			}
			return {options: shown, secrets, problems: agent.problems()};
		},
	};
}
