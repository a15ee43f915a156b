// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {conformanceProgram} from './program.ts';

conformanceProgram(quickjsRuntime(), programArguments());
