// SPDX-License-Identifier: Apache-2.0
import test, {type ExecutionContext} from 'ava';
import {type Browser, chromium, type Page} from 'playwright-core';
import {buildLuci, type InstalledFile} from '../../scripts/build/luci.ts';
import {ensurePackages} from '../../scripts/debian.ts';
import {type PageServer, servePages} from './page-server.ts';
import {answer} from './replies.ts';
import {Rpcd, type Sections, type UbusObject} from './rpcd.ts';
import {luciFolder, pageRuntime} from './runtime.ts';

// A browser, and pages in it: by LuCI itself where this machine has it (MESH_NOC_LUCI names its web root), and always by
// the minimal loader. Import it once in a test file.

/** Web roots to serve from; undefined stands for the minimal loader. */
export const folders = [undefined, ...[luciFolder()].filter(folder => folder !== undefined)];
export const nameOf = (folder: string | undefined): string => (folder === undefined ? 'minimal loader' : 'LuCI');
export const phone = {width: 360, height: 740};
export const desktop = {width: 1280, height: 900};

let browser: Browser;
let files: readonly InstalledFile[];
test.before(async () => {
	({files} = await buildLuci());
	await ensurePackages(['chromium', 'fonts-dejavu-core']);
	browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
// One after the other: a page that waits for its turn looks like one that is slow.
test.after.always(() => browser?.close());

export interface Setting {
	readonly server: PageServer;
	readonly rpcd: Rpcd;
	readonly sections: Sections;
	/** Every time that settings came into force. */
	readonly applied: Record<string, unknown>[];
}

export interface SettingOptions {
	readonly folder: string | undefined;
	readonly object?: UbusObject;
	readonly sections?: Sections;
	readonly onApply?: (sections: Sections) => void;
	readonly mayWrite?: boolean;
}

export async function serve(t: ExecutionContext, options: SettingOptions): Promise<Setting> {
	const {folder, object = answer, mayWrite = true, onApply} = options;
	const sections: Sections =
		options.sections ??
		new Map([['main', {type: 'agent', anonymous: false, options: {node: 'mill', broker: 'noc.lan:1883'}}]]);
	const applied: Record<string, unknown>[] = [];
	const rpcd = new Rpcd({
		configuration: 'astral-mesh',
		sections,
		objects: {'astral-mesh': object},
		apply: now => {
			applied.push({...now.get('main')?.options});
			onApply?.(now);
		},
	});
	const server = await servePages({runtime: await pageRuntime(folder), files, rpcd, host: 'mill', mayWrite});
	t.teardown(() => server.close());
	return {server, rpcd, sections, applied};
}

/** A page that notes whatever a browser complains of. */
export async function open(
	t: ExecutionContext,
	viewport: {width: number; height: number},
): Promise<{page: Page; problems: string[]}> {
	const context = await browser.newContext({viewport});
	t.teardown(() => context.close());
	const page = await context.newPage();
	const problems: string[] = [];
	page.on('console', message => {
		if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
	});
	page.on('pageerror', error => problems.push(String(error)));
	await page.addInitScript(() =>
		document.addEventListener('securitypolicyviolation', ({effectiveDirective, sourceFile}) =>
			console.error(`${effectiveDirective} is violated by ${sourceFile}`),
		),
	);
	return {page, problems};
}
