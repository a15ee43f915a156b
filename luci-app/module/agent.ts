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
export type {SlotPicture} from '../../src/model/slot-picture.ts';

const EVERY_S = 5;

type Method = keyof AgentReplies;
/** What some of the agent's methods answer, by their names. */
export type Replies<M extends Method> = {readonly [N in M]: AgentReplies[N]};

interface Watched<M extends Method> {
	readonly title: string;
	readonly about: string;
	/** What is asked, each time. */
	readonly ask: readonly M[];
	readonly draw: (replies: Replies<M>) => readonly Node[];
}

/** The members of a view that shows what the agent answers, asks again while the page is open, and saves nothing. */
export function watched<M extends Method>({title, about, ask, draw}: Watched<M>) {
	const calls = ask.map(method => rpc.declare<unknown>({object: 'astral-mesh', method, reject: true}));
	const load = async (): Promise<Replies<M>> => {
		const replies = await Promise.all(calls.map(call => call()));
		return Object.fromEntries(ask.map((method, i) => [method, replies[i]])) as Replies<M>;
	};
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
		if (before[i]?.isFocused) each.querySelector('summary')?.focus();
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
		E('code', {}, ['/etc/init.d/astral-mesh status']),
		' ',
		E('span', {class: 'am-quiet'}, [String(error)]),
	);
}
