// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import type {Outcome} from '../../scripts/conformance/outcome.ts';

// The recorded cases once more where the libraries have to work: as bytecode, in the router's engine.

for (const kind of ['ubus', 'uci'])
	test(`QuickJS: every recorded ${kind} case is as it was`, async t => {
		t.timeout(280_000);
		const folder = join(import.meta.dirname, '..', 'fixture', kind);
		const paths = readdirSync(folder)
			.filter(name => /^\d.*\.json$/.test(name))
			.map(name => join(folder, name));
		const {path} = await buildBinary({
			arch: 'x86_64',
			entry: 'scripts/conformance/main-quickjs.ts',
			name: 'conformance-recorded',
		});
		const {stderr, stdout} = await promisify(execFile)(path, [kind, ...paths], {maxBuffer: 1 << 26});
		const outcomes = (stderr + stdout).match(/(?<=outcome )\{.*\}/g)?.map(line => JSON.parse(line) as Outcome) ?? [];
		t.is(outcomes.length, paths.length);
		for (const {name, failure} of outcomes) t.is(failure, undefined, name);
	});
