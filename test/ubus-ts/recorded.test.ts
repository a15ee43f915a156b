// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {playUbusCase} from '../../scripts/conformance/ubus-case.ts';
import {checkFrame} from '../../scripts/conformance/ubus-frame.ts';

const folder = join(import.meta.dirname, '..', 'fixture', 'ubus');

for (const name of readdirSync(folder).filter(file => /^\d.*\.json$/.test(file)))
	test(`ubus: ${name.slice(0, -5)} is as recorded from real processes`, t => {
		const {failure} = playUbusCase(readFileSync(join(folder, name), 'utf8'));
		t.is(failure, undefined);
	});

test('ubus: a recording that says something else is noticed', t => {
	const text = readFileSync(join(folder, '06-reply-all-types.json'), 'utf8');
	t.regex(playUbusCase(text.replace('"signed": -56', '"signed": 56')).failure ?? '', /^frame \d+ attribute 7/);
	t.regex(playUbusCase(text.replace('"exit": 0', '"exit": 4')).failure ?? '', /exit 0 instead of 4/);
});

for (const [what, hex] of [
	['no root element', '000400010000000000000003'],
	['a root element beyond 1 MiB', '000400010000000000100004'],
	['fewer bytes than it says', '0004000100000000000000100200'],
	['an attribute that leaves it', '00040001000000000000000c020000ff00000000'],
] as const)
	test(`ubus: a frame with ${what} is not taken for a message`, t => {
		t.is(checkFrame(hex, undefined, false), undefined);
	});
