// SPDX-License-Identifier: Apache-2.0
import type {RoutingProtocol} from '../../model/observation.ts';
import type {RoutingTable} from '../../wire/routing/table.ts';

/** One routing protocol as it can be asked. */
export interface RoutingDriver {
	start(): void;
	stop(): void;
	/** Whether there is something to ask now: cheap, asked at every look. */
	present(): boolean;
	/** Answers exactly once. Absent table: nothing could be read, which was observed as a failure where it is one. */
	read(done: (protocol: RoutingProtocol, table: RoutingTable | undefined) => void): void;
}
