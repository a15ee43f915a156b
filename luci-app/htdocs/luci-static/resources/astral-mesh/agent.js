// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';
'require dom';
'require poll';
'require rpc';
'require astral-mesh.page as page';

const EVERY_S = 5;

function watched({title, about, ask, draw}) {
	const calls = ask.map(method => rpc.declare({object: 'astral-mesh', method, reject: true}));
	const load = async () => {
		const replies = await Promise.all(calls.map(call => call()));
		return Object.fromEntries(ask.map((method, i) => [method, replies[i]]));
	};
	return {
		handleSave: null,
		handleSaveApply: null,
		handleReset: null,
		async render() {
			const place = E('div');
			const refresh = async () => {
				try {
					replace(place, draw(await load()));
				} catch (error) {
					dom.content(place, silence(error));
				}
			};
			await Promise.all([page.dressed(), refresh()]);
			poll.add(refresh, EVERY_S);
			return page.frame(title, about, place);
		}
	};
}

function replace(place, drawn) {
	const details = () => [...place.querySelectorAll('details')];
	const before = details().map(each => ({isOpen: each.open, isFocused: each.contains(document.activeElement), top: each.querySelector('.am-scroll')?.scrollTop ?? 0}));
	dom.content(place, drawn);
	for (const [i, each] of details().entries()) {
		each.open = before[i]?.isOpen ?? false;
		if (before[i]?.isFocused) each.querySelector('summary')?.focus();
		const table = each.querySelector('.am-scroll');
		if (table !== null) table.scrollTop = before[i]?.top ?? 0;
	}
}

function silence(error) {
	return page.notice(
		'bad',
		_('No answer'),
		_('The agent does not answer. Is the service running?'),
		' ',
		E('code', {}, ['/etc/init.d/astral-mesh status']),
		' ',
		E('span', {class: 'am-quiet'}, [String(error)])
	);
}

return baseclass.extend({watched});
