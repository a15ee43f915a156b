// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import mqtt from 'mqtt';
import {chromium} from 'playwright-core';
import {ensurePackages} from '../../../scripts/debian.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {SlotPicture} from '../../../src/model/slot-picture.ts';
import {keepSlots, slotsOf, type ToldSlots} from '../../../src/noc/ingest/slots.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {testCollector} from '../../helper/collector.ts';
import {pictures} from '../../helper/divided-radio.ts';
import {connectMesh} from '../../helper/reporting-mesh.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const told = (picture: object, more: object = {}) =>
	encodeUtf8(
		JSON.stringify({
			...{version: 1, timeMs: NOW_MS, event: 'slots', subject: 'phy0'},
			...{detail: JSON.stringify(picture), ...more},
		}),
	);
const [divided, undivided, unable] = pictures as [SlotPicture, SlotPicture, SlotPicture];

test('slots: what a router tells is read as it was made, and another event is none', t => {
	t.deepEqual(slotsOf(told(divided), NOW_MS), {...divided, timeMs: NOW_MS} as unknown as ToldSlots);
	t.is(slotsOf(told(divided, {clockUnset: true}), 5)?.timeMs, 5, 'a clock that is not set says nothing');
	t.is(slotsOf(told(divided, {event: 'decision', detail: '"slots"'}), NOW_MS), undefined);
	t.is(slotsOf(encodeUtf8('hello'), NOW_MS), undefined);
});

test('slots: what could not be drawn is refused', t => {
	const silly: Record<string, object> = {
		'no slots': {...divided, slots: 0},
		'too many': {...divided, slots: 65},
		'a slot beyond the last': {...divided, open: [[31, 2]]},
		'a run of nothing': {...divided, open: [[3, 0]]},
		'a share of more than all': {...divided, lossNow: 1.1},
		'more routers than are drawn': {...divided, routers: Array.from({length: 17}, () => divided.routers[0])},
		'a tale': {...divided, sentences: ['x'.repeat(601)]},
		'sentences that are none': {...divided, sentences: [7]},
	};
	for (const [name, picture] of Object.entries(silly))
		t.throws(() => slotsOf(told(picture), NOW_MS), {instanceOf: DecodeError}, name);
	for (const detail of [7, '[]', '{"slots"', '"slots"'])
		t.throws(() => slotsOf(told({}, {detail}), NOW_MS), {instanceOf: DecodeError}, String(detail));
});

test('slots: of a radio the last is kept, and of very many radios some', t => {
	const kept = new Map<string, ToldSlots>();
	const one = slotsOf(told(divided), NOW_MS);
	if (one === undefined) return t.fail();
	for (let i = 0; i < 20; i++) keepSlots(kept, {...one, radio: `phy${i}`});
	t.is(kept.size, 8);
	keepSlots(kept, {...one, radio: 'phy3', slots: 16, timeMs: 9});
	t.is(kept.get('phy3')?.slots, 16);
});

for (const [device, viewport] of Object.entries({
	desktop: {width: 1280, height: 900},
	phone: {width: 360, height: 740},
}))
	test(`slots: the page of a node draws who may send when and says why, on a ${device}`, async t => {
		t.timeout(90_000);
		await ensurePackages(['chromium', 'fonts-dejavu-core']);
		const {httpUrl, mqttPort} = await testCollector(t, {web: true});
		const mesh = await connectMesh(mqttPort, [{node: 'mill', seed: 1, startMs: Date.now() - 60_000, intervalMs: 5000}]);
		t.teardown(() => mesh.close());
		await mesh.report(10);
		const node = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {clientId: 'mill-2'});
		t.teardown(() => node.endAsync());
		const say = (picture: SlotPicture) =>
			node.publishAsync(topicFor('mill', 'ev'), Buffer.from(told(picture, {timeMs: Date.now()})), {qos: 1});
		await say({...divided, routers: []});
		await say({...divided, sentences: [...divided.sentences, '<b>Nobody</b> else.']});
		await say(undivided);
		await say(unable);
		const answer = (await (await fetch(`${httpUrl}/api/v1/slots?node=mill`)).json()) as {radios: ToldSlots[]};
		t.deepEqual(
			answer.radios.map(({radio, routers}) => `${radio} ${routers.length}`),
			['phy0 4', 'phy1 0', 'phy2 0'],
		);
		t.is((await fetch(`${httpUrl}/api/v1/slots?node=nobody`)).status, 404);
		const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
		t.teardown(() => browser.close());
		for (const colorScheme of ['light', 'dark'] as const) {
			const page = await (await browser.newContext({viewport, colorScheme})).newPage();
			const problems: string[] = [];
			page.on('pageerror', error => problems.push(String(error)));
			page.on('console', message => message.type() === 'error' && problems.push(message.text()));
			await page.goto(`${httpUrl}/#/node/mill`);
			const card = page.locator('.slots').first();
			await card.waitFor();
			t.is(await page.locator('.slots').count(), 3);
			const last = page.locator('.slots').last();
			t.is(await last.locator('svg, table').count(), 0, 'nothing to draw');
			t.regex((await last.textContent()) ?? '', /phy2.*not possible.*no bpf\(2\)\.$/);
			const text = (await card.textContent()) ?? '';
			for (const sentence of divided.sentences) t.true(text.includes(sentence), sentence);
			t.true(text.includes('<b>Nobody</b>'), 'as text');
			const drawn = await card
				.locator('.slot-own rect')
				.evaluateAll(all => all.map(each => [each.getAttribute('x'), each.getAttribute('width')].map(Number)));
			t.deepEqual(drawn, divided.routers[0]?.own as unknown as number[][]);
			await card.locator('.twin summary').click();
			const rows = await card.locator('tbody tr').allTextContents();
			t.is(rows.length, 5);
			t.regex(rows[0] ?? '', /this router1–11\d\d.%/);
			t.regex(rows.at(-1) ?? '', /everyone31–32/);
			const width = await page.evaluate(() => document.documentElement.scrollWidth);
			t.true(width <= viewport.width, `${width} px`);
			t.deepEqual(problems, []);
			const folder = process.env.MESH_NOC_PICTURES;
			if (folder !== undefined)
				for (const [i, each] of (await page.locator('.slots').all()).entries())
					await each.screenshot({path: `${folder}/slots-${device}-${colorScheme}-${i}.png`});
		}
	});
