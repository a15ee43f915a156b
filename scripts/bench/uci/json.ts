// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {parsePackage} from '../../../src/uci-parser/parse.ts';
import {recordedFiles} from './recorded.ts';

// The same data through the engine's own JSON: bytes to objects and back, as often as its argument says.

const {files, exit} = quickjsRuntime();
const sources = recordedFiles(files).map(source => encodeUtf8(JSON.stringify(parsePackage(source, 'x').sections)));
let bytes = 0;
for (let i = Number(programArguments()[0]); i > 0; i--)
	for (const source of sources) bytes += encodeUtf8(JSON.stringify(JSON.parse(decodeUtf8(source)))).length;
exit(bytes < 0 ? 1 : 0);
