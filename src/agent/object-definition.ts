// SPDX-License-Identifier: Apache-2.0
import type {AgentReplies} from '../model/agent-object.ts';
import {method, of} from '../ubus-ts/definition.ts';

// The object on the bus, each method said once: signature, check, handler and access list follow from it.

type Reading = keyof AgentReplies;

const read = <N extends Reading>(about: string, _name: N) =>
	method({about, access: 'read', parameters: {}, reply: of<AgentReplies[N]>()});

export const agentObject = {
	path: 'astral-mesh',
	methods: {
		status: read('Name, version, parts and refused settings', 'status'),
		radios: read('Radios and their channels', 'radios'),
		survey: read('Air time of each channel', 'survey'),
		stations: read('Mesh peers, and how many devices of people there are', 'stations'),
		spectrum: read('Signal strength over frequency', 'spectrum'),
		decisions: read('What was decided, with reasons and numbers', 'decisions'),
		plan: read('Channels that are planned', 'plan'),
		neighbours: read('Foreign networks of each channel', 'neighbours'),
		telemetry: read('Connection and queue of the reports', 'telemetry'),
		config: read('Settings in force', 'config'),
		reload: method({about: 'Reads the settings again', access: 'write', parameters: {}, reply: of<undefined>()}),
	},
} as const;
