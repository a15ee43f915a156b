// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.chart as chart';
'require astral-mesh.page as page';

function draw({telemetry}) {
	const {broker, state, reason, queueBytes, queueLimitBytes, queuedFrames, sentFrames, droppedFrames, lastSentS} = telemetry;
	const [mood, word, text] = (() => {
		if (broker === '') return ['plain', _('Off'), _('No collector is set, so nothing leaves this router. Settings has the place for it.')];
		if (state === 'connected') return ['good', _('Connected'), page.fill(_('It reports to {broker}.'), {broker})];
		return ['warning', _('Not connected'), page.fill(_('{broker} cannot be reached: {reason}. Reports wait in memory, the oldest are dropped when it is full.'), {broker, reason})];
	})();
	const share = queueLimitBytes > 0 ? queueBytes / queueLimitBytes : 0;
	return [
		page.notice(mood, word, text),
		page.section(
			_('Reports that wait'),
			chart.bars({
				title: _('Memory for reports'),
				summary: page.fill(_('{used} of {limit} are in use, by {count} reports.'), {used: page.bytes(queueBytes), limit: page.bytes(queueLimitBytes), count: page.quantity(queuedFrames, '')}),
				parts: [_('in use')],
				nameColumn: _('Queue'),
				noteColumn: _('Bytes'),
				bars: [{name: _('Queue'), note: page.percent(share), isMarked: false, shares: [share]}]
			}),
			page.facts([
				[_('Delivered'), page.quantity(sentFrames, '')],
				[_('Dropped, the queue was full'), page.quantity(droppedFrames, '')],
				[_('Last delivery'), lastSentS === void 0 ? _('none yet') : page.fill(_('{time} ago'), {time: page.duration(lastSentS)})]
			])
		)
	];
}

return view.extend(
	agent.watched({title: _('Telemetry'), about: _('What this router sends to the collector of the community. It sends only what its owner publishes.'), ask: ['telemetry'], draw})
);
