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
	if (configuration.participation !== 'active') {
		if (configuration.timeDivision !== '')
			log.write('notice', "no radio's time is divided: participation is not active");
		return new EnginePart(context, undefined);
	}
	try {
		const {openActuator} = await import('./actuator.ts');
		if (configuration.timeDivision === '') return new EnginePart(context, openActuator(context));
		const {Slots} = await import('./slots.ts');
		return new EnginePart(context, openActuator(context), host => new Slots(context, host));
	} catch (error) {
		if (!(error instanceof Error) || (error as {code?: unknown}).code !== 'not-found') throw error;
		log.write('warning', `no radio is moved, the engine only observes: ${error.message}`);
		return new EnginePart({...context, configuration: {...configuration, participation: 'observe'}}, undefined);
	}
}
