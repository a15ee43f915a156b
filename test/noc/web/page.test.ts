// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type Browser, chromium} from 'playwright-core';
import {ensurePackages} from '../../../scripts/debian.ts';
import {buildWeb} from '../../../src/noc/web/build.ts';
import {testCollector} from '../../helper/collector.ts';
import {connectMesh} from '../../helper/reporting-mesh.ts';

let browser: Browser;

test.before(async () => {
	await ensurePackages(['chromium', 'fonts-dejavu-core']);
	browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
test.after.always(() => browser?.close());

test('page: names its files by their content, and asks for nothing from elsewhere', async t => {
	const files = await buildWeb();
	const text = (path: string) => Buffer.from(files.get(path)?.bytes ?? []).toString();
	const html = text('/');
	const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(match => match[1] ?? '');
	t.true(assets.length >= 3);
	for (const asset of assets) t.true(files.has(asset), asset);
	for (const [path, {immutable}] of files) t.is(immutable, /-[A-Z0-9]{8}\.(js|css)$/.test(path), path);
	for (const path of files.keys())
		t.deepEqual(
			[...text(path).matchAll(/\bhttps?:\/\/[\w.-]+/g)].map(match => match[0]).filter(url => !url.endsWith('w3.org')),
			[],
			path,
		);
	const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes.length, 0);
	t.true(bytes < 160_000, `${bytes} bytes`);
});

for (const [device, viewport] of Object.entries({
	desktop: {width: 1280, height: 900},
	phone: {width: 360, height: 740},
}))
	test(`page: shows nodes and live charts on a ${device} under its policy, without an error`, async t => {
		t.timeout(90_000);
		const {httpUrl, mqttPort} = await testCollector(t, {
			web: true,
			limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9},
		});
		const mesh = await connectMesh(
			mqttPort,
			['mill', 'tower'].map((node, i) => ({node, seed: i + 1, startMs: Date.now() - 600 * 5000, intervalMs: 5000})),
		);
		t.teardown(() => mesh.close());
		await mesh.report(590);
		const context = await browser.newContext({viewport});
		const page = await context.newPage();
		t.teardown(() => context.close());
		const problems: string[] = [];
		page.on('console', message => {
			if (message.type() !== 'log' && message.type() !== 'info') problems.push(`${message.type()}: ${message.text()}`);
		});
		page.on('pageerror', error => problems.push(String(error)));
		page.on('requestfailed', request => {
			if (!request.url().includes('/api/v1/events')) problems.push(`${request.url()} failed`);
		});
		page.on('request', request => {
			if (!request.url().startsWith(httpUrl)) problems.push(`request to ${request.url()}`);
		});
		const response = await page.goto(httpUrl);
		const policy = response?.headers()['content-security-policy'] ?? '';
		t.regex(policy, /default-src 'none'/);
		t.notRegex(policy, /unsafe/);
		await page.waitForSelector('.spark-line');
		t.deepEqual(await page.locator('.nodes tbody th').allTextContents(), ['mill', 'tower']);
		t.deepEqual(await page.locator('.nodes .state').allTextContents(), ['online', 'online']);
		await page.keyboard.press('Tab'); // to the skip link
		t.is(await page.evaluate(() => document.activeElement?.className), 'skip');
		await page.click('text=mill');
		await page.waitForSelector('.plot canvas');
		const titles = await page.locator('.chart h2').allTextContents();
		t.deepEqual(titles, [
			'Channel use · phy0, 2437 MHz',
			'Channel use · phy1, 5500 MHz',
			'Noise floor',
			'Signal of mesh neighbours',
			'Rate to mesh neighbours',
			'Rate from mesh neighbours',
			'Retransmissions to mesh neighbours',
			'Traffic received',
			'Traffic sent',
		]);
		t.regex(
			(await page.locator('.chart .summary').first().textContent()) ?? '',
			/^Busy \d+\D+% now, \d+\D+% on average/,
		);
		// Charts are drawn: a good part of the canvas is painted.
		const painted = await page.evaluate(() =>
			[...document.querySelectorAll<HTMLCanvasElement>('.plot canvas')].map(canvas => {
				const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
				let count = 0;
				for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) count++;
				return count / (data.length / 4);
			}),
		);
		t.is(painted.length, titles.length);
		for (const share of painted) t.true(share > 0.01, `painted ${painted}`);
		// The table says the same as the chart.
		const first = page.locator('.chart').first();
		await first.locator('.twin summary').click();
		await first.locator('.twin tbody tr').first().waitFor();
		const rows = await first.locator('.twin tbody tr').count();
		t.true(rows > 20, `${rows} rows`);
		t.is(await first.locator('.twin thead th').count(), 5);
		// The keyboard moves through time.
		await first.locator('.plot').focus();
		const spoken = () => first.locator('.plot').getAttribute('aria-valuetext');
		await page.keyboard.press('ArrowLeft');
		const before = await spoken();
		await page.keyboard.press('ArrowLeft');
		t.not(await spoken(), before);
		t.regex((await spoken()) ?? '', /^\d\d:\d\d.*: own, sent/);
		// New frames arrive without a reload.
		const facts = () => page.locator('.facts').textContent();
		const shown = await facts();
		await mesh.report(5);
		await page.waitForFunction(old => document.querySelector('.facts')?.textContent !== old, shown);
		t.is(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, 'nothing sticks out');
		await page.locator('.ranges label').nth(3).click();
		await page.waitForFunction(() => document.querySelectorAll('.plot canvas').length === 9);
		t.deepEqual(problems, []);
	});
