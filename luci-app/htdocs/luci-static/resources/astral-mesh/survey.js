// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';

var __typeError = msg => {
	throw TypeError(msg);
};
var __accessCheck = (obj, member, msg) => member.has(obj) || __typeError('Cannot ' + msg);
var __privateGet = (obj, member, getter) => (
	__accessCheck(obj, member, 'read from private field'), getter ? getter.call(obj) : member.get(obj)
);
var __privateAdd = (obj, member, value) =>
	member.has(obj)
		? __typeError('Cannot add the same private member more than once')
		: member instanceof WeakSet
			? member.add(obj)
			: member.set(obj, value);
var __privateSet = (obj, member, value, setter) => (
	__accessCheck(obj, member, 'write to private field'), setter ? setter.call(obj, value) : member.set(obj, value), value
);
var _limit, _last, _first, _moments;
const unknown = {busy: null, sent: null, own: null, others: null, signals: null};

function airTime(now, before) {
	const grown = name => {
		const [value, earlier] = [now[name], before === void 0 ? 0 : before[name]];
		return value === void 0 || earlier === void 0 || value < earlier ? null : value - earlier;
	};
	const active = grown('activeMs');
	if (active === null || active <= 0) return unknown;
	const share = value => (value === null ? null : Math.min(1, Math.max(0, value / active)));
	const [busy, sent, received, own] = [grown('busyMs'), grown('transmitMs'), grown('receiveMs'), grown('ownReceiveMs')];
	return {
		busy: share(busy),
		sent: share(sent),
		own: share(own),
		others: received === null ? null : share(received - (own ?? 0)),
		signals: busy === null || received === null ? null : share(busy - received - (sent ?? 0)),
	};
}

function channelNumber(frequencyMhz) {
	if (frequencyMhz === 2484) return 14;
	if (frequencyMhz > 2400 && frequencyMhz < 2484) return (frequencyMhz - 2407) / 5;
	if (frequencyMhz >= 5955) return (frequencyMhz - 5950) / 5;
	return frequencyMhz > 5e3 ? (frequencyMhz - 5e3) / 5 : 0;
}
class History {
	constructor(limit) {
		__privateAdd(this, _limit);
		__privateAdd(this, _last, /* @__PURE__ */ new Map());
		/** The mean since the driver began to count, until there is something newer. */
		__privateAdd(this, _first, /* @__PURE__ */ new Map());
		__privateAdd(this, _moments, /* @__PURE__ */ new Map());
		__privateSet(this, _limit, limit);
	}
	/** A survey that has not grown says nothing new and is left out. */
	add(timeMs, surveys) {
		for (const survey of surveys) {
			const key = keyOf(survey);
			const before = __privateGet(this, _last).get(key);
			if (before !== void 0 && before.activeMs === survey.activeMs) continue;
			__privateGet(this, _last).set(key, survey);
			const moment = {timeMs, air: airTime(survey, before), noiseDbm: survey.noiseDbm ?? null};
			if (before === void 0) {
				__privateGet(this, _first).set(key, moment);
				continue;
			}
			const kept = __privateGet(this, _moments).get(key) ?? [];
			__privateGet(this, _moments).set(key, kept);
			kept.push(moment);
			if (kept.length > __privateGet(this, _limit)) kept.shift();
		}
	}
	of(survey) {
		return __privateGet(this, _moments).get(keyOf(survey)) ?? [];
	}
	last(survey) {
		const moments = this.of(survey);
		return moments[moments.length - 1] ?? __privateGet(this, _first).get(keyOf(survey));
	}
}
_limit = new WeakMap();
_last = new WeakMap();
_first = new WeakMap();
_moments = new WeakMap();
const keyOf = ({radio, frequencyMhz}) => `${radio} ${frequencyMhz}`;

return baseclass.extend({History, airTime, channelNumber});
