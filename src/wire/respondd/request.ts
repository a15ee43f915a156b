// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import {deflate} from './deflate.ts';

// The questions and answers of respondd, as Gluon's routers speak them and maps ask them.
// Source: Gluon, package/gluon-respondd and libplatforminfo's respondd(8); yanic, respond/.

export const RESPONDD_PORT = 1001;
/** All routers of a link, and of the site. */
export const RESPONDD_GROUPS: readonly string[] = ['ff02::2', 'ff05::2'];

/** What can be asked for. */
export const answerNames = ['nodeinfo', 'statistics', 'neighbours'] as const;
export type AnswerName = (typeof answerNames)[number];

const QUESTION_LIMIT_BYTES = 256;

export interface RespondQuestion {
	/** In the order asked, each once; at least one. */
	readonly names: readonly AnswerName[];
	/** Asked with GET: the answer is one object of all, compressed. Else it is the bare answer to the one name. */
	readonly isGet: boolean;
}

/** Reads a question. Absent: undefined for one that has no answer here, which is then not answered at all. */
export function readQuestion(bytes: Uint8Array): RespondQuestion | undefined {
	if (bytes.length > QUESTION_LIMIT_BYTES) return undefined;
	const words = decodeUtf8(bytes).trim().split(' ');
	const isGet = words[0] === 'GET';
	const asked = isGet ? words.slice(1) : words;
	const names = answerNames.filter(name => asked.includes(name));
	if (names.length === 0 || (!isGet && asked.length > 1)) return undefined;
	return {names, isGet};
}

/** The bytes of an answer; `answer` is asked for each name of the question. */
export function writeAnswer({names, isGet}: RespondQuestion, answer: (name: AnswerName) => object): Uint8Array {
	if (!isGet) return encodeUtf8(JSON.stringify(answer(names[0] as AnswerName)));
	const all: Partial<Record<AnswerName, object>> = {};
	for (const name of names) all[name] = answer(name);
	return deflate(encodeUtf8(JSON.stringify(all)));
}
