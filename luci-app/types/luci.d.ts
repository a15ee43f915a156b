// SPDX-License-Identifier: Apache-2.0

// The part of LuCI's client-side API that this app uses, as LuCI 22.03 to 25.12 have it.
// Source: LuCI, modules/luci-base/htdocs/luci-static/resources/{luci,rpc,form,ui,uci,cbi}.js.

/** Never a text by itself: LuCI takes that for HTML. In a list it is text, whatever stands in it. */
type LuciChild = Node | readonly (Node | string | number)[];
type LuciAttributes = Readonly<Record<string, string | number | null | undefined | ((event: Event) => unknown)>>;

/** What LuCI defines for every module; nothing is loaded for it. */
declare module 'luci:globals' {
	/** Makes an element; attributes that are functions become event handlers, those that are null are left out. */
	export function E(name: string, attributes?: LuciAttributes, children?: LuciChild): HTMLElement;
	/** The text in the reader's language. */
	export function _(text: string): string;
	/** One text for one, another for several, in the reader's language. */
	export function N_(count: number, one: string, several: string): string;
	export const L: {
		url(...path: string[]): string;
		resource(...path: string[]): string;
		/** Whether what the page may change may be changed by this login; null: nothing is known. */
		hasViewPermission(): boolean | null;
	};
}

declare module 'luci:baseclass' {
	const baseclass: {extend<M extends object>(members: M): M};
	export default baseclass;
}

declare module 'luci:view' {
	interface View<T> {
		/** Shown under a page that has settings; null: there is nothing to save. */
		handleSave?: null;
		handleSaveApply?: null;
		handleReset?: null;
		load?(): Promise<T> | T;
		render(loaded: T): Node | Promise<Node>;
	}
	const view: {extend<T, M extends View<T>>(members: M & ThisType<M>): M};
	export default view;
}

declare module 'luci:rpc' {
	interface Declaration {
		readonly object: string;
		readonly method: string;
		readonly params?: readonly string[];
		/** A refused call rejects, instead of answering with what `expect` says. */
		readonly reject?: boolean;
	}
	const rpc: {declare<R>(declaration: Declaration): (...values: unknown[]) => Promise<R>};
	export default rpc;
}

declare module 'luci:poll' {
	const poll: {
		add(task: () => Promise<unknown>, intervalS?: number): boolean;
		remove(task: () => Promise<unknown>): boolean;
	};
	export default poll;
}

declare module 'luci:dom' {
	const dom: {content(node: Node, children: LuciChild): Node; append(node: Node, children: LuciChild): Node};
	export default dom;
}

declare module 'luci:ui' {
	const ui: {
		addNotification(title: string | null, content: Node, ...classes: string[]): Node;
		createHandlerFn(context: object, handler: (event: Event) => unknown): (event: Event) => unknown;
	};
	export default ui;
}

declare module 'luci:form' {
	export interface Option {
		rmempty: boolean;
		optional: boolean;
		datatype: string;
		default: string;
		placeholder: string;
		password: boolean;
		readonly: boolean;
		rows: number;
		validate: (section: string, value: string) => true | string;
		value(key: string, label?: string): void;
		depends(option: string, value: string): void;
	}
	export interface Kind<T> {
		new (...values: never[]): T;
	}
	export interface Section {
		anonymous: boolean;
		addremove: boolean;
		tab(name: string, title: string, description?: string): void;
		option(kind: Kind<Option>, name: string, title: string, description?: string): Option;
		taboption(tab: string, kind: Kind<Option>, name: string, title: string, description?: string): Option;
	}
	class ConfigurationMap {
		constructor(config: string, title: string, description?: string);
		readonly: boolean;
		section(kind: Kind<Section>, type: string, title?: string, description?: string): Section;
		render(): Promise<Node>;
	}
	const form: {
		Map: typeof ConfigurationMap;
		NamedSection: Kind<Section>;
		TypedSection: Kind<Section>;
		Value: Kind<Option>;
		ListValue: Kind<Option>;
		Flag: Kind<Option>;
		DynamicList: Kind<Option>;
	};
	export default form;
}
