// SPDX-License-Identifier: Apache-2.0
// A stranger beside the mesh, as a program for the bench: `forge INTERFACE_INDEX SECONDS` hears what routers tell each other,
// and sends it again: as it was, with bits flipped, cut, and made up. Prints how often.
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {PEER_GROUP, PEER_PORT} from '../../src/wire/peer/envelope.ts';

const runtime = quickjsRuntime();
const {clock, random, log} = runtime;
const [interfaceIndex = 0, seconds = 10] = programArguments().map(Number);
const heard: Uint8Array[] = [];
const sent = {replayed: 0, changed: 0, cut: 0, invented: 0};
const PACE_MS = 50;

const air = runtime.datagram(
	{family: 'ipv6', port: PEER_PORT, shared: true},
	{
		message: bytes => {
			if (heard.length < 500) heard.push(bytes.slice());
		},
		error: () => {},
	},
);
air.join(PEER_GROUP, interfaceIndex);
const send = (bytes: Uint8Array): void => air.send(bytes, PEER_GROUP, PEER_PORT, interfaceIndex);

function one(): void {
	const old = heard[Math.floor(random() * heard.length)];
	if (old === undefined) return;
	send(old);
	sent.replayed++;
	const changed = old.slice();
	const at = Math.floor(random() * changed.length);
	changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
	send(changed);
	sent.changed++;
	send(old.subarray(0, Math.floor(random() * old.length)));
	sent.cut++;
	const invented = old.slice();
	// The head of a real one, so that it looks like one.
	for (let i = 8; i < invented.length; i++) invented[i] = Math.floor(random() * 256);
	send(invented);
	sent.invented++;
}

const endMs = clock.nowMs() + seconds * 1000;
function again(): void {
	if (clock.nowMs() >= endMs) {
		log.write('notice', JSON.stringify({heard: heard.length, ...sent}));
		return runtime.exit(0);
	}
	one();
	clock.after(PACE_MS, again);
}
again();
