// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {runAgent} from '../../src/agent/program.ts';
import {parseUciConfiguration} from '../../src/source/uci-configuration.ts';
import {type Bench, bench} from '../helper/router.ts';

const UCI = '/etc/config/astral-mesh';

function write(on: Bench, ...lines: readonly string[]): void {
	const text = ["config agent 'main'", ...lines.map(line => `\t${line}`), ''].join('\n');
	on.runtime.files.set(UCI, new TextEncoder().encode(text));
}

async function pass(on: Bench, what: string, holds: () => boolean): Promise<void> {
	for (let i = 0; i < 2000; i++) {
		if (holds()) return;
		await new Promise(resolve => setImmediate(resolve));
		on.time.advance(20);
	}
	throw new Error(`waited in vain: ${what}; the log: ${on.log.join('\n')}`);
}

const says = (on: Bench, text: string): boolean => on.log.some(line => line.includes(text));

async function start(on: Bench): Promise<void> {
	runAgent(on.runtime, ['--uci', UCI]);
	await pass(on, 'the start', () => says(on, 'astral-mesh 0'));
}

test('UCI: a change that nobody told of is noticed', async t => {
	const on = bench();
	write(on, "option node 'mill'");
	await start(on);
	write(on, "option node 'tower'");
	await pass(on, 'the change', () => says(on, 'on tower'));
	t.is(on.runtime.exitCode, undefined);
});

test('UCI: a reload without a change leaves the agent at work', async t => {
	const on = bench();
	write(on, "option node 'mill'", "option broker 'noc:1883'", "option interval_s '1'");
	await start(on);
	on.time.advance(5000);
	const connections = (): number => on.broker.packets.filter(({cmd}) => cmd === 'connect').length;
	t.is(connections(), 1);
	on.runtime.reload();
	await pass(on, 'the word', () => says(on, 'nothing changed'));
	on.time.advance(5000);
	t.is(connections(), 1);
});

for (const [what, break_] of [
	['vanishes', (on: Bench) => on.runtime.files.remove(UCI)],
	['is no UCI any more', (on: Bench) => on.runtime.files.set(UCI, new TextEncoder().encode("config agent 'main\n"))],
	['is far too long', (on: Bench) => on.runtime.files.set(UCI, new Uint8Array(100_000).fill(35))],
] as const)
	test(`UCI: a file that ${what} leaves all that it said in force`, async t => {
		const on = bench();
		write(on, "option node 'mill'", "option broker 'noc:1883'", "option interval_s '1'");
		await start(on);
		on.time.advance(3000);
		break_(on);
		on.runtime.reload();
		await pass(on, 'the complaint', () => says(on, `configuration: ${UCI}`));
		const before = on.broker.received.length;
		on.time.advance(5000);
		t.true(on.broker.received.length > before, 'it goes on reporting');
		t.is(on.runtime.exitCode, undefined);
	});

test('UCI: at the first start a file that is not there does not keep the agent away', async t => {
	const on = bench();
	await start(on);
	t.true(says(on, 'there is no such file'));
	t.is(on.runtime.exitCode, undefined);
});

test('UCI: a certificate that cannot be read leaves the agent at work without its collector, and says so', async t => {
	const on = bench();
	write(on, "option broker 'tls://noc:8883'", "option ca '/etc/ssl/missing.pem'");
	await start(on);
	t.true(says(on, 'ca: /etc/ssl/missing.pem; nothing is reported'));
	t.true(says(on, 'no broker is set'));
	t.is(on.runtime.exitCode, undefined);
});

test('UCI: --set goes before the file', async t => {
	const on = bench();
	write(on, "option node 'mill'");
	runAgent(on.runtime, ['--uci', UCI, '--set', 'node=lab']);
	await pass(on, 'the start', () => says(on, 'on lab'));
	t.pass();
});

test('UCI: a list is its items with spaces between, an option nobody knows is said', t => {
	const text = [
		"config agent 'other'",
		"\toption node 'wrong'",
		"config agent 'main'",
		"\toption node 'mill'",
		"\toption colour 'red'",
		"\tlist respondd_interfaces 'br-lan'",
		"\tlist respondd_interfaces 'bat0'",
		'',
	];
	const {texts, problems, isWhole} = parseUciConfiguration(new TextEncoder().encode(text.join('\n')), UCI);
	t.true(isWhole);
	t.deepEqual(
		[...texts],
		[
			['node', 'mill'],
			['responddInterfaces', 'br-lan bat0'],
		],
	);
	t.deepEqual(problems, [{option: 'colour', message: 'colour: there is no such option'}]);
});

test('UCI: an error names line, byte and reason as the uci tool does', t => {
	const {problems, isWhole} = parseUciConfiguration(new TextEncoder().encode("config agent\n\toption 'node\n"), UCI);
	t.false(isWhole);
	t.regex(problems[0]?.message ?? '', /^\/etc\/config\/astral-mesh: Parse error \(.*\) at line 2, byte \d+$/);
});
