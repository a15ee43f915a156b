// SPDX-License-Identifier: Apache-2.0
import {encodeJson} from './json.ts';
import {message} from './record.ts';
import {repeat} from './repeat.ts';

repeat(crypto => () => encodeJson(crypto, message).length > 200);
