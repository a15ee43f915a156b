// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';
'require astral-mesh.page as page';

function airTime(now, before) {
	const grown = name => {
		const [value, earlier] = [now[name], before === void 0 ? 0 : before[name]];
		return value === void 0 || earlier === void 0 || value < earlier ? null : value - earlier;
	};
	const active = grown('activeMs') ?? 0;
	const share = value => (value === null || active <= 0 ? null : Math.min(1, Math.max(0, value / active)));
	const [busy, sent, received, own] = [grown('busyMs'), grown('transmitMs'), grown('receiveMs'), grown('ownReceiveMs')];
	return {
		busy: share(busy),
		sent: share(sent),
		own: share(own),
		others: received === null ? null : share(received - (own ?? 0)),
		signals: busy === null || received === null ? null : share(busy - received - (sent ?? 0))
	};
}

function channelNumber(frequencyMhz) {
	if (frequencyMhz === 2484) return 14;
	if (frequencyMhz > 2400 && frequencyMhz < 2484) return (frequencyMhz - 2407) / 5;
	if (frequencyMhz >= 5955) return (frequencyMhz - 5950) / 5;
	return frequencyMhz > 5e3 ? (frequencyMhz - 5e3) / 5 : 0;
}
const channelName = frequencyMhz => page.fill(_('Channel {channel}'), {channel: channelNumber(frequencyMhz)});

function history(limit) {
	const before = new Map();
	const seen = new Map();
	const begun = new Map();
	const keyOf = ({radio, frequencyMhz}) => `${radio} ${frequencyMhz}`;
	const of = survey => seen.get(keyOf(survey)) ?? [];
	return {
		of,
		last: survey => of(survey).slice(-1)[0] ?? begun.get(keyOf(survey)),
		/** A survey that has not grown says nothing new and is left out. */
		add(timeMs, surveys) {
			for (const survey of surveys) {
				const key = keyOf(survey);
				const earlier = before.get(key);
				if (earlier?.activeMs === survey.activeMs && earlier !== void 0) continue;
				before.set(key, survey);
				const moment = {timeMs, air: airTime(survey, earlier), noiseDbm: survey.noiseDbm ?? null};
				if (earlier === void 0) begun.set(key, moment);
				else seen.set(key, [...of(survey), moment].slice(-limit));
			}
		}
	};
}

return baseclass.extend({channelName, channelNumber, history});
