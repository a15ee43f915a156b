// SPDX-License-Identifier: Apache-2.0
import {busAbsence} from './object-absence.ts';
import type {OptionalPart} from './optional.ts';

/**
 * Every part that a router may do without, one entry each:
 *
 *     {name: 'spectral', absence: spectralAbsence, open: async context => (await import('../source/x.ts')).openX(context)}
 *
 * `absence` is asked at each start and must be cheap; it may not import the part's own code.
 */
export const optionalParts: readonly OptionalPart[] = [
	{name: 'ubus', absence: busAbsence, open: async context => (await import('./object.ts')).openAgentObject(context)},
];
