// SPDX-License-Identifier: Apache-2.0
import type {Crypto} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {Credentials} from '../../../src/source/peer/credentials.ts';
import {key} from './record.ts';

/** Repeats what a benchmark measures as often as the first of our words says; anything but `true` is a failure. */
export function repeat(prepare: (crypto: Crypto, credentials: Credentials) => () => boolean): void {
	const runtime = quickjsRuntime();
	const {crypto} = runtime;
	const once = prepare(crypto, new Credentials(crypto, {network: 'valley', keys: [key], seed: undefined, allowed: []}));
	let done = 0;
	const times = Number(programArguments()[0]);
	for (let i = 0; i < times; i++) if (once()) done++;
	runtime.exit(done === times ? 0 : 1);
}
