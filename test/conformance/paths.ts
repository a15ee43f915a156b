// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';

export const mainForNode = join(import.meta.dirname, 'main-node.ts');
export const mainForRouter = join(import.meta.dirname, 'main-quickjs.ts');
