// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {call} from '../../../src/ubus-ts/call.ts';
import {UbusClient} from '../../../src/ubus-ts/client.ts';

// Calls `bench status` through a real socket, one call after another: SOCKET COUNT. Says how long that took.

const runtime = quickjsRuntime();
const [path = '', count = '0'] = programArguments();
const client = new UbusClient({
	connect: handlers => runtime.stream({kind: 'unix', path}, handlers),
	after: (delayMs, task) => runtime.clock.after(delayMs, task),
});
let left = Number(count);
let startMs = 0;

function next(): void {
	call(client, 'bench', 'status', {radio: 'radio0'}, status => {
		if (status !== 0) return runtime.exit(1);
		if (--left > 0) return next();
		runtime.log.write('notice', `took ${runtime.clock.nowMs() - startMs}`);
		runtime.exit(0);
	});
}

client.whenConnected(() => {
	startMs = runtime.clock.nowMs();
	next();
});
client.start();
