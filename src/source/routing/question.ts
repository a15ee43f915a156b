// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import type {Runtime, StreamAddress} from '../../port/port.ts';

const TIMEOUT_MS = 5000;
/** More than a mesh's worth of routes: a daemon that goes on talking is cut off. */
const ANSWER_LIMIT_BYTES = 2_000_000;

/**
 * Connects, asks, and collects the answer until the daemon closes or `isWhole` says so.
 *
 * Errors: PortError to `done`, also for silence ('timed-out') and for more than we hold ('no-space').
 */
export function ask(
	runtime: Pick<Runtime, 'stream' | 'clock'>,
	address: StreamAddress,
	question: Uint8Array,
	isWhole: (text: string) => boolean,
	done: (answer: string | PortError) => void,
): () => void {
	let text = '';
	let bytesHeld = 0;
	let over = false;
	const finish = (answer: string | PortError): void => {
		if (over) return;
		over = true;
		cancel();
		stream.close();
		done(answer);
	};
	const cancel = runtime.clock.after(TIMEOUT_MS, () => finish(new PortError('timed-out', 'no whole answer')));
	const stream = runtime.stream(address, {
		open: () => stream.write(question),
		data(bytes) {
			bytesHeld += bytes.length;
			if (bytesHeld > ANSWER_LIMIT_BYTES) return finish(new PortError('no-space', 'the answer is too long'));
			text += decodeUtf8(bytes);
			if (isWhole(text)) finish(text);
		},
		close: error => finish(error ?? text),
	});
	return () => {
		over = true;
		cancel();
		stream.close();
	};
}
