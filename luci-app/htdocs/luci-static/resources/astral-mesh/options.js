// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';

var DECIMAL = '0123456789';
var HEXADECIMAL = `${DECIMAL}abcdefABCDEF`;
var NAME_CHARACTERS = `${DECIMAL}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-`;

function isMadeOf(text2, alphabet) {
	return [...text2].every(character => alphabet.includes(character));
}

var text = (about, initial = '') => ({
	about,
	initial,
	parse: value => (value.length <= 4096 ? value : void 0),
	expected: 'at most 4096 characters'
});
var secret = about => ({...text(about), secret: true});
var digits = about => ({
	...secret(about),
	parse: value => (value.length % 2 === 0 && isMadeOf(value, HEXADECIMAL) ? value : void 0),
	expected: 'an even number of hexadecimal digits'
});
var integer = (about, initial, least, most) => ({
	about,
	initial,
	range: [least, most],
	parse: value => {
		const number = Number(value);
		return value !== '' && isMadeOf(value, DECIMAL) && number >= least && number <= most ? number : void 0;
	},
	expected: `a whole number from ${least} to ${most}`
});
var oneOf = (about, initial, values) => ({about, initial, parse: value => values.find(one => one === value), expected: values.join(' | ')});
var flag = about => oneOf(about, '0', ['0', '1']);
var options = {
	node: {
		about: "The node's name in topics. Empty: the host name",
		initial: '',
		parse: value => (value.length <= 48 && isMadeOf(value, NAME_CHARACTERS) ? value : void 0),
		expected: 'at most 48 letters, digits, - and _'
	},
	broker: {
		about: 'Where to report: HOST:PORT or tls://HOST:PORT. Empty: nothing is sent',
		initial: '',
		parse: value => (value === '' || parseBroker(value) !== void 0 ? value : void 0),
		expected: 'HOST:PORT or tls://HOST:PORT, an IPv6 address in brackets'
	},
	intervalS: integer('Seconds between two reports', 60, 1, 3600),
	keyframeS: integer('Seconds between two frames that can be read alone', 600, 1, 86400),
	queueBytes: integer('Memory for what is not yet delivered', 524288, 16384, 8388608),
	publish: oneOf('The widest privacy class that is reported', 'community', ['public', 'community']),
	username: text('Name at the broker. Empty: none'),
	password: secret('Password at the broker'),
	ca: text('File with the certificates of authorities we trust (PEM)'),
	certificate: text('File with our certificate (PEM)'),
	key: text('File with the key of our certificate (PEM)'),
	pskIdentity: text('Identity for TLS with a shared key'),
	psk: digits('Shared key for TLS, hexadecimal'),
	pseudonymKey: digits('Key of the names given to foreign networks, hexadecimal. Empty: a new one at each start'),
	spectralMode: oneOf('Spectral scan', 'background', ['background', 'manual', 'chanscan', 'off']),
	spectralPercent: integer('Spectral scan, per cent of time', 5, 1, 50),
	keepAliveS: integer('Seconds of silence after which the broker is asked whether it is there', 60, 5, 3600),
	logLevel: oneOf('The least important message that is logged', 'notice', ['error', 'warning', 'notice', 'debug']),
	ubusSocket: text('Socket of ubusd. Empty: its usual place'),
	respondd: flag('Whether respondd answers on UDP port 1001, for maps of the mesh'),
	responddInterfaces: text('Interfaces for respondd, with spaces between. Empty: all'),
	sharedState: flag("Whether neighbours are given to LibreMesh's shared-state"),
	jail: flag('Whether the service runs in a jail (ujail), from its next start on')
};

function parseBroker(value) {
	const tls = value.startsWith('tls://');
	const place = tls || value.startsWith('tcp://') ? value.slice(6) : value;
	const colon = place.lastIndexOf(':');
	const digits2 = place.slice(colon + 1);
	const port = Number(digits2);
	if (colon < 1 || digits2.length > 5 || !isMadeOf(digits2, DECIMAL) || port < 1 || port > 65535) return void 0;
	const name = place.slice(0, colon);
	const isAddress = name.startsWith('[') && name.endsWith(']');
	const host = isAddress ? name.slice(1, -1) : name;
	const alphabet = isAddress ? `${NAME_CHARACTERS}:.%` : `${NAME_CHARACTERS}.`;
	return host !== '' && isMadeOf(host, alphabet) ? {tls, host, port} : void 0;
}

return baseclass.extend({options});
