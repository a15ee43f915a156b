// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {pictures} from '../helper/divided-radio.ts';
import {desktop, folders, nameOf, open, phone, serve} from './browse.ts';

const views = ['overview', 'spectrum', 'neighbours', 'decisions', 'telemetry', 'settings'] as const;

for (const folder of folders) {
	const name = nameOf(folder);

	for (const [device, viewport] of Object.entries({desktop, phone}))
		test.serial(`pages: with the ${name} all show on a ${device}, under a policy and without an error`, async t => {
			t.timeout(120_000);
			const {server} = await serve(t, {folder});
			const {page, problems} = await open(t, viewport);
			for (const view of views) {
				const response = await page.goto(server.page(view));
				t.regex(response?.headers()['content-security-policy'] ?? '', /style-src 'self'(?:;|$)/);
				await page.waitForSelector('#view h2');
				t.is(await page.locator('#view h2').first().textContent(), view.charAt(0).toUpperCase() + view.slice(1));
				t.is(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, view);
				t.is(await page.locator('.astral-mesh [style]').count(), 0, `${view} has a style of its own`);
			}
			t.deepEqual(problems, []);
		});

	test.serial(`overview: with the ${name} says what each radio does and why`, async t => {
		const {server} = await serve(t, {folder});
		const {page} = await open(t, desktop);
		await page.goto(server.page('overview'));
		await page.waitForSelector('.am-card');
		t.deepEqual(await page.locator('.am-card .am-large').allTextContents(), ['Channel 6', 'Channel 36', 'Channel 108']);
		t.regex(
			(await page.locator('.am-health').textContent()) ?? '',
			/✓Well3 radios; the router hears 3 mesh neighbours/,
		);
		t.regex((await page.locator('.am-why').nth(1).textContent()) ?? '', /Why this channel\? The quietest/);
	});

	test.serial(`decisions: with the ${name} what came from others is shown as text, and nothing as null`, async t => {
		const decision = {
			atMs: Date.UTC(2026, 0, 1),
			subject: '<b>phy0</b>',
			action: 'stays',
			reason: '<img src="x"> asks for it',
			numbers: {},
		};
		const {server} = await serve(t, {folder, object: async () => [0, {decisions: [decision]}]});
		const {page} = await open(t, desktop);
		await page.goto(server.page('decisions'));
		await page.waitForSelector('.am-log');
		t.is(await page.locator('.am-log :is(img, b)').count(), 0);
		const text = (await page.locator('.am-log').textContent()) ?? '';
		t.true(text.includes('<b>phy0</b>: stays') && text.includes('<img src="x"> asks for it'), text);
		t.notRegex(text, /null|undefined/);
	});

	test.serial(
		`decisions: with the ${name} who may send when is drawn, and why is said as the agent says it`,
		async t => {
			const {server} = await serve(t, {folder});
			const {page} = await open(t, desktop);
			await page.goto(server.page('decisions'));
			const chart = page.locator('.am-chart').first();
			await chart.waitFor();
			const text = (await page.locator('#view').textContent()) ?? '';
			const [divided] = pictures;
			for (const sentence of divided?.sentences ?? []) t.true(text.includes(sentence), sentence);
			t.regex(text, /Time slots · phy0 · 32 × 5 ms/);
			t.regex((await page.locator('.am-health').textContent()) ?? '', /Time slots · phy2.*no bpf\(2\)\.$/);
			t.is(await page.locator('.am-chart').count(), 2, 'where there is no gate nothing is drawn');
			const rows = await chart.locator('.am-bar').allTextContents();
			t.deepEqual(rows, ['this router1–11', '6f77d6dd12–21', 'c0d59a4922–30', 'd0d2a24e12–16', 'everyone31–32']);
			const own = chart.locator('.am-marked .am-area');
			t.is(await own.count(), 1);
			t.is(Number(await own.getAttribute('width')), (600 * 11) / 32);
			await chart.locator('.am-twin summary').click();
			t.is(await chart.locator('.am-twin tr').count(), 6);
		},
	);

	test.serial(`spectrum: with the ${name} every chart has a sentence and a table that says the same`, async t => {
		const {server} = await serve(t, {folder});
		const {page} = await open(t, desktop);
		await page.goto(server.page('spectrum'));
		await page.waitForSelector('.am-chart');
		const charts = await page.locator('.am-chart').count();
		t.is(await page.locator('.am-chart .am-twin table').count(), charts);
		for (const summary of await page.locator('.am-summary').allTextContents()) t.regex(summary, /\d.*\.$/);
		const bars = page.locator('.am-chart').first();
		const used = bars.locator('.am-twin tr', {hasText: 'Channel 6'});
		const cells = await used.locator('td').allTextContents();
		t.is(cells.length, 6);
		const widths = await bars
			.locator('.am-marked .am-area')
			.evaluateAll(all => all.map(each => Number(each.getAttribute('width')) / 6));
		t.deepEqual(
			widths.map(width => `${Math.round(width)} %`),
			cells.slice(1, 5).filter(text => text !== '0 %'),
		);
		t.is(await page.locator('canvas.am-waterfall').count(), 1);
	});

	test.serial(`spectrum: with the ${name} what the reader opened stays open when numbers come in`, async t => {
		const {server, rpcd} = await serve(t, {folder});
		const {page} = await open(t, desktop);
		await page.goto(server.page('spectrum'));
		await page.locator('.am-twin summary').first().click();
		const calls = rpcd.calls.length;
		await page.waitForFunction(() => document.querySelectorAll('.am-lines').length > 0);
		while (rpcd.calls.length < calls + 3) await page.waitForTimeout(200);
		t.true(
			await page
				.locator('.am-twin')
				.first()
				.evaluate(each => (each as HTMLDetailsElement).open),
		);
	});

	test.serial(`settings: with the ${name} a change is applied, and a wrong value is not`, async t => {
		t.timeout(60_000);
		const {server, applied, sections} = await serve(t, {folder});
		const {page} = await open(t, desktop);
		await page.goto(server.page('settings'));
		const interval = page.locator('[data-name="interval_s"] input');
		await interval.fill('0');
		await interval.blur();
		await page.locator('.cbi-page-actions .cbi-button-apply').first().click();
		await page
			.getByText(/a whole number from 1 to 3600/)
			.first()
			.waitFor();
		t.deepEqual(applied, []);
		await page.goto(server.page('settings'));
		await interval.fill('15');
		await interval.blur();
		await page.locator('[data-name="publish"] select').selectOption('public');
		await page.locator('.cbi-page-actions .cbi-button-apply').first().click();
		while (applied.length === 0) await page.waitForTimeout(100);
		t.deepEqual(applied, [{node: 'mill', broker: 'noc.lan:1883', interval_s: '15', publish: 'public'}]);
		t.is(sections.get('main')?.options.interval_s, '15');
		await page.waitForFunction(() => {
			const input = document.querySelector<HTMLInputElement>('[data-name="interval_s"] input');
			return input?.value === '15';
		});
	});

	test.serial(`settings: with the ${name} a login that may only read changes nothing`, async t => {
		const {server} = await serve(t, {folder, mayWrite: false});
		const {page} = await open(t, desktop);
		await page.goto(server.page('settings'));
		await page.locator('[data-name="interval_s"] input').waitFor();
		t.true(await page.locator('[data-name="interval_s"] input').isDisabled());
	});

	test.serial(`pages: with the ${name} a router whose agent is silent is told so`, async t => {
		const {server} = await serve(t, {folder, object: async () => [4]});
		const {page} = await open(t, phone);
		for (const view of views.slice(0, 5)) {
			await page.goto(server.page(view));
			await page.locator('.am-health.am-bad').waitFor();
			t.regex((await page.locator('.am-health').textContent()) ?? '', /The agent does not answer/, view);
		}
	});

	test.serial(`pages: with the ${name} speak the reader's language`, async t => {
		const {server} = await serve(t, {folder});
		const {page} = await open(t, desktop);
		for (const [language, title] of [
			['es', 'Resumen'],
			['de', 'Übersicht'],
			['pt', 'Visão geral'],
		] as const) {
			await page.goto(server.page('overview', language));
			await page.waitForSelector('.am-card');
			t.is(await page.locator('#view h2').first().textContent(), title);
		}
	});
}
