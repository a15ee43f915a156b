// SPDX-License-Identifier: Apache-2.0
import {_, E} from 'luci:globals';
import view from 'luci:view';
import * as agent from '../module/agent.ts';
import * as page from '../module/page.ts';

const moods: Readonly<Record<string, page.Mood>> = {applied: 'good', refused: 'bad', 'timed-out': 'warning'};

function entry({atMs, subject, action, reason, numbers, outcome}: agent.Decision): Node {
	const compared = Object.entries(numbers);
	return E('article', {class: 'am-log'}, [
		E('span', {class: 'am-quiet'}, [page.moment(atMs)]),
		' ',
		E('strong', {}, [`${subject}: ${action}`]),
		' ',
		outcome === undefined ? '' : page.badge(moods[outcome] ?? 'plain', outcome),
		E('p', {}, [reason]),
		compared.length === 0 ? '' : page.facts(compared.map(([name, value]) => [name, page.quantity(value, '', 3)])),
	]);
}

function draw({decisions: {decisions}}: agent.Replies<'decisions'>): Node[] {
	if (decisions.length === 0)
		return [
			page.nothing(
				_('The agent has decided nothing since it started. It watches, and changes only what its settings allow.'),
			),
		];
	return [...decisions].sort((a, b) => b.atMs - a.atMs).map(entry);
}

export default view.extend(
	agent.watched({
		title: _('Decisions'),
		about: _('What the agent decided, why, and with which numbers. The newest stands first.'),
		ask: ['decisions'],
		draw,
	}),
);
