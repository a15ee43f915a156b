// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {toHex} from '../../src/core/bytes.ts';
import {DecodeError} from '../../src/core/errors.ts';
import {collectorTargets} from './collector-targets.ts';
import {corpusOf, crashInputs, crashNames} from './corpus.ts';
import {fuzz, type Target, tryOne} from './fuzzer.ts';
import {targets} from './targets.ts';

const SEED = 20261121;
const RUNS = 2000;
const LIMIT_MS = 250;
const nowMs = () => performance.now();

for (const target of targets)
	test(`fuzz: ${target.name} answers or throws a DecodeError`, t => {
		const options = {seed: SEED, more: (runs: number) => runs < RUNS, nowMs, limitMs: LIMIT_MS};
		const {runs, kinds, findings} = fuzz(target, corpusOf(target), options);
		for (const {input, cause} of findings) t.fail(`seed ${SEED}: ${cause}: ${toHex(input)}`);
		t.true(runs >= RUNS);
		t.true(kinds > 1, 'the inputs got more than one kind of answer');
	});

test('fuzz: every target has a name of its own', t => {
	t.is(new Set(targets.map(({name}) => name)).size, targets.length);
});

for (const name of crashNames())
	test(`fuzz: what once broke ${name} does not any more`, t => {
		const target = [...targets, ...collectorTargets].find(each => each.name === name);
		if (target === undefined) return t.fail('there is no such target');
		for (const input of crashInputs(name))
			t.is(tryOne(target, input, {nowMs, limitMs: LIMIT_MS}), undefined, toHex(input));
	});

const seeds = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)];
const broken: Target = {
	name: 'broken',
	seeds,
	decode(bytes) {
		if (bytes.length < 4) throw new DecodeError('truncated', 'broken', 0);
		if (bytes[0] === 0xff) throw new TypeError('boom');
		return {first: bytes[1]};
	},
};

test('fuzz: a decoder that throws anything else is found, and the same seed finds the same', t => {
	const options = {seed: 7, more: (runs: number) => runs < 20_000, nowMs: () => 0, limitMs: 1};
	const first = fuzz(broken, seeds, options);
	t.true(first.findings.length > 0);
	t.is(first.findings[0]?.cause, 'TypeError: boom');
	t.deepEqual(fuzz(broken, seeds, options), first);
});

test('fuzz: a decoder that takes too long is found', t => {
	let now = 0;
	const slow: Target = {name: 'slow', seeds, decode: () => (now += 300)};
	const {findings} = fuzz(slow, seeds, {seed: 1, more: () => true, nowMs: () => now, limitMs: 250});
	t.is(findings[0]?.cause, 'took 300 ms');
});
