// SPDX-License-Identifier: Apache-2.0
import type {Measurement} from './observation.ts';

/** What measurements are of; `agent` is the agent's own state. */
export type Subject = Measurement['kind'] | 'agent';

/** The fields that tell the things of one kind apart. All other fields of a measurement are quantities. */
export const labelNames: Readonly<Record<Subject, readonly string[]>> = {
	radio: ['radio'],
	channel: ['radio', 'frequencyMhz'],
	station: ['interface', 'peer'],
	clients: ['interface'],
	path: ['interface'],
	interface: ['interface'],
	system: [],
	neighbour: ['radio', 'frequencyMhz', 'network'],
	link: ['protocol', 'interface', 'peer'],
	gateway: ['protocol', 'gateway'],
	routing: ['protocol'],
	latency: ['target'],
	position: [],
	spectrum: ['radio', 'frequencyMhz'],
	spectral: ['radio'],
	interferer: ['radio', 'source'],
	agent: [],
};
