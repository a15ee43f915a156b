// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Captured} from '../../scripts/capture/case.ts';
import {fromHex, readU32} from '../../src/core/bytes.ts';
import {Conversation, type Ending} from '../../src/wire/netlink/conversation.ts';

const root = join(import.meta.dirname, '../fixture/netlink');

/** The kernels that were recorded; each is a folder of fixtures. */
export const recordedKernels: readonly string[] = readdirSync(root, {withFileTypes: true})
	.filter(entry => entry.isDirectory())
	.map(entry => entry.name);

export function captured(kernel: string, name: string): Captured | undefined {
	const path = join(root, kernel, `${name}.json`);
	return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Captured) : undefined;
}

/** Every recorded datagram, for the fuzzer's corpus. */
export function everyCapture(): {kernel: string; name: string; capture: Captured}[] {
	return recordedKernels.flatMap(kernel =>
		readdirSync(join(root, kernel)).map(file => ({
			kernel,
			name: file,
			capture: JSON.parse(readFileSync(join(root, kernel, file), 'utf8')) as Captured,
		})),
	);
}

export interface Body {
	bytes: Uint8Array;
	start: number;
	end: number;
	type: number;
}

export interface Answer {
	messages: Body[];
	ending: Ending | undefined;
}

/** Plays a recording back through a conversation: what each request was answered, and what came unasked. */
export function replay(capture: Captured): {answers: Answer[]; events: Body[]} {
	const order = capture.byteOrder;
	const replies = capture.replies.map(fromHex);
	const events: Body[] = [];
	const answers = capture.requests.map((request, index) => {
		const bytes = fromHex(request);
		const answer: Answer = {messages: [], ending: undefined};
		const conversation = new Conversation({
			order,
			firstSequence: readU32(bytes, 8, order) - 1,
			send: () => undefined,
			event: (body, start, end, type) => {
				if (index === 0) events.push({bytes: body, start, end, type});
			},
		});
		conversation.request(bytes, {
			message: (body, start, end, type) => answer.messages.push({bytes: body, start, end, type}),
			end: ending => {
				answer.ending = ending;
			},
		});
		for (const reply of replies) conversation.receive(reply);
		return answer;
	});
	if (capture.requests.length === 0) {
		const listen = new Conversation({
			order,
			firstSequence: 0,
			send: () => undefined,
			event: (bytes, start, end, type) => events.push({bytes, start, end, type}),
		});
		for (const reply of replies) listen.receive(reply);
	}
	return {answers, events};
}

const even = (text: string) => text.split('\n').map(line => line.trim().replace(/\s+/g, ' '));

/** The lines a tool printed after the last reply, white space made even. */
export function printedLines(capture: Captured): string[] {
	return even(capture.printed);
}

const NUMBER = /-?\d+(\.\d+)?/g;
const template = (line: string) => line.replace(NUMBER, '#');
const numbersOf = (line: string) => (line.match(NUMBER) ?? []).map(Number);

/**
 * Whether a tool said the line: right after the replies, right before them, or, where time does not stand still between
 * the commands, both times with numbers that lie around it.
 */
export function toolSaid(capture: Captured, line: string): boolean {
	const [before, after] = [even(capture.printedBefore), even(capture.printed)];
	if (before.includes(line) || after.includes(line)) return true;
	const numbers = numbersOf(line);
	const alike = (lines: readonly string[]) => lines.filter(each => template(each) === template(line)).map(numbersOf);
	return alike(before).some(low =>
		alike(after).some(high =>
			numbers.every(
				(each, i) => each >= Math.min(low[i] ?? 0, high[i] ?? 0) && each <= Math.max(low[i] ?? 0, high[i] ?? 0),
			),
		),
	);
}
