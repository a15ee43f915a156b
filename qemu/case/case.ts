// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import type {Mesh} from '../mesh.ts';

/** One behaviour of a mesh on a kernel; every bench that can show it is judged by the same case. */
export interface Case {
	/** A sentence's end: "<machine>: <behaviour>". */
	behaviour: string;
	run(t: ExecutionContext, mesh: Mesh): Promise<void>;
}
