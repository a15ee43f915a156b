// SPDX-License-Identifier: Apache-2.0
import {nodeRuntime} from '../../src/runtime/node/runtime.ts';
import {conformanceProgram} from './program.ts';

conformanceProgram(nodeRuntime(), process.argv.slice(2));
