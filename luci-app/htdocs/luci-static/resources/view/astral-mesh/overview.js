// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.chart as chart';
'require astral-mesh.page as page';
'require astral-mesh.survey as survey';

const LINE_LENGTH = 60;
const history = survey.history(LINE_LENGTH);

function health({status, radios: {radios}, stations: {stations}, telemetry}) {
	const failed = status.parts.filter(({state: state2}) => state2 === 'failed');
	const [problem] = status.problems;
	if (radios.length === 0) return page.notice('bad', _('No radio'), _('This router has no radio that the agent can read.'));
	if (problem !== void 0) return page.notice('warning', _('Setting refused'), page.fill(_('{message}. The last good value is in force.'), {message: problem.message}));
	if (failed.length > 0) return page.notice('warning', _('A part does not run'), failed.map(({name, reason}) => `${name}: ${reason}`).join('; '));
	const heard = page.fill(N_(stations.length, 'hears {count} mesh neighbour', 'hears {count} mesh neighbours'), {count: stations.length});
	const seen = page.fill(N_(radios.length, '{count} radio {heard}.', '{count} radios; the router {heard}.'), {count: radios.length, heard});
	const {broker, state} = telemetry;
	if (broker !== '' && state !== 'connected')
		return page.notice('warning', _('Not connected'), `${seen} ${page.fill(_('The collector {broker} cannot be reached; reports are kept until it can.'), {broker})}`);
	const where = broker === '' ? _('It reports to nobody: no collector is set.') : page.fill(_('It reports to {broker}.'), {broker});
	return page.notice('good', _('Well'), `${seen} ${where}`);
}

function card(radio, {survey: {channels}, plan}) {
	const used = channels.find(channel => channel.radio === radio.radio && channel.inUse);
	const moments = used === void 0 ? [] : history.of(used);
	const now = used === void 0 ? void 0 : history.last(used);
	const planned = plan.radios.find(each => each.radio === radio.radio);
	const frequencyMhz = radio.frequencyMhz;
	return E('article', {class: 'am-card'}, [
		E('h4', {}, [radio.radio, frequencyMhz === void 0 ? page.badge('plain', _('off')) : page.busyBadge(now?.air.busy ?? null)]),
		E('p', {class: 'am-large'}, [frequencyMhz === void 0 ? _('No channel') : survey.channelName(frequencyMhz)]),
		page.facts([
			[_('Frequency'), page.quantity(frequencyMhz, 'MHz')],
			[_('Width'), page.quantity(radio.widthMhz, 'MHz')],
			[_('Power'), page.decibels(radio.transmitPowerDbm)],
			[_('Noise'), page.decibels(now?.noiseDbm)]
		]),
		used === void 0 ? '' : chart.spark(moments.map(({air}) => air.busy)),
		E('div', {class: 'am-why'}, [
			E('strong', {}, [_('Why this channel?')]),
			' ',
			planned === void 0
				? _('It is set in the wireless configuration; the agent has no plan of its own for this radio.')
				: planned.frequencyMhz === frequencyMhz
					? planned.reason
					: page.fill(_('Planned is channel {channel}: {reason}'), {channel: survey.channelNumber(planned.frequencyMhz), reason: planned.reason})
		])
	]);
}
const stateWords = {running: ['good', _('runs')], loading: ['plain', _('is being loaded')], absent: ['plain', _('not here')], failed: ['bad', _('failed')]};

function draw(replies) {
	const {
		status,
		radios: {radios},
		stations: {clients}
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
				radios.map(radio => card(radio, replies))
			)
		),
		page.section(
			_('This router'),
			page.facts([
				[_('Name in the mesh'), status.node],
				[_('Agent'), status.version],
				[_('Agent runs since'), page.duration(status.uptimeS)],
				[_('Looks every'), page.duration(status.intervalS)],
				[_("People's devices"), page.quantity(people, '')]
			]),
			page.table(
				[_('Part'), _('State'), _('Why')],
				status.parts.map(({name, state, reason}) => [name, page.badge(...stateWords[state]), reason]),
				_('The agent has no optional parts on this router.')
			)
		)
	];
}

return view.extend(
	agent.watched({
		title: _('Overview'),
		about: _('What the radios of this router are doing now, and why they are on their channels.'),
		ask: ['status', 'radios', 'survey', 'stations', 'plan', 'telemetry'],
		draw
	})
);
