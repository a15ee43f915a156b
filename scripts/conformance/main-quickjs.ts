// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8} from '../../src/core/text.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {playUbusCase} from './ubus-case.ts';
import {playUciCase} from './uci-case.ts';

// The cases in the router's engine. Its arguments: 'ubus' or 'uci', then files; each outcome is a line of JSON after a mark.

const {files, log, exit} = quickjsRuntime();
const [kind, ...paths] = programArguments();
for (const path of paths) {
	const bytes = files.read(path);
	if (bytes === undefined) continue;
	const text = decodeUtf8(bytes);
	const outcome = kind === 'ubus' ? playUbusCase(text) : playUciCase(text);
	log.write('notice', `outcome ${JSON.stringify(outcome)}`);
}
exit(0);
