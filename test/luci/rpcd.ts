// SPDX-License-Identifier: Apache-2.0

// What rpcd answers to LuCI on /ubus, for the one configuration that our pages touch: sessions are not checked, changes
// are collected until they are applied. Everything else goes to the objects a test gives.

export type Reply = [status: number, data?: object];
/** Answers one method. Absent: undefined for a method the object does not have. */
export type UbusObject = (method: string, values: Record<string, unknown>) => Promise<Reply | undefined>;

const OK = 0;
const INVALID_ARGUMENT = 2;
const METHOD_NOT_FOUND = 3;
const NOT_FOUND = 4;
const PERMISSION_DENIED = 6;

type Value = string | string[];
export interface Section {
	readonly type: string;
	readonly anonymous: boolean;
	options: Record<string, Value>;
}
export type Sections = Map<string, Section>;

export interface RpcdOptions {
	readonly configuration: string;
	readonly sections: Sections;
	readonly objects: Readonly<Record<string, UbusObject>>;
	/** What procd's reload trigger would do: the sections are in force now. */
	readonly apply: (sections: Sections) => void;
	/** The methods of `objects` and of `uci` that this login may call; absent: all. */
	readonly allows?: (object: string, method: string) => boolean;
}

export class Rpcd {
	readonly #options: RpcdOptions;
	#sections: Sections;
	#changes: string[][] = [];
	/** Every call, as OBJECT.METHOD. */
	readonly calls: string[] = [];

	constructor(options: RpcdOptions) {
		this.#options = options;
		this.#sections = copy(options.sections);
	}

	/** One JSON-RPC request or a batch of them. */
	async answer(request: unknown): Promise<unknown> {
		if (Array.isArray(request)) return Promise.all(request.map(each => this.answer(each)));
		const {id, method, params} = request as {id: unknown; method: string; params?: unknown[]};
		if (method === 'list') return {jsonrpc: '2.0', id, result: {}};
		const [, object = '', name = '', values = {}] = (params ?? []) as [string, string, string, Record<string, unknown>];
		this.calls.push(`${object}.${name}`);
		if (this.#options.allows?.(object, name) === false)
			return {jsonrpc: '2.0', id, error: {code: -32002, message: 'Access denied'}};
		const known = object === 'uci' || object === 'session' || object === 'luci' || object in this.#options.objects;
		if (!known) return {jsonrpc: '2.0', id, error: {code: -32000, message: 'Object not found'}};
		const given = Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'ubus_rpc_session'));
		const result = (await this.#call(object, name, given)) ?? [METHOD_NOT_FOUND];
		return {jsonrpc: '2.0', id, result};
	}

	async #call(object: string, method: string, values: Record<string, unknown>): Promise<Reply | undefined> {
		if (object === 'uci') return this.#uci(method, values);
		if (object === 'session') return method === 'access' ? [OK, {access: true}] : undefined;
		if (object === 'luci') return method === 'getFeatures' ? [OK, {}] : undefined;
		return this.#options.objects[object]?.(method, values);
	}

	/** What LuCI's own address for applying does, by its last word. Absent: undefined where there is nothing to do. */
	apply(what: string): {status: number; body?: object} {
		if (what === 'revert') {
			this.#sections = copy(this.#options.sections);
			this.#changes = [];
			return {status: 204};
		}
		if (what === 'confirm') return {status: 200};
		if (this.#changes.length === 0) return {status: 204};
		for (const [name] of this.#options.sections) this.#options.sections.delete(name);
		for (const [name, section] of copy(this.#sections)) this.#options.sections.set(name, section);
		this.#changes = [];
		this.#options.apply(this.#options.sections);
		return what === 'apply_rollback' ? {status: 200, body: {token: '0123456789abcdef'}} : {status: 200};
	}

	#uci(
		method: string,
		{config, section, type, name, values, option, options}: Record<string, unknown>,
	): Reply | undefined {
		if (method === 'changes') {
			const {configuration} = this.#options;
			return [OK, {changes: this.#changes.length === 0 ? {} : {[configuration]: this.#changes}}];
		}
		// LuCI looks for its own colours of zones and the like.
		if (config === 'luci' && method === 'get') return [OK, {values: {}}];
		if (config !== this.#options.configuration) return [NOT_FOUND];
		if (method === 'get') return [OK, {values: this.#values()}];
		if (method === 'add') {
			const added = typeof name === 'string' ? name : `cfg0${this.#sections.size + 1}`;
			this.#sections.set(added, {type: String(type), anonymous: typeof name !== 'string', options: {}});
			this.#changes.push(['add', added, String(type)]);
			return [OK, {section: added}];
		}
		const found = this.#sections.get(String(section));
		if (found === undefined) return [NOT_FOUND];
		if (method === 'set') {
			if (typeof values !== 'object' || values === null) return [INVALID_ARGUMENT];
			for (const [key, value] of Object.entries(values as Record<string, Value>)) {
				found.options[key] = value;
				this.#changes.push(['set', String(section), key, String(value)]);
			}
			return [OK];
		}
		if (method === 'delete') {
			for (const key of (options ?? [option]) as string[]) {
				delete found.options[key];
				this.#changes.push(['remove', String(section), key]);
			}
			return [OK];
		}
		return method === 'commit' ? [PERMISSION_DENIED] : undefined;
	}

	#values(): object {
		return Object.fromEntries(
			[...this.#sections].map(([name, {type, anonymous, options}], i) => [
				name,
				{'.anonymous': anonymous, '.type': type, '.name': name, '.index': i, ...options},
			]),
		);
	}
}

function copy(sections: Sections): Sections {
	return new Map(
		[...sections].map(([name, section]) => [name, {...section, options: structuredClone(section.options)}]),
	);
}
