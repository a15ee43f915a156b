// SPDX-License-Identifier: Apache-2.0
import type {PartContext, Source} from '../optional.ts';
import {EnginePart} from './part.ts';

/**
 * The engine, with what moves radios where the owner wants them moved.
 *
 * Errors: PortError as of `EnginePart`. Absent: where what moves radios is not installed it only observes, and says so.
 */
export async function openEngine(context: PartContext): Promise<Source> {
	const {configuration, log} = context;
	if (configuration.participation !== 'active') return new EnginePart(context, undefined);
	try {
		const {openActuator} = await import('./actuator.ts');
		return new EnginePart(context, openActuator(context));
	} catch (error) {
		if (!(error instanceof Error) || (error as {code?: unknown}).code !== 'not-found') throw error;
		log.write('warning', `no radio is moved, the engine only observes: ${error.message}`);
		return new EnginePart({...context, configuration: {...configuration, participation: 'observe'}}, undefined);
	}
}
