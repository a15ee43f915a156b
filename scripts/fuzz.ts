// SPDX-License-Identifier: Apache-2.0
/** `npm run fuzz [-- --seconds N] [--seed N] [TARGET…]`: mutates fixtures against every decoder and keeps what breaks one. */
import {parseArgs} from 'node:util';
import {collectorTargets} from '../test/fuzz/collector-targets.ts';
import {corpusOf, keepCrash} from '../test/fuzz/corpus.ts';
import {fuzz} from '../test/fuzz/fuzzer.ts';
import {targets as everywhere} from '../test/fuzz/targets.ts';

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {seconds: {type: 'string', default: '60'}, seed: {type: 'string'}, list: {type: 'boolean', default: false}},
});
const targets = [...everywhere, ...collectorTargets];
const chosen = targets.filter(({name}) => positionals.length === 0 || positionals.some(word => name.includes(word)));
if (values.list || chosen.length === 0) {
	console.log(targets.map(({name}) => name).join('\n'));
	process.exit(values.list ? 0 : 2);
}
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const shareMs = (1000 * seconds) / chosen.length;
console.log(`${chosen.length} targets, ${(shareMs / 1000).toFixed(1)} s each, seed ${seed}`);
const nowMs = () => performance.now();
let broken = 0;
for (const target of chosen) {
	const end = nowMs() + shareMs;
	const result = fuzz(target, corpusOf(target), {seed, more: () => nowMs() < end, nowMs, limitMs: 100});
	console.log(
		`${target.name}: ${result.runs} inputs, ${result.kinds} kinds of answers, ${result.findings.length} findings`,
	);
	for (const finding of result.findings) console.log(`  ${finding.cause}\n  kept in ${keepCrash(finding)}`);
	broken += result.findings.length;
}
process.exit(broken === 0 ? 0 : 1);
