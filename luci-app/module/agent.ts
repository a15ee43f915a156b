// SPDX-License-Identifier: Apache-2.0
import dom from 'luci:dom';
import {_, E} from 'luci:globals';
import poll from 'luci:poll';
import rpc from 'luci:rpc';
import type {AgentReplies} from '../../src/model/agent-object.ts';
import * as page from './page.ts';

// What the agent answers on ubus, and how a page follows it. The shapes are the agent's own.

export type {
	Clients,
	Decision,
	Foreign,
	Part,
	Plan,
	Radio,
	Station,
	Status,
	Sweep,
	Telemetry,
} from '../../src/model/agent-object.ts';

const declare = <M extends keyof AgentReplies>(method: M): (() => Promise<AgentReplies[M]>) =>
	rpc.declare<AgentReplies[M]>({object: 'astral-mesh', method, reject: true});

export const status = declare('status');
export const radios = declare('radios');
export const survey = declare('survey');
export const stations = declare('stations');
export const spectrum = declare('spectrum');
export const neighbours = declare('neighbours');
export const decisions = declare('decisions');
export const plan = declare('plan');
export const telemetry = declare('telemetry');

const EVERY_S = 5;

interface Watched<T> {
	readonly title: string;
	readonly about: string;
	readonly load: () => Promise<T>;
	readonly draw: (loaded: T) => readonly Node[];
}

/** The members of a view that shows what was loaded, loads it again while the page is open, and saves nothing. */
export function watched<T>({title, about, load, draw}: Watched<T>) {
	return {
		handleSave: null,
		handleSaveApply: null,
		handleReset: null,

		async render(): Promise<Node> {
			const place = E('div');
			const refresh = async (): Promise<void> => {
				try {
					replace(place, draw(await load()));
				} catch (error) {
					dom.content(place, silence(error));
				}
			};
			await Promise.all([page.dressed(), refresh()]);
			poll.add(refresh, EVERY_S);
			return page.frame(title, about, place);
		},
	};
}

/** What the reader opened stays open and where it was scrolled to; the keyboard stays where it is. */
function replace(place: HTMLElement, drawn: readonly Node[]): void {
	const details = (): HTMLDetailsElement[] => [...place.querySelectorAll('details')];
	const before = details().map(each => ({
		isOpen: each.open,
		isFocused: each.contains(document.activeElement),
		top: each.querySelector('.am-scroll')?.scrollTop ?? 0,
	}));
	dom.content(place, drawn);
	for (const [i, each] of details().entries()) {
		each.open = before[i]?.isOpen ?? false;
		if (before[i]?.isFocused === true) each.querySelector('summary')?.focus();
		const table = each.querySelector('.am-scroll');
		if (table !== null) table.scrollTop = before[i]?.top ?? 0;
	}
}

function silence(error: unknown): HTMLElement {
	return page.notice(
		'bad',
		_('No answer'),
		_('The agent does not answer. Is the service running?'),
		' ',
		E('code', {}, '/etc/init.d/astral-mesh status'),
		' ',
		E('span', {class: 'am-quiet'}, String(error).split('\n')[0]),
	);
}
