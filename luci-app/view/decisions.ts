// SPDX-License-Identifier: Apache-2.0
import {_, E} from 'luci:globals';
import view from 'luci:view';
import * as agent from '../module/agent.ts';
import * as chart from '../module/chart.ts';
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

/** Who may send when on a radio's channel, and why. */
function superframe(of: agent.SlotPicture): Node {
	const {radio, sentences, slots, slotUs} = of;
	const title = `${_('Time slots')} · ${radio}`;
	if (slots < 2) return page.notice('plain', title, sentences.join(' '));
	const bar = (name: string, part: number, runs: agent.SlotPicture['open']): chart.Bar => {
		const shares: number[] = [];
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
			title: `${title} · ${slots} × ${page.quantity(slotUs / 1000, 'ms', 1)}`,
			summary: sentences[0] ?? '',
			parts: [],
			bars: [
				...of.routers.map(({router, own}, i) => bar(i === 0 ? _('this router') : router, i && 1, own)),
				bar(_('everyone'), 2, of.open),
			],
			nameColumn: _('Router'),
			noteColumn: _('Slots'),
		}),
		...sentences.slice(1).map(sentence => E('p', {}, [sentence])),
		page.facts([
			[_('Clock right to'), page.quantity(of.errorUs, 'µs')],
			[_('Lost before'), page.percent(of.lossBefore)],
			[_('Lost with slots'), page.percent(of.lossNow)],
		]),
	]);
}

function draw({decisions: {decisions}, plan: {slots = []}}: agent.Replies<'decisions' | 'plan'>): Node[] {
	const divided = slots.map(superframe);
	if (decisions.length === 0)
		return [
			...divided,
			page.nothing(
				_('The agent has decided nothing since it started. It watches, and changes only what its settings allow.'),
			),
		];
	return [...divided, ...[...decisions].sort((a, b) => b.atMs - a.atMs).map(entry)];
}

export default view.extend(
	agent.watched({
		title: _('Decisions'),
		about: _('What the agent decided, why, and with which numbers. The newest stands first.'),
		ask: ['decisions', 'plan'],
		draw,
	}),
);
