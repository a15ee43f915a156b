// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {seriesDefinitions} from '../../model/series.ts';
import {parseObject, type Series} from '../../wire/report/hello.ts';

/** Values of one moment, each with the series it belongs to; integers, value × scale. */
export interface Sample {
	readonly timeMs: number;
	readonly series: readonly Series[];
	readonly values: readonly (number | undefined)[];
}

const PATH = 'report.json';
const MAX_VALUES = 4096;
const MAX_TEXT = 200;
const MAX_LABELS = 8;
const MAX_SCALED = 2 ** 50;
/** What a name that we do not know is stored with: thousandths. */
const UNKNOWN_SCALE = 1000;

/**
 * Reads the JSON that third parties may send where our agent sends frames.
 *
 * Shape:  `{"timeMs": …, "values": [{"name": "channel.noiseDbm", "labels": {"radio": "phy0"}, "unit": "dBm", "value": -95}]}`
 * Absent: `labels`, `unit` and `timeMs` may be; a known name has its own unit, scale and kind, another is a gauge.
 * Errors: DecodeError 'syntax' | 'type' | 'missing' | 'range' | 'limit'.
 */
export function decodeJsonSamples(bytes: Uint8Array, receivedMs: number): Sample {
	const root = parseObject(bytes, PATH);
	const timeMs = root.timeMs ?? receivedMs;
	if (typeof timeMs !== 'number' || !(timeMs >= 0) || timeMs > 2 ** 48)
		throw new DecodeError('range', `${PATH}.timeMs`, 0);
	if (!Array.isArray(root.values))
		throw new DecodeError(root.values === undefined ? 'missing' : 'type', `${PATH}.values`, 0);
	if (root.values.length > MAX_VALUES) throw new DecodeError('limit', `${PATH}.values`, 0);
	const read = root.values.map(readValue);
	return {timeMs: Math.round(timeMs), series: read.map(one => one.series), values: read.map(one => one.value)};
}

function readValue(item: unknown, index: number): {series: Series; value: number} {
	const path = `${PATH}.values[${index}]`;
	if (typeof item !== 'object' || item === null) throw new DecodeError('type', path, 0);
	const {name, unit, value, labels} = item as Record<string, unknown>;
	if (typeof name !== 'string' || name === '') throw new DecodeError('type', `${path}.name`, 0);
	if (name.length > MAX_TEXT) throw new DecodeError('limit', `${path}.name`, 0);
	if (unit !== undefined && (typeof unit !== 'string' || unit.length > MAX_TEXT))
		throw new DecodeError('type', `${path}.unit`, 0);
	if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError('type', `${path}.value`, 0);
	const known = Object.hasOwn(seriesDefinitions, name)
		? seriesDefinitions[name as keyof typeof seriesDefinitions]
		: undefined;
	const scale = known?.scale ?? UNKNOWN_SCALE;
	const scaled = Math.round(value * scale);
	if (Math.abs(scaled) > MAX_SCALED) throw new DecodeError('range', `${path}.value`, 0);
	return {
		series: {
			name,
			labels: readLabels(labels, `${path}.labels`),
			unit: known?.unit ?? unit ?? '1',
			scale,
			kind: known?.kind ?? 'gauge',
			class: known?.class ?? 'community',
		},
		value: scaled,
	};
}

function readLabels(value: unknown, path: string): Record<string, string> {
	if (value === undefined) return {};
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('type', path, 0);
	const entries = Object.entries(value);
	if (entries.length > MAX_LABELS) throw new DecodeError('limit', path, 0);
	for (const [key, label] of entries) {
		if (typeof label !== 'string') throw new DecodeError('type', `${path}.${key}`, 0);
		if (key.length > MAX_TEXT || label.length > MAX_TEXT) throw new DecodeError('limit', path, 0);
	}
	return Object.fromEntries(entries as [string, string][]);
}
