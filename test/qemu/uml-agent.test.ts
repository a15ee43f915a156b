// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {agentAgreesWithTools, airTime} from '../../qemu/case/agent-on-machine.ts';
import {prepareImages} from '../../qemu/prepare.ts';

test('User-Mode Linux: the collector has what iw and ip print in each of six routers', async t => {
	t.timeout(30 * 60_000); // the kernel may have to be built
	await prepareImages(['uml']);
	const moving = [...airTime, 'station.transmitRetries'];
	await agentAgreesWithTools(t, {machine: 'uml', topology: 'street6', rounds: 12, least: 12, moving});
});
