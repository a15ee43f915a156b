// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.page as page';

const moods = {applied: 'good', refused: 'bad', 'timed-out': 'warning'};

function entry({atMs, subject, action, reason, numbers, outcome}) {
	const compared = Object.entries(numbers);
	return E('article', {class: 'am-log'}, [
		E('span', {class: 'am-quiet'}, [page.moment(atMs)]),
		' ',
		E('strong', {}, [`${subject}: ${action}`]),
		' ',
		outcome === void 0 ? '' : page.badge(moods[outcome] ?? 'plain', outcome),
		E('p', {}, [reason]),
		compared.length === 0 ? '' : page.facts(compared.map(([name, value]) => [name, page.quantity(value, '', 3)]))
	]);
}

function draw({decisions: {decisions}}) {
	if (decisions.length === 0)
		return [page.nothing(_('The agent has decided nothing since it started. It watches, and changes only what its settings allow.'))];
	return [...decisions].sort((a, b) => b.atMs - a.atMs).map(entry);
}

return view.extend(
	agent.watched({
		title: _('Decisions'),
		about: _('What the agent decided, why, and with which numbers. The newest stands first.'),
		ask: ['decisions'],
		draw
	})
);
