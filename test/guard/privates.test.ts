// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {bundle} from '../../scripts/build/bundle.ts';
import {sources} from './source.ts';

// On routers private names are properties (scripts/build/bundle.ts), so a class and one that extends it share them.

interface Declared {
	readonly base: string | undefined;
	readonly names: ReadonlySet<string>;
}

function classesOf(code: string): Map<string, Declared> {
	const heads = [...code.matchAll(/\bclass (\w+)(?:<[^{]*?>)?(?: extends (\w+))?[^{]*\{/g)];
	return new Map(
		heads.map((head, i) => {
			const body = code.slice(head.index, heads[i + 1]?.index ?? code.length);
			const names = [...body.matchAll(/^\t(?:(?:readonly|static|async|get|set) )*#(\w+)/gm)].map(
				match => match[1] ?? '',
			);
			return [head[1] ?? '', {base: head[2], names: new Set(names)}];
		}),
	);
}

test('privates: a class has no private name that the class it extends has too', t => {
	const classes = new Map(sources('src').flatMap(({code}) => [...classesOf(code)]));
	t.true(classes.size > 20);
	for (const [name, {base, names}] of classes)
		for (const own of names)
			t.false(classes.get(base ?? '')?.names.has(own) ?? false, `${name} extends ${base}: #${own}`);
});

test('privates: nothing is left of them in the program', async t => {
	for (const {name, text} of await bundle('src/main/agent.ts', false)) {
		t.notRegex(text, /_private_/, name);
		t.notRegex(text, /\.#\w/, name);
	}
});
