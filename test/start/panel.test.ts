// SPDX-License-Identifier: Apache-2.0
import test, {type ExecutionContext} from 'ava';
import {type Browser, chromium, type Page} from 'playwright-core';
import {ensurePackages} from '../../scripts/debian.ts';
import {type LabMesh, startLabMesh} from '../../scripts/start/lab-mesh.ts';
import {panelOf} from '../../scripts/start/panel.ts';
import {nodesOf, testCollector} from '../helper/collector.ts';

let browser: Browser;

test.before(async () => {
	await ensurePackages(['chromium', 'fonts-dejavu-core']);
	browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
test.after.always(() => browser?.close());

/** What `npm start` starts, with a short past. */
async function startVillage(t: ExecutionContext): Promise<{httpUrl: string; mesh: LabMesh}> {
	let mesh: LabMesh | undefined;
	const {httpUrl, mqttPort} = await testCollector(t, {
		web: true,
		companion: await panelOf(() => mesh),
		limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9},
	});
	mesh = await startLabMesh({mqttPort, intervalS: 1, historyS: 120});
	const started = mesh;
	t.teardown(() => started.stop());
	return {httpUrl, mesh};
}

async function openPage(t: ExecutionContext, url: string): Promise<{page: Page; problems: string[]}> {
	const context = await browser.newContext({viewport: {width: 1280, height: 1000}});
	t.teardown(() => context.close());
	const page = await context.newPage();
	const problems: string[] = [];
	page.on('console', message => {
		if (message.type() !== 'log' && message.type() !== 'info') problems.push(`${message.type()}: ${message.text()}`);
	});
	page.on('pageerror', error => problems.push(String(error)));
	await page.goto(url);
	return {page, problems};
}

const state = (page: Page, node: string) =>
	page.locator('.nodes tbody tr', {has: page.locator('th', {hasText: node})}).locator('.state');

test('panel: a button makes a node die, the page of the collector says so, and all is well again', async t => {
	t.timeout(120_000);
	const {httpUrl, mesh} = await startVillage(t);
	const {page, problems} = await openPage(t, httpUrl);
	const panel = page.locator('.lab');
	await panel.waitFor();
	t.is(await panel.locator('button[aria-pressed=true]').textContent(), 'All is well');
	t.is(await panel.locator('svg circle').count(), 6);
	await state(page, 'school').filter({hasText: 'online'}).waitFor();

	await panel.locator('button', {hasText: 'Node dies: school'}).click();
	await state(page, 'school').filter({hasText: 'offline'}).waitFor({timeout: 30_000});
	await panel.locator('circle.lab-down').waitFor();
	t.is(mesh.situation, 'fails:school');
	t.regex((await panel.locator('svg').getAttribute('aria-label')) ?? '', /without power: school; /);
	t.is((await nodesOf(httpUrl)).filter(({state: now}) => now === 'online').length, 5);

	await panel.locator('button', {hasText: 'All is well'}).click();
	await state(page, 'school').filter({hasText: 'online'}).waitFor({timeout: 30_000});
	t.is(await panel.locator('circle.lab-down').count(), 0);
	t.deepEqual(problems, []);
});

test('panel: an interferer appears on the map, and its noise in what a router reports', async t => {
	t.timeout(120_000);
	const {httpUrl} = await startVillage(t);
	const {page, problems} = await openPage(t, `${httpUrl}#/node/library`);
	const noise = page.locator('.chart', {has: page.locator('h2', {hasText: 'Noise floor'})}).locator('.summary');
	await noise.filter({hasText: '−95'}).waitFor();
	const worst = async (): Promise<number> => {
		const numbers = ((await noise.textContent()) ?? '').match(/−\d+/g) ?? [];
		return Math.max(...numbers.map(text => Number(text.replace('−', '-'))));
	};
	const before = await worst();
	await page.locator('.lab button', {hasText: 'a video sender'}).click();
	await page.locator('.lab-interferer-name', {hasText: 'video'}).waitFor();
	const deadline = Date.now() + 60_000;
	while ((await worst()) < before + 3 && Date.now() < deadline) await page.waitForTimeout(250);
	t.true((await worst()) >= before + 3, `${before} dBm before, ${await worst()} dBm since`);
	t.deepEqual(problems, []);
});

test('panel: asks for what does not exist are refused with a reason, and change nothing', async t => {
	t.timeout(60_000);
	const {httpUrl, mesh} = await startVillage(t);
	const ask = async (body: string, type = 'application/json'): Promise<[number, string]> => {
		const response = await fetch(`${httpUrl}/lab/situation`, {method: 'POST', headers: {'Content-Type': type}, body});
		const {error} = (await response.json()) as {error?: {code: string}};
		return [response.status, error?.code ?? ''];
	};
	t.deepEqual(await ask('{"name": "flood"}'), [400, 'name']);
	t.deepEqual(await ask('not json'), [400, 'name']);
	t.deepEqual(
		await ask('{"name": "fails:mill"}', 'text/plain'),
		[415, 'type'],
		'what a form of another site could send',
	);
	t.is((await fetch(`${httpUrl}/lab/elsewhere`)).status, 404);
	t.is(mesh.situation, 'normal');
	t.true(mesh.world.nodes.every((_, node) => mesh.world.isUp(node)));
});

test('panel: a collector that runs by itself has none of it', async t => {
	const {httpUrl} = await testCollector(t, {web: true});
	const html = await (await fetch(httpUrl)).text();
	t.false(html.includes('/lab/'));
	for (const path of ['state', 'situation', 'panel.js'])
		for (const method of ['GET', 'POST']) t.is((await fetch(`${httpUrl}/lab/${path}`, {method})).status, 404);
});
