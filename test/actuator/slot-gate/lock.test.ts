// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {lockGates} from '../../../src/actuator/slot-gate/lock.ts';
import {PortError} from '../../../src/core/errors.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';

test('lock: one program of a router has it, and who ends gives it back', t => {
	const network = new SimNetwork(new VirtualTime(), {latencyMs: 1, random: () => 0.5});
	const of = (host: string) => ({datagram: network.datagram.bind(network, host)}) as never;
	const first = lockGates(of('a'));
	const second = lockGates(of('a'));
	t.truthy(first.release);
	t.like(second, {isTaken: true, refusal: 'another program on this router holds the gates of its radios'});
	t.truthy(lockGates(of('b')).release);
	first.release?.();
	t.truthy(lockGates(of('a')).release);
});

test('lock: where there is no loopback it cannot be had, and is said to be nobody’s', t => {
	const datagram = () => {
		throw new PortError('unreachable', 'no address ::1');
	};
	const outcome = lockGates({datagram});
	t.is(outcome.release, undefined);
	t.like(outcome, {isTaken: false, refusal: 'the lock of the gates cannot be had: unreachable: no address ::1'});
});
