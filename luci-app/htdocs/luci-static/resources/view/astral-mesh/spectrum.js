// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.chart as chart';
'require astral-mesh.page as page';
'require astral-mesh.survey as survey';

const MOMENTS = 120;
const MOST_LINES = 4;
const history = survey.history(MOMENTS);
const nameOf = ({frequencyMhz}) => survey.channelName(frequencyMhz);
const busyNow = channel => history.last(channel)?.air.busy ?? null;

function channelBars(radio, channels, foreign) {
	const known = channels.filter(channel => busyNow(channel) !== null);
	const [quietest] = [...known].sort((a, b) => (busyNow(a) ?? 1) - (busyNow(b) ?? 1));
	const used = channels.find(({inUse}) => inUse);
	const words = [];
	if (used !== void 0 && busyNow(used) !== null) words.push(page.fill(_('{channel} is in use and busy {share} of the time.'), {channel: nameOf(used), share: page.percent(busyNow(used))}));
	if (quietest !== void 0 && quietest !== used) words.push(page.fill(_('The quietest is {channel}, busy {share}.'), {channel: nameOf(quietest), share: page.percent(busyNow(quietest))}));
	if (known.length === 0) words.push(_('The driver of this radio does not count air time.'));
	return chart.bars({
		title: page.fill(_('Use of the air, {radio}'), {radio}),
		summary: words.join(' '),
		parts: [_('sent by us'), _('from our mesh'), _('frames of others'), _('other signals')],
		nameColumn: _('Channel'),
		noteColumn: _('Noise and networks'),
		bars: channels.map(channel => {
			const air = history.last(channel)?.air;
			const networks = foreign.find(each => each.radio === radio && each.frequencyMhz === channel.frequencyMhz);
			return {
				name: nameOf(channel),
				note: page.decibels(channel.noiseDbm) + (networks === void 0 ? '' : page.fill(N_(networks.accessPoints, ', {count} network', ', {count} networks'), {count: networks.accessPoints})),
				isMarked: channel.inUse,
				shares: [air?.sent ?? null, air?.own ?? null, air?.others ?? null, air?.signals ?? null]
			};
		})
	});
}

function overTime(radio, channels) {
	const shown = [...channels]
		.sort((a, b) => Number(b.inUse) - Number(a.inUse) || (busyNow(b) ?? -1) - (busyNow(a) ?? -1))
		.slice(0, MOST_LINES)
		.filter(channel => history.of(channel).length > 0);
	if (shown.length === 0) return [page.nothing(_('History begins when this page is opened; the collector keeps it for years.'))];
	const timesMs = [...new Set(shown.flatMap(channel => history.of(channel).map(({timeMs}) => timeMs)))].sort((a, b) => a - b);
	const line = (channel, pick) => {
		const values = new Map(history.of(channel).map(moment => [moment.timeMs, pick(moment)]));
		return {name: nameOf(channel), values: timesMs.map(timeMs => values.get(timeMs) ?? null)};
	};
	const chartOf = (title, least, most, say, pick) => {
		const lines = shown.map(channel => line(channel, pick));
		const known = (lines[0]?.values ?? []).filter(value => value !== null);
		const summary = page.fill(_('{channel}: {now} now, {least} to {most} since this page was opened.'), {
			channel: lines[0]?.name ?? '',
			now: say(known[known.length - 1] ?? null),
			least: say(known.length > 0 ? Math.min(...known) : null),
			most: say(known.length > 0 ? Math.max(...known) : null)
		});
		return chart.lines({title: page.fill(title, {radio}), summary, lines, timesMs, timeColumn: _('Time'), least, most, say});
	};
	return [chartOf(_('Busy over time, {radio}'), 0, 1, page.percent, ({air}) => air.busy), chartOf(_('Noise over time, {radio}'), -110, -70, page.decibels, ({noiseDbm}) => noiseDbm)];
}

function sweep({radio, leastMhz, mostMhz, intervalMs, rowsDbm}) {
	const columns = (rowsDbm[0] ?? []).map((_unused, i) => {
		const values = rowsDbm.map(row => row[i] ?? 0);
		return {
			frequency: page.quantity(leastMhz + ((mostMhz - leastMhz) * (i + 0.5)) / (rowsDbm[0]?.length ?? 1), 'MHz'),
			peak: Math.max(...values),
			mean: values.reduce((sum, value) => sum + value, 0) / values.length
		};
	});
	const [strongest] = [...columns].sort((a, b) => b.peak - a.peak);
	return chart.waterfall({
		title: page.fill(_('Spectrum, {radio}'), {radio}),
		summary: page.fill(_('The strongest signal was {strength} at {frequency}.'), {strength: page.decibels(strongest?.peak), frequency: strongest?.frequency ?? ''}),
		rows: rowsDbm,
		least: -110,
		most: -40,
		say: page.decibels,
		xLabels: [`${leastMhz} MHz`, `${mostMhz} MHz`],
		yLabels: [_('now'), page.duration((rowsDbm.length * intervalMs) / 1e3)],
		twin: page.twin(
			[_('Frequency'), _('Strongest'), _('Mean')],
			columns.map(({frequency, peak, mean}) => [frequency, page.decibels(peak), page.decibels(mean)])
		)
	});
}

function draw({survey: {channels}, spectrum: {sweeps}, neighbours}) {
	history.add(Date.now(), channels);
	const radios = [...new Set(channels.map(({radio}) => radio))];
	if (radios.length === 0) return [page.nothing(_('No radio of this router counts air time.'))];
	return radios.map(radio => {
		const own = channels.filter(each => each.radio === radio).sort((a, b) => a.frequencyMhz - b.frequencyMhz);
		return page.section(radio, channelBars(radio, own, neighbours.channels), E('div', {class: 'am-pair'}, overTime(radio, own)), ...sweeps.filter(each => each.radio === radio).map(sweep));
	});
}

return view.extend(
	agent.watched({
		title: _('Spectrum'),
		about: _('How busy each channel is and how much noise there is. A channel that is not in use is looked at rarely.'),
		ask: ['survey', 'spectrum', 'neighbours'],
		draw
	})
);
