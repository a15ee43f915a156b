// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {nameCases} from './name.ts';
import {conformanceProgram} from './program.ts';

conformanceProgram(quickjsRuntime(), programArguments(), nameCases);
