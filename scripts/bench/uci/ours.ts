// SPDX-License-Identifier: Apache-2.0
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {exportPackage} from '../../../src/uci-parser/export.ts';
import {parsePackage} from '../../../src/uci-parser/parse.ts';
import {recordedFiles} from './recorded.ts';

// Reads both files and writes them again, as often as its argument says.

const {files, exit} = quickjsRuntime();
const sources = recordedFiles(files);
let bytes = 0;
for (let i = Number(programArguments()[0]); i > 0; i--)
	for (const source of sources) bytes += exportPackage(parsePackage(source, 'x')).length;
exit(bytes < 0 ? 1 : 0);
