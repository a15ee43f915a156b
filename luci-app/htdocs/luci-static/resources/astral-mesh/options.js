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
var words = (about, expected, isWord) => ({
	about,
	initial: '',
	parse: value => {
		const all = wordsOf(value);
		return value.length <= 16384 && all.every(isWord) ? all.join(' ') : void 0;
	},
	expected
});
var number = (least, most) => word => isMadeOf(word, DECIMAL) && Number(word) >= least && Number(word) <= most;
var integer = (about, initial, least, most) => ({
	about,
	initial,
	range: [least, most],
	parse: value => {
		const number2 = Number(value);
		return value !== '' && isMadeOf(value, DECIMAL) && number2 >= least && number2 <= most ? number2 : void 0;
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
	routing: oneOf('Routing protocols to ask; all: 802.11s own paths too', 'auto', ['auto', 'all', 'off']),
	routingIntervalS: integer('Seconds between two questions to a routing protocol', 30, 5, 3600),
	position: {
		about: 'Where the router is: LATITUDE,LONGITUDE in degrees, libremesh, gpsd://HOST:PORT, or a serial line. Empty: unsaid',
		initial: '',
		parse: value => (value === '' || parsePosition(value) !== void 0 ? value : void 0),
		expected: 'LATITUDE,LONGITUDE | libremesh | gpsd://HOST:PORT | /dev/NAME:BAUD'
	},
	positionGridM: integer('Side of the squares that the position is rounded to, metres. 0: it is exact', 250, 0, 1e5),
	surveyWalk: flag('Whether the router is carried about: reports each second, with the position'),
	latencyTargets: {
		about: 'What to probe, with spaces between: gateway, neighbours, collector, addresses, udp://ADDRESS:PORT. Empty: nothing',
		initial: '',
		parse: value => (isEveryTarget(value) ? value : void 0),
		expected: 'gateway | neighbours | collector | an address | udp://ADDRESS:PORT, with spaces between'
	},
	latencyPerMinute: integer('Probes a minute to each target', 20, 1, 60),
	keepAliveS: integer('Seconds of silence after which the broker is asked whether it is there', 60, 5, 3600),
	logLevel: oneOf('The least important message that is logged', 'notice', ['error', 'warning', 'notice', 'debug']),
	ubusSocket: text('Socket of ubusd. Empty: its usual place'),
	respondd: flag('Whether respondd answers on UDP port 1001, for maps of the mesh'),
	responddInterfaces: text('Interfaces for respondd, with spaces between. Empty: all'),
	sharedState: flag("Whether neighbours are given to LibreMesh's shared-state"),
	participation: oneOf('Part in choosing channels: none is changed but when active', 'observe', ['observe', 'active', 'stopped']),
	meshNetwork: text("Name of the mesh: another's messages are ignored", 'mesh'),
	meshKeys: {
		...words('Keys of the community: all are accepted, the first is used', '32 or more hexadecimal digits each', isKey),
		secret: true
	},
	meshKeyFile: text('File with 32 bytes, the key of this router alone. Empty: the first of mesh_keys'),
	meshAllow: words(
		"Routers' public keys that are accepted (Ed25519)",
		'64 hexadecimal digits each',
		word => word.length === 64 && isKey(word)
	),
	homeChannels: words('Where routers look for each other when lost, one channel a band', 'MHz', number(2400, 7200)),
	pinnedRadios: text('Radios that stay on their channel, with spaces between'),
	quietHours: words('Hours (UTC) in which channels stay as they are', '0 to 23, with spaces between', number(0, 23)),
	retunesPerHour: integer('Changes of a radio an hour at most', 2, 0, 20),
	leastGainPercent: integer('A change must make the mesh so much better', 10, 1, 90),
	engineFile: text('File that counts the starts', '/etc/astral-mesh.epoch'),
	jail: flag('Whether the service runs in a jail (ujail), from its next start on')
};

function isKey(word) {
	return word.length >= 32 && word.length % 2 === 0 && isMadeOf(word, HEXADECIMAL);
}

function wordsOf(value) {
	return value.split(' ').filter(word => word !== '');
}
var BAUDS = [4800, 9600, 19200, 38400, 57600, 115200];

function parsePosition(value) {
	if (value === 'libremesh') return {kind: 'libremesh'};
	if (value.startsWith('gpsd://')) {
		const place = parseBroker(value.slice(7));
		return place === void 0 ? void 0 : {kind: 'gpsd', host: place.host, port: place.port};
	}
	if (value.startsWith('/dev/')) {
		const colon = value.lastIndexOf(':');
		const baud = BAUDS.find(each => `${each}` === value.slice(colon + 1));
		return baud === void 0 ? void 0 : {kind: 'nmea', path: value.slice(0, colon), baud};
	}
	const [latitude = '', longitude = '', ...more] = value.split(',').map(each => each.trim());
	if (more.length > 0 || ![latitude, longitude].every(each => each !== '' && isMadeOf(each, `${DECIMAL}.-`))) return void 0;
	const [latitudeDegrees, longitudeDegrees] = [Number(latitude), Number(longitude)];
	const isOnEarth = Math.abs(latitudeDegrees) <= 90 && Math.abs(longitudeDegrees) <= 180;
	return isOnEarth ? {kind: 'configured', latitudeDegrees, longitudeDegrees} : void 0;
}
var MOST_TARGETS = 16;
var ADDRESS_CHARACTERS = `${HEXADECIMAL}.:`;

function isEveryTarget(value) {
	const words2 = value.split(' ').filter(word => word !== '');
	return words2.length <= MOST_TARGETS && words2.every(word => parseLatencyTarget(word) !== void 0);
}

function parseLatencyTarget(word) {
	if (word === 'gateway' || word === 'neighbours' || word === 'collector') return {kind: word};
	const isUdp = word.startsWith('udp://');
	const place = isUdp ? parseBroker(word.slice(6)) : void 0;
	const address = place?.host ?? word;
	const isAddress = isMadeOf(address, ADDRESS_CHARACTERS) && (address.includes(':') || address.split('.').length === 4);
	if (!isAddress || (isUdp && place === void 0)) return void 0;
	return place === void 0 ? {kind: 'echo', address} : {kind: 'udp', address, port: place.port};
}

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
