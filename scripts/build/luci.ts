// SPDX-License-Identifier: Apache-2.0
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {type Option, options} from '../../src/model/configuration.ts';
import {projectRoot} from './bundle.ts';
import {compileModule, compileStyle, format} from './luci-module.ts';
import {choicesOf, optionsModule} from './luci-options.ts';
import {type Message, messagesOf, readPo, writeLmo, writePo} from './luci-translation.ts';

// The LuCI app: TypeScript in luci-app/{view,module} becomes the JavaScript in luci-app/htdocs, and the style what is there of it
// without white space; both stand in the tree so that OpenWrt's build system finds it as in any other app.

export interface InstalledFile {
	/** Where it is on the router, without the leading slash. */
	readonly path: string;
	readonly bytes: Uint8Array;
	readonly mode: number;
}

export interface LuciApp {
	/** The app's folder. */
	readonly path: string;
	/** What a package of it installs, in the order of paths; translations included. */
	readonly files: readonly InstalledFile[];
}

const appName = 'luci-app';
const appPath = join(projectRoot, appName);
const resources = 'htdocs/luci-static/resources';
const table = 'module/options.ts';
const style = 'style/style.css';
const template = 'po/templates/astral-mesh.pot';

/** Compiles the app, brings the files in its folder up to date and says what a package installs. */
export async function buildLuci(): Promise<LuciApp> {
	for (const [path, text] of await generatedFiles()) {
		const target = join(appPath, path);
		if ((await readFile(target, 'utf8').catch(() => undefined)) === text) continue;
		await mkdir(dirname(target), {recursive: true});
		await writeFile(target, text);
	}
	return {path: appPath, files: await installedFiles()};
}

/** What is made from sources and stands in the tree, by its path in the app's folder. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
	const optionsSource = await format(optionsModule());
	const files = new Map([[table, optionsSource]]);
	const texts = new Map<string, string>();
	for (const [folder, target] of [
		['module', 'astral-mesh'],
		['view', 'view/astral-mesh'],
	] as const)
		for (const name of await filesOf(folder)) {
			const path = `${appName}/${folder}/${name}`;
			const source = path === `${appName}/${table}` ? optionsSource : await readFile(join(projectRoot, path), 'utf8');
			files.set(`${resources}/${target}/${basename(name, '.ts')}.js`, await compileModule(path, source));
			texts.set(path, source);
		}
	files.set(`${resources}/astral-mesh/style.css`, await compileStyle(await readFile(join(appPath, style), 'utf8')));
	const messages = new Map<string, Message>();
	for (const message of [...messagesOf(texts), ...optionMessages(), ...(await menuMessages())]) {
		const places = [...(messages.get(message.id)?.places ?? []), ...(message.places ?? [])];
		messages.set(message.id, {...message, places: [...new Set(places)].sort()});
	}
	files.set(template, writePo({pluralForms: '', messages: [...messages.values()]}));
	return files;
}

/** What the agent's own table says of its options is shown, so it is translated. */
function optionMessages(): Message[] {
	return Object.values(options)
		.flatMap(option => {
			const {about, expected, range} = option as Option<unknown>;
			return range !== undefined || choicesOf(option) !== undefined ? [about] : [about, expected];
		})
		.map(id => ({id, texts: [], places: ['src/model/configuration.ts']}));
}

/** Titles of the menu and the description of the access rules are texts too. */
async function menuMessages(): Promise<Message[]> {
	const found: Message[] = [];
	for (const [path, field] of [
		['root/usr/share/luci/menu.d/luci-app-astral-mesh.json', 'title'],
		['root/usr/share/rpcd/acl.d/luci-app-astral-mesh.json', 'description'],
	] as const) {
		const entries = JSON.parse(await readFile(join(appPath, path), 'utf8')) as Record<string, Record<string, string>>;
		for (const entry of Object.values(entries)) {
			const id = entry[field];
			if (id !== undefined) found.push({id, texts: [], places: [`${appName}/${path}`]});
		}
	}
	return found;
}

async function installedFiles(): Promise<InstalledFile[]> {
	const files: InstalledFile[] = [];
	for (const [folder, target] of [
		['htdocs', 'www'],
		['root', ''],
	] as const)
		for (const name of await filesOf(folder)) {
			const bytes = await readFile(join(appPath, folder, name));
			files.push({path: target === '' ? name : `${target}/${name}`, bytes, mode: 0o644});
		}
	for (const name of await filesOf('po')) {
		const language = dirname(name);
		if (language === 'templates') continue;
		const catalogue = readPo(await readFile(join(appPath, 'po', name), 'utf8'));
		const path = `usr/lib/lua/luci/i18n/${basename(name, '.po')}.${language}.lmo`;
		files.push({path, bytes: writeLmo(catalogue), mode: 0o644});
	}
	return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files below a folder of the app, ordered, with `/` between folders. */
async function filesOf(folder: string): Promise<string[]> {
	const entries = await readdir(join(appPath, folder), {recursive: true, withFileTypes: true}).catch(() => []);
	return entries
		.filter(entry => entry.isFile() && !entry.name.startsWith('.'))
		.map(entry => join(entry.parentPath, entry.name).slice(join(appPath, folder).length + 1))
		.sort();
}
