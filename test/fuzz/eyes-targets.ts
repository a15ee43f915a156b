// SPDX-License-Identifier: Apache-2.0
// What routing daemons, receivers of positions and probed hosts say: none of them is trusted.
import {DecodeError} from '../../src/core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import {parseLatencyTarget, parsePosition} from '../../src/model/configuration.ts';
import {decodeGpsd} from '../../src/wire/position/gpsd.ts';
import {decodeSentence} from '../../src/wire/position/nmea.ts';
import {decodeEchoReply, encodeEchoRequest} from '../../src/wire/probe/echo.ts';
import {decodeWayOut4, decodeWayOut6, linkLocalOf} from '../../src/wire/probe/way-out.ts';
import {decodeBabelDump, isBabelAnswerWhole} from '../../src/wire/routing/babel.ts';
import {bmxRateKbps, decodeBmxLinks, decodeBmxOriginator} from '../../src/wire/routing/bmx.ts';
import {decodeOlsr, decodeOlsr2} from '../../src/wire/routing/olsr.ts';
import {ENTRY_LIMIT, type RoutingTable} from '../../src/wire/routing/table.ts';
import type {Target} from './fuzzer.ts';

// Short ones, for the router's own program runs them too; what daemons really said is in corpus.ts.
const babel = `BABEL 1.0
version babeld-1.12.1
ok
add neighbour 1 address fe80::1 if w0 reach ffff ureach 0000 rxcost 256 txcost 256 cost 256
add route 2 prefix 0.0.0.0/0 from 0.0.0.0/0 installed yes id 1 metric 256 refmetric 0 via fe80::1 if w0
ok
`;
const olsr = `{"links":[{"ifName":"w0","remoteIP":"10.0.1.2","linkCost":1.5}],
"routes":[{"destination":"0.0.0.0","genmask":0,"gateway":"10.0.1.2","networkInterface":"w0","metric":2,"etx":2.5}]}`;
const olsr2 = `{"link":[{"if":"w0","link_bindto":"fe80::1","link_status":"symmetric","domain_metric_out_raw":"2105088"}],
"route":[{"route_dst":"::/0","route_gw":"fe80::1","route_if":"w0","domain_metric_out_raw":"2105088","domain_path_hops":1}]}`;
const bmxLinks = `{"links":[{"viaDev":"w0","llocalIp":"fe80::1","txRate":100,"dev":"w0","nbLocalIp":"fe80::1"}]}`;
const bmxRates = `{"links":[{"dev":"w0","nbLocalIp":"fe80::1","txRate":"11764K"}]}`;
const bmxOriginator = `{"primaryIp":"fd00::1","viaDev":"w0","viaIp":"fe80::1","dev":"w0","nbLocalIp":"fe80::1","metric":"709M","hops":2}`;

function demand(holds: boolean, promise: string): void {
	if (!holds) throw new Error(promise);
}

/** What everybody who reads a table may rely on. */
function checked(table: RoutingTable): unknown {
	for (const each of [...table.links, ...table.routes, ...table.gateways]) {
		for (const number of [each.quality, each.throughputKbps, each.etx, each.cost])
			demand(number === undefined || (Number.isFinite(number) && number >= 0), 'a metric is a number from 0 on');
	}
	demand(table.routes.length <= ENTRY_LIMIT, 'a table has an end');
	return [table.links.length > 0, table.routes.length > 0, table.gateways.length > 0];
}

const lines = (bytes: Uint8Array, decode: (line: string) => unknown): unknown => {
	const kinds = new Set<string>();
	let failure: DecodeError | undefined;
	for (const line of decodeUtf8(bytes).split('\n')) {
		try {
			kinds.add(JSON.stringify(Object.keys(decode(line) ?? {})));
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			failure = error;
		}
	}
	if (kinds.size === 0 && failure !== undefined) throw failure;
	return [...kinds].sort();
};

const sentences = [
	'$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
	'$GPGST,024603.00,3.2,6.6,4.7,47.3,5.8,5.6,22.0*58',
	'$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
].join('\n');

const reports = [
	'{"class":"VERSION","release":"3.22","proto_major":3,"proto_minor":14}',
	'{"class":"TPV","mode":3,"lat":48.1,"lon":11.5,"altMSL":545.4,"eph":4.5}',
	'{"class":"TPV","mode":1}',
].join('\n');

const wayOut = 'Iface\nwan\t00000000\t0102A8C0\t0003\t0\t0\t10\t00000000\t0\t0\t0\n';
const wayOut6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe80000000000000020000fffe000001 00000400 1 0 3 wan\n`;

export const eyesTargets: readonly Target[] = [
	{
		name: 'routing.babel',
		seeds: [encodeUtf8(babel)],
		decode: bytes => {
			const text = decodeUtf8(bytes);
			return [isBabelAnswerWhole(text), checked(decodeBabelDump(text))];
		},
	},
	{
		name: 'routing.olsr',
		seeds: [encodeUtf8(olsr)],
		decode: bytes => checked(decodeOlsr(decodeUtf8(bytes))),
	},
	{
		name: 'routing.olsr2',
		seeds: [encodeUtf8(olsr2)],
		decode: bytes => checked(decodeOlsr2(decodeUtf8(bytes), decodeUtf8(bytes))),
	},
	...(['bmx6', 'bmx7'] as const).flatMap(version => [
		{
			name: `routing.${version}.links`,
			seeds: [bmxLinks, bmxRates].map(encodeUtf8),
			decode: (bytes: Uint8Array) => decodeBmxLinks(version, decodeUtf8(bytes)).length > 0,
		},
		{
			name: `routing.${version}.originator`,
			seeds: [encodeUtf8(bmxOriginator)],
			decode: (bytes: Uint8Array) => decodeBmxOriginator(version, decodeUtf8(bytes)),
		},
	]),
	{
		name: 'routing.bmx.rate',
		seeds: ['709M', '11764K', '1G', '-1', '54000000'].map(encodeUtf8),
		decode(bytes) {
			const rate = bmxRateKbps(decodeUtf8(bytes));
			demand(rate === undefined || (rate > 0 && Number.isFinite(rate)), 'a rate is above 0');
			return rate;
		},
	},
	{name: 'position.nmea', seeds: [encodeUtf8(sentences)], decode: bytes => lines(bytes, decodeSentence)},
	{name: 'position.gpsd', seeds: [encodeUtf8(reports)], decode: bytes => lines(bytes, decodeGpsd)},
	{
		name: 'position.option',
		seeds: ['48.1,11.5', 'libremesh', 'gpsd://localhost:2947', '/dev/ttyUSB0:9600'].map(encodeUtf8),
		decode(bytes) {
			const option = parsePosition(decodeUtf8(bytes));
			if (option?.kind === 'configured') demand(Math.abs(option.latitudeDegrees) <= 90, 'a place is on Earth');
			return option?.kind;
		},
	},
	...(['ipv4', 'ipv6'] as const).map(family => ({
		name: `probe.echo-${family}`,
		seeds: [
			encodeEchoRequest(family, {identifier: 7, sequence: 1, payload: new Uint8Array(16)}),
			Uint8Array.of(family === 'ipv4' ? 0 : 129, 0, 0, 0, 0, 7, 0, 1, 2, 3),
		],
		decode: (bytes: Uint8Array) => decodeEchoReply(family, bytes) === undefined,
	})),
	{
		name: 'probe.wayOut',
		seeds: [encodeUtf8(wayOut), encodeUtf8(wayOut6)],
		decode(bytes) {
			const text = decodeUtf8(bytes);
			return [decodeWayOut4(text, 'little'), decodeWayOut4(text, 'big'), decodeWayOut6(text)].map(hop => hop?.address);
		},
	},
	{
		name: 'probe.target',
		seeds: ['gateway', '192.0.2.1', '2001:db8::1', 'udp://192.0.2.1:7', '02:00:00:00:00:01'].map(encodeUtf8),
		decode: bytes => [parseLatencyTarget(decodeUtf8(bytes))?.kind, linkLocalOf(decodeUtf8(bytes)) === undefined],
	},
];
