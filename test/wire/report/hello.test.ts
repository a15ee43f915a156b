// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import {
	decodeHello,
	encodeHello,
	type Hello,
	MAX_SERIES,
	parseObject,
	type Series,
	schemaHash,
	writeHello,
} from '../../../src/wire/report/hello.ts';
import {checkCut} from '../../helper/vector.ts';

const series: readonly Series[] = [
	{name: 'radio.frequencyMhz', labels: {radio: 'phy0'}, unit: 'MHz', scale: 1, kind: 'gauge', class: 'public'},
	{name: 'system.load1', labels: {}, unit: '1', scale: 100, kind: 'gauge', class: 'public'},
	{
		name: 'interface.receiveBytes',
		labels: {interface: 'bat0'},
		unit: 'bytes',
		scale: 1,
		kind: 'counter',
		class: 'community',
	},
];
const hello: Hello = {
	version: 1,
	node: 'Casa_de-la-Música'.replace('ú', 'u'),
	boot: 0xfffffffe,
	schema: schemaHash(series),
	software: 'astral-mesh 0.1.0',
	intervalMs: 1000,
	series,
};

test('hello: survives being written and read', t => {
	t.deepEqual(decodeHello(encodeHello(hello)), hello);
	checkCut(t, encodeHello(hello), decodeHello);
});

test('hello: what is not of it is not read', t => {
	const more = {...JSON.parse(decodeUtf8(encodeHello(hello))), colour: 'red', __proto__: {node: 'x'}};
	t.deepEqual(decodeHello(encodeUtf8(JSON.stringify(more))), hello);
});

test('hello: without series it is whole', t => {
	const empty = {...hello, schema: schemaHash([]), series: []};
	t.deepEqual(decodeHello(encodeHello(empty)), empty);
});

test('schema hash: follows the order of the series, not of their keys', t => {
	const [first, second, third] = series as [Series, Series, Series];
	const turned = {
		class: first.class,
		kind: first.kind,
		scale: 1,
		unit: 'MHz',
		labels: {radio: 'phy0'},
		name: first.name,
	} as const;
	t.is(schemaHash([turned, second, third]), schemaHash(series));
	t.not(schemaHash([second, first, third]), schemaHash(series));
	t.not(schemaHash([{...first, scale: 10}, second, third]), schemaHash(series));
	t.not(schemaHash([{...first, labels: {radio: 'phy1'}}, second, third]), schemaHash(series));
});

const refused = test.macro({
	title: (name = '') => `hello: refuses ${name}`,
	exec(t, change: Record<string, unknown>, code: string, path: string) {
		const value = {...(JSON.parse(decodeUtf8(encodeHello(hello))) as object), ...change};
		const error = t.throws(() => decodeHello(encodeUtf8(JSON.stringify(value))), {instanceOf: DecodeError});
		t.like(error, {code, path: `report.hello.${path}`});
	},
});

const [one] = series;
test('another version', refused, {version: 2}, 'version', 'version');
test('no node', refused, {node: undefined}, 'missing', 'node');
test('a node that is a path', refused, {node: 'a/b'}, 'syntax', 'node');
test('a node without a name', refused, {node: ''}, 'syntax', 'node');
test('a boot beyond 32 bits', refused, {boot: 2 ** 32}, 'range', 'boot');
test('a boot with a fraction', refused, {boot: 0.5}, 'range', 'boot');
test('a boot in words', refused, {boot: '1'}, 'type', 'boot');
test('no series', refused, {series: undefined}, 'type', 'series');
test('series that are not a list', refused, {series: {}}, 'type', 'series');
test('another schema', refused, {schema: 1}, 'sequence', 'schema');
test('no schema', refused, {schema: undefined}, 'missing', 'schema');
test('a negative interval', refused, {intervalMs: -1}, 'range', 'intervalMs');
test('software that is an essay', refused, {software: 'x'.repeat(201)}, 'limit', 'software');
test('more series than anybody has', refused, {series: new Array(MAX_SERIES + 1).fill(one)}, 'limit', 'series');
test('a series of nothing', refused, {series: [null]}, 'type', 'series[0]');
test('a series without a name', refused, {series: [{...one, name: undefined}]}, 'missing', 'series[0].name');
test('a series of another kind', refused, {series: [{...one, kind: 'sum'}]}, 'type', 'series[0].kind');
test('a series of another class', refused, {series: [one, {...one, class: 'secret'}]}, 'type', 'series[1].class');
test('a scale of zero', refused, {series: [{...one, scale: 0}]}, 'range', 'series[0].scale');
test('a scale that is text', refused, {series: [{...one, scale: '1'}]}, 'range', 'series[0].scale');
test('labels that are a list', refused, {series: [{...one, labels: []}]}, 'type', 'series[0].labels');
test('a label that is a number', refused, {series: [{...one, labels: {a: 1}}]}, 'type', 'series[0].labels.a');
test(
	'nine labels',
	refused,
	{series: [{...one, labels: Object.fromEntries([...'abcdefghi'].map(each => [each, each]))}]},
	'limit',
	'series[0].labels',
);

test('hello: a label named as a prototype is only a label', t => {
	const text = decodeUtf8(encodeHello(hello)).replaceAll('"radio"', '"__proto__"');
	const error = t.throws(() => decodeHello(encodeUtf8(text)), {instanceOf: DecodeError});
	t.is(error?.code, 'sequence');
	t.is(({} as Record<string, unknown>).radio, undefined);
});

test('hello: refuses what is not UTF-8, not JSON, not an object', t => {
	for (const [bytes, code] of [
		[Uint8Array.of(0x7b, 0xff, 0x7d), 'syntax'],
		[encodeUtf8('{'), 'syntax'],
		[encodeUtf8(''), 'syntax'],
		[encodeUtf8('[]'), 'type'],
		[encodeUtf8('null'), 'type'],
		[encodeUtf8('"hello"'), 'type'],
	] as const)
		t.is(t.throws(() => parseObject(bytes, 'report.hello'), {instanceOf: DecodeError})?.code, code);
});

test('hello: written series by series it is what is written at once', t => {
	const [first] = series;
	if (first === undefined) return t.fail();
	const header = {node: 'n', boot: 7, software: 'x', intervalMs: 1000};
	const {schema, bytes} = writeHello(header, series.length, index => series[index] ?? first);
	t.is(schema, schemaHash(series));
	t.deepEqual(decodeHello(bytes), {version: 1, ...header, schema, series: [...series]});
	t.is(writeHello(header, 0, () => first).schema, schemaHash([]));
});
