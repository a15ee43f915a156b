// SPDX-License-Identifier: Apache-2.0
import {_, E, N_} from 'luci:globals';
import view from 'luci:view';
import * as agent from '../module/agent.ts';
import * as chart from '../module/chart.ts';
import * as page from '../module/page.ts';
import * as survey from '../module/survey.ts';

const MOMENTS = 120;
/** Lines that can still be told apart in one chart. */
const MOST_LINES = 4;
const history = new survey.History(MOMENTS);

async function load() {
	const [surveys, spectrum, neighbours] = await Promise.all([agent.survey(), agent.spectrum(), agent.neighbours()]);
	history.add(Date.now(), surveys.channels);
	return {channels: surveys.channels, sweeps: spectrum.sweeps, foreign: neighbours.channels};
}

type Loaded = Awaited<ReturnType<typeof load>>;

const nameOf = ({frequencyMhz}: survey.Survey): string =>
	page.fill(_('Channel {channel}'), {channel: survey.channelNumber(frequencyMhz)});

const busyNow = (channel: survey.Survey): number | null => history.last(channel)?.air.busy ?? null;

function channelBars(radio: string, channels: readonly survey.Survey[], foreign: readonly agent.Foreign[]): Node {
	const known = channels.filter(channel => busyNow(channel) !== null);
	const [quietest] = [...known].sort((a, b) => (busyNow(a) ?? 1) - (busyNow(b) ?? 1));
	const used = channels.find(({inUse}) => inUse);
	const words: string[] = [];
	if (used !== undefined && busyNow(used) !== null)
		words.push(
			page.fill(_('{channel} is in use and busy {share} of the time.'), {
				channel: nameOf(used),
				share: page.percent(busyNow(used)),
			}),
		);
	if (quietest !== undefined && quietest !== used)
		words.push(
			page.fill(_('The quietest is {channel}, busy {share}.'), {
				channel: nameOf(quietest),
				share: page.percent(busyNow(quietest)),
			}),
		);
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
				name: `${nameOf(channel)}`,
				note: [
					page.quantity(channel.noiseDbm, 'dBm'),
					networks === undefined
						? ''
						: page.fill(N_(networks.accessPoints, '{count} network', '{count} networks'), {
								count: networks.accessPoints,
							}),
				]
					.filter(text => text !== '')
					.join(', '),
				isMarked: channel.inUse,
				shares: [air?.sent ?? null, air?.own ?? null, air?.others ?? null, air?.signals ?? null],
			};
		}),
	});
}

function overTime(radio: string, channels: readonly survey.Survey[]): Node[] {
	// Those in use first, then the busiest.
	const shown = [...channels]
		.sort((a, b) => Number(b.inUse) - Number(a.inUse) || (busyNow(b) ?? -1) - (busyNow(a) ?? -1))
		.slice(0, MOST_LINES)
		.filter(channel => history.of(channel).length > 0);
	if (shown.length === 0)
		return [page.nothing(_('History begins when this page is opened; the collector keeps it for years.'))];
	const timesMs = [...new Set(shown.flatMap(channel => history.of(channel).map(({timeMs}) => timeMs)))].sort(
		(a, b) => a - b,
	);
	const line = (channel: survey.Survey, pick: (moment: survey.Moment) => number | null): chart.Line => {
		const values = new Map(history.of(channel).map(moment => [moment.timeMs, pick(moment)]));
		return {name: nameOf(channel), values: timesMs.map(timeMs => values.get(timeMs) ?? null)};
	};
	const summaryOf = (lines: readonly chart.Line[], say: (value: number | null) => string): string =>
		lines
			.slice(0, 1)
			.map(({name, values}) => {
				const known = values.filter(value => value !== null);
				return page.fill(_('{channel}: {now} now, {least} to {most} since this page was opened.'), {
					channel: name,
					now: say(known[known.length - 1] ?? null),
					least: say(known.length > 0 ? Math.min(...known) : null),
					most: say(known.length > 0 ? Math.max(...known) : null),
				});
			})
			.join('');
	const busy = shown.map(channel => line(channel, ({air}) => air.busy));
	const noise = shown.map(channel => line(channel, ({noiseDbm}) => noiseDbm));
	const decibels = (value: number | null): string => page.quantity(value, 'dBm');
	const common = {timesMs, timeColumn: _('Time')};
	return [
		chart.lines({
			...common,
			title: page.fill(_('Busy over time, {radio}'), {radio}),
			summary: summaryOf(busy, page.percent),
			lines: busy,
			least: 0,
			most: 1,
			say: page.percent,
		}),
		chart.lines({
			...common,
			title: page.fill(_('Noise over time, {radio}'), {radio}),
			summary: summaryOf(noise, decibels),
			lines: noise,
			least: -110,
			most: -70,
			say: decibels,
		}),
	];
}

function sweep({radio, leastMhz, mostMhz, intervalMs, rowsDbm}: agent.Sweep): Node {
	const columns = rowsDbm.reduce((widest, row) => Math.max(widest, row.length), 0);
	const frequencyOf = (column: number): number =>
		Math.round(leastMhz + ((mostMhz - leastMhz) * (column + 0.5)) / Math.max(1, columns));
	const peaks = Array.from({length: columns}, (_unused, i) => Math.max(...rowsDbm.map(row => row[i] ?? -200)));
	const means = Array.from(
		{length: columns},
		(_unused, i) => rowsDbm.reduce((sum, row) => sum + (row[i] ?? 0), 0) / Math.max(1, rowsDbm.length),
	);
	const strongest = peaks.indexOf(Math.max(...peaks));
	const decibels = (value: number): string => page.quantity(Math.round(value), 'dBm');
	return chart.waterfall({
		title: page.fill(_('Spectrum, {radio}'), {radio}),
		summary: page.fill(_('The strongest signal was {strength} at {frequency} MHz.'), {
			strength: decibels(peaks[strongest] ?? -200),
			frequency: frequencyOf(strongest),
		}),
		rows: rowsDbm,
		least: -110,
		most: -40,
		say: decibels,
		xLabels: [`${leastMhz} MHz`, `${mostMhz} MHz`],
		yLabels: [_('now'), page.duration((rowsDbm.length * intervalMs) / 1000)],
		twin: page.twin(
			[_('Frequency'), _('Strongest'), _('Mean')],
			peaks.map((peak, i) => [`${frequencyOf(i)} MHz`, decibels(peak), decibels(means[i] ?? 0)]),
		),
	});
}

function draw({channels, sweeps, foreign}: Loaded): Node[] {
	const radios = [...new Set(channels.map(({radio}) => radio))];
	if (radios.length === 0) return [page.nothing(_('No radio of this router counts air time.'))];
	return radios.map(radio => {
		const own = channels.filter(each => each.radio === radio).sort((a, b) => a.frequencyMhz - b.frequencyMhz);
		return page.section(
			radio,
			channelBars(radio, own, foreign),
			E('div', {class: 'am-pair'}, overTime(radio, own)),
			...sweeps.filter(each => each.radio === radio).map(sweep),
		);
	});
}

export default view.extend(
	agent.watched({
		title: _('Spectrum'),
		about: _('How busy each channel is and how much noise there is. A channel that is not in use is looked at rarely.'),
		load,
		draw,
	}),
);
