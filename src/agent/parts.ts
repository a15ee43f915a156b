// SPDX-License-Identifier: Apache-2.0
import {routingAbsence} from '../source/routing/presence.ts';
import {spectralAbsence} from '../source/spectral/radios.ts';
import {engineAbsence} from './engine/absence.ts';
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
	{
		name: 'routing',
		absence: routingAbsence,
		open: async context => (await import('../source/routing/routing.ts')).openRouting(context),
	},
	{
		name: 'position',
		absence: ({position}) => (position === '' ? 'no position is set' : undefined),
		open: async ({runtime, configuration, observe}) =>
			(await import('../source/position/position.ts')).openPosition(runtime, configuration, observe),
	},
	{
		name: 'latency',
		absence: ({latencyTargets}) => (latencyTargets === '' ? 'latencyTargets is empty' : undefined),
		async open({runtime, configuration, observe, agent: {board}}) {
			const {Latency} = await import('../source/latency/latency.ts');
			const around = {broker: configuration.broker, measurements: () => board.latest()};
			return new Latency(runtime, configuration, around, observe);
		},
	},
	{
		name: 'engine',
		absence: engineAbsence,
		open: async context => (await import('./engine/open.ts')).openEngine(context),
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
