// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {desktop, folders, nameOf, open, serve} from './browse.ts';
import {LiveRouter} from './live-router.ts';
import type {Sections} from './rpcd.ts';

// The pages over the agent itself, on a simulated kernel: what they show was measured, what they set is in force.

const settings = (): Sections =>
	new Map([['main', {type: 'agent', anonymous: false, options: {node: 'mill', broker: 'noc.lan:1883'}}]]);

for (const folder of folders) {
	const name = nameOf(folder);

	test.serial(`agent: with the ${name} the pages show what it measured`, async t => {
		const sections = settings();
		const router = new LiveRouter('mill', sections);
		const {server} = await serve(t, {folder, sections, object: router.object});
		const {page, problems} = await open(t, desktop);
		await page.goto(server.page('overview'));
		await page.waitForSelector('.am-card');
		t.deepEqual(await page.locator('.am-card .am-large').allTextContents(), ['Channel 36', 'Channel 6']);
		t.regex((await page.locator('.am-card').first().textContent()) ?? '', /5180 MHz.*20 MHz.*20 dBm.*-9\d dBm/);
		await page.goto(server.page('spectrum'));
		const bars = page.locator('.am-chart').first();
		await bars.waitFor();
		t.deepEqual(await bars.locator('.am-bar > :first-child').allTextContents(), [
			'Channel 36',
			'Channel 40',
			'Channel 44',
			'Channel 48',
		]);
		t.regex((await bars.locator('.am-summary').textContent()) ?? '', /The quietest is Channel 40, busy 8.%\.$/);
		await page.goto(server.page('neighbours'));
		await page.getByText('02:00:00:00:01:01').waitFor();
		const peer = page.locator('.tr', {hasText: '02:00:00:00:01:01'});
		t.regex((await peer.textContent()) ?? '', /mesh0.*-7\d dBm, fair.*52 Mbit\/s/);
		t.deepEqual(problems, []);
	});

	test.serial(`agent: with the ${name} a setting that is applied is in force`, async t => {
		t.timeout(60_000);
		const sections = settings();
		const router = new LiveRouter('mill', sections);
		const onApply = (now: Sections): void => router.apply(now);
		const {server, applied} = await serve(t, {folder, sections, object: router.object, onApply});
		const {page} = await open(t, desktop);
		await page.goto(server.page('overview'));
		await page.getByText('1 min', {exact: true}).waitFor();
		await page.goto(server.page('settings'));
		await page.locator('[data-name="interval_s"] input').fill('15');
		await page.locator('[data-name="interval_s"] input').blur();
		await page.locator('.cbi-page-actions .cbi-button-apply').first().click();
		while (applied.length === 0) await page.waitForTimeout(100);
		await page.goto(server.page('overview'));
		await page.getByText('15 s', {exact: true}).waitFor();
		// A new agent has measured nothing yet; the page looks again within seconds.
		await page.locator('.am-health', {hasText: 'Well'}).waitFor();
		t.pass();
	});

	test.serial(`agent: with the ${name} a value that came in by another way and is refused is said`, async t => {
		const sections = settings();
		const router = new LiveRouter('mill', sections);
		router.apply(new Map([['main', {type: 'agent', anonymous: false, options: {node: 'mill', interval_s: 'often'}}]]));
		const {server} = await serve(t, {folder, sections, object: router.object});
		const {page} = await open(t, desktop);
		await page.goto(server.page('overview'));
		await page.waitForSelector('.am-health.am-warning');
		const text = (await page.locator('.am-health').textContent()) ?? '';
		t.regex(text, /intervalS: 'often' is not a whole number from 1 to 3600\. The last good value is in force\./);
		await page.getByText('1 min', {exact: true}).waitFor();
	});
}
