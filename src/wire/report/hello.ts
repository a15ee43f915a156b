// SPDX-License-Identifier: Apache-2.0
import {concatBytes} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {fnv1a} from '../../core/hash.ts';
import {decodeUtf8Strict, encodeUtf8} from '../../core/text.ts';
import {isNodeName} from './topic.ts';

/** One column of the telemetry frames that follow. */
export interface Series {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly unit: string;
	/** A frame's integer divided by this is the value. */
	readonly scale: number;
	readonly kind: 'gauge' | 'counter';
	readonly class: 'private' | 'community' | 'public';
}

/**
 * What a node is about to report: sent retained at start and whenever a series comes or goes.
 *
 * Shape:  JSON. `schema` is the hash of `series`, frames carry it; `boot` is drawn anew when the agent starts.
 * Units:  in each name and in each series' unit.
 */
export interface Hello {
	readonly version: 1;
	readonly node: string;
	readonly boot: number;
	readonly schema: number;
	readonly software: string;
	readonly intervalMs: number;
	readonly series: readonly Series[];
}

/** More series than any router we know has; a message that claims more is refused. */
export const MAX_SERIES = 4096;
const MAX_TEXT = 200;
/** A hello is made in parts of about this length: small ones find room between what lives already. */
const PART_CHARACTERS = 1500;

/** The schema hash: FNV-1a over the series as JSON, every key in the order of `Series`. */
export function schemaHash(series: readonly Series[]): number {
	return fnv1a(encodeUtf8(JSON.stringify(series.map(canonical))));
}

function canonical(series: Series): Series {
	const {name, labels, unit, scale, kind} = series;
	return {name, labels, unit, scale, kind, class: series.class};
}

export function encodeHello(hello: Hello): Uint8Array {
	return encodeUtf8(JSON.stringify({...hello, series: hello.series.map(canonical)}));
}

/**
 * Writes a hello of `count` series, asking for one after another: a router has not the memory for all of them at once.
 *
 * Shape: `schema` as `schemaHash` gives it, `bytes` as `decodeHello` reads them.
 */
export function writeHello(
	header: Omit<Hello, 'version' | 'schema' | 'series'>,
	count: number,
	at: (index: number) => Series,
): {schema: number; bytes: Uint8Array} {
	const parts: Uint8Array[] = [];
	let text = '[';
	for (let i = 0; i < count; i++) {
		text += (i === 0 ? '' : ',') + JSON.stringify(canonical(at(i)));
		if (text.length < PART_CHARACTERS) continue;
		parts.push(encodeUtf8(text));
		text = '';
	}
	parts.push(encodeUtf8(`${text}]`));
	const series = concatBytes(parts);
	const schema = fnv1a(series);
	const {node, boot, software, intervalMs} = header;
	const start = JSON.stringify({version: 1, node, boot, schema, software, intervalMs});
	return {schema, bytes: concatBytes([encodeUtf8(`${start.slice(0, -1)},"series":`), series, encodeUtf8('}')])};
}

/** Errors: DecodeError 'syntax' | 'version' | 'type' | 'missing' | 'range' | 'limit'; 'sequence' when the hash is not that of the series. */
export function decodeHello(bytes: Uint8Array): Hello {
	const root = parseObject(bytes, 'report.hello');
	if (root.version !== 1) throw new DecodeError('version', 'report.hello.version', 0);
	const node = text(root.node, 'node');
	if (!isNodeName(node)) throw new DecodeError('syntax', 'report.hello.node', 0);
	if (!Array.isArray(root.series)) throw new DecodeError('type', 'report.hello.series', 0);
	if (root.series.length > MAX_SERIES) throw new DecodeError('limit', 'report.hello.series', 0);
	const series = root.series.map(readSeries);
	const schema = integer(root.schema, 'schema', 0xffffffff);
	if (schema !== schemaHash(series)) throw new DecodeError('sequence', 'report.hello.schema', 0);
	return {
		version: 1,
		node,
		boot: integer(root.boot, 'boot', 0xffffffff),
		schema,
		software: text(root.software, 'software'),
		intervalMs: integer(root.intervalMs, 'intervalMs', 86_400_000),
		series,
	};
}

/** Reads a JSON object from untrusted bytes. Errors: DecodeError 'syntax' | 'type'. */
export function parseObject(bytes: Uint8Array, path: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = JSON.parse(decodeUtf8Strict(bytes, path));
	} catch (error) {
		if (error instanceof DecodeError) throw error;
		throw new DecodeError('syntax', path, 0, 'not JSON');
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('type', path, 0);
	return value as Record<string, unknown>;
}

function readSeries(value: unknown, index: number): Series {
	const path = `series[${index}]`;
	if (typeof value !== 'object' || value === null) throw new DecodeError('type', `report.hello.${path}`, 0);
	const entry = value as Record<string, unknown>;
	const kind = entry.kind;
	const privacy = entry.class;
	if (kind !== 'gauge' && kind !== 'counter') throw new DecodeError('type', `report.hello.${path}.kind`, 0);
	if (privacy !== 'private' && privacy !== 'community' && privacy !== 'public')
		throw new DecodeError('type', `report.hello.${path}.class`, 0);
	const scale = entry.scale;
	if (typeof scale !== 'number' || !(scale > 0) || scale > 1e9)
		throw new DecodeError('range', `report.hello.${path}.scale`, 0);
	return {
		name: text(entry.name, `${path}.name`),
		labels: readLabels(entry.labels, `${path}.labels`),
		unit: text(entry.unit, `${path}.unit`),
		scale,
		kind,
		class: privacy,
	};
}

function readLabels(value: unknown, path: string): Record<string, string> {
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new DecodeError('type', `report.hello.${path}`, 0);
	const entries = Object.entries(value);
	if (entries.length > 8) throw new DecodeError('limit', `report.hello.${path}`, 0);
	return Object.fromEntries(entries.map(([key, label]) => [text(key, path), text(label, `${path}.${key}`)]));
}

function text(value: unknown, path: string): string {
	if (typeof value !== 'string')
		throw new DecodeError(value === undefined ? 'missing' : 'type', `report.hello.${path}`, 0);
	if (value.length > MAX_TEXT) throw new DecodeError('limit', `report.hello.${path}`, 0);
	return value;
}

function integer(value: unknown, path: string, max: number): number {
	if (typeof value !== 'number')
		throw new DecodeError(value === undefined ? 'missing' : 'type', `report.hello.${path}`, 0);
	if (!Number.isInteger(value) || value < 0 || value > max) throw new DecodeError('range', `report.hello.${path}`, 0);
	return value;
}
