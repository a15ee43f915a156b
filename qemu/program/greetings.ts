// SPDX-License-Identifier: Apache-2.0
// Ears for the bench: `greetings INTERFACE_INDEX SECONDS` hears what routers say hello with, and prints for each address that it
// came from who that is and whom it hears. Greetings are signed and not encrypted, so it needs no key.
import {DecodeError} from '../../src/core/errors.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {decodeBody, decodeLetter, PEER_GROUP, PEER_PORT} from '../../src/wire/peer/envelope.ts';

const runtime = quickjsRuntime();
const [interfaceIndex = 0, seconds = 10] = programArguments().map(Number);
const greetings: Record<string, {origin: number; heard: readonly number[]}> = {};

const air = runtime.datagram(
	{family: 'ipv6', port: PEER_PORT, shared: true},
	{
		message(bytes, {address}) {
			try {
				const letter = decodeLetter(bytes);
				const body = decodeBody(bytes, letter);
				if (body.kind === 'hello') greetings[address] = {origin: letter.origin, heard: body.heard};
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
			}
		},
		error: () => {},
	},
);
air.join(PEER_GROUP, interfaceIndex);
runtime.clock.after(seconds * 1000, () => {
	runtime.log.write('notice', JSON.stringify(greetings));
	runtime.exit(0);
});
