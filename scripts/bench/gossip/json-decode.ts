// SPDX-License-Identifier: Apache-2.0
import {decodeJson, encodeJson} from './json.ts';
import {message} from './record.ts';
import {repeat} from './repeat.ts';

repeat(crypto => {
	const bytes = encodeJson(crypto, message);
	return () => decodeJson(crypto, bytes)?.body.kind === 'record';
});
