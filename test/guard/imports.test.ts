// SPDX-License-Identifier: Apache-2.0
import {dirname, join} from 'node:path/posix';
import test from 'ava';
import {importsOf, sources} from './source.ts';

// Who may import whom. An area is a folder of src, or of src/runtime. Everything that does not stand here fails.

const allowed: Readonly<Record<string, readonly string[]>> = {
	core: [],
	port: ['core'],
	wire: ['core'],
	model: ['core'],
	'ubus-ts': [],
	'uci-parser': [],
	engine: ['model', 'core'],
	source: ['port', 'wire', 'model', 'core', 'ubus-ts', 'uci-parser'],
	actuator: ['port', 'wire', 'model', 'core', 'ubus-ts', 'uci-parser'],
	telemetry: ['port', 'wire', 'model', 'core', 'ubus-ts', 'uci-parser'],
	agent: ['source', 'actuator', 'telemetry', 'engine', 'port', 'model', 'core', 'ubus-ts', 'uci-parser'],
	'runtime/quickjs': ['port', 'core'],
	'runtime/node': ['port', 'core'],
	'runtime/sim': ['port', 'core', 'wire'],
	lab: ['agent', 'engine', 'runtime/sim', 'model', 'core'],
	noc: ['wire', 'model', 'core', 'port'],
};

/** Where packages from npm and Node's own modules may be imported. */
const mayImportPackages = ['main', 'noc', 'runtime/node'];
/** The router's C host, which only its own glue knows. */
const hostModule = 'mesh:host';

function areaOf(path: string): string {
	const [, first = '', second = ''] = path.split('/');
	return first === 'runtime' ? `${first}/${second}` : first;
}

for (const source of sources('src')) {
	test(`imports: ${source.path} imports only what its area may`, t => {
		const area = areaOf(source.path);
		for (const specifier of importsOf(source)) {
			if (specifier === hostModule && area === 'runtime/quickjs') continue;
			if (!specifier.startsWith('.')) {
				t.true(mayImportPackages.includes(area), `${area} imports the package ${specifier}`);
				continue;
			}
			const target = areaOf(join(dirname(source.path), specifier));
			if (area === 'main' || target === area) continue;
			t.true(allowed[area]?.includes(target) ?? false, `${area} imports ${target} (${specifier})`);
		}
		t.pass();
	});
}

test('imports: the rule itself finds a forbidden import', t => {
	const bad = {path: 'src/wire/x.ts', text: '', code: "import {a} from '../agent/agent.ts';"};
	t.deepEqual(importsOf(bad), ['../agent/agent.ts']);
	t.is(areaOf(join(dirname(bad.path), '../agent/agent.ts')), 'agent');
	t.false(allowed.wire?.includes('agent') ?? false);
});
