// SPDX-License-Identifier: Apache-2.0
import {_} from 'luci:globals';
import view from 'luci:view';
import * as agent from '../module/agent.ts';
import * as chart from '../module/chart.ts';
import * as page from '../module/page.ts';

function draw({telemetry}: agent.Replies<'telemetry'>): Node[] {
	const {broker, state, reason, queueBytes, queueLimitBytes, queuedFrames, sentFrames, droppedFrames, lastSentS} =
		telemetry;
	const [mood, word, text] = ((): [page.Mood, string, string] => {
		if (broker === '')
			return [
				'plain',
				_('Off'),
				_('No collector is set, so nothing leaves this router. Settings has the place for it.'),
			];
		if (state === 'connected') return ['good', _('Connected'), page.fill(_('It reports to {broker}.'), {broker})];
		return [
			'warning',
			_('Not connected'),
			page.fill(
				_('{broker} cannot be reached: {reason}. Reports wait in memory, the oldest are dropped when it is full.'),
				{
					broker,
					reason,
				},
			),
		];
	})();
	const share = queueLimitBytes > 0 ? queueBytes / queueLimitBytes : 0;
	return [
		page.notice(mood, word, text),
		page.section(
			_('Reports that wait'),
			chart.bars({
				title: _('Memory for reports'),
				summary: page.fill(_('{used} of {limit} are in use, by {count} reports.'), {
					used: page.bytes(queueBytes),
					limit: page.bytes(queueLimitBytes),
					count: page.quantity(queuedFrames, ''),
				}),
				parts: [_('in use')],
				nameColumn: _('Queue'),
				noteColumn: _('Bytes'),
				bars: [{name: _('Queue'), note: page.percent(share), isMarked: false, shares: [share]}],
			}),
			page.facts([
				[_('Delivered'), page.quantity(sentFrames, '')],
				[_('Dropped, the queue was full'), page.quantity(droppedFrames, '')],
				[
					_('Last delivery'),
					lastSentS === undefined ? _('none yet') : page.fill(_('{time} ago'), {time: page.duration(lastSentS)}),
				],
			]),
		),
	];
}

export default view.extend(
	agent.watched({
		title: _('Telemetry'),
		about: _('What this router sends to the collector of the community. It sends only what its owner publishes.'),
		ask: ['telemetry'],
		draw,
	}),
);
