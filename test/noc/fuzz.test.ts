// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {toHex} from '../../src/core/bytes.ts';
import {collectorTargets} from '../fuzz/collector-targets.ts';
import {corpusOf} from '../fuzz/corpus.ts';
import {fuzz} from '../fuzz/fuzzer.ts';

const SEED = 20261121;
const RUNS = 2000;

for (const target of collectorTargets)
	test(`fuzz: ${target.name} answers or throws a DecodeError`, t => {
		const options = {seed: SEED, more: (runs: number) => runs < RUNS, nowMs: () => performance.now(), limitMs: 250};
		const {runs, kinds, findings} = fuzz(target, corpusOf(target), options);
		for (const {input, cause} of findings) t.fail(`seed ${SEED}: ${cause}: ${toHex(input)}`);
		t.true(runs >= RUNS);
		t.true(kinds > 1, 'the inputs got more than one kind of answer');
	});
