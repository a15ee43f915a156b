// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import {parseObject} from '../../wire/report/hello.ts';
import {sampleTimeMs} from './sample-time.ts';

/** What a router decided, in the words in which its own page says it. */
export interface ToldDecision {
	readonly timeMs: number;
	/** The radio, or the router. */
	readonly subject: string;
	readonly text: string;
}

const HELD = 64;
const MOST_CHARACTERS = 600;

/** Of an event of a node. Absent: undefined where it is another. Errors: DecodeError where it is none of ours. */
export function decisionOf(payload: Uint8Array, receivedMs: number): ToldDecision | undefined {
	if (!decodeUtf8(payload).includes('"decision"')) return undefined;
	const {event, subject, detail, timeMs, clockUnset} = parseObject(payload, 'report.event');
	if (event !== 'decision') return undefined;
	if (typeof subject !== 'string' || typeof detail !== 'string' || typeof timeMs !== 'number')
		throw new DecodeError('type', 'report.event', 0);
	return {
		timeMs: sampleTimeMs(timeMs, clockUnset === true, receivedMs),
		subject: subject.slice(0, MOST_CHARACTERS),
		text: detail.slice(0, MOST_CHARACTERS),
	};
}

/** Adds one, the newest last; the oldest go. */
export function keepDecision(list: ToldDecision[], decision: ToldDecision): void {
	list.push(decision);
	if (list.length > HELD) list.shift();
}
