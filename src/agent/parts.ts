// SPDX-License-Identifier: Apache-2.0
import {spectralAbsence} from '../source/spectral/radios.ts';
import {busAbsence} from './object-absence.ts';
import type {OptionalPart} from './optional.ts';
import {version} from './version.ts';

/**
 * Every part that a router may do without, one entry each:
 *
 *     {name: 'spectral', absence: spectralAbsence, open: async context => (await import('../source/x.ts')).openX(context)}
 *
 * `absence` is asked at each start and must be cheap; it may not import the part's own code.
 */
export const optionalParts: readonly OptionalPart[] = [
	{
		name: 'spectral',
		absence: spectralAbsence,
		open: async ({runtime, configuration, observe}) =>
			new (await import('../source/spectral/spectral.ts')).Spectral(runtime, configuration, observe),
	},
	{name: 'ubus', absence: busAbsence, open: async context => (await import('./object.ts')).openAgentObject(context)},
	{
		name: 'respondd',
		absence: ({respondd}) => (respondd === '1' ? undefined : 'it is not wanted'),
		async open({runtime, configuration, log, agent: {board, node}}) {
			const {Respondd} = await import('../telemetry/respondd/respondd.ts');
			const interfaces = configuration.responddInterfaces.split(' ').filter(name => name !== '');
			return new Respondd(runtime, board, {hostname: node, version, interfaces, log});
		},
	},
	{
		name: 'shared-state',
		absence: ({sharedState}) => (sharedState === '1' ? undefined : 'it is not wanted'),
		async open({runtime, log, agent: {board, node}}) {
			const {SharedState} = await import('../telemetry/shared-state.ts');
			return new SharedState(runtime.files, board, node, log);
		},
	},
];
