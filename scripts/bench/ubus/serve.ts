// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {UbusClient} from '../../../src/ubus-ts/client.ts';
import {method, of} from '../../../src/ubus-ts/definition.ts';
import {serve} from '../../../src/ubus-ts/serve.ts';
import {added, cannedWorld, hello, invocation, table} from './canned.ts';

// Answers as many calls as its argument says: arguments checked, reply and status written.

const {clock, exit} = quickjsRuntime();
let written = 0;
const client = new UbusClient(
	cannedWorld(
		(delayMs, task) => clock.after(delayMs, task),
		handlers => {
			handlers.data(hello);
			handlers.data(added);
			const before = written;
			const wanted = Number(programArguments()[0]);
			for (let i = 0; i < wanted; i++) handlers.data(invocation);
			exit(written - before === 2 * wanted ? 0 : 1);
		},
		() => {
			written++;
		},
	),
);
const status = method({
	about: '',
	access: 'read',
	parameters: {node: 'string', uptime_s: 'int32', healthy: 'boolean', queue: 'table'},
	reply: of<object>(),
});
serve(client, {path: 'bench', methods: {status}}, {status: () => table});
client.start();
