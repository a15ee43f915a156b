// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import mqtt from 'mqtt';
import {chromium} from 'playwright-core';
import {ensurePackages} from '../../../scripts/debian.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import {decisionOf, keepDecision, type ToldDecision} from '../../../src/noc/ingest/decisions.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {testCollector} from '../../helper/collector.ts';
import {connectMesh} from '../../helper/reporting-mesh.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const told = (more: object) =>
	encodeUtf8(JSON.stringify({version: 1, timeMs: NOW_MS, event: 'decision', subject: 'phy0', detail: 'x', ...more}));

test('decisions: an event of a node is read, another is none, and nonsense is refused', t => {
	t.deepEqual(decisionOf(told({}), NOW_MS), {timeMs: NOW_MS, subject: 'phy0', text: 'x'});
	t.is(decisionOf(told({clockUnset: true}), 5)?.timeMs, 5, 'a clock that is not set says nothing');
	t.is(decisionOf(told({event: 'radar', detail: '"decision"'}), NOW_MS), undefined);
	t.is(decisionOf(encodeUtf8('hello'), NOW_MS), undefined);
	t.is(decisionOf(told({detail: 'y'.repeat(10_000)}), NOW_MS)?.text.length, 600);
	t.throws(() => decisionOf(told({subject: 7}), NOW_MS), {instanceOf: DecodeError});
	t.throws(() => decisionOf(encodeUtf8('["decision"'), NOW_MS), {instanceOf: DecodeError});
});

test('decisions: the oldest make room', t => {
	const list: ToldDecision[] = [];
	for (let i = 0; i < 100; i++) keepDecision(list, {timeMs: i, subject: 'phy0', text: ''});
	t.is(list.length, 64);
	t.is(list[0]?.timeMs, 36);
});

for (const [device, viewport] of Object.entries({
	desktop: {width: 1280, height: 900},
	phone: {width: 360, height: 740},
}))
	test(`decisions: the page of a node shows what it decided, in its own words, on a ${device}`, async t => {
		t.timeout(90_000);
		await ensurePackages(['chromium', 'fonts-dejavu-core']);
		const {httpUrl, mqttPort} = await testCollector(t, {web: true});
		const mesh = await connectMesh(mqttPort, [{node: 'mill', seed: 1, startMs: Date.now() - 60_000, intervalMs: 5000}]);
		t.teardown(() => mesh.close());
		await mesh.report(10);
		const node = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {clientId: 'mill-2'});
		t.teardown(() => node.endAsync());
		const say = (detail: string) =>
			node.publishAsync(topicFor('mill', 'ev'), Buffer.from(told({timeMs: Date.now(), detail})), {qos: 1});
		const sentence =
			'goes to 5500 MHz. From 5180 MHz to 5500 MHz, as the plan says; 2 routers agreed: 00000001, 00000002.';
		await say(sentence);
		await say('arrived on 5500 MHz. <b>No neighbour</b> depends on it alone.');
		const answer = (await (await fetch(`${httpUrl}/api/v1/decisions?node=mill`)).json()) as {
			decisions: ToldDecision[];
		};
		t.deepEqual(
			answer.decisions.map(({subject, text}) => `${subject} ${text.slice(0, 7)}`),
			['phy0 goes to', 'phy0 arrived'],
		);
		t.is((await fetch(`${httpUrl}/api/v1/decisions?node=nobody`)).status, 404);
		const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
		t.teardown(() => browser.close());
		const page = await (await browser.newContext({viewport})).newPage();
		const problems: string[] = [];
		page.on('pageerror', error => problems.push(String(error)));
		page.on('console', message => message.type() === 'error' && problems.push(message.text()));
		await page.goto(`${httpUrl}/#/node/mill`);
		const panel = page.locator('.decisions');
		await panel.waitFor();
		t.true(((await panel.textContent()) ?? '').includes(sentence));
		t.regex(
			(await panel.locator('li').first().textContent()) ?? '',
			/<b>No neighbour<\/b>/,
			'the newest first, and as text',
		);
		const width = await page.evaluate(() => document.documentElement.scrollWidth);
		t.true(width <= viewport.width, `${width} px`);
		t.deepEqual(problems, []);
	});
