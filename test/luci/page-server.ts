// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {extname, join, normalize} from 'node:path';
import type {InstalledFile} from '../../scripts/build/luci.ts';
import {lmoEntries} from './lmo.ts';
import type {Rpcd} from './rpcd.ts';
import type {PageRuntime} from './runtime.ts';

// The part of uhttpd and of LuCI's dispatcher that its pages need: the frame of a page, the menu, texts, /ubus.

export interface PageServerOptions {
	readonly runtime: PageRuntime;
	readonly files: readonly InstalledFile[];
	readonly rpcd: Rpcd;
	readonly host: string;
	/** False: the login may only read. */
	readonly mayWrite?: boolean;
}

export interface PageServer {
	/** Address of one of our pages by its last word; the language is LuCI's code of it. */
	page(view: string, language?: string): string;
	close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
	'.js': 'application/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.gif': 'image/gif',
};

/** Scripts in the page and `eval` are LuCI's way; a style that is not in a file is nobody's. */
export const policy = [
	"default-src 'none'",
	"script-src 'self' 'unsafe-inline' 'unsafe-eval'",
	"style-src 'self'",
	"img-src 'self' data:",
	"connect-src 'self'",
].join('; ');

const base = '/cgi-bin/luci';
const place = ['admin', 'network', 'astral-mesh'];

export async function servePages(options: PageServerOptions): Promise<PageServer> {
	const server = createServer((request, response) => {
		void answer(options, request, response).catch(error => {
			response.writeHead(500, {'content-type': 'text/plain'}).end(String(error));
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		page: (view, language = 'en') => `${url}${base}/${place.join('/')}/${view}?lang=${language}`,
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

async function answer(options: PageServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const {pathname, searchParams} = new URL(request.url ?? '/', 'http://router');
	const send = (status: number, type: string, body: string | Uint8Array, headers = {}): void => {
		response.writeHead(status, {'content-type': type, ...headers}).end(body);
	};
	const sendJson = (status: number, value: unknown): void => send(status, 'application/json', JSON.stringify(value));
	if (pathname === '/ubus' || pathname === '/ubus/' || pathname === `${base}/admin/ubus`)
		return sendJson(200, await options.rpcd.answer(JSON.parse(await bodyOf(request))));
	if (pathname === `${base}/admin/menu`) return sendJson(200, menuTree(options.files));
	if (pathname.startsWith(`${base}/admin/translations/`)) {
		const language = pathname.slice(pathname.lastIndexOf('/') + 1);
		return send(200, 'application/javascript', translations(options.files, language));
	}
	if (pathname.startsWith(`${base}/admin/uci/`)) {
		const {status, body} = options.rpcd.apply(pathname.slice(pathname.lastIndexOf('/') + 1));
		return body === undefined ? send(status, 'text/plain', '') : sendJson(status, body);
	}
	if (pathname.startsWith(`${base}/`)) {
		const view = pathname.slice(`${base}/${place.join('/')}/`.length);
		const html = page(options, view, searchParams.get('lang') ?? 'en');
		return send(200, 'text/html; charset=utf-8', html, {'content-security-policy': policy});
	}
	const type = types[extname(pathname)] ?? 'application/octet-stream';
	const bytes = await fileAt(options, pathname);
	return bytes === undefined ? send(404, 'text/plain', 'not found') : send(200, type, bytes);
}

async function fileAt({runtime, files}: PageServerOptions, pathname: string): Promise<string | Uint8Array | undefined> {
	const own = files.find(({path}) => path === `www${pathname}`);
	if (own !== undefined) return own.bytes;
	const text = runtime.texts.get(pathname);
	if (text !== undefined || runtime.folder === undefined) return text;
	return readFile(join(runtime.folder, normalize(pathname))).catch(() => undefined);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text;
}

interface MenuNode {
	title?: string;
	order?: number;
	action?: {type: string; path?: string};
	satisfied: boolean;
	children?: Record<string, MenuNode>;
}

/** The menu as LuCI sends it: a tree made of the paths of menu.d, with the usual neighbours so that it looks like one. */
function menuTree(files: readonly InstalledFile[]): MenuNode {
	const root: MenuNode = {satisfied: true, children: {}};
	const entries: Record<string, Partial<MenuNode>> = {
		admin: {title: 'Administration', action: {type: 'firstchild'}},
		'admin/status': {title: 'Status', order: 10, action: {type: 'firstchild'}},
		'admin/system': {title: 'System', order: 20, action: {type: 'firstchild'}},
		'admin/network': {title: 'Network', order: 50, action: {type: 'firstchild'}},
	};
	for (const {path, bytes} of files)
		if (path.startsWith('usr/share/luci/menu.d/'))
			Object.assign(entries, JSON.parse(Buffer.from(bytes).toString()) as object);
	for (const [path, entry] of Object.entries(entries)) {
		let node = root;
		for (const name of path.split('/')) {
			node.children ??= {};
			node.children[name] ??= {satisfied: true};
			node = node.children[name];
		}
		Object.assign(node, entry);
	}
	return root;
}

/** As LuCI's dispatcher sends the texts of all catalogues of one language. */
function translations(files: readonly InstalledFile[], language: string): string {
	const texts: Record<string, string> = {};
	for (const {path, bytes} of files)
		if (path.endsWith(`.${language}.lmo`))
			for (const {key, text} of lmoEntries(bytes)) texts[key.toString(16).padStart(8, '0')] = text;
	return `window.TR=${JSON.stringify(texts)};`;
}

function page({runtime, host, mayWrite = true}: PageServerOptions, view: string, language: string): string {
	const environment = {
		media: '/luci-static/bootstrap',
		resource: '/luci-static/resources',
		scriptname: base,
		pathinfo: `/${[...place, view].join('/')}`,
		requestpath: [...place, view],
		dispatchpath: [...place, view],
		pollinterval: 5,
		ubuspath: '/ubus/',
		sessionid: '0123456789abcdef0123456789abcdef',
		token: '0123456789abcdef0123456789abcdef',
		nodespec: {satisfied: true, readonly: !mayWrite, action: {type: 'view', path: `astral-mesh/${view}`}},
		apply_rollback: 90,
		apply_holdoff: 1,
		apply_timeout: 5,
		apply_display: 1,
	};
	const theme = runtime.folder === undefined ? [] : ['cascade.css', 'mobile.css'];
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<title>${host}</title>
<script>
const dark = matchMedia('(prefers-color-scheme: dark)');
document.documentElement.setAttribute('data-darkmode', String(dark.matches));
</script>
<meta name="viewport" content="width=device-width, initial-scale=1">
${theme
	.map(
		name =>
			`<link rel="stylesheet" href="/luci-static/bootstrap/${name}"${name === 'mobile.css' ? ' media="only screen and (max-device-width: 854px)"' : ''}>`,
	)
	.join('\n')}
<link rel="icon" href="data:,">
<script src="${base}/admin/translations/${language}"></script>
${runtime.scripts.map(address => `<script src="${address}"></script>`).join('\n')}
</head>
<body class="lang_${language}" data-page="${[...place, view].join('-')}">
<header>
<a class="brand" href="/">${host}</a>
<ul class="nav" id="topmenu"></ul>
<div id="indicators" class="pull-right"></div>
</header>
<div id="maincontent" class="container">
<div id="tabmenu"></div>
<script>L = new LuCI(${JSON.stringify(environment).replaceAll('/', '\\/')});</script>
<div id="view"><div class="spinning">…</div>
<script>L.require('ui').then(ui => ui.instantiateView('astral-mesh/${view}'));</script>
</div>
</div>
<footer><ul class="breadcrumb pull-right" id="modemenu"></ul></footer>
${runtime.folder === undefined ? '' : "<script>L.require('menu-bootstrap')</script>"}
</body>
</html>
`;
}
