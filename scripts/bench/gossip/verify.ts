// SPDX-License-Identifier: Apache-2.0
import {decodeLetter, encodeLetter} from '../../../src/wire/peer/envelope.ts';
import {message} from './record.ts';
import {repeat} from './repeat.ts';

repeat((_, credentials) => {
	const bytes = encodeLetter({...message, ...credentials.signature}, message.body);
	credentials.sign(bytes);
	return () => credentials.refusal(bytes, decodeLetter(bytes)) === undefined;
});
