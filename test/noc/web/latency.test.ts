// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type Browser, chromium} from 'playwright-core';
import {ensurePackages} from '../../../scripts/debian.ts';
import {startLabMesh} from '../../../scripts/start/lab-mesh.ts';
import {testCollector} from '../../helper/collector.ts';

let browser: Browser;

test.before(async () => {
	await ensurePackages(['chromium', 'fonts-dejavu-core']);
	browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
test.after.always(() => browser?.close());

// The whole way: echoes and babeld's socket, the agent, MQTT, the collector, the page.
test('latency: round trips are drawn and are in a table, and routing neighbours with the way out', async t => {
	t.timeout(120_000);
	const {httpUrl, mqttPort} = await testCollector(t, {
		web: true,
		limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9},
	});
	const mesh = await startLabMesh({mqttPort, intervalS: 5, historyS: 600});
	t.teardown(() => mesh.stop());
	const page = await browser.newPage({viewport: {width: 1280, height: 900}});
	t.teardown(() => page.close());
	const problems: string[] = [];
	page.on('console', message => {
		if (message.type() !== 'log' && message.type() !== 'info') problems.push(`${message.type()}: ${message.text()}`);
	});
	page.on('pageerror', error => problems.push(String(error)));
	await page.goto(`${httpUrl}#/node/mill`);
	const panel = page.locator('.latency').first();
	await panel.locator('canvas').waitFor();
	t.is(await panel.locator('h2').textContent(), 'Round trips · gateway');
	t.regex(
		(await panel.locator('.summary').textContent()) ?? '',
		/^Half of the time below [\d.]+\D+ms, [\d.]+\D+ms in the/,
	);
	const painted = await panel.locator('canvas').evaluate(element => {
		const canvas = element as HTMLCanvasElement;
		const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
		let count = 0;
		for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) count++;
		return count;
	});
	t.true(painted > 2000, `${painted} pixels`);
	await panel.locator('.twin summary').click();
	await panel.locator('.twin tbody tr').first().waitFor();
	t.deepEqual(await panel.locator('.twin thead th').allTextContents(), [
		'Time',
		'median',
		'lower quartile',
		'upper quartile',
		'longest',
		'lost',
	]);
	t.regex((await panel.locator('.twin tbody td').last().textContent()) ?? '', /%$/);
	await panel.locator('.bands').focus();
	await page.keyboard.press('End');
	t.regex((await panel.locator('.bands').getAttribute('aria-valuetext')) ?? '', /ms \(.*ms – .*ms\) · \d/);
	const routing = page.locator('.routing');
	t.regex((await routing.locator('.summary').textContent()) ?? '', /^\d neighbours by babel; the way out is fe80::/);
	t.is(await routing.locator('.tag').textContent(), 'gateway in use');
	const titles = await page.locator('.chart h2').allTextContents();
	t.true(titles.includes('Cost of neighbours in routing'), titles.join());
	t.is(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, 'nothing sticks out');
	t.deepEqual(problems, []);
});
