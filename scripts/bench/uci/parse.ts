// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {parsePackage} from '../../../src/uci-parser/parse.ts';
import {recordedFiles} from './recorded.ts';

// Reads both files, as often as its argument says.

const {files, exit} = quickjsRuntime();
const sources = recordedFiles(files);
let sections = 0;
for (let i = Number(programArguments()[0]); i > 0; i--)
	for (const source of sources) sections += parsePackage(source, 'x').sections.length;
exit(sections < 0 ? 1 : 0);
