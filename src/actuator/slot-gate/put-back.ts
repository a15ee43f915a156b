// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Log, Runtime} from '../../port/port.ts';
import {NETLINK_ROUTE} from '../../wire/netlink/message.ts';
import type {Originals} from './originals.ts';
import type {Original} from './queues.ts';
import {removalOf} from './route.ts';

/** The kernel does all of it while it is told, so nothing is waited for: a program that ends is not kept from ending. */
export function putBack(
	{port, log}: {port: Pick<Runtime, 'netlink' | 'byteOrder'>; log: Log},
	originals: Originals,
	interfaceIndex: number,
	handle: number,
	original: Original['queue'],
): void {
	try {
		const route = port.netlink(NETLINK_ROUTE, {frames: () => {}, overrun: () => {}, close: () => {}});
		for (const message of removalOf(port.byteOrder, interfaceIndex, handle, original)) route.send(message);
		route.close();
		originals.strike(interfaceIndex);
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		log.write('warning', `a gate is still there, and open when its lease ends: ${error.message}`);
	}
}
