// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.page as page';

const moods = {applied: 'good', refused: 'bad', 'timed-out': 'warning'};

function entry({atMs, subject, action, reason, numbers, outcome}) {
	const compared = Object.entries(numbers);
	return E('li', {}, [
		E('span', {class: 'am-when'}, page.moment(atMs)),
		' ',
		E('strong', {}, ''.concat(subject, ': ').concat(action)),
		' ',
		outcome === void 0 ? null : page.badge(moods[outcome] ?? 'plain', outcome),
		E('p', {}, reason),
		compared.length === 0 ? null : page.facts(compared.map(([name, value]) => [name, page.quantity(value, '', 2)])),
	]);
}

function draw({decisions}) {
	if (decisions.length === 0)
		return [
			page.nothing(
				_('The agent has decided nothing since it started. It watches, and changes only what its settings allow.'),
			),
		];
	return [E('ol', {class: 'am-log', reversed: ''}, [...decisions].sort((a, b) => b.atMs - a.atMs).map(entry))];
}

return view.extend({
	handleSave: null,
	handleSaveApply: null,
	handleReset: null,
	async render() {
		return page.frame(
			_('Decisions'),
			_('What the agent decided, why, and with which numbers. The newest stands first.'),
			await agent.follow(agent.decisions, draw),
		);
	},
});
