// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {calledOfCut, cutFrom} from '../../scripts/build/cut.ts';

test('cut: a table has the function that throws in place of one that is left out, and calls of it stay', t => {
	t.is(
		cutFrom(`@table = internal constant [2 x ptr] [ptr @js_string_normalize, ptr @js_string_at], align 4
  %1 = call i64 @js_string_normalize(ptr @js_string_normalize)
`),
		`@table = internal constant [2 x ptr] [ptr @js_throw_type_error, ptr @js_string_at], align 4
  %1 = call i64 @js_string_normalize(ptr @js_string_normalize)
`,
	);
});

test('cut: a function of Math loses its body, one beside it does not', t => {
	const function_ = (name: string, body: string): string =>
		`define internal double @js_math_${name}(double %0) #0 {\n${body}}\n`;
	t.is(
		cutFrom(
			function_('expm1', '  %2 = call double @expm1(double %0)\n  ret double %2\n') + function_('exp', '  ret\n'),
		),
		`${function_('expm1', '\tret double 0x7FF8000000000000\n')}${function_('exp', '  ret\n')}`,
	);
});

test('cut: a program that calls what is left out is told its name', t => {
	t.is(calledOfCut('a.normalize("NFC")'), 'normalize');
	t.is(calledOfCut('let f=Math.tanh;'), 'tanh');
	t.is(calledOfCut('encodeURIComponent(x)'), 'encodeURIComponent');
	t.is(calledOfCut('await Promise.all(x)'), 'Promise.all');
	t.is(calledOfCut('async *values() {}'), 'async');
	t.is(calledOfCut('try{}finally{}promises.all(1);Math.log10(2)'), undefined);
	t.is(calledOfCut('a.normal(1);Math.tan2;x.normalize=1'), undefined);
});
