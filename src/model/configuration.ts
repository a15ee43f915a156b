// SPDX-License-Identifier: Apache-2.0
import {DECIMAL, HEXADECIMAL, isMadeOf, NAME_CHARACTERS} from '../core/text.ts';

/** One option: what a text must look like to set it, and what it is for. */
export interface Option<T> {
	readonly about: string;
	readonly initial: T;
	/** Absent: undefined when the text is not acceptable; `expected` says what would be. */
	readonly parse: (text: string) => T | undefined;
	readonly expected: string;
	/** The least and the greatest, in the unit that ends the name. Absent: it is no number. */
	readonly range?: readonly [number, number];
	/** Never shown in a log or on a page. */
	readonly secret?: true;
}

const text = (about: string, initial = ''): Option<string> => ({
	about,
	initial,
	parse: value => (value.length <= 4096 ? value : undefined),
	expected: 'at most 4096 characters',
});

const secret = (about: string): Option<string> => ({...text(about), secret: true});

const digits = (about: string): Option<string> => ({
	...secret(about),
	parse: value => (value.length % 2 === 0 && isMadeOf(value, HEXADECIMAL) ? value : undefined),
	expected: 'an even number of hexadecimal digits',
});

/** Words with spaces between, each of which `isWord` accepts. */
const words = (about: string, expected: string, isWord: (word: string) => boolean): Option<string> => ({
	about,
	initial: '',
	parse: value => {
		const all = wordsOf(value);
		return value.length <= 16_384 && all.every(isWord) ? all.join(' ') : undefined;
	},
	expected,
});

const number = (least: number, most: number) => (word: string) =>
	isMadeOf(word, DECIMAL) && Number(word) >= least && Number(word) <= most;

const integer = (about: string, initial: number, least: number, most: number): Option<number> => ({
	about,
	initial,
	range: [least, most],
	parse: value => {
		const number = Number(value);
		return value !== '' && isMadeOf(value, DECIMAL) && number >= least && number <= most ? number : undefined;
	},
	expected: `a whole number from ${least} to ${most}`,
});

const oneOf = <const T extends string>(about: string, initial: T, values: readonly T[]): Option<T> => ({
	about,
	initial,
	parse: value => values.find(one => one === value),
	expected: values.join(' | '),
});

const flag = (about: string): Option<'0' | '1'> => oneOf(about, '0', ['0', '1']);

/** Every option of the agent. Whatever fills it (flags, a file, UCI) uses these names and these rules. */
export const options = {
	node: {
		about: "The node's name in topics. Empty: the host name",
		initial: '',
		parse: value => (value.length <= 48 && isMadeOf(value, NAME_CHARACTERS) ? value : undefined),
		expected: 'at most 48 letters, digits, - and _',
	} as Option<string>,
	broker: {
		about: 'Where to report. Empty: nothing is sent',
		initial: '',
		parse: value => (value === '' || parseBroker(value) !== undefined ? value : undefined),
		expected: 'HOST:PORT or tls://HOST:PORT, an IPv6 address in brackets',
	} as Option<string>,
	intervalS: integer('Seconds between two reports', 60, 1, 3600),
	keyframeS: integer('Seconds between two frames that can be read alone', 600, 1, 86_400),
	queueBytes: integer('Memory for what is not yet delivered', 524_288, 16_384, 8_388_608),
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
		about: 'Where the router is. Empty: unsaid',
		initial: '',
		parse: value => (value === '' || parsePosition(value) !== undefined ? value : undefined),
		expected: 'LATITUDE,LONGITUDE, libremesh, gpsd://HOST:PORT or /dev/NAME:BAUD',
	} as Option<string>,
	positionGridM: integer(
		'Side of the squares that the position is rounded to, metres. 0: it is exact',
		250,
		0,
		100_000,
	),
	surveyWalk: flag('Whether the router is carried about: reports each second, with the position'),
	latencyTargets: {
		about: 'What to probe. Empty: nothing',
		initial: '',
		parse: value => (isEveryTarget(value) ? value : undefined),
		expected: 'gateway, neighbours, collector, addresses, udp://ADDRESS:PORT, with spaces between',
	} as Option<string>,
	latencyPerMinute: integer('Probes a minute to each target', 20, 1, 60),
	keepAliveS: integer('Seconds of silence after which the broker is asked whether it is there', 60, 5, 3600),
	logLevel: oneOf('The least important message that is logged', 'notice', ['error', 'warning', 'notice', 'debug']),
	ubusSocket: text('Socket of ubusd. Empty: its usual place'),
	respondd: flag('Whether respondd answers on UDP port 1001, for maps of the mesh'),
	responddInterfaces: text('Interfaces for respondd, with spaces between. Empty: all'),
	sharedState: flag("Whether neighbours are given to LibreMesh's shared-state"),
	participation: oneOf('Part in choosing channels: none is changed but when active', 'observe', [
		'observe',
		'active',
		'stopped',
	]),
	meshNetwork: text("Name of the mesh: another's messages are ignored", 'mesh'),
	meshKeys: {
		...words('Keys of the community: all are accepted, the first is used', '32 or more hexadecimal digits each', isKey),
		secret: true,
	} as Option<string>,
	meshKeyFile: text('File with 32 bytes, the key of this router alone. Empty: the first of mesh_keys'),
	meshAllow: words(
		"Routers' public keys that are accepted (Ed25519)",
		'64 hexadecimal digits each',
		word => word.length === 64 && isKey(word),
	),
	homeChannels: words('Where routers look for each other when lost, one channel a band', 'MHz', number(2400, 7200)),
	pinnedRadios: text('Radios that stay on their channel, with spaces between'),
	quietHours: words('Hours (UTC) in which channels stay as they are', '0 to 23, with spaces between', number(0, 23)),
	retunesPerHour: integer('Changes of a radio an hour at most', 2, 0, 20),
	leastGainPercent: integer('A change must make the mesh so much better', 10, 1, 90),
	timeDivision: text(
		'Radios or interfaces of the mesh that keep to time slots where that helps, with spaces between; all: every one. Empty: none',
	),
	engineFile: text('File that counts the starts', '/etc/astral-mesh/epoch'),
	jail: flag('Whether the service runs in a jail (ujail), from its next start on'),
} as const satisfies Record<string, Option<string> | Option<number>>;

export type OptionName = keyof typeof options;

function isKey(word: string): boolean {
	return word.length >= 32 && word.length % 2 === 0 && isMadeOf(word, HEXADECIMAL);
}

/** The words of a value. */
export function wordsOf(value: string): string[] {
	return value.split(' ').filter(word => word !== '');
}

/** An option's name in UCI, where names have no capital letters: `intervalS` is `interval_s`. */
export function uciName(name: string): string {
	let written = '';
	for (const letter of name) written += letter >= 'A' && letter <= 'Z' ? `_${letter.toLowerCase()}` : letter;
	return written;
}

export type Configuration = {readonly [K in OptionName]: (typeof options)[K] extends Option<infer T> ? T : never};

/** A value that was refused: the option keeps what it had. */
export interface ConfigurationProblem {
	readonly option: string;
	readonly message: string;
}

/**
 * Fills the table from texts, starting from what was there before: a bad value changes nothing and is said.
 *
 * Absent: an option without a text gets its initial value. `spell` writes an option's name as its owner knows it.
 */
export function readConfiguration(
	texts: ReadonlyMap<string, string>,
	previous?: Configuration,
	spell: (name: string) => string = name => name,
): {configuration: Configuration; problems: readonly ConfigurationProblem[]} {
	const problems: ConfigurationProblem[] = [];
	const filled: Record<string, string | number> = {};
	for (const [name, option] of Object.entries(options) as [OptionName, Option<string | number>][]) {
		filled[name] = option.initial;
		const given = texts.get(name);
		if (given === undefined) continue;
		const value = option.parse(given.trim());
		if (value !== undefined) {
			filled[name] = value;
			continue;
		}
		if (previous !== undefined) filled[name] = previous[name];
		const shown = option.secret === true ? 'the value' : `'${given}'`;
		problems.push({option: spell(name), message: `${spell(name)}: ${shown} is not ${option.expected}`});
	}
	for (const name of texts.keys())
		if (!Object.hasOwn(options, name)) problems.push({option: name, message: `${name}: there is no such option`});
	return {configuration: filled as unknown as Configuration, problems};
}

/** Where positions come from. */
export type PositionOption =
	| {readonly kind: 'configured'; readonly latitudeDegrees: number; readonly longitudeDegrees: number}
	| {readonly kind: 'libremesh'}
	| {readonly kind: 'gpsd'; readonly host: string; readonly port: number}
	| {readonly kind: 'nmea'; readonly path: string; readonly baud: number};

const BAUDS = [4800, 9600, 19_200, 38_400, 57_600, 115_200];

/** Absent: undefined for a text that names no place and no source of places. */
export function parsePosition(value: string): PositionOption | undefined {
	if (value === 'libremesh') return {kind: 'libremesh'};
	if (value.startsWith('gpsd://')) {
		const place = parseBroker(value.slice(7));
		return place === undefined ? undefined : {kind: 'gpsd', host: place.host, port: place.port};
	}
	if (value.startsWith('/dev/')) {
		const colon = value.lastIndexOf(':');
		const baud = BAUDS.find(each => `${each}` === value.slice(colon + 1));
		return baud === undefined ? undefined : {kind: 'nmea', path: value.slice(0, colon), baud};
	}
	const [latitude = '', longitude = '', ...more] = value.split(',').map(each => each.trim());
	if (more.length > 0 || ![latitude, longitude].every(each => each !== '' && isMadeOf(each, `${DECIMAL}.-`)))
		return undefined;
	const [latitudeDegrees, longitudeDegrees] = [Number(latitude), Number(longitude)];
	const isOnEarth = Math.abs(latitudeDegrees) <= 90 && Math.abs(longitudeDegrees) <= 180;
	return isOnEarth ? {kind: 'configured', latitudeDegrees, longitudeDegrees} : undefined;
}

/** More targets than anybody looks at. */
const MOST_TARGETS = 16;
const ADDRESS_CHARACTERS = `${HEXADECIMAL}.:`;

function isEveryTarget(value: string): boolean {
	const words = value.split(' ').filter(word => word !== '');
	return words.length <= MOST_TARGETS && words.every(word => parseLatencyTarget(word) !== undefined);
}

export type LatencyTargetOption =
	| {readonly kind: 'gateway' | 'neighbours' | 'collector'}
	| {readonly kind: 'echo'; readonly address: string}
	| {readonly kind: 'udp'; readonly address: string; readonly port: number};

/** Absent: undefined for a word that is no target. */
export function parseLatencyTarget(word: string): LatencyTargetOption | undefined {
	if (word === 'gateway' || word === 'neighbours' || word === 'collector') return {kind: word};
	const isUdp = word.startsWith('udp://');
	const place = isUdp ? parseBroker(word.slice(6)) : undefined;
	const address = place?.host ?? word;
	const isAddress = isMadeOf(address, ADDRESS_CHARACTERS) && (address.includes(':') || address.split('.').length === 4);
	if (!isAddress || (isUdp && place === undefined)) return undefined;
	return place === undefined ? {kind: 'echo', address} : {kind: 'udp', address, port: place.port};
}

/** Absent: undefined for a text that names no broker. */
export function parseBroker(value: string): {tls: boolean; host: string; port: number} | undefined {
	const tls = value.startsWith('tls://');
	const place = tls || value.startsWith('tcp://') ? value.slice(6) : value;
	const colon = place.lastIndexOf(':');
	const digits = place.slice(colon + 1);
	const port = Number(digits);
	if (colon < 1 || digits.length > 5 || !isMadeOf(digits, DECIMAL) || port < 1 || port > 65535) return undefined;
	const name = place.slice(0, colon);
	const isAddress = name.startsWith('[') && name.endsWith(']');
	const host = isAddress ? name.slice(1, -1) : name;
	const alphabet = isAddress ? `${NAME_CHARACTERS}:.%` : `${NAME_CHARACTERS}.`;
	return host !== '' && isMadeOf(host, alphabet) ? {tls, host, port} : undefined;
}
