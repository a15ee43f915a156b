// SPDX-License-Identifier: Apache-2.0
import {_, E, N_} from 'luci:globals';
import view from 'luci:view';
import * as agent from '../module/agent.ts';
import * as chart from '../module/chart.ts';
import * as page from '../module/page.ts';
import * as survey from '../module/survey.ts';

const LINE_LENGTH = 60;
const history = survey.history(LINE_LENGTH);

type Replies = agent.Replies<'status' | 'radios' | 'survey' | 'stations' | 'plan' | 'telemetry'>;

/** The worst that there is to say, in one sentence. */
function health({status, radios: {radios}, stations: {stations}, telemetry}: Replies): Node {
	const failed = status.parts.filter(({state}) => state === 'failed');
	const [problem] = status.problems;
	if (radios.length === 0)
		return page.notice('bad', _('No radio'), _('This router has no radio that the agent can read.'));
	if (problem !== undefined)
		return page.notice(
			'warning',
			_('Setting refused'),
			page.fill(_('{message}. The last good value is in force.'), {message: problem.message}),
		);
	if (failed.length > 0)
		return page.notice(
			'warning',
			_('A part does not run'),
			failed.map(({name, reason}) => `${name}: ${reason}`).join('; '),
		);
	const heard = page.fill(N_(stations.length, 'hears {count} mesh neighbour', 'hears {count} mesh neighbours'), {
		count: stations.length,
	});
	const seen = page.fill(N_(radios.length, '{count} radio {heard}.', '{count} radios; the router {heard}.'), {
		count: radios.length,
		heard,
	});
	const {broker, state} = telemetry;
	if (broker !== '' && state !== 'connected')
		return page.notice(
			'warning',
			_('Not connected'),
			`${seen} ${page.fill(_('The collector {broker} cannot be reached; reports are kept until it can.'), {broker})}`,
		);
	const where =
		broker === '' ? _('It reports to nobody: no collector is set.') : page.fill(_('It reports to {broker}.'), {broker});
	return page.notice('good', _('Well'), `${seen} ${where}`);
}

function card(radio: agent.Radio, {survey: {channels}, plan}: Replies): Node {
	const used = channels.find(channel => channel.radio === radio.radio && channel.inUse);
	const moments = used === undefined ? [] : history.of(used);
	const now = used === undefined ? undefined : history.last(used);
	const planned = plan.radios.find(each => each.radio === radio.radio);
	const frequencyMhz = radio.frequencyMhz;
	return E('article', {class: 'am-card'}, [
		E('h4', {}, [
			radio.radio,
			frequencyMhz === undefined ? page.badge('plain', _('off')) : page.busyBadge(now?.air.busy ?? null),
		]),
		E('p', {class: 'am-large'}, [frequencyMhz === undefined ? _('No channel') : survey.channelName(frequencyMhz)]),
		page.facts([
			[_('Frequency'), page.quantity(frequencyMhz, 'MHz')],
			[_('Width'), page.quantity(radio.widthMhz, 'MHz')],
			[_('Power'), page.decibels(radio.transmitPowerDbm)],
			[_('Noise'), page.decibels(now?.noiseDbm)],
		]),
		used === undefined ? '' : chart.spark(moments.map(({air}) => air.busy)),
		E('div', {class: 'am-why'}, [
			E('strong', {}, [_('Why this channel?')]),
			' ',
			planned === undefined
				? _('It is set in the wireless configuration; the agent has no plan of its own for this radio.')
				: planned.frequencyMhz === frequencyMhz
					? planned.reason
					: page.fill(_('Planned is channel {channel}: {reason}'), {
							channel: survey.channelNumber(planned.frequencyMhz),
							reason: planned.reason,
						}),
		]),
	]);
}

const stateWords: Readonly<Record<agent.Part['state'], readonly [page.Mood, string]>> = {
	running: ['good', _('runs')],
	loading: ['plain', _('is being loaded')],
	absent: ['plain', _('not here')],
	failed: ['bad', _('failed')],
};

function draw(replies: Replies): Node[] {
	const {
		status,
		radios: {radios},
		stations: {clients},
	} = replies;
	history.add(Date.now(), replies.survey.channels);
	const people = clients.reduce((sum, {count}) => sum + count, 0);
	return [
		health(replies),
		page.section(
			_('Radios'),
			E(
				'div',
				{class: 'am-cards'},
				radios.map(radio => card(radio, replies)),
			),
		),
		page.section(
			_('This router'),
			page.facts([
				[_('Name in the mesh'), status.node],
				[_('Agent'), status.version],
				[_('Agent runs since'), page.duration(status.uptimeS)],
				[_('Looks every'), page.duration(status.intervalS)],
				[_("People's devices"), page.quantity(people, '')],
			]),
			page.table(
				[_('Part'), _('State'), _('Why')],
				status.parts.map(({name, state, reason}) => [name, page.badge(...stateWords[state]), reason]),
				_('The agent has no optional parts on this router.'),
			),
		),
	];
}

export default view.extend(
	agent.watched({
		title: _('Overview'),
		about: _('What the radios of this router are doing now, and why they are on their channels.'),
		ask: ['status', 'radios', 'survey', 'stations', 'plan', 'telemetry'],
		draw,
	}),
);
