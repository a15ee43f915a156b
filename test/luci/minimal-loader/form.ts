// SPDX-License-Identifier: Apache-2.0
import {element} from './element.ts';

// The part of LuCI's forms that the settings page uses: one section, tabs, options of a few kinds, save and apply.

type Value = string | string[] | undefined;
type UciSection = Readonly<Record<string, Value>> & {readonly '.type': string; readonly '.name': string};

export interface UciCalls {
	get(config: string): Promise<Record<string, UciSection>>;
	set(config: string, section: string, values: Record<string, Value>): Promise<void>;
	remove(config: string, section: string, options: string[]): Promise<void>;
	apply(): Promise<void>;
}

abstract class Option {
	readonly title: string;
	readonly about: string;
	readonly name: string;
	readonly choices: [key: string, label: string][] = [];
	placeholder = '';
	default = '';
	password = false;
	validate: ((section: string, value: string) => true | string) | undefined;

	constructor(name: string, title: string, about = '') {
		this.name = name;
		this.title = title;
		this.about = about;
	}

	value(key: string, label = key): void {
		this.choices.push([key, label]);
	}

	depends(): void {}

	abstract input(value: Value): HTMLElement;
	abstract read(input: HTMLElement): Value;
}

class TextOption extends Option {
	input(value: Value): HTMLElement {
		const type = this.password ? 'password' : 'text';
		return element('input', {type, value: value ?? '', placeholder: this.placeholder, class: 'cbi-input-text'});
	}
	read(input: HTMLElement): Value {
		const {value} = input as HTMLInputElement;
		return value === '' ? undefined : value;
	}
}

class ListOption extends Option {
	input(value: Value): HTMLElement {
		const chosen = value ?? this.default;
		const options = this.choices.map(([key, label]) =>
			element('option', {value: key, selected: key === chosen ? '' : null}, label),
		);
		return element('select', {class: 'cbi-input-select'}, options);
	}
	read(input: HTMLElement): Value {
		const {value} = input as HTMLSelectElement;
		return value === this.default ? undefined : value;
	}
}

class FlagOption extends Option {
	override default = '0';

	input(value: Value): HTMLElement {
		return element('input', {type: 'checkbox', checked: (value ?? this.default) === '1' ? '' : null});
	}
	read(input: HTMLElement): Value {
		const value = (input as HTMLInputElement).checked ? '1' : '0';
		return value === this.default ? undefined : value;
	}
}

class SeveralOption extends Option {
	input(value: Value): HTMLElement {
		const text = typeof value === 'object' ? value.join(' ') : (value ?? '');
		return element('input', {type: 'text', value: text, placeholder: this.placeholder, class: 'cbi-input-text'});
	}
	read(input: HTMLElement): Value {
		const words = (input as HTMLInputElement).value.split(' ').filter(word => word !== '');
		return words.length === 0 ? undefined : words;
	}
}

type OptionKind = new (name: string, title: string, about?: string) => Option;

class Section {
	readonly type: string;
	readonly title: string | undefined;
	readonly tabs = new Map<string, {title: string; about: string; options: Option[]}>();
	anonymous = false;
	addremove = false;

	constructor(type: string, title?: string) {
		this.type = type;
		this.title = title;
	}

	tab(name: string, title: string, about = ''): void {
		this.tabs.set(name, {title, about, options: []});
	}

	option(kind: OptionKind, name: string, title: string, about?: string): Option {
		if (!this.tabs.has('')) this.tab('', '');
		return this.taboption('', kind, name, title, about);
	}

	taboption(tab: string, Kind: OptionKind, name: string, title: string, about?: string): Option {
		const made = new Kind(name, title, about);
		this.tabs.get(tab)?.options.push(made);
		return made;
	}
}

interface Field {
	readonly section: string;
	readonly option: Option;
	readonly input: HTMLElement;
	readonly before: Value;
	readonly complaint: HTMLElement;
}

export class Form {
	readonly NamedSection = class {};
	readonly TypedSection = class {};
	readonly Value = TextOption;
	readonly ListValue = ListOption;
	readonly Flag = FlagOption;
	readonly DynamicList = SeveralOption;
	readonly Map: unknown;
	readonly #uci: UciCalls;
	readonly #fields: Field[] = [];
	readonly #mayWrite: () => boolean;
	#config = '';

	constructor(uci: UciCalls, mayWrite: () => boolean) {
		this.#uci = uci;
		this.#mayWrite = mayWrite;
		const render = (config: string, title: string, about: string, sections: readonly Section[]) =>
			this.#render(config, title, about, sections);
		this.Map = class {
			readonly #sections: Section[] = [];
			readonly #words: [string, string, string];
			constructor(config: string, title: string, about = '') {
				this.#words = [config, title, about];
			}
			section(_kind: unknown, type: string, title?: string): Section {
				const made = new Section(type, title);
				this.#sections.push(made);
				return made;
			}
			render(): Promise<Node> {
				return render(...this.#words, this.#sections);
			}
		};
	}

	buttons(): HTMLElement {
		const apply = element(
			'button',
			{class: 'cbi-button cbi-button-apply', click: () => void this.#save()},
			'Save & Apply',
		);
		if (!this.#mayWrite()) apply.setAttribute('disabled', '');
		return element('div', {class: 'cbi-page-actions'}, apply);
	}

	async #render(config: string, title: string, about: string, sections: readonly Section[]): Promise<Node> {
		this.#config = config;
		const stored = Object.values(await this.#uci.get(config));
		const shown = sections.flatMap(section =>
			stored
				.filter(each => each['.type'] === section.type || each['.name'] === section.type)
				.map(each => this.#section(section, each)),
		);
		return element('div', {class: 'cbi-map'}, [
			element('h2', {}, title),
			element('div', {class: 'cbi-map-descr'}, about),
			...shown,
		]);
	}

	#section(section: Section, stored: UciSection): HTMLElement {
		const tabs = [...section.tabs.values()].map(({title, about, options}) =>
			element('fieldset', {}, [
				element('legend', {}, title),
				element('p', {}, about),
				...options.map(option => this.#field(stored, option)),
			]),
		);
		return element('div', {class: 'cbi-section'}, [element('h3', {}, section.title ?? ''), ...tabs]);
	}

	#field(stored: UciSection, option: Option): HTMLElement {
		const before = stored[option.name];
		const input = option.input(before);
		if (!this.#mayWrite()) input.setAttribute('disabled', '');
		const complaint = element('div', {class: 'cbi-value-error', role: 'alert'});
		this.#fields.push({section: stored['.name'], option, input, before, complaint});
		return element('div', {class: 'cbi-value', 'data-name': option.name}, [
			element('label', {class: 'cbi-value-title'}, [option.title, ' ', input]),
			element('div', {class: 'cbi-value-description'}, option.about),
			complaint,
		]);
	}

	async #save(): Promise<void> {
		let isValid = true;
		for (const {section, option, input, complaint} of this.#fields) {
			const value = option.read(input);
			const verdict = option.validate?.(section, typeof value === 'object' ? value.join(' ') : (value ?? '')) ?? true;
			complaint.textContent = verdict === true ? '' : verdict;
			if (verdict !== true) isValid = false;
		}
		if (!isValid) return;
		for (const {section, option, input, before} of this.#fields) {
			const value = option.read(input);
			if (String(value) === String(before)) continue;
			if (value === undefined) await this.#uci.remove(this.#config, section, [option.name]);
			else await this.#uci.set(this.#config, section, {[option.name]: value});
		}
		await this.#uci.apply();
	}
}
