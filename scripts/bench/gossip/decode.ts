// SPDX-License-Identifier: Apache-2.0
import {decodeBody, decodeLetter, encodeLetter} from '../../../src/wire/peer/envelope.ts';
import {message} from './record.ts';
import {repeat} from './repeat.ts';

repeat((_, credentials) => {
	const bytes = encodeLetter({...message, ...credentials.signature}, message.body);
	credentials.sign(bytes);
	return () => {
		const letter = decodeLetter(bytes);
		return credentials.refusal(bytes, letter) === undefined && decodeBody(bytes, letter).kind === 'record';
	};
});
