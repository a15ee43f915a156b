// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.chart as chart';
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

function superframe(of) {
	const {radio, sentences, slots, slotUs} = of;
	const title = `${_('Time slots')} · ${radio}`;
	if (slots < 2) return page.notice('plain', title, sentences.join(' '));
	const bar = (name, part, runs) => {
		const shares = [];
		let end = 0;
		for (const [first, count] of runs) {
			shares.push((first - end) / slots, count / slots);
			end = first + count;
		}
		const note = runs.map(([first, count]) => (count > 1 ? `${first + 1}–${first + count}` : `${first + 1}`));
		return {name, part, isMarked: part === 0, shares, note: note.join(', ')};
	};
	return E('article', {class: 'am-card'}, [
		chart.bars({
			title: `${title} · ${slots} × ${page.quantity(slotUs / 1e3, 'ms', 1)}`,
			summary: sentences[0] ?? '',
			parts: [],
			bars: [...of.routers.map(({router, own}, i) => bar(i === 0 ? _('this router') : router, i && 1, own)), bar(_('everyone'), 2, of.open)],
			nameColumn: _('Router'),
			noteColumn: _('Slots')
		}),
		...sentences.slice(1).map(sentence => E('p', {}, [sentence])),
		page.facts([
			[_('Clock right to'), page.quantity(of.errorUs, 'µs')],
			[_('Lost before'), page.percent(of.lossBefore)],
			[_('Lost with slots'), page.percent(of.lossNow)]
		])
	]);
}

function draw({decisions: {decisions}, plan: {slots = []}}) {
	const divided = slots.map(superframe);
	if (decisions.length === 0) return [...divided, page.nothing(_('The agent has decided nothing since it started. It watches, and changes only what its settings allow.'))];
	return [...divided, ...[...decisions].sort((a, b) => b.atMs - a.atMs).map(entry)];
}

return view.extend(
	agent.watched({title: _('Decisions'), about: _('What the agent decided, why, and with which numbers. The newest stands first.'), ask: ['decisions', 'plan'], draw})
);
