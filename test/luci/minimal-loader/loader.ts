// SPDX-License-Identifier: Apache-2.0
import {hashOf} from '../../../scripts/build/luci-translation.ts';
import {element, fillElement} from './element.ts';
import {Form, type UciCalls} from './form.ts';

// A loader for modules of LuCI's form, for machines that have no LuCI: it reads the `'require …'` lines, gives a module
// what it asks for and shows its view. It stands in for the parts of LuCI that the app's pages use, and for no others.

interface Environment {
	readonly resource: string;
	readonly scriptname: string;
	readonly ubuspath: string;
	readonly sessionid: string;
	readonly nodespec: {readonly readonly: boolean};
	readonly apply_holdoff: number;
}

interface Page {
	load?(): unknown;
	render(loaded: unknown): Node | Promise<Node>;
	handleSave?: null;
}

type Declaration = {
	object: string;
	method: string;
	params?: string[];
	expect?: Record<string, unknown>;
	reject?: boolean;
};

class MinimalLoader {
	readonly env: Environment;
	readonly #modules = new Map<string, Promise<unknown>>();
	#requests = 0;

	constructor(env: Environment) {
		this.env = env;
		const rpc = {declare: (declaration: Declaration) => this.#declare(declaration)};
		const own: Record<string, unknown> = {
			baseclass: {extend: (members: object) => members},
			view: {extend: (members: object) => members},
			dom: {content: fillElement, append: (node: Node, child: never) => fillElement(node, child, false)},
			poll: {
				add: (task: () => Promise<unknown>, intervalS = 5) => Boolean(setInterval(() => void task(), intervalS * 1000)),
			},
			rpc,
			ui: {
				addNotification: (title: string, content: Node) => this.#notify(title, content),
				instantiateView: (path: string) => this.#show(path),
			},
			form: new Form(this.#uci(), () => !env.nodespec.readonly),
		};
		for (const [name, value] of Object.entries(own)) this.#modules.set(name, Promise.resolve(value));
	}

	url(...path: string[]): string {
		return [this.env.scriptname, ...path].join('/');
	}

	resource(...path: string[]): string {
		return [this.env.resource, ...path].join('/');
	}

	hasViewPermission(): boolean {
		return !this.env.nodespec.readonly;
	}

	require(name: string): Promise<unknown> {
		const known = this.#modules.get(name);
		if (known !== undefined) return known;
		const loading = this.#load(name);
		this.#modules.set(name, loading);
		return loading;
	}

	async #load(name: string): Promise<unknown> {
		const response = await fetch(this.resource(`${name.replaceAll('.', '/')}.js`));
		if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
		const source = await response.text();
		const [head = ''] = /^(?:\s*(?:\/\/.*|'[^'\n]*';))*/.exec(source) ?? [];
		const required = [...head.matchAll(/'require\s+(\S+)(?:\s+as\s+(\w+))?';/g)].map(([, module = '', word]) => ({
			module,
			word: word ?? module.replace(/\W/g, '_'),
		}));
		const values = await Promise.all(required.map(({module}) => this.require(module)));
		const factory = new Function('window', 'document', 'L', ...required.map(({word}) => word), source);
		return factory(window, document, this, ...values);
	}

	async #show(path: string): Promise<void> {
		const place = document.querySelector('#view');
		if (place === null) return;
		try {
			const page = (await this.require(`view.${path.replaceAll('/', '.')}`)) as Page;
			fillElement(place, await page.render(await page.load?.()));
			if (page.handleSave !== null) place.append(((await this.require('form')) as Form).buttons());
		} catch (error) {
			this.#notify('error', document.createTextNode(String(error)));
			throw error;
		}
	}

	#notify(title: string | null, content: Node): Node {
		const message = element('div', {class: 'alert-message'}, [
			...(title === null ? [] : [element('h4', {}, title)]),
			content,
		]);
		document.querySelector('#maincontent')?.prepend(message);
		return message;
	}

	#declare({
		object,
		method,
		params = [],
		expect,
		reject = false,
	}: Declaration): (...values: unknown[]) => Promise<unknown> {
		return async (...values) => {
			const given = Object.fromEntries(
				params.map((name, i) => [name, values[i]]).filter(([, value]) => value !== undefined),
			);
			const response = await fetch(this.env.ubuspath, {
				method: 'POST',
				body: JSON.stringify({
					jsonrpc: '2.0',
					id: ++this.#requests,
					method: 'call',
					params: [this.env.sessionid, object, method, given],
				}),
			});
			const {result, error} = (await response.json()) as {result?: [number, unknown?]; error?: {message: string}};
			const status = result?.[0] ?? -1;
			if (reject && (error !== undefined || status !== 0))
				throw new Error(`RPC call to ${object}/${method} failed: ${error?.message ?? `ubus code ${status}`}`);
			const data = result !== undefined && result.length > 1 ? result[1] : status;
			const [[key, absent] = []] = Object.entries(expect ?? {});
			if (key === undefined || key === '') return data;
			return (data as Record<string, unknown> | null)?.[key] ?? absent;
		};
	}

	#uci(): UciCalls {
		const call = (method: string, ...params: string[]) => this.#declare({object: 'uci', method, params, reject: true});
		const [get, set, remove] = [
			call('get', 'config'),
			call('set', 'config', 'section', 'values'),
			call('delete', 'config', 'section', 'options'),
		];
		return {
			get: async config => ((await get(config)) as {values: never}).values,
			set: async (config, section, values) => void (await set(config, section, values)),
			remove: async (config, section, options) => void (await remove(config, section, options)),
			apply: async () => {
				await fetch(this.url('admin', 'uci', 'apply_rollback'), {method: 'POST'});
				await new Promise(resolve => setTimeout(resolve, this.env.apply_holdoff * 1000));
				await fetch(this.url('admin', 'uci', 'confirm'), {method: 'POST'});
				location.reload();
			},
		};
	}
}

const translate = (text: string): string => {
	const texts = (window as unknown as {TR?: Record<string, string>}).TR ?? {};
	return texts[hashOf(text).toString(16).padStart(8, '0')] ?? text;
};

Object.assign(window, {
	LuCI: MinimalLoader,
	E: element,
	_: translate,
	N_: (count: number, one: string, several: string): string => {
		const text = count === 1 ? one : several;
		const translated = translate(`${one}\u0002${count === 1 ? 0 : 1}`);
		return translated.includes('\u0002') ? text : translated;
	},
});
