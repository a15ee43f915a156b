// SPDX-License-Identifier: Apache-2.0
import {encodeLetter} from '../../../src/wire/peer/envelope.ts';
import {message} from './record.ts';
import {repeat} from './repeat.ts';

repeat((_, credentials) => () => {
	const bytes = encodeLetter({...message, ...credentials.signature}, message.body);
	credentials.sign(bytes);
	return bytes.length > 200;
});
