// SPDX-License-Identifier: Apache-2.0
import {runAgent} from '../agent/program.ts';
import {programArguments, quickjsRuntime} from '../runtime/quickjs/runtime.ts';

runAgent(quickjsRuntime(), programArguments());
