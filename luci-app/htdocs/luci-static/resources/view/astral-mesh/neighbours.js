// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.agent as agent';
'require astral-mesh.page as page';
'require astral-mesh.survey as survey';

function signalBadge(signalDbm) {
	if (signalDbm === void 0) return '–';
	const text = page.decibels(signalDbm);
	if (signalDbm >= -67) return page.badge('good', `${text}, ${_('strong')}`);
	return signalDbm >= -80 ? page.badge('warning', `${text}, ${_('fair')}`) : page.badge('bad', `${text}, ${_('weak')}`);
}

function retries({transmitPackets, transmitRetries}) {
	if (transmitPackets === void 0 || transmitRetries === void 0 || transmitPackets === 0) return '–';
	return page.percent(Math.min(1, transmitRetries / (transmitPackets + transmitRetries)));
}

function draw({stations: {stations, clients}, neighbours}) {
	const strongest = [...stations].sort((a, b) => (b.signalDbm ?? -200) - (a.signalDbm ?? -200));
	const heard = neighbours.channels.filter(({accessPoints}) => accessPoints > 0);
	return [
		page.section(
			_('Mesh neighbours'),
			page.table(
				[_('Router'), _('Interface'), _('Signal'), _('Rate to it'), _('Rate from it'), _('Sent again'), _('Last heard')],
				strongest.map(station => [
					station.peer,
					station.interface,
					signalBadge(station.signalDbm),
					page.bitrate(station.transmitRateKbps),
					page.bitrate(station.receiveRateKbps),
					retries(station),
					station.inactiveMs === void 0 ? '–' : page.duration(station.inactiveMs / 1e3)
				]),
				_('No other router of the mesh is heard. Are they on the same channel?')
			)
		),
		page.section(
			_("People's devices"),
			page.table(
				[_('Interface'), _('Devices'), _('Median signal')],
				clients.map(({interface: name, count, signalMedianDbm}) => [name, page.quantity(count, ''), signalMedianDbm === void 0 ? _('not told below five devices') : page.decibels(signalMedianDbm)]),
				_('No access point runs on this router.')
			)
		),
		page.section(
			_('Networks of others'),
			page.table(
				[_('Radio'), _('Channel'), _('Networks')],
				heard.map(({radio, frequencyMhz, accessPoints}) => [radio, `${survey.channelNumber(frequencyMhz)} (${page.quantity(frequencyMhz, 'MHz')})`, page.quantity(accessPoints, '')]),
				_('None was heard in the last scan, or there was none yet.')
			)
		)
	];
}

return view.extend(
	agent.watched({title: _('Neighbours'), about: _("Routers this one talks to, and who else is on the air. Of people's devices only the number is known here."), ask: ['stations', 'neighbours'], draw})
);
