// SPDX-License-Identifier: Apache-2.0
import {FrameDecoder} from '../../src/wire/report/frame.ts';
import {decodeHello, type Hello, type Series} from '../../src/wire/report/hello.ts';
import type {Bench} from './router.ts';

/** What a collector makes of all that an agent sent. */
export interface Report {
	/** The last one. */
	readonly hello: Hello;
	/** One a frame: values by series name and label values. */
	readonly rows: readonly ReadonlyMap<string, number | undefined>[];
	readonly timesMs: readonly number[];
}

/** Reads what the collector was sent, in order, as a collector does. */
export function readAll(on: Pick<Bench, 'broker'>): Report {
	let hello: Hello | undefined;
	let decoder: FrameDecoder | undefined;
	const rows: ReadonlyMap<string, number | undefined>[] = [];
	const timesMs: number[] = [];
	for (const {topic, payload} of on.broker.received) {
		if (topic.endsWith('/hello')) {
			const next = decodeHello(payload);
			if (next.schema !== hello?.schema || next.boot !== hello.boot)
				decoder = new FrameDecoder(next.series.length, next.schema, next.boot);
			hello = next;
		}
		if (!topic.endsWith('/t') || hello === undefined || decoder === undefined) continue;
		const {values, timeMs} = decoder.decode(payload);
		timesMs.push(timeMs);
		rows.push(new Map(hello.series.map((series, index) => [keyOf(series), scaled(values[index], series.scale)])));
	}
	if (hello === undefined) throw new Error('the collector was sent no hello');
	return {hello, rows, timesMs};
}

function keyOf(series: Series): string {
	return [series.name, ...Object.values(series.labels)].join(' ');
}

function scaled(value: number | undefined, scale: number): number | undefined {
	return value === undefined ? undefined : value / scale;
}
