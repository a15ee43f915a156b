// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {table} from './canned.ts';

// The same table through the engine's own JSON, to bytes and back, as often as its argument says: no request, no checks.

let bytes = 0;
for (let i = Number(programArguments()[0]); i > 0; i--) {
	const text = encodeUtf8(JSON.stringify(table));
	bytes += text.length;
	JSON.parse(decodeUtf8(text));
}
quickjsRuntime().exit(bytes < 0 ? 1 : 0);
